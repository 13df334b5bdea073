//! A run with a bit of everything.

use std::time::Duration;

use super::{hook, infrastructure, not_unique, wrong_count};
use crate::event::{PlanIndex, RunEvent, RunStart, Step, StepKind};
use crate::model::{Location, SpecPath, TestCase, TestId, WorkerId};
use crate::outcome::{
    Artifact, Attempt, Counts, Failure, FailureKind, Outcome, RunSummary, SessionStatus, Status, StopReason,
};
use crate::report::record::Record;

fn case(spec: &str, line: u32, titles: &[&str], tags: &[&str]) -> TestCase {
    let id = TestId::new(SpecPath::new(spec), titles.iter().map(|title| (*title).to_owned()).collect());
    let tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
    TestCase { tags, ..TestCase::new(id, Location::new(spec, line, 5)) }
}

pub(in crate::report) fn start() -> RunStart {
    RunStart {
        version: "0.1.0".to_owned(),
        tests: [
            case("specs/cart.rhai", 10, &["cart", "adds an item"], &["smoke"]),
            case("specs/cart.rhai", 18, &["cart", "empties"], &[]),
            case("specs/cart.rhai", 25, &["cart", "with a voucher", "takes the discount"], &[]),
            case("specs/cart.rhai", 30, &["cart", "with a voucher", "is offered only once"], &[]),
            case("specs/login.rhai", 12, &["login", "remembers the user"], &["slow", "smoke"]),
            case("specs/login.rhai", 28, &["login", "locks after three tries"], &[]),
            case("specs/report.rhai", 7, &["prints"], &[]),
            case("specs/report.rhai", 15, &["exports"], &[]),
        ]
        .into(),
        specs: 3,
        deselected: 2,
        workers: 2,
        browser: "chromium".to_owned(),
        started_at_ms: 1_790_000_000_000,
        shard: None,
    }
}

pub(in crate::report) fn run_started() -> RunEvent {
    RunEvent::RunStarted(start())
}

pub(in crate::report) fn test_started(test: usize, attempt: u32, worker: usize) -> RunEvent {
    RunEvent::TestStarted { test: PlanIndex(test), attempt, worker: WorkerId(worker) }
}

pub(in crate::report) fn test_finished(test: usize, status: Status) -> RunEvent {
    ended(test, status, 0, None)
}

fn ended(test: usize, status: Status, millis: u64, reason: Option<&str>) -> RunEvent {
    let reason = reason.map(str::to_owned);
    RunEvent::TestFinished { test: PlanIndex(test), status, duration: Duration::from_millis(millis), reason }
}

fn attempt(test: usize, worker: usize, number: u32, millis: u64, outcome: Outcome) -> RunEvent {
    let is_infrastructure = match &outcome {
        Outcome::Failed(failure) => failure.kind == FailureKind::Infrastructure,
        Outcome::Passed | Outcome::Skipped(_) | Outcome::Interrupted => false,
    };
    RunEvent::AttemptFinished {
        test: PlanIndex(test),
        worker: WorkerId(worker),
        attempt: Attempt { number, outcome, duration: Duration::from_millis(millis), is_infrastructure },
        will_retry: false,
    }
}

fn failed(failure: Failure) -> Outcome {
    Outcome::Failed(Box::new(failure))
}

fn step(test: usize, kind: StepKind, title: &str, depth: u32) -> RunEvent {
    RunEvent::Step {
        test: PlanIndex(test),
        attempt: 1,
        step: Step {
            title: title.to_owned(),
            kind,
            depth,
            duration: Duration::from_millis(120),
            passed: true,
            details: vec!["1 origin, 2 cookies".to_owned()],
            warning: None,
            saved: (kind == StepKind::Session(SessionStatus::Restored)).then_some(Duration::from_millis(380)),
        },
    }
}

fn log(test: Option<usize>, line: &str) -> RunEvent {
    RunEvent::Log { test: test.map(PlanIndex), text: line.to_owned() }
}

