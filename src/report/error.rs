//! [`ReportError`]: what keeps a report from being shown or written.

use std::io;
use std::path::PathBuf;

/// A report that could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The file or its folder cannot be written.
    #[error("the {format} report cannot be written to `{path}`")]
    Write {
        /// `JUnit` or `JSON`.
        format: &'static str,
        /// Where it should go.
        path: PathBuf,
        /// The system's words.
        #[source]
        source: io::Error,
    },
    /// The path is a folder.
    #[error("the {format} report needs a file, and `{path}` is a folder; add a file name")]
    IsFolder {
        /// `JUnit` or `JSON`.
        format: &'static str,
        /// What was given.
        path: PathBuf,
    },
    /// Two reports go to one file.
    #[error("two reports would be written to `{path}`; give each its own file")]
    SamePath {
        /// The file.
        path: PathBuf,
    },
    /// The terminal, or what stdout was sent to, takes no more text.
    #[error("the run cannot be shown: stdout takes no more text")]
    Terminal {
        /// The system's words.
        #[source]
        source: io::Error,
    },
    /// A JSON report of a version we do not know.
    #[error("this JSON report has format {found}, this runner reads format {known}; use a newer runner")]
    UnknownFormat {
        /// What the file says.
        found: u64,
        /// What we read.
        known: u64,
    },
    /// Not a JSON report of ours.
    #[error("this is not a JSON report of runner")]
    NotAReport {
        /// What the reader stumbled over.
        #[source]
        source: serde_json::Error,
    },
}
