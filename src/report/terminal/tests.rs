//! Whole runs as shown on a terminal and in a pipe, against golden files.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use super::*;
use crate::event::RunEvent;
use crate::outcome::{Counts, RunSummary, Status, StopReason};
use crate::report::{Fanout, golden, sample};

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

type Make = fn(Style, Verbosity, Box<dyn Write + Send>) -> TerminalReport;

const SCREEN: Screen = Screen { is_terminal: false, width: 100, color: false, unicode: true };

fn show(make: Make, verbosity: Verbosity, events: &[RunEvent]) -> String {
    show_on(SCREEN, make, verbosity, events)
}

fn show_on(screen: Screen, make: Make, verbosity: Verbosity, events: &[RunEvent]) -> String {
    let style = Style::new(crate::config::ColorChoice::Auto, screen);
    let written = Shared::default();
    let mut fanout = Fanout::new();
    fanout.add(make(style, verbosity, Box::new(written.clone())));
    for event in events {
        fanout.receive(event);
    }
    assert!(fanout.finish().is_empty());
    String::from_utf8(written.0.lock().unwrap().clone()).unwrap()
}

#[test]
fn a_line_for_each_test_where_nobody_watches() {
    golden::check("report/plain.txt", &show(TerminalReport::plain, Verbosity::Normal, &sample::events()));
}

#[test]
fn tests_stand_under_their_spec_on_a_terminal() {
    golden::check("report/grouped.txt", &show(TerminalReport::grouped, Verbosity::Normal, &sample::events()));
}

#[test]
fn verbose_shows_steps_and_browsers() {
    golden::check("report/verbose.txt", &show(TerminalReport::plain, Verbosity::Verbose, &sample::events()));
}

#[test]
fn quiet_shows_failures_and_the_summary() {
    golden::check("report/quiet.txt", &show(TerminalReport::plain, Verbosity::Quiet, &sample::events()));
}

#[test]
fn a_screen_without_unicode_gets_ascii() {
    let screen = Screen { unicode: false, ..SCREEN };
    for make in [TerminalReport::plain, TerminalReport::grouped] {
        let text = show_on(screen, make, Verbosity::Verbose, &sample::events());
        assert!(text.is_ascii(), "{text}");
    }
}

#[test]
fn a_test_that_was_stopped_is_named_and_those_behind_it_are_counted() {
    let mut events = vec![sample::run_started(), sample::test_started(0, 1, 1)];
    events.extend((0..8).map(|test| sample::test_finished(test, Status::NotRun)));
    events.push(RunEvent::RunFinished(RunSummary {
        counts: Counts { not_run: 8, ..Counts::default() },
        stopped: Some(StopReason::Interrupted),
        ..RunSummary::default()
    }));
    let text = show(TerminalReport::plain, Verbosity::Normal, &events);
    let lines: Vec<&str> = text.lines().skip(2).collect();
    assert_eq!(
        lines,
        [
            "  · specs/cart.rhai › cart › adds an item (stopped)",
            "",
            "  stopped early: interrupted (Ctrl-C)",
            "  8 not run (0ms)",
        ]
    );
}

#[test]
fn the_only_failure_is_not_repeated_right_below_itself() {
    let mut events = sample::events();
    events.retain(|event| match event {
        RunEvent::TestFinished { test, .. } | RunEvent::AttemptFinished { test, .. } => test.0 == 1,
        RunEvent::RunStarted(_) | RunEvent::RunFinished(_) => true,
        _ => false,
    });
    let text = show(TerminalReport::plain, Verbosity::Normal, &events);
    assert_eq!(text.matches("to have count 0").count(), 1, "{text}");
}
