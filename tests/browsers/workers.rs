//! Several workers: what stays together, what each runs once, and the order of the report.

use crate::demo::Demo;
use crate::on_demo::project;

/// Four tests in a suite whose `before_all` asks for `/storage`.
const SUITE: &str = r#"
    describe("suite", || {
        before_all(|| { request("GET", "/storage"); });
        after_all(|| { request("GET", "/form"); });
        each([1, 2, 3, 4], |number| it(`number ${number}`, || { visit("/slow?ms=100"); }));
    });
"#;

#[test]
fn a_file_stays_together() {
    let demo = Demo::start();
    project(&demo).spec("a.rhai", SUITE).args(["-j4"]).run_for_report().assert_all_passed(4);
    assert_eq!((demo.requests("/storage"), demo.requests("/form")), (1, 1));
}

#[test]
fn tests_are_spread_where_that_is_asked() {
    let demo = Demo::start();
    // Each test waits until both workers have begun, so that neither can do all the work.
    let both = r#"wait_until(|| request("GET", "/api/stats").json.requests["/storage"] == 2);"#;
    let spec = SUITE.replace("visit(\"/slow?ms=100\");", both);
    let report = project(&demo).spec("a.rhai", &spec).args(["-j2", "--parallel", "test"]).run_for_report();
    report.assert_all_passed(4);
    assert_eq!((demo.requests("/storage"), demo.requests("/form")), (2, 2), "once a worker");
}

#[test]
fn a_suite_may_stay_together_all_the_same() {
    let demo = Demo::start();
    let spec = SUITE.replace("describe(\"suite\", ", "describe(\"suite\", #{ parallel: false }, ");
    project(&demo).spec("a.rhai", &spec).args(["-j2", "--parallel", "test"]).run_for_report().assert_all_passed(4);
    assert_eq!(demo.requests("/storage"), 1);
}

#[test]
fn the_report_is_in_plan_order() {
    let demo = Demo::start();
    let slow = r#"it("slow", || { visit("/slow?ms=400"); });"#;
    let quick = r#"it("quick", || {});"#;
    let report = project(&demo).spec("a.rhai", slow).spec("b.rhai", quick).args(["-j2"]).run_for_report();
    report.assert_statuses(&[("slow", "passed"), ("quick", "passed")]);
}

#[test]
fn a_spec_that_collects_something_else_the_second_time_is_an_error() {
    let demo = Demo::start();
    let spec = r#"
        each([1, 2, 3, 4], |number| it(`number ${number} at ${now()}`, || { visit("/slow?ms=100"); }));
    "#;
    let report = project(&demo).spec("a.rhai", spec).args(["-j2", "--parallel", "test"]).status(1).run_for_report();
    assert!(report.screen().contains("number 1 at"), "{}", report.screen());
}

#[test]
fn a_test_that_loops_for_ever_does_not_stop_the_others() {
    let demo = Demo::start();
    let spec = r#"
        it("loops", #{ timeout: "500ms" }, || { loop {} });
        it("comes after it", || { visit("/"); });
    "#;
    let report = project(&demo).spec("a.rhai", spec).status(1).run_for_report();
    report.assert_statuses(&[("loops", "failed"), ("comes after it", "passed")]);
    report.test("loops").assert_failure(&["500ms"]);
}
