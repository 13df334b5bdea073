//! [`PageErrors`]: the uncaught errors of a page's scripts.

use std::collections::VecDeque;

const KEPT: usize = 20;

/// The latest ones, each as one line.
#[derive(Default)]
pub(super) struct PageErrors(VecDeque<String>);

impl PageErrors {
    /// Keeps one; `line` counts from 0, and nothing is said of the place where `url` is empty.
    pub(super) fn note(&mut self, message: &str, url: &str, line: u64) {
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        let place = if url.is_empty() { String::new() } else { format!(" ({url}:{})", line + 1) };
        self.0.push_back(format!("{message}{place}"));
    }

    /// All that are kept, oldest first.
    pub(super) fn all(&self) -> Vec<String> {
        self.0.iter().cloned().collect()
    }
}
