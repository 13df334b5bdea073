//! Puts the parts of a failure in order.

use std::fmt::Write as _;

use super::comparison::comparison;
use super::excerpt::code_frame;
use crate::clock::human_duration;
use crate::model::{Location, TestCase};
use crate::outcome::{Artifact, Failure, FailureKind, Frame};
use crate::report::record::{AttemptRecord, TestRecord};
use crate::report::terminal::{Style, Tone, one_line, visible};

/// Calls between the spec and the innermost one that are shown at most.
const CALLS: usize = 12;

/// Lines that belong together; sections are set apart by an empty line.
type Section = Vec<String>;

/// Everything about a failure: where, what, the code, the calls, the values, advice and files.
/// Without a headline, not indented, no final line end.
pub fn describe_failure(failure: &Failure, style: &Style) -> String {
    join(sections(failure, None, style))
}

/// The last failure of a test in full, and what became of its earlier attempts.
pub fn describe_test(case: &TestCase, record: &TestRecord, style: &Style) -> String {
    let Some((last, earlier)) = record.attempts.split_last() else {
        return String::new();
    };
    let mut parts = match last.failure() {
        Some(failure) => sections(failure, Some(&case.location), style),
        None => Vec::new(),
    };
    parts.push(last.artifacts.iter().map(|artifact| artifact_line(artifact, style)).collect());
    parts.push(earlier_attempts(earlier, last.failure(), style));
    join(parts)
}

/// A failure in one line: its title and where it is.
pub fn in_short(failure: &Failure, style: &Style) -> String {
    let title = one_line(&failure.title);
    match failure.location() {
        Some(location) => format!("{title} {}", style.paint(Tone::Dim, format!("({location})"))),
        None => title,
    }
}

/// The colour of a failure's headline.
pub fn tone(failure: &Failure) -> Tone {
    match failure.kind {
        FailureKind::Infrastructure => Tone::Infrastructure,
        FailureKind::Assertion
        | FailureKind::Action
        | FailureKind::Timeout
        | FailureKind::Script
        | FailureKind::Session
        | FailureKind::Page
        | FailureKind::Unsupported => Tone::Bad,
    }
}

/// Puts `margin` in front of each line that has text.
pub fn indent(text: &str, margin: &str) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    for (index, line) in text.lines().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        if !line.is_empty() {
            out.push_str(margin);
            out.push_str(line);
        }
    }
    out
}

fn join(sections: Vec<Section>) -> String {
    let texts: Vec<String> = sections.into_iter().filter(|lines| !lines.is_empty()).map(|s| s.join("\n")).collect();
    texts.join("\n\n")
}

fn sections(failure: &Failure, otherwise: Option<&Location>, style: &Style) -> Vec<Section> {
    let location =
        place(failure, style).or_else(|| otherwise.map(|location| style.paint(Tone::Place, location.to_string())));
    let mut title = vec![style.paint(Tone::Strong, style.paint(tone(failure), visible(&failure.title)))];
    title.extend(circumstances(failure));
    let mut sections = vec![location.into_iter().collect(), title];
    sections.extend(body(failure, style));
    sections
}

fn place(failure: &Failure, style: &Style) -> Option<String> {
    let frame = failure.frames.last()?;
    let mut line = style.paint(Tone::Place, frame.location.to_string());
    if let Some(function) = &frame.function {
        let _ = write!(line, " in `{function}`");
    }
    Some(line)
}

fn circumstances(failure: &Failure) -> Option<String> {
    if failure.during.is_empty() { None } else { Some(visible(&failure.during.join(", ")).into_owned()) }
}

/// What follows the title.
fn body(failure: &Failure, style: &Style) -> Vec<Section> {
    let mut sections = vec![
        failure.frames.last().map(|frame| code_frame(frame, style)).unwrap_or_default(),
        calls(&failure.frames, style),
        comparison(failure, style),
        failure.details.iter().flat_map(|detail| lines_of(detail)).collect(),
    ];
    if let Some(cause) = &failure.cause {
        sections.push(nested("caused by: ", cause, style));
    }
    for other in &failure.also {
        sections.push(nested("also failed: ", other, style));
    }
    let mut last = Vec::new();
    if let Some(advice) = &failure.advice {
        last.extend(labelled("try: ", advice, style));
    }
    last.extend(failure.artifacts.iter().map(|artifact| artifact_line(artifact, style)));
    sections.push(last);
    sections
}

