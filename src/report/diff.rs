//! The difference between what was expected and what was found. Pure; how it looks is
//! [`diagnostic`](super::diagnostic)'s business.

use std::borrow::Cow;
use std::time::Duration;

use similar::{ChangeTag, TextDiff, TextDiffConfig};

/// Equal lines kept around a change.
const CONTEXT: usize = 3;
/// Lines shown at most; a difference that is longer is told by its beginning.
const LINES: usize = 80;
/// Two lines that have less than this in common are not marked: everything would be.
const ALIKE: f32 = 0.4;
/// A difference that takes longer is given as it stands, less tidy.
const TIME: Duration = Duration::from_millis(300);

/// A line of a difference between texts of several lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DiffLine {
    /// In both.
    Equal(String),
    /// Only in what was expected.
    Expected(String),
    /// Only in what was found.
    Found(String),
    /// That many equal lines are left out.
    Omitted(usize),
    /// That many more lines of difference are left out at the end.
    Cut(usize),
}

/// Compares line by line, with a few equal lines around each change. Empty where the texts differ
/// in nothing but the end of their last line.
pub fn diff_lines(expected: &str, found: &str) -> Vec<DiffLine> {
    let (expected, found) = (end_line(expected), end_line(found));
    let diff = config().diff_lines(expected.as_ref(), found.as_ref());
    let mut lines: Vec<DiffLine> = Vec::new();
    let mut next_old = 0;
    for group in diff.grouped_ops(CONTEXT) {
        let start = group.first().map_or(next_old, |op| op.old_range().start);
        if start > next_old {
            lines.push(DiffLine::Omitted(start - next_old));
        }
        for op in &group {
            for change in diff.iter_changes(op) {
                let text = change.value().trim_end_matches(['\n', '\r']).to_owned();
                lines.push(match change.tag() {
                    ChangeTag::Equal => DiffLine::Equal(text),
                    ChangeTag::Delete => DiffLine::Expected(text),
                    ChangeTag::Insert => DiffLine::Found(text),
                });
            }
            next_old = op.old_range().end;
        }
    }
    if !lines.is_empty() && diff.old_len() > next_old {
        lines.push(DiffLine::Omitted(diff.old_len() - next_old));
    }
    if lines.len() > LINES {
        let more = lines.len() - LINES;
        lines.truncate(LINES);
        lines.push(DiffLine::Cut(more));
    }
    lines
}

/// A part of a line, and whether the other line has it too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The text.
    pub text: String,
    /// The other line lacks it.
    pub differs: bool,
}

/// Two lines in parts: expected, found. `None` where they have too little in common.
pub fn diff_within_line(expected: &str, found: &str) -> Option<(Vec<Part>, Vec<Part>)> {
    let diff = config().diff_chars(expected, found);
    if diff.ratio() < ALIKE || expected == found {
        return None;
    }
    let (mut old, mut new) = (Vec::new(), Vec::new());
    for change in diff.iter_all_changes() {
        match change.tag() {
            ChangeTag::Equal => {
                push_part(&mut old, change.value(), false);
                push_part(&mut new, change.value(), false);
            }
            ChangeTag::Delete => push_part(&mut old, change.value(), true),
            ChangeTag::Insert => push_part(&mut new, change.value(), true),
        }
    }
    // Marks scattered over every other letter hide more than they show.
    let is_scattered = |parts: &[Part]| parts.iter().filter(|part| part.differs).count() > 4;
    if is_scattered(&old) || is_scattered(&new) { None } else { Some((old, new)) }
}

/// The text with an end to its last line, so that a missing one is not a changed line.
fn end_line(text: &str) -> Cow<'_, str> {
    if text.is_empty() || text.ends_with('\n') { Cow::Borrowed(text) } else { Cow::Owned(format!("{text}\n")) }
}

fn config() -> TextDiffConfig {
    let mut config = TextDiff::configure();
    config.timeout(TIME);
    config
}

fn push_part(parts: &mut Vec<Part>, text: &str, differs: bool) {
    match parts.last_mut() {
        Some(last) if last.differs == differs => last.text.push_str(text),
        _ => parts.push(Part { text: text.to_owned(), differs }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(lines: &[DiffLine]) -> String {
        let one = |line: &DiffLine| match line {
            DiffLine::Equal(text) => format!(" {text}"),
            DiffLine::Expected(text) => format!("-{text}"),
            DiffLine::Found(text) => format!("+{text}"),
            DiffLine::Omitted(count) => format!("={count}"),
            DiffLine::Cut(count) => format!("#{count}"),
        };
        lines.iter().map(one).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn keeps_the_surroundings_of_a_change() {
        let expected = (1..=10).map(|n| format!("line {n}")).collect::<Vec<_>>().join("\n");
        let found = expected.replace("line 6", "line six");
        assert_eq!(
            show(&diff_lines(&expected, &found)),
            "=2\n line 3\n line 4\n line 5\n-line 6\n+line six\n line 7\n line 8\n line 9\n=1"
        );
    }

    #[test]
    fn a_missing_end_of_line_is_no_difference_to_look_at() {
        assert_eq!(show(&diff_lines("a\nb", "a\nc")), " a\n-b\n+c");
        assert_eq!(show(&diff_lines("a", "a\nb")), " a\n+b");
        assert_eq!(show(&diff_lines("a\nb\n", "a\nb")), "");
    }

    #[test]
    fn a_long_difference_is_cut() {
        let many = (0..500).map(|n| n.to_string()).collect::<Vec<_>>().join("\n");
        let lines = diff_lines("", &many);
        assert_eq!(lines.len(), LINES + 1);
        assert_eq!(lines.last(), Some(&DiffLine::Cut(500 - LINES)));
    }

    #[test]
    fn marks_what_differs_within_a_line() {
        let (old, new) = diff_within_line("total: 12.50 EUR", "total: 12.00 EUR").unwrap();
        let bracket = |part: &Part| if part.differs { format!("[{}]", part.text) } else { part.text.clone() };
        let marked = |parts: &[Part]| parts.iter().map(bracket).collect::<Vec<_>>().concat();
        assert_eq!(marked(&old), "total: 12.[5]0 EUR");
        assert_eq!(marked(&new), "total: 12.0[0] EUR");
    }

    #[test]
    fn lines_with_nothing_in_common_are_not_marked() {
        assert_eq!(diff_within_line("welcome", "500 error"), None);
        assert_eq!(diff_within_line("same", "same"), None);
    }
}
