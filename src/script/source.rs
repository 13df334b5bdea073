//! [`Sources`]: the text of every script that was loaded, for code frames.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use crate::model::Location;
use crate::outcome::SourceLine;

/// Lines shown before the place and after it.
const BEFORE: u32 = 2;
const AFTER: u32 = 1;

/// Texts by file name as messages show it.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    texts: RefCell<HashMap<Arc<str>, Arc<str>>>,
}

impl Sources {
    /// Keeps a text.
    pub(crate) fn add(&self, file: &str, text: &str) {
        self.texts.borrow_mut().insert(file.into(), text.into());
    }

    /// The text of a file.
    pub(crate) fn text(&self, file: &str) -> Option<Arc<str>> {
        self.texts.borrow().get(file).cloned()
    }

    /// The lines around a place; only its own line where `alone`.
    pub(crate) fn excerpt(&self, location: &Location, extent: Extent) -> Vec<SourceLine> {
        let texts = self.texts.borrow();
        let Some(text) = texts.get(&location.file) else { return Vec::new() };
        if location.line == 0 {
            return Vec::new();
        }
        let (first, last) = match extent {
            Extent::Line => (location.line, location.line),
            Extent::Around => (location.line.saturating_sub(BEFORE).max(1), location.line + AFTER),
        };
        (first..)
            .zip(text.lines().skip(first as usize - 1))
            .take_while(|(number, _)| *number <= last)
            .map(|(number, text)| SourceLine { number, text: text.to_owned() })
            .collect()
    }
}

/// How much of a script is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// The line itself.
    Line,
    /// Some lines before and after it too.
    Around,
}
