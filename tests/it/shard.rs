//! `--shard` and `merge-reports`: parts of a run on several machines, and what they come to.

use crate::harness::{Finished, Project, Running};

/// Four files; a test of each kind.
fn shop() -> Project {
    Project::new()
        .spec("a.rhai", r#"it("a one", || {}); it("a two", || { throw "no"; }); it_skip("a three", || {});"#)
        .spec("b.rhai", r#"it("b one", || {});"#)
        .spec("c.rhai", r#"it("c one", || {}); it("c two", || {});"#)
        .spec("d.rhai", r#"it_skip("d one", || {});"#)
        .env("PATH", "/nowhere")
}

const ALL: [(&str, &str); 7] = [
    ("a one", "passed"),
    ("a two", "failed"),
    ("a three", "skipped"),
    ("b one", "passed"),
    ("c one", "passed"),
    ("c two", "passed"),
    ("d one", "skipped"),
];

/// Both shards at the same time, each in a process of its own.
fn run_both(project: &Project) -> [Finished; 2] {
    let mut running = ["1", "2"].map(|index| {
        let (shard, report) = (format!("{index}/2"), format!("{index}.json"));
        project.twin().args(["--shard", &shard, "--report-json", &report]).spawn()
    });
    running.iter_mut().for_each(Running::wait);
    running.map(Running::finish)
}

fn merged(project: &Project) -> Finished {
    let options = ["--report-json", "merged.json", "--report-junit", "merged.xml"];
    project.twin().args(["merge-reports", "1.json", "2.json"]).args(options).spawn().finish()
}

#[test]
fn two_shards_merged_are_the_whole_run() {
    let project = shop();
    let whole = project.twin().args(["--report-json", "whole.json", "--report-junit", "whole.xml"]).spawn().finish();
    whole.report("whole.json").assert_statuses(&ALL);
    let [one, two] = run_both(&project);
    let mut codes = [one.status, two.status];
    codes.sort_unstable();
    assert_eq!(codes, [0, 1], "one of them has the failed test\n{}{}", one.screen(), two.screen());
    let merged = merged(&project);
    assert_eq!(merged.status, 1, "{}", merged.screen());
    merged.report("merged.json").assert_statuses(&ALL);
    assert_eq!(steady(&merged.file("merged.xml")), steady(&whole.file("whole.xml")));
    merged.assert_golden("merge_reports");
}

/// `JUnit` without times.
fn steady(xml: &str) -> String {
    let mut out = String::new();
    for part in xml.split_inclusive(' ') {
        if !part.starts_with("time=") && !part.starts_with("timestamp=") {
            out.push_str(part);
        }
    }
    out
}

#[test]
fn a_shard_takes_as_long_as_the_others_by_what_is_recorded() {
    let history = r#"{"format": 1, "tests": [
        {"spec": "specs/a.rhai", "titles": ["a one"], "duration_ms": 9000},
        {"spec": "specs/a.rhai", "titles": ["a two"], "duration_ms": 9000},
        {"spec": "specs/b.rhai", "titles": ["b one"], "duration_ms": 1000},
        {"spec": "specs/c.rhai", "titles": ["c one"], "duration_ms": 1000},
        {"spec": "specs/c.rhai", "titles": ["c two"], "duration_ms": 1000}
    ]}"#;
    let project = shop().file("past.json", history).args(["--history", "past.json"]);
    let [one, two] = run_both(&project);
    one.report("1.json").assert_statuses(&[ALL[0], ALL[1], ALL[2], ALL[6]]);
    two.report("2.json").assert_statuses(&ALL[3..6]);
    assert_eq!(one.file("past.json"), history, "a shard leaves the history to those that are still to come");
}

#[test]
fn what_was_merged_is_the_history_of_later_runs() {
    let project = shop();
    run_both(&project);
    merged(&project);
    let again = project.twin().args(["--last-failed", "--report-json", "again.json"]).spawn().finish();
    again.report("again.json").assert_statuses(&[ALL[1]]);
}

#[test]
fn an_empty_shard_passes_and_says_so() {
    let project = Project::new().spec("a.rhai", r#"it("one", || {}); it("two", || {});"#).env("PATH", "/nowhere");
    project.args(["--shard", "3/3"]).golden("shard_empty").run();
}

#[test]
fn a_shard_can_be_listed() {
    shop().args(["list", "--shard", "2/2"]).golden("shard_list").run();
}

#[test]
fn a_value_that_is_no_shard() {
    shop().args(["--shard", "3/2"]).golden("option_shard").run();
}

#[test]
fn every_shard_tells_a_broken_spec_and_the_whole_tells_it_once() {
    let project = shop().spec("e.rhai", "it(");
    for finished in run_both(&project) {
        assert_eq!(finished.status, 2, "{}", finished.screen());
    }
    let merged = merged(&project);
    assert_eq!(merged.status, 2, "{}", merged.screen());
    assert_eq!(merged.file("merged.xml").matches("could not be loaded").count(), 1);
}
