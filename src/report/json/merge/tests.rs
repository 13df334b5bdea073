//! What comes of reports that belong together, and what is said of those that do not.

use super::*;
use crate::event::ShardStart;
use crate::model::{Location, SpecPath};
use crate::outcome::{Failure, FailureKind, Status};
use crate::report::json::{FORMAT, JsonBrokenFile, JsonRun, JsonSummary};

fn test(title: &str, status: Status) -> JsonTest {
    JsonTest {
        project: None,
        spec: SpecPath::new("a.rhai"),
        titles: vec![title.to_owned()],
        repeat: None,
        location: Location::new("a.rhai", 1, 1),
        tags: Vec::new(),
        status,
        duration_ms: 5,
        reason: None,
        attempts: Vec::new(),
    }
}

fn report(shard: Option<ShardStart>, titles: &[&str]) -> JsonReport {
    JsonReport {
        format: FORMAT,
        run: JsonRun { workers: 2, specs: 3, browser: "chromium".to_owned(), shard, ..JsonRun::default() },
        summary: JsonSummary { complete: true, ..JsonSummary::default() },
        tests: titles.iter().map(|title| test(title, Status::Passed)).collect(),
        collection_failures: Vec::new(),
        run_failures: Vec::new(),
        warnings: Vec::new(),
        logs: Vec::new(),
    }
}

/// Part `index` of two of a plan, with the tests at these places.
fn part(plan: &str, index: usize, places: &[usize], titles: &[&str]) -> JsonReport {
    let places = places.to_vec();
    report(Some(ShardStart { index, total: 2, plan: plan.to_owned(), tests: 4, places }), titles)
}

fn named(reports: impl IntoIterator<Item = JsonReport>) -> Vec<NamedReport> {
    let name = |(index, report)| NamedReport { name: format!("{}.json", index + 1), report };
    reports.into_iter().enumerate().map(name).collect()
}

fn titles(merged: &Merged) -> Vec<String> {
    match &merged.events[0] {
        RunEvent::RunStarted(start) => start.tests.iter().map(|test| test.id.title()).collect(),
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn check_error(reports: impl IntoIterator<Item = JsonReport>, expected: &[&str]) {
    let error = merge(named(reports)).unwrap_err();
    let lines: Vec<String> = [error.to_string()].into_iter().chain(error.details()).collect();
    assert_eq!(lines, expected);
}

#[test]
fn tests_come_in_the_order_of_the_plan() {
    let reports = [part("p", 2, &[1, 2], &["b", "c"]), part("p", 1, &[0, 3], &["a", "d"])];
    let merged = merge(named(reports)).unwrap();
    assert_eq!(titles(&merged), ["a", "b", "c", "d"]);
    assert_eq!(merged.summary.counts.passed, 4);
}

#[test]
fn runs_without_shards_come_one_after_the_other() {
    let merged = merge(named([report(None, &["z", "y"]), report(None, &["a"])])).unwrap();
    assert_eq!(titles(&merged), ["z", "y", "a"]);
}

#[test]
fn two_plans_may_be_merged_where_both_are_whole() {
    let reports = [
        part("p", 1, &[0], &["a"]),
        part("q", 1, &[1], &["y"]),
        part("q", 2, &[0], &["x"]),
        part("p", 2, &[1], &["b"]),
    ];
    assert_eq!(titles(&merge(named(reports)).unwrap()), ["a", "b", "x", "y"]);
}

#[test]
fn what_every_shard_says_is_told_once() {
    let broken = JsonBrokenFile { file: "x.rhai".to_owned(), failure: Failure::new(FailureKind::Script, "no") };
    let mut one = part("p", 1, &[0], &["a"]);
    one.collection_failures = vec![broken.clone()];
    one.run_failures = vec![Failure::new(FailureKind::Script, "a hook failed")];
    one.warnings = vec!["careful".to_owned()];
    let mut two = part("p", 2, &[1], &["b"]);
    two.collection_failures = vec![broken];
    two.warnings = vec!["careful".to_owned()];
    let merged = merge(named([one, two])).unwrap();
    assert_eq!(merged.summary.broken_specs, 1);
    let count = |is: fn(&RunEvent) -> bool| merged.events.iter().filter(|event| is(event)).count();
    assert_eq!(count(|event| matches!(event, RunEvent::CollectionFailed { .. })), 1);
    assert_eq!(count(|event| matches!(event, RunEvent::Warning { .. })), 1);
    let failure = merged.events.iter().find_map(|event| match event {
        RunEvent::RunFailure { failure } => Some(failure.during.clone()),
        _ => None,
    });
    assert_eq!(failure.unwrap(), ["in shard 1 of 2"]);
}

#[test]
fn a_run_that_was_cut_short_is_no_success() {
    let mut one = part("p", 1, &[0], &["a"]);
    one.summary.complete = false;
    let merged = merge(named([one, part("p", 2, &[1], &["b"])])).unwrap();
    let why = StopReason::Infrastructure("the run of `1.json` was cut short".to_owned());
    assert_eq!(merged.summary.stopped, Some(why));
}

#[test]
fn a_shard_is_missing() {
    check_error(
        [part("p", 1, &[0], &["a"])],
        &["shard 2 of 2 is missing", "1.json: shard 1 of 2, of a plan with 4 tests (p)"],
    );
}

#[test]
fn a_shard_is_there_twice() {
    check_error(
        [part("p", 1, &[0], &["a"]), part("p", 2, &[1], &["b"]), part("p", 1, &[0], &["a"])],
        &["shard 1 of 2 is there twice", "1.json", "3.json"],
    );
}

#[test]
fn shards_of_two_plans() {
    check_error(
        [part("p", 1, &[0], &["a"]), part("q", 2, &[1], &["b"])],
        &[
            "these shards are not parts of one run",
            "1.json: shard 1 of 2, of a plan with 4 tests (p)",
            "2.json: shard 2 of 2, of a plan with 4 tests (q)",
        ],
    );
}

#[test]
fn a_test_is_there_twice() {
    check_error(
        [report(None, &["a", "b"]), report(None, &["b"])],
        &["`a.rhai › b` is in two reports", "1.json", "2.json"],
    );
}

#[test]
fn a_report_that_lost_a_test() {
    check_error(
        [part("p", 1, &[0, 1], &["a"]), part("p", 2, &[2], &["b"])],
        &["`1.json` is damaged: its tests are not those of its shard"],
    );
}
