use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use super::*;
use crate::event::RunEvent;
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

fn show(make: Make, verbosity: Verbosity, events: &[RunEvent]) -> String {
    let screen = Screen { is_terminal: false, width: 100, color: false, unicode: true };
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
