//! Expected, found and the time waited, aligned; a difference where the values are long.

use crate::clock::human_duration;
use crate::outcome::Failure;
use crate::report::diff::{DiffLine, Part, diff_lines, diff_within_line};
use crate::report::terminal::{Style, Tone, visible};

/// Width of `expected: `, to which the other labels are padded.
const LABEL: usize = 10;
/// Lines of one value shown at most.
const LINES: usize = 40;
/// Characters of one line shown at most.
const CHARACTERS: usize = 1000;
/// Values shorter than this are compared by eye.
const SHORT: usize = 8;

/// `expected:`, `found:` and `waited:`, as far as the failure has them.
pub(super) fn comparison(failure: &Failure, style: &Style) -> Vec<String> {
    let mut lines = match (&failure.expected, &failure.found) {
        (Some(expected), Some(found)) => both(&visible(expected), &visible(found), style),
        (Some(expected), None) => value("expected:", &visible(expected), Tone::Good, style),
        (None, Some(found)) => value("found:", &visible(found), Tone::Bad, style),
        (None, None) => Vec::new(),
    };
    if let Some(waited) = failure.waited {
        if is_line_difference(failure) {
            lines.push(String::new());
        }
        lines.push(format!("{}{}", label("waited:", style), human_duration(waited)));
    }
    lines
}

/// Both values are there, and one has several lines.
fn is_line_difference(failure: &Failure) -> bool {
    let (Some(expected), Some(found)) = (&failure.expected, &failure.found) else {
        return false;
    };
    expected.contains('\n') || found.contains('\n')
}

fn both(expected: &str, found: &str, style: &Style) -> Vec<String> {
    if expected.contains('\n') || found.contains('\n') {
        return line_difference(expected, found, style);
    }
    let fits = |text: &str| {
        let width = console::measure_text_width(text) + LABEL;
        width <= style.width().map_or(120, |width| width.saturating_sub(8))
    };
    let is_short = expected.chars().count() < SHORT || found.chars().count() < SHORT;
    if !is_short
        && fits(expected)
        && fits(found)
        && let Some((old, new)) = diff_within_line(expected, found)
    {
        let mut lines = marked("expected:", &old, Tone::Good, style);
        lines.extend(marked("found:", &new, Tone::Bad, style));
        return lines;
    }
    let mut lines = value("expected:", expected, Tone::Good, style);
    lines.extend(value("found:", found, Tone::Bad, style));
    lines
}

/// A label in front of a value; further lines stand below its first.
fn value(name: &str, text: &str, tone: Tone, style: &Style) -> Vec<String> {
    let mut lines = Vec::new();
    for (index, line) in text.lines().take(LINES).enumerate() {
        let start = if index == 0 { label(name, style) } else { " ".repeat(LABEL) };
        lines.push(format!("{start}{}", style.paint(tone, cut_characters(line))));
    }
    let more = text.lines().count().saturating_sub(LINES);
    if more > 0 {
        lines.push(format!("{}{}", " ".repeat(LABEL), style.paint(Tone::Dim, more_lines(more, style))));
    }
    if lines.is_empty() {
        lines.push(format!("{}{}", label(name, style), style.paint(Tone::Dim, "(empty)")));
    }
    lines
}

/// A value on one line, with `^` below what the other value lacks.
fn marked(name: &str, parts: &[Part], tone: Tone, style: &Style) -> Vec<String> {
    let (mut text, mut marks) = (label(name, style), " ".repeat(LABEL));
    for part in parts {
        let width = console::measure_text_width(&part.text);
        text.push_str(&style.paint(tone, &part.text));
        marks.push_str(&if part.differs { "^" } else { " " }.repeat(width));
    }
    let marks = marks.trim_end();
    if marks.is_empty() { vec![text] } else { vec![text, style.paint(tone, marks)] }
}

fn line_difference(expected: &str, found: &str, style: &Style) -> Vec<String> {
    let difference = diff_lines(expected, found);
    if difference.is_empty() {
        let mut lines = value("expected:", expected, Tone::Good, style);
        lines.push("found:    the same, but for the end of the last line".to_owned());
        return lines;
    }
    let mut lines = vec![format!("{}   {}", style.paint(Tone::Good, "- expected"), style.paint(Tone::Bad, "+ found"))];
    lines.extend(difference.iter().map(|line| match line {
        DiffLine::Equal(text) => format!("  {}", cut_characters(text)).trim_end().to_owned(),
        DiffLine::Expected(text) => style.paint(Tone::Good, format!("- {}", cut_characters(text)).trim_end()),
        DiffLine::Found(text) => style.paint(Tone::Bad, format!("+ {}", cut_characters(text)).trim_end()),
        DiffLine::Omitted(1) => style.paint(Tone::Dim, format!("  {} 1 equal line", style.symbols("…"))),
        DiffLine::Omitted(count) => style.paint(Tone::Dim, format!("  {} {count} equal lines", style.symbols("…"))),
        DiffLine::Cut(count) => style.paint(Tone::Dim, format!("  {}", more_lines(*count, style))),
    }));
    lines
}

fn label(name: &str, style: &Style) -> String {
    style.paint(Tone::Dim, format!("{name:LABEL$}"))
}

fn more_lines(count: usize, style: &Style) -> String {
    format!("{} {count} more line{}", style.symbols("…"), if count == 1 { "" } else { "s" })
}

fn cut_characters(line: &str) -> String {
    match line.char_indices().nth(CHARACTERS) {
        Some((end, _)) => format!("{} ({} more characters)", &line[..end], line[end..].chars().count()),
        None => line.to_owned(),
    }
}
