//! The run as it is shown on the terminal: live lines, progress and the final summary.
//!
//! [`TerminalReport`] is the one writer; what it writes is made by pure functions of the record.

mod display;
mod listing;
mod notes;
mod progress;
mod style;
mod summary;
#[cfg(test)]
mod tests;

pub use display::{TerminalReport, Verbosity};
pub use style::{Screen, Style, Tone};
pub(crate) use style::{one_line, visible};
