//! `--last-failed`: what failed when it last ran, whichever runs came between.

use crate::harness::{Finished, Project};

const SPEC: &str = r#"
    it("is fine", || {});
    it("fails unless told otherwise", || { if env("MEND", "") == "" { throw "no"; } });
    it("fails", || { throw "no"; });
"#;

fn project() -> Project {
    Project::new().spec("a.rhai", SPEC).spec("b.rhai", r#"it("elsewhere", || {});"#).env("PATH", "/nowhere")
}

fn run<const N: usize>(project: &Project, args: [&str; N]) -> Finished {
    project.twin().args(args).args(["--report-json", "run.json"]).spawn().finish()
}

#[test]
fn only_what_failed_runs_until_it_passes() {
    let project = project();
    run(&project, []).report("run.json").assert_statuses(&[
        ("is fine", "passed"),
        ("fails unless told otherwise", "failed"),
        ("fails", "failed"),
        ("elsewhere", "passed"),
    ]);
    // A run of something else forgets nothing.
    run(&project, ["specs/b.rhai"]).report("run.json").assert_all_passed(1);
    let mended = project.twin().env("MEND", "1");
    let both = [("fails unless told otherwise", "passed"), ("fails", "failed")];
    run(&mended, ["--last-failed"]).report("run.json").assert_statuses(&both);
    let last = run(&project, ["--last-failed"]);
    last.report("run.json").assert_statuses(&[("fails", "failed")]);
    assert!(last.stdout.contains("running the test that failed last time"), "{}", last.screen());
}

#[test]
fn a_spec_that_did_not_compile_counts_as_failed() {
    let project = project().spec("b.rhai", "it(");
    run(&project, ["specs/b.rhai"]);
    let project = project.spec("b.rhai", r#"it("elsewhere", || {});"#);
    run(&project, ["--last-failed"]).report("run.json").assert_all_passed(1);
}

#[test]
fn nothing_failed() {
    let project = Project::new().spec("a.rhai", r#"it("is fine", || {});"#).env("PATH", "/nowhere");
    run(&project, []).report("run.json").assert_all_passed(1);
    project.args(["--last-failed"]).golden("last_failed_none").run();
}

#[test]
fn nothing_is_recorded() {
    let project = Project::new().spec("a.rhai", r#"it("is fine", || {});"#).env("PATH", "/nowhere");
    project.args(["--last-failed"]).golden("last_failed_unknown").run();
}

#[test]
fn what_failed_is_not_selected() {
    let project = project();
    run(&project, []);
    project.args(["--last-failed", "specs/b.rhai"]).golden("last_failed_elsewhere").run();
}

#[test]
fn another_file_as_history() {
    let project = project().file("package.json", "{\"name\": \"shop\"}\n");
    project.args(["--last-failed", "--history", "package.json"]).golden("history_foreign").run();
}

#[test]
fn another_file_is_never_overwritten() {
    let project = Project::new().spec("a.rhai", r#"it("is fine", || {});"#).env("PATH", "/nowhere");
    let finished = project.file("mine.json", "[1]\n").args(["--history", "mine.json"]).spawn().finish();
    assert_eq!((finished.status, finished.file("mine.json").as_str()), (0, "[1]\n"));
    assert!(
        finished.stdout.contains("`DIR/mine.json` is not a history of runner")
            || finished.stdout.contains("mine.json` is not a history"),
        "{}",
        finished.screen()
    );
}
