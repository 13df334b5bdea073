//! What stands below a finished test: its steps, what it logged, what its earlier attempts failed at.

use super::display::Verbosity;
use super::style::{Style, Tone, visible};
use crate::clock::human_duration;
use crate::event::{Step, StepKind};
use crate::outcome::{SessionStatus, Status};
use crate::report::diagnostic::in_short;
use crate::report::record::{AttemptRecord, TestRecord};

/// Lines below a test, not indented.
pub(super) fn notes(record: &TestRecord, verbosity: Verbosity, style: &Style) -> Vec<String> {
    let mut lines = Vec::new();
    let several = record.attempts.len() > 1;
    for attempt in &record.attempts {
        let mut own = steps(attempt, verbosity, style);
        own.extend(attempt.logs.iter().flat_map(|text| log_lines(text, style)));
        // The description of a failed test tells its attempts by itself.
        let failed = attempt.failure().filter(|_| record.status() != Status::Failed);
        if let Some(failure) = failed.filter(|_| several) {
            let label = format!("attempt {} ({}):", attempt.number, human_duration(attempt.duration()));
            lines.push(format!("{} {}", style.paint(Tone::Warning, label), in_short(failure, style)));
        } else if several && !own.is_empty() {
            lines.push(style.paint(Tone::Dim, format!("attempt {}:", attempt.number)));
        }
        lines.extend(own);
    }
    lines
}

/// Logged text with a bar in front of each line.
pub(super) fn log_lines(text: &str, style: &Style) -> Vec<String> {
    let bar = style.paint(Tone::Dim, style.symbols("│"));
    visible(text).lines().map(|line| format!("{bar} {line}")).collect()
}

fn steps(attempt: &AttemptRecord, verbosity: Verbosity, style: &Style) -> Vec<String> {
    let mut ordered = Vec::with_capacity(attempt.steps.len());
    put_parents_first(&attempt.steps, 0, &mut ordered);
    let is_verbose = verbosity == Verbosity::Verbose;
    let mut lines = Vec::new();
    for step in ordered.into_iter().filter(|step| is_verbose || deserves_a_look(step)) {
        let depth = if is_verbose { usize::try_from(step.depth).unwrap_or(0) } else { 0 };
        lines
            .extend(step_lines(step, verbosity, style).into_iter().map(|line| format!("{}{line}", "  ".repeat(depth))));
    }
    lines
}

fn deserves_a_look(step: &Step) -> bool {
    let is_unusual = matches!(step.kind, StepKind::Session(SessionStatus::Recreated | SessionStatus::Failed));
    is_unusual || step.warning.is_some()
}

fn step_lines(step: &Step, verbosity: Verbosity, style: &Style) -> Vec<String> {
    let mark = style.mark(if step.passed { Status::Passed } else { Status::Failed });
    let mut title = visible(&step.title).into_owned();
    if let StepKind::Session(status) = step.kind {
        title = format!("{title} {}", style.paint(session_tone(status), status.as_str()));
    }
    let time = style.paint(Tone::Dim, format!("({})", human_duration(step.duration)));
    let mut lines = vec![format!("{mark} {title} {time}")];
    if let Some(warning) = &step.warning {
        for (index, line) in visible(warning).lines().enumerate() {
            let label = if index == 0 { style.paint(Tone::Warning, "warning:") } else { "        ".to_owned() };
            lines.push(format!("  {label} {line}"));
        }
    }
    if verbosity == Verbosity::Verbose || !step.passed {
        lines.extend(step.details.iter().map(|detail| format!("  {}", style.paint(Tone::Dim, visible(detail)))));
    }
    lines
}

fn session_tone(status: SessionStatus) -> Tone {
    match status {
        SessionStatus::Created | SessionStatus::Restored => Tone::Dim,
        SessionStatus::Recreated => Tone::Warning,
        SessionStatus::Failed => Tone::Bad,
    }
}

/// Steps are told when they end, inner ones first; people read outer ones first.
fn put_parents_first<'a>(steps: &'a [Step], depth: u32, ordered: &mut Vec<&'a Step>) {
    let mut start = 0;
    for (index, step) in steps.iter().enumerate() {
        if step.depth <= depth {
            ordered.push(step);
            put_parents_first(&steps[start..index], depth + 1, ordered);
            start = index + 1;
        }
    }
    // What is left over has lost its parent: the attempt was stopped inside it.
    ordered.extend(&steps[start..]);
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn step(title: &str, depth: u32) -> Step {
        Step {
            title: title.to_owned(),
            kind: StepKind::Named,
            depth,
            duration: Duration::ZERO,
            passed: true,
            details: Vec::new(),
            warning: None,
            saved: None,
        }
    }

    #[test]
    fn outer_steps_come_before_inner_ones() {
        let told = [step("a.1", 1), step("a.2.x", 2), step("a.2", 1), step("a", 0), step("b", 0), step("c.1", 1)];
        let mut ordered = Vec::new();
        put_parents_first(&told, 0, &mut ordered);
        let titles: Vec<&str> = ordered.iter().map(|step| step.title.as_str()).collect();
        assert_eq!(titles, ["a", "a.1", "a.2", "a.2.x", "b", "c.1"]);
    }
}
