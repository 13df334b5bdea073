//! `merge-reports`: files that are no reports, or do not belong together.

use crate::harness::Project;

/// A project with the reports of both shards of a run.
fn sharded() -> Project {
    let project = Project::new()
        .spec("a.rhai", r#"it("one", || {});"#)
        .spec("b.rhai", r#"it("two", || {});"#)
        .env("PATH", "/nowhere");
    for index in ["1", "2"] {
        let (shard, report) = (format!("{index}/2"), format!("{index}.json"));
        let finished = project.twin().args(["--shard", &shard, "--report-json", &report]).spawn().finish();
        assert_eq!(finished.status, 0, "{}", finished.screen());
    }
    project
}

#[test]
fn a_shard_is_missing() {
    sharded().args(["merge-reports", "2.json"]).golden("merge_missing").run();
}

#[test]
fn a_shard_is_given_twice() {
    let project = sharded();
    let one = std::fs::read_to_string(project.root().join("1.json")).unwrap();
    let project = project.file("again.json", &one);
    project.args(["merge-reports", "1.json", "2.json", "again.json"]).golden("merge_twice").run();
}

#[test]
fn shards_of_different_runs() {
    let project = sharded();
    let other = project.twin().args(["-g", "two", "--shard", "1/2", "--report-json", "1.json"]).spawn().finish();
    assert_eq!(other.status, 0, "{}", other.screen());
    project.args(["merge-reports", "1.json", "2.json"]).golden("merge_other_plan").run();
}

#[test]
fn another_file() {
    let project = sharded().file("package.json", "{\"name\": \"shop\"}\n");
    project.args(["merge-reports", "1.json", "2.json", "package.json"]).golden("merge_foreign").run();
}

#[test]
fn a_report_of_a_newer_version() {
    let project = sharded().file("3.json", "{\"format\": 99, \"run\": {}}\n");
    project.args(["merge-reports", "1.json", "2.json", "3.json"]).golden("merge_newer").run();
}

#[test]
fn a_file_that_is_not_there() {
    Project::new().args(["merge-reports", "1.json"]).golden("merge_no_file").run();
}

#[test]
fn a_folder() {
    sharded().args(["merge-reports", "specs"]).golden("merge_folder").run();
}

#[test]
fn no_file_at_all() {
    Project::new().args(["merge-reports"]).golden("merge_nothing").run();
}

#[test]
fn runs_of_different_files_need_no_shards() {
    let project = sharded();
    for name in ["a", "b"] {
        let (spec, report) = (format!("specs/{name}.rhai"), format!("{name}.json"));
        project.twin().args([&spec, "--report-json", &report]).spawn().finish();
    }
    let merged = project.twin().args(["merge-reports", "b.json", "a.json", "--report-json", "merged.json"]);
    let merged = merged.spawn().finish();
    merged.report("merged.json").assert_statuses(&[("two", "passed"), ("one", "passed")]);
    let twice = project.args(["merge-reports", "a.json", "b.json", "merged.json"]);
    twice.golden("merge_test_twice").run();
}
