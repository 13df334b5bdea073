//! [`Record`]: a run as its events told it, one small record a test, in plan order.
//!
//! Every report reads the same record. It survives a run that was cut short: a test whose end was
//! never told counts as not run.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::event::{PlanIndex, RunEvent, RunStart, Step, StepKind};
use crate::model::{TestCase, WorkerId};
use crate::outcome::{Artifact, Attempt, Counts, Failure, Outcome, RunSummary, SessionStatus, Status};

/// A run so far, or a finished one.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// How it started; `None` before its first event.
    pub start: Option<RunStart>,
    /// One for each test of the plan, in its order.
    pub tests: Vec<TestRecord>,
    /// Files that could not be collected, and why.
    pub broken_files: Vec<BrokenFile>,
    /// Failures outside any test.
    pub run_failures: Vec<Failure>,
    /// Warnings, in order.
    pub warnings: Vec<String>,
    /// Text logged outside any test.
    pub logs: Vec<String>,
    /// What the run came to; `None` while it runs, or when it was cut short.
    pub summary: Option<RunSummary>,
}

/// What became of one test.
#[derive(Clone, Debug, Default)]
pub struct TestRecord {
    /// `None` until it was told.
    pub status: Option<Status>,
    /// All attempts' time.
    pub duration: Duration,
    /// Why it was skipped or not run.
    pub reason: Option<String>,
    /// Attempts, in order; the last one may be without an end.
    pub attempts: Vec<AttemptRecord>,
}

/// One try at a test, with what happened in it.
#[derive(Clone, Debug)]
pub struct AttemptRecord {
    /// From 1.
    pub number: u32,
    /// Who ran it.
    pub worker: WorkerId,
    /// Its end; `None` while it runs, or when the run was cut short.
    pub attempt: Option<Attempt>,
    /// Steps, in the order in which they ended.
    pub steps: Vec<Step>,
    /// Logged text.
    pub logs: Vec<String>,
    /// Files apart from those named in the failure.
    pub artifacts: Vec<Artifact>,
}

/// A file that could not be collected.
#[derive(Clone, Debug)]
pub struct BrokenFile {
    /// Relative to the project root.
    pub file: String,
    /// What is wrong with it.
    pub failure: Failure,
}

impl TestRecord {
    /// How the test ended; not run where nobody said.
    pub fn status(&self) -> Status {
        self.status.unwrap_or(Status::NotRun)
    }

    /// The failure of the last attempt, where the test failed.
    pub fn failure(&self) -> Option<&Failure> {
        self.attempts.last().and_then(AttemptRecord::failure)
    }
}

impl AttemptRecord {
    fn new(number: u32, worker: WorkerId) -> Self {
        Self { number, worker, attempt: None, steps: Vec::new(), logs: Vec::new(), artifacts: Vec::new() }
    }

    /// Why it failed, where it did.
    pub fn failure(&self) -> Option<&Failure> {
        match &self.attempt.as_ref()?.outcome {
            Outcome::Failed(failure) => Some(failure),
            Outcome::Passed | Outcome::Skipped(_) | Outcome::Interrupted => None,
        }
    }

    /// The browser, driver or node was lost in it.
    pub fn is_infrastructure(&self) -> bool {
        self.attempt.as_ref().is_some_and(|attempt| attempt.is_infrastructure)
    }

    /// How long it took, as far as known.
    pub fn duration(&self) -> Duration {
        self.attempt.as_ref().map_or(Duration::ZERO, |attempt| attempt.duration)
    }
}

impl Record {
    /// Knows nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in one event.
    pub fn receive(&mut self, event: &RunEvent) {
        match event {
            RunEvent::RunStarted(start) => {
                self.tests = vec![TestRecord::default(); start.tests.len()];
                self.start = Some(start.clone());
            }
            RunEvent::CollectionFailed { file, failure } => {
                self.broken_files.push(BrokenFile { file: file.clone(), failure: (**failure).clone() });
            }
            RunEvent::ServerReady { .. } | RunEvent::BrowserReady { .. } => {}
            RunEvent::TestStarted { test, attempt, worker } => {
                if let Some(record) = self.tests.get_mut(test.0) {
                    record.attempts.push(AttemptRecord::new(*attempt, *worker));
                }
            }
            RunEvent::Step { test, attempt, step } => {
                if let Some(record) = self.attempt_mut(*test, *attempt) {
                    record.steps.push(step.clone());
                }
            }
            RunEvent::Log { test, text } => match test.and_then(|test| self.running_attempt_mut(test)) {
                Some(record) => record.logs.push(text.clone()),
                None => self.logs.push(text.clone()),
            },
            RunEvent::ArtifactWritten { test, attempt, artifact } => {
                if let Some(record) = self.attempt_mut(*test, *attempt) {
                    record.artifacts.push(artifact.clone());
                }
            }
            RunEvent::AttemptFinished { test, worker, attempt, will_retry: _ } => {
                self.finish_attempt(*test, *worker, attempt);
            }
            RunEvent::TestGivenBack { test, worker } => {
                if let Some(record) = self.tests.get_mut(test.0) {
                    record.attempts.pop_if(|last| last.attempt.is_none() && last.worker == *worker);
                }
            }
            RunEvent::TestFinished { test, status, duration, reason } => {
                if let Some(record) = self.tests.get_mut(test.0) {
                    record.status = Some(*status);
                    record.duration = *duration;
                    record.reason.clone_from(reason);
                }
            }
            RunEvent::Warning { text } => self.warnings.push(text.clone()),
            RunEvent::RunFailure { failure } => self.run_failures.push((**failure).clone()),
            RunEvent::RunFinished(summary) => self.summary = Some(summary.clone()),
        }
    }

