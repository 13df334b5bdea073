//! Retries, flaky tests, stopping early, and the exit code that follows.

use crate::demo::Demo;
use crate::on_demo::project;

/// Passes at the second attempt.
const FLAKY: &str = r#"
    it("is flaky", || expect(next_number()).to_be_greater_than(1));
"#;

#[test]
fn a_pass_after_a_failure_is_flaky_and_no_failure() {
    let demo = Demo::start();
    let report = project(&demo).spec("a.rhai", FLAKY).args(["--retries", "2"]).run_for_report();
    report.assert_statuses(&[("is flaky", "flaky")]);
    assert_eq!(report.test("is flaky").attempts(), 2);
}

#[test]
fn a_flaky_test_fails_the_run_where_that_is_asked() {
    let demo = Demo::start();
    let asked = project(&demo).spec("a.rhai", FLAKY).args(["--retries", "2", "--fail-on-flaky"]);
    let report = asked.status(1).run_for_report();
    report.assert_statuses(&[("is flaky", "flaky")]);
    assert!(report.screen().contains("1 flaky test fails this run"), "{}", report.screen());
}

#[test]
fn without_a_flaky_test_asking_changes_nothing() {
    let demo = Demo::start();
    let project = project(&demo).spec("a.rhai", r#"it("is fine", || {});"#).args(["--retries", "2"]);
    project.env("RUNNER_FAIL_ON_FLAKY", "1").run_for_report().assert_all_passed(1);
}

#[test]
fn without_retries_it_fails() {
    let demo = Demo::start();
    let report = project(&demo).spec("a.rhai", FLAKY).status(1).run_for_report();
    report.assert_statuses(&[("is flaky", "failed")]);
    assert_eq!(report.test("is flaky").attempts(), 1);
}

#[test]
fn retries_run_out() {
    let demo = Demo::start();
    let spec = r#"it("never passes", || { throw "no"; });"#;
    let report = project(&demo).spec("a.rhai", spec).args(["--retries", "2"]).status(1).run_for_report();
    report.assert_statuses(&[("never passes", "failed")]);
    assert_eq!(report.test("never passes").attempts(), 3);
}

#[test]
fn the_spec_knows_better_than_the_command_line() {
    let demo = Demo::start();
    let spec = r#"
        it("never again", #{ retries: 0 }, || { throw "no"; });
        it("once again", || { throw "no"; });
        describe("suite", #{ retries: 2 }, || { it("twice again", || { throw "no"; }); });
    "#;
    let report = project(&demo).spec("a.rhai", spec).args(["--retries", "1"]).status(1).run_for_report();
    let attempts = ["never again", "once again", "suite › twice again"].map(|title| report.test(title).attempts());
    assert_eq!(attempts, [1, 2, 3]);
}

#[test]
fn hooks_run_for_each_attempt() {
    let demo = Demo::start();
    let spec = r#"
        before_each(|| { request("GET", "/redirect?to=/"); });
        after_each(|| { request("GET", "/storage"); });
        it("fails", || { throw "no"; });
    "#;
    project(&demo).spec("a.rhai", spec).args(["--retries", "2"]).status(1).run_for_report();
    assert_eq!((demo.requests("/redirect"), demo.requests("/storage")), (3, 3));
}

#[test]
fn a_test_that_should_fail() {
    let demo = Demo::start();
    let spec = r#"
        it_fails("fails as it should", || { throw "no"; });
        it_fails("passes all the same", || {});
    "#;
    let report = project(&demo).spec("a.rhai", spec).status(1).run_for_report();
    report.assert_statuses(&[("fails as it should", "passed"), ("passes all the same", "failed")]);
}

#[test]
fn the_first_failure_stops_the_run() {
    let demo = Demo::start();
    let spec = r#"
        it("fine", || {});
        it("fails", || { throw "no"; });
        it("never runs", || {});
    "#;
    let report = project(&demo).spec("a.rhai", spec).args(["-x"]).status(1).run_for_report();
    report.assert_statuses(&[("fine", "passed"), ("fails", "failed"), ("never runs", "not_run")]);
}

#[test]
fn so_many_failures_stop_the_run() {
    let demo = Demo::start();
    let spec = r#"each([1, 2, 3, 4], |number| it(`number ${number}`, || { throw "no"; }));"#;
    let report = project(&demo).spec("a.rhai", spec).args(["--max-failures", "2"]).status(1).run_for_report();
    assert_eq!((report.count("failed"), report.count("not_run")), (2, 2), "{}", report.screen());
}

#[test]
fn skipping() {
    let demo = Demo::start();
    let spec = r#"
        it_skip("never", || { throw "no"; });
        it_fixme("broken", || { throw "no"; });
        it("says so itself", || { skip("not today"); throw "no"; });
        it("needs what no browser has", #{ requires: ["session.all_domains"] }, || {});
    "#;
    let report = project(&demo).spec("a.rhai", spec).args(["--wire", "classic"]).run_for_report();
    assert_eq!(report.count("skipped"), 4, "{}", report.screen());
}
