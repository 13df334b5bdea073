//! The JSON report: versioned, made to be read by programs and by `merge-reports`.
//!
//! [`JsonReport`] is the format; [`JsonFile`] writes it, one test at a time.

mod format;
mod merge;
mod read;
mod replay;
mod write;

pub use format::{
    FORMAT, JsonAttempt, JsonBrokenFile, JsonOutcome, JsonReport, JsonRun, JsonSessions, JsonStep, JsonStop,
    JsonSummary, JsonTest,
};
pub use merge::{MergeError, Merged, NamedReport, merge};
pub(super) use write::JsonFile;
