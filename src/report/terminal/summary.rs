//! The end of a run: what failed, what was flaky or slow, the counts, and how to run it again.

use std::collections::BTreeSet;
use std::time::Duration;

use super::style::{Style, Tone, one_line};
use crate::clock::human_duration;
use crate::event::PlanIndex;
use crate::model::{ProjectName, TestCase};
use crate::outcome::{Counts, Failure, RunSummary, Status, StopReason};
use crate::report::diagnostic::tone;
use crate::report::record::{Record, SessionUses, TestRecord};

/// Flaky tests named at most.
const FLAKY: usize = 10;
/// Places in the command that runs failed tests again, at most.
const PLACES: usize = 8;
/// A run shorter than this has no slow tests worth naming.
const SLOW_RUN: Duration = Duration::from_secs(5);
/// A test is slow when it takes this part of the run.
const SLOW_SHARE: u32 = 5;

/// A failure that was shown; its number is its place in the list, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// A test failed.
    Test(PlanIndex),
    /// A file could not be collected: its place among the broken files.
    File(usize),
    /// Something outside the tests: its place among the run's failures.
    Run(usize),
}

/// The last lines of a run.
pub(super) fn summary(record: &Record, failures: &[Shown], repeats: Repeat, style: &Style) -> String {
    let summary = record.summary();
    let mut sections = Vec::new();
    if repeats == Repeat::Failures {
        sections.push(failure_list(record, failures, style));
    }
    sections.push(flaky_list(record, style));
    sections.push(slow_list(record, summary.duration, style));
    let mut last: Vec<String> = session_line(record.session_uses(), style).into_iter().collect();
    last.extend(stop_line(&summary, style));
    last.push(count_line(record, &summary, style));
    sections.push(last);
    sections.push(rerun_line(record, failures, style).into_iter().collect());
    let texts: Vec<String> = sections.into_iter().filter(|s| !s.is_empty()).map(|s| s.join("\n")).collect();
    texts.join("\n\n")
}

/// Whether the failures are listed again at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repeat {
    /// One line for each.
    Failures,
    /// They are the last thing that was shown.
    Nothing,
}

fn failure_list(record: &Record, failures: &[Shown], style: &Style) -> Vec<String> {
    let mut lines = Vec::new();
    let digits = failures.len().to_string().len();
    for (index, shown) in failures.iter().enumerate() {
        let number = format!("{:>digits$})", index + 1);
        let Some((name, failure)) = failure_parts(record, *shown, style) else {
            continue;
        };
        lines.push(format!("{} {name}", style.paint(Tone::Bad, &number)));
        if let Some(failure) = failure {
            let title = style.paint(tone(failure), one_line(&failure.title));
            lines.push(format!("{} {title}", " ".repeat(number.len())));
        }
    }
    if lines.is_empty() {
        return lines;
    }
    for line in &mut lines {
        line.insert_str(0, "  ");
    }
    lines.insert(0, style.paint(Tone::Strong, "failed"));
    lines
}

fn failure_parts<'a>(record: &'a Record, shown: Shown, style: &Style) -> Option<(String, Option<&'a Failure>)> {
    Some(match shown {
        Shown::Test(test) => (place_and_title(record.case(test)?, style), record.tests.get(test.0)?.failure()),
        Shown::File(index) => {
            let broken = record.broken_files.get(index)?;
            (style.paint(Tone::Place, place_of(&broken.failure, &broken.file)), Some(&broken.failure))
        }
        Shown::Run(index) => {
            let failure = record.run_failures.get(index)?;
            (style.paint(Tone::Place, place_of(failure, "outside the tests")), Some(failure))
        }
    })
}

fn place_of(failure: &Failure, otherwise: &str) -> String {
    failure.location().map_or(otherwise.to_owned(), ToString::to_string)
}

/// `specs/cart.rhai:12  cart › adds an item`: the first part can be given to runner.
fn place_and_title(case: &TestCase, style: &Style) -> String {
    let title = one_line(&style.symbols(&case.id.full_title()));
    let project = case.id.project.as_ref().map(|project| format!("[{project}] ")).unwrap_or_default();
    format!("{}{}  {title}", style.paint(Tone::Dim, project), style.paint(Tone::Place, place(case)))
}

fn place(case: &TestCase) -> String {
    // An `it` inside a support function stands in another file than the spec that collects it.
    if *case.location.file == *case.id.spec.as_str() && case.location.line > 0 {
        format!("{}:{}", case.id.spec, case.location.line)
    } else {
        case.id.spec.to_string()
    }
}

