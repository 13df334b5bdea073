//! [`Finished`]: what a run of the binary came to.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use super::project::Folder;
use super::{Report, golden};

/// A run that is over.
pub(crate) struct Finished {
    /// Exit code; 128 and the signal's number where a signal ended it.
    pub(crate) status: i32,
    /// Everything on standard output.
    pub(crate) stdout: String,
    /// Everything on standard error.
    pub(crate) stderr: String,
    /// From start to exit.
    pub(crate) took: Duration,
    /// What was there when it ended: a line for each living process and temporary file.
    pub(super) left: Vec<String>,
    pub(super) folder: Folder,
}

impl Finished {
    /// A file of the project, as text.
    #[track_caller]
    pub(crate) fn file(&self, path: &str) -> String {
        match std::fs::read_to_string(self.path(path)) {
            Ok(text) => text,
            Err(error) => panic!("{path}: {error}\n{}", self.screen()),
        }
    }

    /// A path below the project.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.root().join(path)
    }

    /// Everything must be as said.
    #[track_caller]
    pub(crate) fn assert_output(&self, status: i32, stdout: &str, stderr: &str) {
        let mut differences = String::new();
        if self.status != status {
            writeln!(differences, "exit code: expected {status}, found {}", self.status).unwrap();
        }
        for (name, expected, found) in [("stdout", stdout, &self.stdout), ("stderr", stderr, &self.stderr)] {
            if expected != found {
                writeln!(differences, "{name} (- expected, + found):\n{}", difference(expected, found)).unwrap();
            }
        }
        assert!(differences.is_empty(), "{differences}\n{}", self.screen());
    }

    /// Exit code and standard error must be as said.
    #[track_caller]
    pub(crate) fn assert_status_and_stderr(&self, status: i32, stderr: &str) {
        self.assert_output(status, &self.stdout, stderr);
    }

    /// No process of the run lives, and its folder for temporary files is empty.
    #[track_caller]
    pub(crate) fn assert_nothing_left(&self) {
        let left = self.left.join("\n  ");
        assert!(left.is_empty(), "left over after the run:\n  {left}\n{}", self.screen());
    }

    /// As [`Project::golden`](super::Project::golden), for a run that was started with `spawn`.
    #[track_caller]
    pub(crate) fn assert_golden(&self, name: &str) {
        golden::compare(name, self);
    }

    /// A JSON report of the project.
    #[track_caller]
    pub(crate) fn report(&self, path: &str) -> Report {
        Report::read(&self.path(path), self)
    }

    /// Both streams, for the message of a failed test.
    pub(crate) fn screen(&self) -> String {
        format!("--- stdout\n{}--- stderr\n{}--- exit code {}", self.stdout, self.stderr, self.status)
    }
}

/// The lines that differ, with a few around them.
pub(super) fn difference(expected: &str, found: &str) -> String {
    similar::TextDiff::from_lines(expected, found).unified_diff().context_radius(3).to_string()
}
