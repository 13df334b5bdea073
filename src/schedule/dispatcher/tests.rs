//! Decisions of the dispatcher, with workers played by the test.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::*;
use crate::config::Parallel;
use crate::model::{Location, SpecPath, TestCase, TestId};
use crate::schedule::PlannedSpec;

const ONE: WorkerId = WorkerId(1);
const TWO: WorkerId = WorkerId(2);

fn plan(specs: &[(&str, &[&str])], parallel: Parallel) -> Plan {
    let mut tests = Vec::new();
    let mut planned = Vec::new();
    for (spec, titles) in specs {
        let path = SpecPath::new(*spec);
        let ids: Vec<TestId> =
            titles.iter().map(|title| TestId::new(path.clone(), vec![(*title).to_owned()])).collect();
        for id in &ids {
            let mode = if id.title() == "skipped" { Mode::Skip(None) } else { Mode::Run };
            let case = TestCase::new(id.clone(), Location::new(*spec, 1, 1));
            tests.push(TestCase { suites: vec![SuiteIndex(0)], mode, ..case });
        }
        planned.push(PlannedSpec { project: None, path, absolute: spec.into(), tests: ids.into() });
    }
    Plan::new(tests, planned, parallel)
}

fn dispatcher(plan: Plan, retries: u32, max_failures: Option<u32>) -> (Dispatcher, Arc<Mutex<Vec<RunEvent>>>) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sink = seen.clone();
    let events = EventSink::new(move |event| sink.lock().expect("no test panics while it holds this").push(event));
    (Dispatcher::new(plan, Limits { retries, max_failures }, events), seen)
}

fn passed() -> AttemptReport {
    AttemptReport {
        outcome: Outcome::Passed,
        duration: Duration::ZERO,
        is_infrastructure: false,
        cannot_start: false,
        lacks_slot: false,
    }
}

fn failed(is_infrastructure: bool) -> AttemptReport {
    let failure = Failure::new(FailureKind::Assertion, "no");
    AttemptReport { outcome: Outcome::Failed(Box::new(failure)), is_infrastructure, ..passed() }
}

fn told(message: &ToWorker) -> String {
    match message {
        ToWorker::Run(order) => format!("{} #{}", order.id.title(), order.number),
        ToWorker::Leave { spec, suites } => format!("leave {spec} {}", suites.len()),
        ToWorker::Collect { path, .. } => format!("collect {path}"),
    }
}

fn all(messages: &[ToWorker]) -> Vec<String> {
    messages.iter().map(told).collect()
}

#[test]
fn a_worker_runs_a_file_in_order_and_leaves_it_at_the_end() {
    let (mut run, _) = dispatcher(plan(&[("a", &["1", "2"]), ("b", &["3"])], Parallel::File), 0, None);
    assert_eq!(run.next(ONE).as_ref().map(told).as_deref(), Some("1 #1"));
    assert_eq!(run.next(TWO).as_ref().map(told).as_deref(), Some("3 #1"));
    assert_eq!(all(&run.finished(ONE, passed())), ["2 #1"]);
    assert_eq!(all(&run.finished(ONE, passed())), ["leave a 1"]);
    assert_eq!(all(&run.finished(TWO, passed())), ["leave b 1"]);
    assert!(!run.is_busy());
    assert_eq!(run.conclude_run().counts.passed, 3);
}

#[test]
fn a_failed_test_is_tried_again_before_the_next_one() {
    let (mut run, _) = dispatcher(plan(&[("a", &["1", "2"])], Parallel::File), 1, None);
    run.next(ONE);
    assert_eq!(all(&run.finished(ONE, failed(false))), ["1 #2"]);
    assert_eq!(all(&run.finished(ONE, passed())), ["2 #1"]);
    run.finished(ONE, passed());
    let counts = run.conclude_run().counts;
    assert_eq!((counts.flaky, counts.passed, counts.failed), (1, 1, 0));
}

#[test]
fn a_stop_after_failures_leaves_the_rest_not_run() {
    let (mut run, _) = dispatcher(plan(&[("a", &["1", "2", "3"])], Parallel::File), 0, Some(1));
    run.next(ONE);
    assert_eq!(all(&run.finished(ONE, failed(false))), Vec::<String>::new());
    let summary = run.conclude_run();
    assert_eq!(summary.stopped, Some(StopReason::MaxFailures(1)));
    assert_eq!((summary.counts.failed, summary.counts.not_run), (1, 2));
}