fn flaky_list(record: &Record, style: &Style) -> Vec<String> {
    let flaky: Vec<&TestCase> =
        record.cases().filter(|(_, test)| test.status() == Status::Flaky).map(|(case, _)| case).collect();
    if flaky.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![style.paint(Tone::Strong, "flaky")];
    lines.extend(flaky.iter().take(FLAKY).map(|case| format!("  {}", place_and_title(case, style))));
    if flaky.len() > FLAKY {
        lines.push(format!("  and {} more", flaky.len() - FLAKY));
    }
    lines
}

fn slow_list(record: &Record, run: Duration, style: &Style) -> Vec<String> {
    if run < SLOW_RUN || record.tests.len() < 5 {
        return Vec::new();
    }
    let mut slow: Vec<(&TestCase, &TestRecord)> =
        record.cases().filter(|(_, test)| test.duration * SLOW_SHARE >= run).collect();
    slow.sort_by_key(|(_, test)| std::cmp::Reverse(test.duration));
    if slow.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![style.paint(Tone::Strong, "slowest")];
    lines.extend(
        slow.iter()
            .take(3)
            .map(|(case, test)| format!("  {:>6}  {}", human_duration(test.duration), place_and_title(case, style))),
    );
    lines
}

fn session_line(uses: SessionUses, style: &Style) -> Option<String> {
    let parts = [
        (uses.created, "created", Tone::Dim),
        (uses.restored, "restored", Tone::Dim),
        (uses.recreated, "recreated", Tone::Warning),
        (uses.failed, "failed", Tone::Bad),
    ];
    let words = join_counts(&parts, style);
    if words.is_empty() {
        return None;
    }
    let saved = if uses.saved.is_zero() {
        String::new()
    } else {
        style.paint(Tone::Dim, format!(" ({} saved)", human_duration(uses.saved)))
    };
    Some(format!("{} {words}{saved}", style.paint(Tone::Dim, "sessions:")))
}

fn stop_line(summary: &RunSummary, style: &Style) -> Option<String> {
    let why = match summary.stopped.as_ref()? {
        StopReason::MaxFailures(1) => "a test failed (-x)".to_owned(),
        StopReason::MaxFailures(count) => format!("{count} tests failed (--max-failures {count})"),
        StopReason::GlobalTimeout(limit) => {
            format!("the run took longer than {} (--global-timeout)", human_duration(*limit))
        }
        StopReason::Interrupted => "interrupted (Ctrl-C)".to_owned(),
        StopReason::Terminated => "told to end (SIGTERM)".to_owned(),
        StopReason::Infrastructure(why) => one_line(why),
    };
    Some(format!("{} {why}", style.paint(Tone::Warning, "stopped early:")))
}

fn count_line(record: &Record, summary: &RunSummary, style: &Style) -> String {
    let time = style.paint(Tone::Dim, format!("({})", human_duration(summary.duration)));
    let words = count_words(summary.counts, style);
    let broken = match summary.broken_specs {
        0 => None,
        1 => Some(style.paint(Tone::Bad, "1 file not loaded")),
        count => Some(style.paint(Tone::Bad, format!("{count} files not loaded"))),
    };
    let all: Vec<String> = broken.into_iter().chain(Some(words).filter(|words| !words.is_empty())).collect();
    let line = format!("{} {time}", all.join(", "));
    match nothing_ran(record, summary) {
        Some(why) if all.is_empty() => style.paint(Tone::Warning, why),
        Some(why) => format!("{}\n{line}", style.paint(Tone::Warning, why)),
        None => line,
    }
}

/// Why not a single test ran, where that is so.
fn nothing_ran(record: &Record, summary: &RunSummary) -> Option<String> {
    let counts = summary.counts;
    if counts.passed + counts.flaky + counts.failed > 0 || summary.stopped.is_some() {
        return None;
    }
    let start = record.start.as_ref()?;
    if let (0, Some(shard)) = (counts.total(), &start.shard) {
        let (index, total) = (shard.index, shard.total);
        return Some(format!("nothing ran: shard {index} of {total} is empty, the others have every test"));
    }
    let why = match (counts.total(), start.deselected) {
        (0, 0) if summary.broken_specs > 0 => return None,
        (0, 0) => format!("the {} no test", if start.specs == 1 { "spec has" } else { "specs have" }),
        (0, 1) => "the selection leaves out the only test".to_owned(),
        (0, left_out) => format!("the selection leaves out all {left_out} tests"),
        (1, _) if counts.skipped == 1 => "the only test is skipped".to_owned(),
        (total, _) if counts.skipped == total => format!("all {total} tests are skipped"),
        _ => return None,
    };
    Some(format!("nothing ran: {why}"))
}

