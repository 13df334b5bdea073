//! `[project.NAME]` where no browser is needed: what is listed, cut into shards and refused.

use crate::harness::Project;

fn matrix() -> Project {
    Project::new()
        .spec("a.rhai", r#"it("one", #{ tags: ["smoke"] }, || {}); it("two", || {});"#)
        .spec("b.rhai", r#"it("three", || {});"#)
        .file("runner.toml", "[project.desktop]\n[project.phone]\ntag = \"smoke\"\n")
        .env("PATH", "/nowhere")
}

const ALL: [(&str, &str, &str); 4] = [
    ("desktop", "one", "passed"),
    ("desktop", "two", "passed"),
    ("desktop", "three", "passed"),
    ("phone", "one", "passed"),
];

#[test]
fn a_project_chooses_among_the_tests() {
    for workers in ["-j1", "-j3"] {
        matrix().args([workers]).run_for_report().assert_projects(&ALL);
    }
}

#[test]
fn they_are_listed() {
    matrix().args(["--list"]).golden("project_list").run();
}

#[test]
fn a_project_that_is_not_there() {
    matrix().args(["--project", "phome"]).golden("project_unknown").run();
}

#[test]
fn a_broken_spec_is_told_once() {
    let finished = matrix().spec("c.rhai", "it(").spawn().finish();
    assert_eq!(finished.status, 2, "{}", finished.screen());
    assert_eq!(finished.stdout.matches("specs/c.rhai\n\n").count(), 1, "{}", finished.screen());
}

#[test]
fn shards_of_projects_are_merged() {
    let project = matrix();
    for index in ["1", "2"] {
        let (shard, report) = (format!("{index}/2"), format!("{index}.json"));
        project.twin().args(["--shard", &shard, "--report-json", &report]).spawn().finish();
    }
    let merging = project.twin().args(["merge-reports", "2.json", "1.json", "--report-json", "merged.json"]);
    merging.spawn().finish().report("merged.json").assert_projects(&ALL);
}

#[test]
fn a_browser_that_cannot_be_had_is_one_projects_business() {
    let config = r#"
        [project.broken.env]
        PAGE = "http://127.0.0.1:9/"
        [project.broken.browser]
        name = "firefox"
        driver = "/nowhere/geckodriver"
        [project.fine]
    "#;
    let spec = r#"
        const TITLES = ["one", "two"];
        each(TITLES, |title| it(title, || { if env("PAGE", "") != "" { visit(env("PAGE")); } }));
    "#;
    for workers in ["-j1", "-j2"] {
        let project = Project::new().spec("a.rhai", spec).file("runner.toml", config).env("PATH", "/nowhere");
        let report = project.args([workers]).status(3).run_for_report();
        report.assert_projects(&[
            ("broken", "one", "failed"),
            ("broken", "two", "not_run"),
            ("fine", "one", "passed"),
            ("fine", "two", "passed"),
        ]);
    }
}
