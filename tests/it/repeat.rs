//! `--repeat-each`: every test several times, each with a result of its own.

use crate::harness::Project;

#[test]
fn every_test_runs_so_many_times_with_its_suites_hooks() {
    let spec = r#"
        describe("suite", || {
            before_all(|| { log("before all"); });
            it("one", || {});
            it("two", || {});
        });
    "#;
    let project = Project::new().spec("a.rhai", spec).env("PATH", "/nowhere");
    let report = project.args(["-j1", "--repeat-each", "2"]).run_for_report();
    report.assert_all_passed(4);
    let shown = report.screen().to_owned();
    for title in
        ["suite › one (repeat 1)", "suite › two (repeat 1)", "suite › one (repeat 2)", "suite › two (repeat 2)"]
    {
        assert_eq!(shown.matches(title).count(), 1, "{shown}");
    }
    assert_eq!(shown.matches("before all").count(), 2, "{shown}");
}

#[test]
fn a_number_that_is_none() {
    Project::new().args(["--repeat-each", "0"]).golden("option_repeat_each").run();
}
