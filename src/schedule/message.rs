//! All messages between the dispatcher and its workers.

use std::path::PathBuf;

use crate::model::{SpecPath, SuiteIndex, TestCase, WorkerId};
use crate::script::{AttemptOrder, AttemptReport, ScriptError};

/// To a worker.
#[derive(Debug)]
pub(crate) enum ToWorker {
    /// Evaluate this spec and tell its tests.
    Collect {
        /// Its path, as people see it.
        path: SpecPath,
        /// Where it lies.
        absolute: PathBuf,
    },
    /// Run one attempt.
    Run(Box<AttemptOrder>),
    /// No test of these suites will come: run their `after_all` hooks.
    Leave {
        /// The spec.
        spec: SpecPath,
        /// Its suites, outermost first.
        suites: Vec<SuiteIndex>,
    },
}

/// From a worker. A worker whose channel is closed ends everything it has open and goes.
#[derive(Debug)]
pub(crate) enum FromWorker {
    /// The support scripts are loaded, or not.
    Loaded {
        /// Who.
        worker: WorkerId,
        /// What is wrong with them.
        errors: Vec<ScriptError>,
    },
    /// A spec was evaluated.
    Collected {
        /// Its tests, or what is wrong with it; specs are answered in the order in which they were sent.
        tests: Result<Vec<TestCase>, ScriptError>,
    },
    /// An attempt ended.
    Finished {
        /// Who ran it.
        worker: WorkerId,
        /// How it ended.
        report: Box<AttemptReport>,
    },
    /// The worker's thread has ended; after a panic, with its text.
    Gone {
        /// Who.
        worker: WorkerId,
        /// The panic's text.
        panic: Option<String>,
    },
}
