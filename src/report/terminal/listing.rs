//! Finished tests as lines.
//!
//! Where nobody watches, a test is one line with its whole title. On a terminal tests stand under
//! their spec and suites: one spec is told live, the others wait until it is done.

use std::collections::{BTreeMap, HashMap};

use super::display::Verbosity;
use super::notes::notes;
use super::style::{Style, Tone, one_line};
use crate::clock::human_duration;
use crate::event::PlanIndex;
use crate::model::{SpecRun, TestCase};
use crate::outcome::Status;
use crate::report::record::{Record, TestRecord};

/// A test that ended, and its number where it failed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Finished {
    pub(super) test: PlanIndex,
    pub(super) number: Option<usize>,
}

/// One test on one line: `  ✓ specs/cart.rhai › cart › adds an item (340ms)`, with notes below.
pub(super) fn flat_lines(
    case: &TestCase,
    record: &TestRecord,
    number: Option<usize>,
    (style, verbosity): (&Style, Verbosity),
) -> String {
    let number = number.map_or(String::new(), |number| format!("{number}) "));
    let separator = style.paint(Tone::Dim, style.symbols(" › "));
    let mut title = vec![style.paint(Tone::Dim, case.id.spec_run().to_string())];
    title.extend(suites(case).iter().map(|title| one_line(title)));
    title.push(one_line(&case.id.title()));
    let first = format!("  {} {number}{}{}", style.mark(record.status()), title.join(&separator), end(record, style));
    with_notes(first, record, "      ", verbosity, style)
}

/// The titles of the suites around a test.
fn suites(case: &TestCase) -> &[String] {
    &case.id.titles[..case.id.titles.len().saturating_sub(1)]
}

/// Whether a test has a line. The many that never started have one when it was asked for.
pub(super) fn is_listed(record: &TestRecord, verbosity: Verbosity) -> bool {
    match record.status() {
        Status::Failed => true,
        Status::Passed | Status::Flaky | Status::Skipped => verbosity != Verbosity::Quiet,
        Status::NotRun => match verbosity {
            Verbosity::Quiet => false,
            Verbosity::Normal => !record.attempts.is_empty(),
            Verbosity::Verbose => true,
        },
    }
}

/// What follows a title: time, reason, attempts.
fn end(record: &TestRecord, style: &Style) -> String {
    let reason = record.reason.as_ref().map(|reason| format!(": {}", one_line(reason))).unwrap_or_default();
    let text = match record.status() {
        Status::Passed | Status::Failed => human_duration(record.duration),
        Status::Flaky => format!("{}, passed at attempt {}", human_duration(record.duration), record.attempts.len()),
        Status::Skipped => format!("skipped{reason}"),
        Status::NotRun if record.attempts.is_empty() => format!("not run{reason}"),
        Status::NotRun => format!("stopped{reason}"),
    };
    format!(" {}", style.paint(Tone::Dim, format!("({text})")))
}

fn with_notes(first: String, record: &TestRecord, margin: &str, verbosity: Verbosity, style: &Style) -> String {
    let mut text = first;
    for line in notes(record, verbosity, style) {
        text.push('\n');
        text.push_str(margin);
        text.push_str(&line);
    }
    text
}

/// Tests under their specs and suites.
#[derive(Debug)]
pub(super) struct Grouping {
    style: Style,
    verbosity: Verbosity,
    /// Tests of a spec that have not ended yet.
    left: HashMap<SpecRun, usize>,
    /// The spec that is told live.
    live: Option<SpecRun>,
    /// Tests of other specs, by the time at which the first of their spec ended.
    waiting: BTreeMap<usize, (SpecRun, Vec<Finished>)>,
    /// How many tests have come so far.
    seen: usize,
    /// The headings above the last line, to which the next one may be added.
    heading: Option<(SpecRun, Vec<String>)>,
}

impl Grouping {
    pub(super) fn new(style: Style, verbosity: Verbosity) -> Self {
        Self { style, verbosity, left: HashMap::new(), live: None, waiting: BTreeMap::new(), seen: 0, heading: None }
    }

    /// Learns how many tests each spec has.
    pub(super) fn start(&mut self, tests: &[TestCase]) {
        for test in tests {
            *self.left.entry(test.id.spec_run()).or_default() += 1;
        }
    }

    /// Something else was printed: the next line needs its headings again.
    pub(super) fn interrupt(&mut self) {
        self.heading = None;
    }

    /// Takes one more test; gives what can be printed now, if anything.
    pub(super) fn add(&mut self, finished: Finished, record: &Record) -> Option<String> {
        let spec = record.case(finished.test)?.id.spec_run();
        self.seen += 1;
        if let Some(left) = self.left.get_mut(&spec) {
            *left = left.saturating_sub(1);
        }
        let live = self.live.get_or_insert_with(|| spec.clone());
        if *live != spec {
            self.wait(spec, finished);
            return None;
        }
        let mut lines = Vec::new();
        self.push(finished, record, &mut lines);
        while self.live.as_ref().is_some_and(|spec| self.left.get(spec) == Some(&0)) {
            self.live = None;
            if let Some((_, (spec, tests))) = self.waiting.pop_first() {
                self.live = Some(spec);
                for test in tests {
                    self.push(test, record, &mut lines);
                }
            }
        }
        join(&lines)
    }

    /// What still waits, when no more tests come.
    pub(super) fn flush(&mut self, record: &Record) -> Option<String> {
        let mut lines = Vec::new();
        for (_, (_, tests)) in std::mem::take(&mut self.waiting) {
            for test in tests {
                self.push(test, record, &mut lines);
            }
        }
        join(&lines)
    }

    fn wait(&mut self, spec: SpecRun, finished: Finished) {
        match self.waiting.values_mut().find(|(waiting, _)| *waiting == spec) {
            Some((_, tests)) => tests.push(finished),
            None => {
                self.waiting.insert(self.seen, (spec, vec![finished]));
            }
        }
    }

    fn push(&mut self, finished: Finished, record: &Record, lines: &mut Vec<String>) {
        let (Some(case), Some(test)) = (record.case(finished.test), record.tests.get(finished.test.0)) else {
            return;
        };
        if !is_listed(test, self.verbosity) {
            return;
        }
        let suites = suites(case);
        self.push_headings(&case.id.spec_run(), suites, lines);
        let margin = "  ".repeat(suites.len() + 1);
        let number = finished.number.map_or(String::new(), |number| format!("{number}) "));
        let first = format!(
            "{margin}{} {number}{}{}",
            self.style.mark(test.status()),
            one_line(&case.id.title()),
            end(test, &self.style)
        );
        lines.push(with_notes(first, test, &format!("{margin}    "), self.verbosity, &self.style));
    }

    fn push_headings(&mut self, spec: &SpecRun, suites: &[String], lines: &mut Vec<String>) {
        let known = match &self.heading {
            Some((last, known)) if last == spec => known.iter().zip(suites).take_while(|(a, b)| a == b).count(),
            _ => {
                lines.push(String::new());
                lines.push(self.style.paint(Tone::Strong, spec.to_string()));
                0
            }
        };
        for (depth, suite) in suites.iter().enumerate().skip(known) {
            lines.push(format!("{}{}", "  ".repeat(depth + 1), one_line(suite)));
        }
        self.heading = Some((spec.clone(), suites.to_vec()));
    }
}

fn join(lines: &[String]) -> Option<String> {
    if lines.is_empty() { None } else { Some(lines.join("\n")) }
}
