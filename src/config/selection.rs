//! Which tests of the specs are run: [`Selection`].

use std::path::PathBuf;

use regex::Regex;

use super::error::ConfigError;
use super::origin::Given;

/// Which tests of the specs are run.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// `-g`: the full title must match.
    pub grep: Option<Regex>,
    /// `-G`: the full title must not match.
    pub grep_invert: Option<Regex>,
    /// `--tag`, as written; parsed by `discovery::filter`, which knows the language.
    pub tags: Option<String>,
    /// `path:line`: absolute path of a spec and a line in it.
    pub lines: Vec<(PathBuf, u32)>,
    /// `--last-failed`: tests that failed when they last ran.
    pub last_failed: bool,
    /// `--only-changed`: tests that a change since this commit can affect.
    pub only_changed: Option<String>,
    /// `only` in a spec is an error.
    pub forbid_only: bool,
    /// No test is not an error.
    pub pass_with_no_tests: bool,
}

/// The pattern that was given.
pub(super) fn pattern(given: Option<&Given<String>>) -> Result<Option<Regex>, ConfigError> {
    let Some(given) = given else { return Ok(None) };
    Regex::new(&given.value).map(Some).map_err(|error| {
        let text = error.to_string();
        // The crate draws the pattern over several lines; its last one is the reason.
        let reason = text.rsplit("error: ").next().unwrap_or_default().trim();
        ConfigError::Value {
            origin: given.origin.clone(),
            message: format!("`{}` is not a regular expression: {reason}", given.value),
            advice: Some(format!("`{}`, to look for these very characters", regex::escape(&given.value))),
        }
    })
}

/// Splits `file:12` and `file:12:5` into the file and the line.
pub(super) fn split_line(text: &str) -> (&str, Option<u32>) {
    let Some((before, last)) = split_number(text) else { return (text, None) };
    match split_number(before) {
        // `file:line:column`, as editors and our own messages write it.
        Some((file, line)) => (file, Some(line)),
        None => (before, Some(last)),
    }
}

fn split_number(text: &str) -> Option<(&str, u32)> {
    let (before, number) = text.rsplit_once(':')?;
    let number = number.parse().ok()?;
    (!before.is_empty()).then_some((before, number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::origin::Origin;

    #[test]
    fn a_line_is_split_off() {
        let check = |text, expected| assert_eq!(split_line(text), expected);
        check("a.rhai", ("a.rhai", None));
        check("a.rhai:12", ("a.rhai", Some(12)));
        check("a.rhai:12:5", ("a.rhai", Some(12)));
        check("a.rhai:x", ("a.rhai:x", None));
        check(":3", (":3", None));
    }

    #[test]
    fn a_broken_pattern_is_explained() {
        let given = Given::new("cart (".to_owned(), Origin::Flag("--grep".into()));
        let error = pattern(Some(&given)).unwrap_err();
        assert_eq!(error.to_string(), "`--grep`: `cart (` is not a regular expression: unclosed group");
        assert_eq!(error.advice().unwrap(), "`cart \\(`, to look for these very characters");
    }
}
