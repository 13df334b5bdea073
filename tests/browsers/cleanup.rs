//! Whatever is started is stopped: no process and no temporary file is left, however a run ends.
//! Every run of the harness asserts that; here are the ways to end.

use nix::sys::signal::Signal;

use crate::demo::Demo;
use crate::harness::{Project, Running};
use crate::on_demo::project;

/// Hangs in a page after it has told that it is there.
const HANGS: &str = r#"
    it("hangs", || {
        log("on the way");
        visit("/hang", #{ timeout: "60s" });
    });
    it("comes after it", || {});
"#;

fn hanging(demo: &Demo) -> Running {
    let mut running = project(demo).spec("hangs.rhai", HANGS).args(["--timeout", "60s"]).spawn();
    running.wait_for_line("on the way");
    running
}

#[test]
fn after_a_pass_a_failure_and_a_timeout() {
    let demo = Demo::start();
    let spec = r#"
        it("passes", || visit("/"));
        it("fails", || { visit("/"); throw "no"; });
        it("runs out of time", #{ timeout: "500ms" }, || visit("/hang"));
    "#;
    for wire in ["devtools", "classic"] {
        let project = project(&demo).spec("a.rhai", spec).args(["--wire", wire]).status(1);
        let expected = [("passes", "passed"), ("fails", "failed"), ("runs out of time", "failed")];
        project.run_for_report().assert_statuses(&expected);
    }
}

#[track_caller]
fn check_signal(signal: Signal, status: i32) {
    let demo = Demo::start();
    let running = hanging(&demo);
    running.signal(signal);
    let finished = running.finish();
    assert_eq!(finished.status, status, "{}", finished.screen());
    finished.assert_nothing_left();
}

#[test]
fn after_an_interrupt() {
    check_signal(Signal::SIGINT, 130);
}

#[test]
fn after_a_request_to_terminate() {
    check_signal(Signal::SIGTERM, 143);
}

#[test]
fn after_two_interrupts() {
    let demo = Demo::start();
    let running = hanging(&demo);
    running.signal(Signal::SIGINT);
    running.signal(Signal::SIGINT);
    let finished = running.finish();
    assert_eq!(finished.status, 130, "{}", finished.screen());
    finished.assert_nothing_left();
}

#[test]
fn an_interrupted_run_writes_its_reports() {
    let demo = Demo::start();
    let mut running = project(&demo).spec("hangs.rhai", HANGS).args(["--report-junit", "junit.xml"]).spawn();
    running.wait_for_line("on the way");
    running.signal(Signal::SIGINT);
    let finished = running.finish();
    assert_eq!(finished.status, 130, "{}", finished.screen());
    assert!(finished.file("junit.xml").contains("comes after it"));
}

#[test]
fn a_browser_that_is_killed_is_replaced_and_the_test_runs_again() {
    let demo = Demo::start();
    let spec = r#"
        it("loses its browser", || {
            log("on the way");
            if next_number() == 1 { visit("/hang", #{ timeout: "60s" }); }
        });
    "#;
    for program in ["chromedriver", "chromium-headless-shell"] {
        let mut running = project(&demo).spec("a.rhai", spec).args(["--timeout", "60s"]).spawn();
        running.wait_for_line("on the way");
        assert!(running.kill_children(program) > 0, "no {program} was running");
        let finished = running.finish();
        assert_eq!(finished.status, 0, "{program}\n{}", finished.screen());
        finished.assert_nothing_left();
        demo.reset();
    }
}

#[test]
fn a_browser_that_is_killed_again_and_again_is_the_fault_of_the_machine() {
    let demo = Demo::start();
    let mut running = project(&demo).spec("hangs.rhai", HANGS).args(["--timeout", "60s"]).spawn();
    // The first try and two more; each tells that it is on the way.
    for _ in 0..3 {
        running.wait_for_line("on the way");
        assert!(running.kill_children("chromedriver") > 0, "no driver was running");
    }
    let finished = running.finish();
    assert_eq!(finished.status, 3, "{}", finished.screen());
    finished.assert_nothing_left();
}

#[test]
fn the_server_of_the_project_is_stopped_too() {
    let configuration = r#"
        [server]
        command = "\"$RUNNER\" demo --port $PORT"
        url = "http://127.0.0.1:{port}"
    "#;
    let spec = r#"it("opens the start page", || { visit("/"); });"#;
    let project = Project::new().file("runner.toml", configuration).spec("a.rhai", spec);
    project.args(["-j1"]).run_for_report().assert_all_passed(1);
}

#[test]
fn the_whole_run_may_take_so_long() {
    let demo = Demo::start();
    let project = project(&demo).spec("hangs.rhai", HANGS).args(["--timeout", "60s", "--global-timeout", "2s"]);
    let report = project.status(1).run_for_report();
    assert_eq!(report.count("not_run") + report.count("failed"), 2, "{}", report.screen());
}
