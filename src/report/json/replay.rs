//! Turns a report back into what its run told: [`test_case`] and [`test_events`].

use std::time::Duration;

use super::format::{JsonAttempt, JsonOutcome, JsonStep, JsonStop, JsonTest};
use crate::event::{PlanIndex, RunEvent, Step};
use crate::model::{TestCase, TestId};
use crate::outcome::{Attempt, Failure, FailureKind, Outcome, StopReason};

/// What a test is known by.
pub(super) fn test_id(test: &JsonTest) -> TestId {
    TestId { project: test.project.clone(), spec: test.spec.clone(), titles: test.titles.clone(), repeat: test.repeat }
}

/// The test as reports need to know it. What only a run needs is not in a report.
pub(super) fn test_case(test: &JsonTest) -> TestCase {
    TestCase { tags: test.tags.clone(), ..TestCase::new(test_id(test), test.location.clone()) }
}

/// Everything that was told of a test, at the place `index` of a plan.
pub(super) fn test_events(index: PlanIndex, test: JsonTest, tell: &mut impl FnMut(RunEvent)) {
    let attempts = test.attempts.len();
    for (place, attempt) in test.attempts.into_iter().enumerate() {
        attempt_events(index, attempt, test.reason.as_deref(), place + 1 < attempts, tell);
    }
    tell(RunEvent::TestFinished {
        test: index,
        status: test.status,
        duration: Duration::from_millis(test.duration_ms),
        reason: test.reason,
    });
}

fn attempt_events(
    test: PlanIndex,
    attempt: JsonAttempt,
    reason: Option<&str>,
    will_retry: bool,
    tell: &mut impl FnMut(RunEvent),
) {
    let number = attempt.number;
    tell(RunEvent::TestStarted { test, attempt: number, worker: attempt.worker });
    for recorded in attempt.steps {
        tell(RunEvent::Step { test, attempt: number, step: step(recorded) });
    }
    for text in attempt.logs {
        tell(RunEvent::Log { test: Some(test), text });
    }
    for artifact in attempt.artifacts {
        tell(RunEvent::ArtifactWritten { test, attempt: number, artifact });
    }
    let outcome = match attempt.outcome {
        JsonOutcome::Passed => Outcome::Passed,
        JsonOutcome::Failed => Outcome::Failed(Box::new(
            attempt.failure.unwrap_or_else(|| Failure::new(FailureKind::Infrastructure, "the report does not say why")),
        )),
        JsonOutcome::Skipped => Outcome::Skipped(reason.map(str::to_owned)),
        JsonOutcome::Interrupted => Outcome::Interrupted,
    };
    let duration = Duration::from_millis(attempt.duration_ms);
    let worker = attempt.worker;
    let attempt = Attempt { number, outcome, duration, is_infrastructure: attempt.is_infrastructure };
    tell(RunEvent::AttemptFinished { test, worker, attempt, will_retry });
}

fn step(step: JsonStep) -> Step {
    Step {
        title: step.title,
        kind: step.kind,
        depth: step.depth,
        duration: Duration::from_millis(step.duration_ms),
        passed: step.passed,
        details: step.details,
        warning: step.warning,
        saved: step.saved_ms.map(Duration::from_millis),
    }
}

/// Why a run ended early.
pub(super) fn stop_reason(stop: &JsonStop) -> StopReason {
    match stop {
        JsonStop::MaxFailures { limit } => StopReason::MaxFailures(*limit),
        JsonStop::GlobalTimeout { limit_ms } => StopReason::GlobalTimeout(Duration::from_millis(*limit_ms)),
        JsonStop::Interrupted => StopReason::Interrupted,
        JsonStop::Terminated => StopReason::Terminated,
        JsonStop::Infrastructure { why } => StopReason::Infrastructure(why.clone()),
    }
}
