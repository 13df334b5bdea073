//! The shape of the file. A change that an old reader would misunderstand is a new [`FORMAT`];
//! a new field that may be missing is not.
//!
//! Durations are whole milliseconds in fields that end in `_ms`. Paths use `/`.

use serde::{Deserialize, Serialize};

use crate::event::{ShardStart, StepKind};
use crate::model::{Location, ProjectName, SpecPath, WorkerId};
use crate::outcome::{Artifact, Failure, Status};

/// The version of the format.
pub const FORMAT: u64 = 1;

/// The whole file. `T` is a list of tests; a writer puts something smaller in its place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JsonReport<T = Vec<JsonTest>> {
    /// [`FORMAT`].
    pub format: u64,
    /// How the run was started.
    pub run: JsonRun,
    /// What it came to.
    pub summary: JsonSummary,
    /// Every test, in plan order.
    pub tests: T,
    /// Files that could not be collected.
    #[serde(default)]
    pub collection_failures: Vec<JsonBrokenFile>,
    /// Failures outside any test.
    #[serde(default)]
    pub run_failures: Vec<Failure>,
    /// Warnings, in order.
    #[serde(default)]
    pub warnings: Vec<String>,
    /// Text logged outside any test.
    #[serde(default)]
    pub logs: Vec<String>,
}

/// How the run was started.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JsonRun {
    /// Version of runner.
    pub version: String,
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub started_at_ms: u64,
    /// The browser asked for.
    pub browser: String,
    /// How many workers.
    pub workers: usize,
    /// How many specs.
    pub specs: usize,
    /// How many tests the selection left out.
    pub deselected: usize,
    /// Which part of a plan it ran, where it ran a part.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub shard: Option<ShardStart>,
}

/// What the run came to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct JsonSummary {
    /// Tests that passed at the first try.
    pub passed: usize,
    /// Tests that passed on a retry.
    pub flaky: usize,
    /// Tests that failed.
    pub failed: usize,
    /// Tests that were skipped.
    pub skipped: usize,
    /// Tests that were to run and did not.
    pub not_run: usize,
    /// Wall time.
    pub duration_ms: u64,
    /// Files that could not be collected.
    pub broken_specs: usize,
    /// Tests that ended in an infrastructure failure.
    pub infrastructure_failures: usize,
    /// Uses of sessions.
    pub sessions: JsonSessions,
    /// Why the run ended early, where it did.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub stopped: Option<JsonStop>,
    /// The run told its end. `false`: it was killed, and this is what was known.
    pub complete: bool,
}

/// Uses of sessions, by how they ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JsonSessions {
    /// Made for the first time.
    pub created: usize,
    /// Put back from what was saved.
    pub restored: usize,
    /// Found invalid and made again.
    pub recreated: usize,
    /// Could not be made.
    pub failed: usize,
    /// Time that those put back have saved.
    #[serde(default)]
    pub saved_ms: u64,
}

/// Why a run ended early.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum JsonStop {
    /// This many tests failed.
    MaxFailures {
        /// The limit.
        limit: u32,
    },
    /// The run took too long.
    GlobalTimeout {
        /// The limit.
        limit_ms: u64,
    },
    /// Ctrl-C.
    Interrupted,
    /// SIGTERM.
    Terminated,
    /// No browser could be had.
    Infrastructure {
        /// Why not.
        why: String,
    },
}

/// One test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JsonTest {
    /// The project it ran in, where there are projects.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub project: Option<ProjectName>,
    /// The file that collects it.
    pub spec: SpecPath,
    /// Titles of its suites, outermost first, then its own.
    pub titles: Vec<String>,
    /// Which of its repetitions, from 1, where it was repeated.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub repeat: Option<u32>,
    /// Where its `it` stands.
    pub location: Location,
    /// Its tags and those of its suites.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub tags: Vec<String>,
    /// How it ended.
    pub status: Status,
    /// All attempts' time.
    pub duration_ms: u64,
    /// Why it was skipped or not run.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// Every attempt, in order.
    pub attempts: Vec<JsonAttempt>,
}

/// One try at a test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JsonAttempt {
    /// From 1.
    pub number: u32,
    /// Who ran it, from 1.
    pub worker: WorkerId,
    /// How it ended.
    pub outcome: JsonOutcome,
    /// Wall time.
    pub duration_ms: u64,
    /// The browser, driver or node was lost in it; it does not count as a try of the test's own.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub is_infrastructure: bool,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub failure: Option<Failure>,
    /// Steps, in the order in which they ended.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub steps: Vec<JsonStep>,
    /// Logged text.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub logs: Vec<String>,
    /// Files apart from those named in the failure.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub artifacts: Vec<Artifact>,
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JsonOutcome {
    /// It went through.
    Passed,
    /// Something did not hold.
    Failed,
    /// It said `skip`.
    Skipped,
    /// It was stopped, or its end was never told.
    Interrupted,
}

/// A named part of an attempt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JsonStep {
    /// What people call it.
    pub title: String,
    /// `named`, `hook`, or `session` with the `status` of its use.
    #[serde(flatten)]
    pub kind: StepKind,
    /// How many steps it stands inside of.
    pub depth: u32,
    /// Wall time.
    pub duration_ms: u64,
    /// It went through.
    pub passed: bool,
    /// Lines about it.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub details: Vec<String>,
    /// A warning it gave.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub warning: Option<String>,
    /// Time that a restored session has saved.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub saved_ms: Option<u64>,
}

/// A file that could not be collected.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JsonBrokenFile {
    /// Relative to the project root.
    pub file: String,
    /// What is wrong with it.
    pub failure: Failure,
}
