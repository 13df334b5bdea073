//! What people and machines get to see of a run, made from its events alone.
//!
//! [`open`] makes the reports that were asked for; [`Fanout`] feeds them. A report never changes
//! an outcome, and nothing here knows how tests are run.

pub mod diagnostic;
pub mod diff;
pub mod error;
pub mod fanout;
mod file;
#[cfg(test)]
mod golden;
pub mod json;
mod junit;
mod open;
pub mod record;
#[cfg(test)]
mod sample;
pub mod terminal;

pub use error::ReportError;
pub use fanout::{Fanout, Report, Reporting};
pub use open::open;
pub use terminal::{Screen, Style};
