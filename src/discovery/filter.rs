//! Selection by line, title, tag and `only`: [`select`]. Pure: tests in, places in the list out.

use std::collections::{BTreeSet, HashMap, HashSet};

use regex::Regex;

use crate::config::Selection;
use crate::model::{Location, SpecPath, TestCase};
use crate::suggest::closest;

use super::find::SpecFile;
use super::tags::{TagError, TagExpression};

/// The tests that are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selected {
    /// Places in the list that was given, in its order.
    pub indices: Vec<usize>,
    /// How many tests are left out.
    pub left_out: usize,
    /// `only` narrowed the selection.
    pub only: bool,
    /// What is odd about the selection but no error.
    pub warnings: Vec<String>,
}

/// No selection can be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// The tag expression cannot be read.
    #[error(transparent)]
    Tags(#[from] TagError),
    /// `only` where it is forbidden.
    #[error("`only` is forbidden here, and {} {}", tests.len(), if tests.len() == 1 { "test has it" } else { "tests have it" })]
    OnlyForbidden {
        /// The tests and where they stand.
        tests: Vec<(Location, String)>,
    },
    /// No test starts at or before the line that was asked for.
    #[error("no test at {spec}:{line}")]
    NoTestAtLine {
        /// The spec.
        spec: SpecPath,
        /// The line that was asked for.
        line: u32,
        /// The line of the spec's first test; `None` where it has no test.
        first: Option<u32>,
    },
    /// There is no test at all.
    #[error("no tests in {specs} spec {}", if *specs == 1 { "file" } else { "files" })]
    NoTests {
        /// Files that were collected.
        specs: usize,
    },
    /// Nothing matches.
    #[error("none of {tests} tests {}", criteria.join(" and "))]
    NothingSelected {
        /// How many tests there are.
        tests: usize,
        /// What was asked for, as parts of a sentence.
        criteria: Vec<String>,
        /// Tags that were asked for and no test has.
        remarks: Vec<String>,
        /// A title that was probably meant.
        near: Option<String>,
    },
}

impl FilterError {
    /// Further lines.
    pub fn details(&self) -> Vec<String> {
        match self {
            Self::Tags(error) => error.excerpt(),
            Self::OnlyForbidden { tests } => {
                tests.iter().map(|(location, title)| format!("{location} {title}")).collect()
            }
            Self::NothingSelected { remarks, .. } => remarks.clone(),
            Self::NoTestAtLine { .. } | Self::NoTests { .. } => Vec::new(),
        }
    }

    /// What to try.
    pub fn advice(&self) -> Option<String> {
        match self {
            Self::Tags(_) => Some("`--tag \"smoke and not slow\"`, for example".into()),
            Self::OnlyForbidden { .. } => Some("take `only` out (`it_only`, `describe_only`, `only: true`)".into()),
            Self::NoTestAtLine { spec, first: Some(first), .. } => {
                Some(format!("`{spec}:{first}`, where its first test is"))
            }
            Self::NoTestAtLine { spec, first: None, .. } => Some(format!("another file: `{spec}` has no test")),
            Self::NoTests { .. } => Some("write one with `it(\"title\", || { ... })`".into()),
            Self::NothingSelected { near: Some(near), .. } => Some(format!("`-g \"{}\"`", regex::escape(near))),
            Self::NothingSelected { near: None, .. } => Some("`runner list`, which shows every test".into()),
        }
    }
}

/// Chooses among `tests`, which came from `specs`.
///
/// Lines, titles and tags are looked at first; where a test that is left has `only`, those with
/// `only` remain.
///
/// # Errors
/// Where the selection cannot be read, names a place without a test, or leaves nothing (unless
/// that is fine).
pub fn select(tests: &[TestCase], selection: &Selection, specs: &[SpecFile]) -> Result<Selected, FilterError> {
    let tags = selection.tags.as_deref().map(TagExpression::parse).transpose()?;
    if selection.forbid_only {
        refuse_only(tests)?;
    }
    let lines = wanted_lines(tests, selection, specs)?;
    let is_wanted = |test: &TestCase| {
        let at_line = lines.get(&test.id.spec).is_none_or(|wanted| wanted.contains(&test.location.line));
        at_line && tags.as_ref().is_none_or(|tags| tags.holds(&test.tags)) && has_wanted_title(test, selection)
    };
    let mut indices: Vec<usize> = (0..tests.len()).filter(|&index| is_wanted(&tests[index])).collect();
    if indices.is_empty() && !selection.pass_with_no_tests {
        return Err(nothing(tests, selection, tags.as_ref(), specs.len()));
    }
    let only = indices.iter().any(|&index| tests[index].only);
    if only {
        indices.retain(|&index| tests[index].only);
    }
    let warnings = tags.map(|tags| unknown_tags(&tags, tests)).unwrap_or_default();
    Ok(Selected { left_out: tests.len() - indices.len(), indices, only, warnings })
}