    fn finish_attempt(&mut self, test: PlanIndex, worker: WorkerId, attempt: &Attempt) {
        let Some(record) = self.tests.get_mut(test.0) else {
            return;
        };
        // An attempt may end without having begun: its session or browser could not be had.
        if record.attempts.last().is_none_or(|last| last.number != attempt.number) {
            record.attempts.push(AttemptRecord::new(attempt.number, worker));
        }
        if let Some(last) = record.attempts.last_mut() {
            last.attempt = Some(attempt.clone());
        }
    }

    fn attempt_mut(&mut self, test: PlanIndex, number: u32) -> Option<&mut AttemptRecord> {
        self.tests.get_mut(test.0)?.attempts.iter_mut().rev().find(|attempt| attempt.number == number)
    }

    fn running_attempt_mut(&mut self, test: PlanIndex) -> Option<&mut AttemptRecord> {
        self.tests.get_mut(test.0)?.attempts.last_mut()
    }

    /// The test at a place in the plan, as its spec describes it.
    pub fn case(&self, test: PlanIndex) -> Option<&TestCase> {
        self.start.as_ref()?.tests.get(test.0)
    }

    /// Every test with its record, in plan order.
    pub fn cases(&self) -> impl Iterator<Item = (&TestCase, &TestRecord)> {
        self.start.iter().flat_map(|start| start.tests.iter()).zip(&self.tests)
    }

    /// The same, grouped by spec and project, each as `[firefox] specs/cart.rhai`, in the order in which
    /// the plan has them first.
    pub fn specs(&self) -> Vec<(String, Vec<(&TestCase, &TestRecord)>)> {
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        let mut specs: Vec<(String, Vec<(&TestCase, &TestRecord)>)> = Vec::new();
        for (case, record) in self.cases() {
            let name = case.id.spec_run().to_string();
            let place = *places.entry(name.clone()).or_insert_with(|| {
                specs.push((name, Vec::new()));
                specs.len() - 1
            });
            specs[place].1.push((case, record));
        }
        specs
    }

    /// What the run came to; made from the tests themselves where the run was cut short.
    pub fn summary(&self) -> RunSummary {
        self.summary.clone().unwrap_or_else(|| RunSummary {
            counts: self.counts(),
            broken_specs: self.broken_files.len(),
            ..RunSummary::default()
        })
    }

    /// Tests by how they ended; those that have not ended count as not run.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for test in &self.tests {
            counts.add(test.status());
        }
        counts
    }

    /// How often sessions were used, by how the use ended.
    pub fn session_uses(&self) -> SessionUses {
        let mut uses = SessionUses::default();
        let steps = self.tests.iter().flat_map(|test| &test.attempts).flat_map(|attempt| &attempt.steps);
        for step in steps {
            if let StepKind::Session(status) = step.kind {
                uses.add(status);
                uses.saved += step.saved.unwrap_or_default();
            }
        }
        uses
    }
}

/// How often sessions were used, by how the use ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SessionUses {
    /// Made for the first time.
    pub created: usize,
    /// Put back.
    pub restored: usize,
    /// Found invalid and made again.
    pub recreated: usize,
    /// Could not be made.
    pub failed: usize,
    /// Time that those put back have saved.
    pub saved: Duration,
}

impl SessionUses {
    fn add(&mut self, status: SessionStatus) {
        match status {
            SessionStatus::Created => self.created += 1,
            SessionStatus::Restored => self.restored += 1,
            SessionStatus::Recreated => self.recreated += 1,
            SessionStatus::Failed => self.failed += 1,
        }
    }
}