/// The whole stream: two workers, three specs, two of them at the same time.
pub(in crate::report) fn events() -> Vec<RunEvent> {
    let mut events = vec![
        run_started(),
        RunEvent::CollectionFailed {
            file: "specs/broken.rhai".to_owned(),
            failure: Box::new(Failure::new(FailureKind::Script, "unexpected end of the script: `}` is missing")),
        },
        RunEvent::ServerReady {
            url: "http://127.0.0.1:4000/".to_owned(),
            took: Duration::from_millis(800),
            reused: false,
        },
        RunEvent::BrowserReady {
            worker: WorkerId(1),
            browser: "chrome-headless-shell 156.0 (devtools)".to_owned(),
            took: Duration::from_millis(210),
        },
        log(None, "support is loaded"),
    ];
    events.extend(cart_and_login());
    events.extend(rest());
    events
}

fn cart_and_login() -> Vec<RunEvent> {
    let session = |status| StepKind::Session(status);
    let recreated = RunEvent::Step {
        test: PlanIndex(4),
        attempt: 1,
        step: Step {
            title: "session `user`".to_owned(),
            kind: session(SessionStatus::Recreated),
            depth: 1,
            duration: Duration::from_millis(900),
            passed: true,
            details: Vec::new(),
            warning: Some("its verify said no: expected 200, found 401".to_owned()),
            saved: None,
        },
    };
    vec![
        test_started(0, 1, 1),
        test_started(4, 1, 2),
        step(0, session(SessionStatus::Created), "session `admin`", 1),
        step(0, StepKind::Hook, "before_each", 0),
        step(0, StepKind::Named, "put a pen into the cart", 0),
        log(Some(0), "items: 1\ntotal: 2.50"),
        attempt(0, 1, 1, 340, Outcome::Passed),
        ended(0, Status::Passed, 340, None),
        recreated,
        attempt(4, 2, 1, 1204, Outcome::Passed),
        ended(4, Status::Passed, 1204, None),
        test_started(1, 1, 1),
        step(1, session(SessionStatus::Restored), "session `admin`", 0),
        test_started(5, 1, 2),
        attempt(1, 1, 1, 5210, failed(wrong_count())),
        ended(1, Status::Failed, 5210, None),
        attempt(5, 2, 1, 310, failed(wrong_count())),
        test_started(5, 2, 2),
        attempt(5, 2, 2, 295, failed(not_unique())),
        ended(5, Status::Failed, 605, None),
        RunEvent::Warning { text: "no answer from /api/health\nthe run goes on without it".to_owned() },
        test_started(2, 1, 1),
        attempt(2, 1, 1, 700, failed(wrong_count())),
        test_started(2, 2, 1),
        RunEvent::ArtifactWritten {
            test: PlanIndex(2),
            attempt: 2,
            artifact: Artifact {
                name: "voucher".to_owned(),
                path: "test-results/cart-with-a-voucher/voucher.png".into(),
                media_type: "image/png".to_owned(),
            },
        },
        attempt(2, 1, 2, 400, Outcome::Passed),
        ended(2, Status::Flaky, 1100, None),
        ended(3, Status::Skipped, 0, Some("needs session.all_domains, which classic has not")),
    ]
}

fn rest() -> Vec<RunEvent> {
    vec![
        test_started(6, 1, 1),
        attempt(6, 1, 1, 80, failed(infrastructure())),
        ended(6, Status::Failed, 80, None),
        ended(7, Status::NotRun, 0, Some("3 tests failed before")),
        RunEvent::RunFailure { failure: Box::new(hook()) },
        RunEvent::RunFinished(RunSummary {
            counts: Counts { passed: 2, flaky: 1, failed: 3, skipped: 1, not_run: 1 },
            duration: Duration::from_millis(12_340),
            broken_specs: 1,
            infrastructure_failures: 1,
            stopped: Some(StopReason::MaxFailures(3)),
        }),
    ]
}

/// The record of the whole stream.
pub(in crate::report) fn record() -> Record {
    let mut record = Record::new();
    for event in &events() {
        record.receive(event);
    }
    record
}