fn refuse_only(tests: &[TestCase]) -> Result<(), FilterError> {
    let with_only: Vec<_> =
        tests.iter().filter(|test| test.only).map(|test| (test.location.clone(), test.id.full_title())).collect();
    if with_only.is_empty() { Ok(()) } else { Err(FilterError::OnlyForbidden { tests: with_only }) }
}

/// For each spec with `path:line`, the lines whose tests are wanted.
fn wanted_lines(
    tests: &[TestCase],
    selection: &Selection,
    specs: &[SpecFile],
) -> Result<HashMap<SpecPath, HashSet<u32>>, FilterError> {
    let mut wanted: HashMap<SpecPath, HashSet<u32>> = HashMap::new();
    for (file, line) in &selection.lines {
        // A file that was not found has been reported by whoever looked for it.
        let Some(spec) = specs.iter().find(|spec| spec.absolute == *file) else { continue };
        let starts = || tests.iter().filter(|test| test.id.spec == spec.path).map(|test| test.location.line);
        let Some(start) = starts().filter(|start| start <= line).max() else {
            let (spec, line, first) = (spec.path.clone(), *line, starts().min());
            return Err(FilterError::NoTestAtLine { spec, line, first });
        };
        wanted.entry(spec.path.clone()).or_default().insert(start);
    }
    Ok(wanted)
}

fn has_wanted_title(test: &TestCase, selection: &Selection) -> bool {
    if selection.grep.is_none() && selection.grep_invert.is_none() {
        return true;
    }
    let title = test.id.full_title();
    selection.grep.as_ref().is_none_or(|pattern| pattern.is_match(&title))
        && selection.grep_invert.as_ref().is_none_or(|pattern| !pattern.is_match(&title))
}

fn nothing(tests: &[TestCase], selection: &Selection, tags: Option<&TagExpression>, specs: usize) -> FilterError {
    if tests.is_empty() {
        return FilterError::NoTests { specs };
    }
    let mut criteria = Vec::new();
    if let Some(pattern) = &selection.grep {
        criteria.push(format!("has a title that matches `{pattern}`"));
    }
    if let Some(pattern) = &selection.grep_invert {
        criteria.push(format!("has a title that does not match `{pattern}`"));
    }
    if let Some(expression) = &selection.tags {
        criteria.push(format!("has tags that fit `{expression}`"));
    }
    if !selection.lines.is_empty() {
        criteria.push("stands at the line that was asked for".to_owned());
    }
    FilterError::NothingSelected {
        tests: tests.len(),
        criteria,
        remarks: tags.map(|tags| unknown_tags(tags, tests)).unwrap_or_default(),
        near: selection.grep.as_ref().and_then(|pattern| near_title(pattern, tests)),
    }
}

/// A title, a suite's title or a whole title path that was probably meant by a pattern that
/// matches none.
fn near_title(pattern: &Regex, tests: &[TestCase]) -> Option<String> {
    let whole: Vec<String> = tests.iter().map(|test| test.id.full_title()).collect();
    if whole.iter().any(|title| pattern.is_match(title)) {
        return None;
    }
    let pattern = pattern.as_str();
    if let Some(title) = whole.iter().find(|title| title.to_lowercase().contains(&pattern.to_lowercase())) {
        return Some(title.clone());
    }
    let titles = tests.iter().flat_map(|test| test.id.titles.iter());
    let titles: BTreeSet<&str> = titles.chain(&whole).map(String::as_str).collect();
    closest(pattern, titles).map(str::to_owned)
}

/// One line for each tag of the expression that no test has.
fn unknown_tags(expression: &TagExpression, tests: &[TestCase]) -> Vec<String> {
    let known: BTreeSet<&str> = tests.iter().flat_map(|test| test.tags.iter().map(String::as_str)).collect();
    let mut unknown: Vec<&str> = expression.tags();
    unknown.retain(|tag| !known.contains(tag));
    unknown.dedup();
    let line = |tag: &str| match closest(tag, known.iter().copied()) {
        Some(near) => format!("no test has the tag `{tag}`; did you mean `{near}`?"),
        None if known.is_empty() => format!("no test has the tag `{tag}`; no test has any tag"),
        None => {
            let known: Vec<_> = known.iter().copied().collect();
            format!("no test has the tag `{tag}`; the tags are: {}", known.join(", "))
        }
    };
    unknown.into_iter().map(line).collect()
}

#[cfg(test)]
mod tests;