/// The calls between the spec and the place where it happened, outermost first.
fn calls(frames: &[Frame], style: &Style) -> Section {
    let Some((_spec, inner)) = frames.split_last() else {
        return Vec::new();
    };
    let Some(innermost) = inner.first() else {
        return Vec::new();
    };
    let name = |frame: &Frame| frame.function.as_ref().map_or("a closure".to_owned(), |name| format!("`{name}`"));
    let shown: Vec<&Frame> = inner.iter().take(CALLS).rev().collect();
    let width = shown.iter().map(|frame| console::measure_text_width(&name(frame))).max().unwrap_or(0);
    let mut lines = vec![style.paint(Tone::Dim, "through")];
    if inner.len() > CALLS {
        let text = format!("  {} {} more calls", style.symbols("…"), inner.len() - CALLS);
        lines.push(style.paint(Tone::Dim, text));
    }
    for frame in shown {
        let padding = " ".repeat(width - console::measure_text_width(&name(frame)));
        lines.push(format!("  {}{padding}  {}", name(frame), style.paint(Tone::Place, frame.location.to_string())));
    }
    lines.extend(code_frame(innermost, style).into_iter().map(|line| format!("  {line}")));
    lines
}

/// A failure inside another one: the same parts, closer together.
fn nested(label: &str, failure: &Failure, style: &Style) -> Section {
    let mut lines = vec![format!("{}{}", style.paint(Tone::Dim, label), visible(&failure.title))];
    let rest = circumstances(failure)
        .into_iter()
        .chain(place(failure, style))
        .chain(body(failure, style).into_iter().flatten())
        .map(|line| format!("  {line}"));
    lines.extend(rest);
    lines
}

fn labelled(label: &str, text: &str, style: &Style) -> Section {
    let margin = " ".repeat(label.len());
    let paint = |(index, line): (usize, String)| {
        if index == 0 { format!("{}{line}", style.paint(Tone::Strong, label)) } else { format!("{margin}{line}") }
    };
    lines_of(text).enumerate().map(paint).collect()
}

fn lines_of(text: &str) -> impl Iterator<Item = String> {
    visible(text).lines().map(str::to_owned).collect::<Vec<_>>().into_iter()
}

fn artifact_line(artifact: &Artifact, style: &Style) -> String {
    let path = style.paint(Tone::Place, artifact.path.display().to_string());
    format!("{} {path}", style.paint(Tone::Dim, format!("{}:", visible(&artifact.name))))
}

fn earlier_attempts(earlier: &[AttemptRecord], last: Option<&Failure>, style: &Style) -> Section {
    let failed: Vec<(&AttemptRecord, &Failure)> =
        earlier.iter().filter_map(|attempt| Some((attempt, attempt.failure()?))).collect();
    if failed.is_empty() {
        return Vec::new();
    }
    if let Some(last) = last
        && failed.iter().all(|(_, failure)| is_alike(failure, last))
    {
        return vec![style.paint(Tone::Dim, format!("failed in the same way at all {} attempts", failed.len() + 1))];
    }
    let mut lines = Vec::new();
    for (attempt, failure) in failed {
        let what = if last.is_some_and(|last| is_alike(failure, last)) {
            "the same".to_owned()
        } else {
            in_short(failure, style)
        };
        let label = format!("attempt {} ({}):", attempt.number, human_duration(attempt.duration()));
        lines.push(format!("{} {what}", style.paint(Tone::Dim, label)));
        lines.extend(failure.artifacts.iter().map(|artifact| format!("  {}", artifact_line(artifact, style))));
    }
    lines
}

/// The same thing went wrong at the same place, whatever the page said in detail.
fn is_alike(one: &Failure, other: &Failure) -> bool {
    one.kind == other.kind && one.title == other.title && one.location() == other.location() && one.found == other.found
}
