//! The only language between the engine and the reports.
//!
//! Everything a report shows is in these events, redacted when the event is made; a stored stream
//! of them can be replayed. The main type is [`RunEvent`]. Nothing here prints.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::{TestCase, WorkerId};
use crate::outcome::{Artifact, Attempt, Failure, RunSummary, SessionStatus, Status};

/// A test's place in the plan, from 0. Reports list tests in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PlanIndex(pub usize);

/// What happens in a run, in the order in which it happens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum RunEvent {
    /// Always first, once.
    RunStarted(RunStart),
    /// A spec or support file that could not be collected. Before the first test starts.
    CollectionFailed {
        /// The file, relative to the project root.
        file: String,
        /// What is wrong with it.
        failure: Box<Failure>,
    },
    /// The application under test answers (or was already there).
    ServerReady {
        /// Address that was asked.
        url: String,
        /// How long it took to answer.
        took: Duration,
        /// It was running already and was left as it was.
        reused: bool,
    },
    /// A worker's browser is up.
    BrowserReady {
        /// Whose browser.
        worker: WorkerId,
        /// Name, version and wire, for people: "chrome-headless-shell 156.0 (devtools)".
        browser: String,
        /// How long it took to start.
        took: Duration,
    },
    /// An attempt begins.
    TestStarted {
        /// Which test.
        test: PlanIndex,
        /// Which attempt, from 1.
        attempt: u32,
        /// Who runs it.
        worker: WorkerId,
    },
    /// A step of a running attempt ended.
    Step {
        /// Which test.
        test: PlanIndex,
        /// Which attempt, from 1.
        attempt: u32,
        /// The step.
        step: Step,
    },
    /// `log(...)`, `print(...)` or `debug(...)` in a script.
    Log {
        /// Which test, where it was said inside one.
        test: Option<PlanIndex>,
        /// The text.
        text: String,
    },
    /// A file that belongs to an attempt was written, apart from those named in a failure.
    ArtifactWritten {
        /// Which test.
        test: PlanIndex,
        /// Which attempt, from 1.
        attempt: u32,
        /// The file.
        artifact: Artifact,
    },
    /// An attempt ended.
    AttemptFinished {
        /// Which test.
        test: PlanIndex,
        /// Who ran it.
        worker: WorkerId,
        /// How it ended.
        attempt: Attempt,
        /// Another attempt follows.
        will_retry: bool,
    },
    /// An attempt that had begun did not take place: its worker got no browser. It is handed out
    /// again.
    TestGivenBack {
        /// Which test.
        test: PlanIndex,
        /// Who was to run it.
        worker: WorkerId,
    },
    /// A test has its final state. Exactly once for each test of the plan.
    TestFinished {
        /// Which test.
        test: PlanIndex,
        /// Its state.
        status: Status,
        /// All attempts' time.
        duration: Duration,
        /// Why it was skipped or not run, where known.
        reason: Option<String>,
    },
    /// Something worth knowing that fails nothing.
    Warning {
        /// The text, one or more lines.
        text: String,
    },
    /// A failure outside any test: an `after_all` hook, the server, a report.
    RunFailure {
        /// What is wrong.
        failure: Box<Failure>,
    },
    /// Always last, once.
    RunFinished(RunSummary),
}

/// What is known when a run starts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunStart {
    /// Version of runner.
    pub version: String,
    /// The tests of the plan, in plan order; skipped ones included.
    pub tests: Arc<[TestCase]>,
    /// How many spec files the tests come from.
    pub specs: usize,
    /// How many tests the selection (`-g`, `--tag`, `path:line`, `only`) left out.
    pub deselected: usize,
    /// How many workers run them.
    pub workers: usize,
    /// The browser asked for, by name.
    pub browser: String,
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub started_at_ms: u64,
    /// Which part of a plan these tests are, where they are a part.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub shard: Option<ShardStart>,
}

/// A part of a plan, and what it takes to put the parts together again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShardStart {
    /// Which part, from 1.
    pub index: usize,
    /// How many parts there are.
    pub total: usize,
    /// The same for all parts of one plan, and for those only.
    pub plan: String,
    /// How many tests the whole plan has.
    pub tests: usize,
    /// The place of each test of this part in the whole plan, from 0.
    pub places: Vec<usize>,
}

/// A named part of an attempt, as a person would tell it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// "session `admin`", the title of `step`, the name of a hook.
    pub title: String,
    /// What kind of step.
    pub kind: StepKind,
    /// How many steps it stands inside of.
    pub depth: u32,
    /// Wall time.
    pub duration: Duration,
    /// It went through.
    pub passed: bool,
    /// Lines to show below it: what was captured (counts, never values), origins that were asked.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub details: Vec<String>,
    /// Shown as a warning although it went through: a recreated session, an empty capture.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub warning: Option<String>,
    /// Time that a restored session has saved: making it took so much longer than this step.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub saved: Option<Duration>,
}

/// What kind of step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "status")]
pub enum StepKind {
    /// `step("title", || ...)`.
    Named,
    /// `before_each` and the like.
    Hook,
    /// `use_session`.
    Session(SessionStatus),
}

/// Where events go: cheap to clone, never blocks, never fails (a run without listeners is fine).
#[derive(Clone)]
pub struct EventSink(Arc<dyn Fn(RunEvent) + Send + Sync>);

impl EventSink {
    /// Sends every event to `receive`.
    pub fn new(receive: impl Fn(RunEvent) + Send + Sync + 'static) -> Self {
        Self(Arc::new(receive))
    }

    /// Sends one event.
    pub fn send(&self, event: RunEvent) {
        (self.0)(event);
    }
}

impl std::fmt::Debug for EventSink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EventSink")
    }
}
