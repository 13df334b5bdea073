//! What a worker is told to run, [`AttemptOrder`], and what came of it, [`AttemptReport`].

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::event::PlanIndex;
use crate::model::TestId;
use crate::outcome::Outcome;

/// Which attempt to run.
#[derive(Clone, Debug)]
pub struct AttemptOrder {
    /// The test's place in the plan.
    pub test: PlanIndex,
    /// What it is known by.
    pub id: TestId,
    /// The attempt, from 1.
    pub number: u32,
    /// A failed attempt of the test's own came before.
    pub is_retry: bool,
    /// The spec's file; absolute.
    pub spec: PathBuf,
    /// All tests the spec collected when the plan was made: a second evaluation must agree.
    pub expected: Arc<[TestId]>,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct AttemptReport {
    /// How it ended.
    pub outcome: Outcome,
    /// Wall time, without waiting for other workers.
    pub duration: Duration,
    /// The browser was lost: it says nothing about the test.
    pub is_infrastructure: bool,
    /// No browser could be started at all.
    pub cannot_start: bool,
    /// A Grid had no slot for this worker's browser; others may have one.
    pub lacks_slot: bool,
}