#[test]
fn every_test_has_exactly_one_result() {
    let (mut run, seen) = dispatcher(plan(&[("a", &["1", "skipped", "2"])], Parallel::Test), 0, None);
    run.next(ONE);
    run.finished(ONE, passed());
    run.stop(StopReason::Interrupted);
    run.finished(ONE, AttemptReport { outcome: Outcome::Interrupted, ..passed() });
    run.conclude_run();
    let seen = seen.lock().expect("no test panics while it holds this");
    let mut finished: Vec<usize> = seen
        .iter()
        .filter_map(|event| match event {
            RunEvent::TestFinished { test, .. } => Some(test.0),
            _ => None,
        })
        .collect();
    finished.sort_unstable();
    assert_eq!(finished, [0, 1, 2]);
}

#[test]
fn a_lost_browser_costs_no_retry_and_counts_apart() {
    let (mut run, _) = dispatcher(plan(&[("a", &["1"])], Parallel::File), 0, None);
    run.next(ONE);
    assert_eq!(all(&run.finished(ONE, failed(true))), ["1 #2"]);
    assert_eq!(all(&run.finished(ONE, failed(true))), ["1 #3"]);
    run.finished(ONE, failed(true));
    let summary = run.conclude_run();
    assert_eq!((summary.counts.failed, summary.infrastructure_failures), (1, 1));
}

#[test]
fn no_browser_at_all_stops_the_run_at_once() {
    let (mut run, _) = dispatcher(plan(&[("a", &["1", "2"])], Parallel::File), 3, None);
    run.next(ONE);
    let report = AttemptReport { cannot_start: true, ..failed(true) };
    assert!(run.finished(ONE, report).iter().all(|message| !matches!(message, ToWorker::Run(_))));
    assert_eq!(run.conclude_run().stopped, Some(StopReason::Infrastructure("no".to_owned())));
}

#[test]
fn that_there_is_no_browser_is_told_once() {
    let (mut run, _) = dispatcher(plan(&[("a", &["1"]), ("b", &["2"])], Parallel::File), 0, None);
    run.next(ONE);
    run.next(TWO);
    let report = AttemptReport { cannot_start: true, ..failed(true) };
    run.finished(ONE, report.clone());
    run.finished(TWO, report);
    let counts = run.conclude_run().counts;
    assert_eq!((counts.failed, counts.not_run), (1, 1));
}

#[test]
fn what_a_lost_worker_had_left_goes_to_another() {
    let (mut run, _) = dispatcher(plan(&[("a", &["1", "2"])], Parallel::File), 0, None);
    run.next(ONE);
    run.lost(ONE, "oh");
    assert_eq!(run.next(TWO).as_ref().map(told).as_deref(), Some("2 #1"));
}

#[test]
fn a_worker_without_a_slot_gives_its_test_back_while_others_get_on() {
    let plan = plan(&[("a", &["1", "2"]), ("b", &["3"])], Parallel::File);
    let (mut dispatcher, events) = dispatcher(plan, 0, None);
    assert_eq!(told(&dispatcher.next(ONE).unwrap()), "1 #1");
    assert_eq!(told(&dispatcher.next(TWO).unwrap()), "3 #1");
    let no_slot = || AttemptReport { cannot_start: true, lacks_slot: true, ..failed(true) };
    assert_eq!(dispatcher.finished(ONE, passed()).iter().map(told).collect::<Vec<_>>(), ["2 #1"]);
    assert!(dispatcher.finished(TWO, no_slot()).is_empty());
    assert!(dispatcher.has_waiting() && !dispatcher.is_stopped());
    let next: Vec<String> = dispatcher.finished(ONE, passed()).iter().map(told).collect();
    assert_eq!(next, ["leave a 1", "3 #1"]);
    let last: Vec<String> = dispatcher.finished(ONE, passed()).iter().map(told).collect();
    assert_eq!(last, ["leave b 1"]);
    let given_back = RunEvent::TestGivenBack { test: PlanIndex(2), worker: TWO };
    assert_eq!(events.lock().unwrap().iter().filter(|event| **event == given_back).count(), 1);
    assert_eq!(dispatcher.conclude_run().counts.passed, 3);
}

#[test]
fn a_run_in_which_nobody_gets_a_slot_ends() {
    let (mut dispatcher, _) = dispatcher(plan(&[("a", &["1"]), ("b", &["2"])], Parallel::File), 0, None);
    dispatcher.next(ONE);
    dispatcher.next(TWO);
    let no_slot = || AttemptReport { cannot_start: true, lacks_slot: true, ..failed(true) };
    assert!(dispatcher.finished(ONE, no_slot()).iter().all(|message| !matches!(message, ToWorker::Run(_))));
    assert!(dispatcher.is_stopped());
}