/// `3 failed, 2 flaky, 40 passed, 1 skipped`; empty where there is nothing to count.
pub(super) fn count_words(counts: Counts, style: &Style) -> String {
    let parts = [
        (counts.failed, "failed", Tone::Bad),
        (counts.flaky, "flaky", Tone::Warning),
        (counts.passed, "passed", Tone::Good),
        (counts.skipped, "skipped", Tone::Dim),
        (counts.not_run, "not run", Tone::Warning),
    ];
    join_counts(&parts, style)
}

fn join_counts(parts: &[(usize, &str, Tone)], style: &Style) -> String {
    let words = parts.iter().filter(|(count, _, _)| *count > 0);
    words.map(|(count, word, tone)| style.paint(*tone, format!("{count} {word}"))).collect::<Vec<_>>().join(", ")
}

fn rerun_line(record: &Record, failures: &[Shown], style: &Style) -> Option<String> {
    let failed: Vec<&TestCase> = failures
        .iter()
        .filter_map(|shown| match shown {
            Shown::Test(test) => record.case(*test),
            Shown::File(_) | Shown::Run(_) => None,
        })
        .collect();
    let mut places: BTreeSet<String> = failed.iter().map(|case| place(case)).collect();
    if places.len() > PLACES {
        places = failed.iter().map(|case| case.id.spec.to_string()).collect();
    }
    if places.is_empty() || places.len() > PLACES {
        return None;
    }
    let projects: BTreeSet<&str> =
        failed.iter().filter_map(|case| case.id.project.as_ref()).map(ProjectName::as_str).collect();
    let projects = projects.iter().map(|project| format!("--project {}", quote(project)));
    let places: Vec<String> = projects.chain(places.iter().map(|place| quote(place))).collect();
    Some(format!("{} runner {}", style.paint(Tone::Dim, "run again:"), places.join(" ")))
}

/// As a shell takes it for one word.
fn quote(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/.:_-+@%=,".contains(c);
    if word.chars().all(is_plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{RunEvent, RunStart};
    use crate::report::sample;

    #[track_caller]
    fn check(events: &[RunEvent], expected: &str) {
        let mut record = Record::new();
        for event in events {
            record.receive(event);
        }
        assert_eq!(summary(&record, &[], Repeat::Nothing, &Style::plain()), expected);
    }

    fn nothing_but(start: RunStart) -> [RunEvent; 2] {
        [RunEvent::RunStarted(start), RunEvent::RunFinished(RunSummary::default())]
    }

    #[test]
    fn says_why_nothing_ran() {
        let empty = || RunStart { tests: [].into(), deselected: 0, specs: 2, ..sample::start() };
        check(&nothing_but(empty()), "nothing ran: the specs have no test");
        check(
            &nothing_but(RunStart { deselected: 12, ..empty() }),
            "nothing ran: the selection leaves out all 12 tests",
        );
    }

    #[test]
    fn says_why_it_stopped() {
        let stopped = |why| RunSummary {
            counts: Counts { passed: 3, failed: 1, not_run: 4, ..Counts::default() },
            duration: Duration::from_millis(1250),
            stopped: Some(why),
            ..RunSummary::default()
        };
        let check = |why, line: &str| {
            let end = RunEvent::RunFinished(stopped(why));
            check(&[end], &format!("stopped early: {line}\n1 failed, 3 passed, 4 not run (1.3s)"));
        };
        check(StopReason::MaxFailures(1), "a test failed (-x)");
        check(StopReason::MaxFailures(5), "5 tests failed (--max-failures 5)");
        check(StopReason::Interrupted, "interrupted (Ctrl-C)");
        let limit = Duration::from_secs(600);
        check(StopReason::GlobalTimeout(limit), "the run took longer than 10m (--global-timeout)");
        check(StopReason::Infrastructure("no driver left".to_owned()), "no driver left");
    }

    #[test]
    fn a_path_with_a_space_is_quoted_for_the_shell() {
        assert_eq!(quote("specs/cart.rhai:12"), "specs/cart.rhai:12");
        assert_eq!(quote("my specs/it's.rhai:1"), r"'my specs/it'\''s.rhai:1'");
    }
}
