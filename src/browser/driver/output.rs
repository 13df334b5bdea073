//! [`Output`]: the last lines a driver and its browser wrote, and how the driver ended, for the
//! message of a browser that was lost.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::browser::error::BrowserError;

/// Lines kept; a crash report of Chromium is about that long.
const LINES: usize = 40;

/// The last lines of a process. Clones share them. Empty for a driver that is not ours.
#[derive(Clone, Debug, Default)]
pub(in crate::browser) struct Output(Arc<Mutex<Seen>>);

#[derive(Debug, Default)]
struct Seen {
    lines: VecDeque<String>,
    ending: Option<String>,
}

impl Output {
    /// One more line.
    pub(in crate::browser) fn push(&self, line: String) {
        let mut seen = self.seen();
        if seen.lines.len() == LINES {
            seen.lines.pop_front();
        }
        seen.lines.push_back(line);
    }

    /// Forgets what was said so far: a driver that is ready has told nothing but its greeting.
    pub(in crate::browser) fn clear(&self) {
        self.seen().lines.clear();
    }

    /// The last lines, oldest first.
    pub(in crate::browser) fn lines(&self) -> Vec<String> {
        self.seen().lines.iter().cloned().collect()
    }

    /// Remembers how the driver ended: `chromedriver was killed by signal 9`.
    pub(in crate::browser) fn end(&self, how: String) {
        self.seen().ending.get_or_insert(how);
    }

    /// How the driver ended, where it did.
    pub(in crate::browser) fn ending(&self) -> Option<String> {
        self.seen().ending.clone()
    }

    /// `error` as it is to be seen by the caller: when the driver is gone every error is
    /// [`BrowserError::Lost`], and a loss always carries the last lines.
    pub(in crate::browser) fn explain(&self, error: BrowserError) -> BrowserError {
        let ending = self.ending();
        match (error, ending) {
            (BrowserError::Lost { output, .. }, Some(reason)) if output.is_empty() => {
                BrowserError::Lost { reason, output: self.lines() }
            }
            (BrowserError::Lost { reason, output }, None) if output.is_empty() => {
                BrowserError::Lost { reason, output: self.lines() }
            }
            (error @ (BrowserError::Lost { .. } | BrowserError::Closed { .. }), _) | (error, None) => error,
            (_, Some(reason)) => BrowserError::Lost { reason, output: self.lines() },
        }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_last_lines_only() {
        let output = Output::default();
        for number in 0..=LINES {
            output.push(number.to_string());
        }
        assert_eq!(output.lines().first().map(String::as_str), Some("1"));
        assert_eq!(output.lines().len(), LINES);
    }

    #[test]
    fn after_the_end_of_the_driver_every_error_is_a_loss() {
        let output = Output::default();
        output.push("last words".to_owned());
        let timeout = BrowserError::Protocol { command: "click".to_owned(), message: "no".to_owned() };
        assert!(!output.explain(timeout.clone()).is_lost());
        output.end("chromedriver was killed by signal 9".to_owned());
        let BrowserError::Lost { reason, output } = output.explain(timeout) else { panic!("not lost") };
        assert_eq!(reason, "chromedriver was killed by signal 9");
        assert_eq!(output, ["last words"]);
    }
}
