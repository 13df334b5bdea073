//! Whatever is started is stopped: no process and no temporary file is left, however a run ends.
//! Every run of the harness asserts that; here are the ways to end.

use nix::sys::signal::Signal;

use crate::demo::Demo;
use crate::harness::{Project, Running};
use crate::losing::check_replaced;
use crate::on_demo::project;
use crate::silent::SilentServer;

/// A run whose first test is in the middle of a command that is never answered.
fn hanging(demo: &Demo, args: &[&str]) -> Running {
    let silent = SilentServer::start();
    let running = start_hanging(demo, &silent, args);
    silent.wait_for_request();
    running
}

/// The same, from its start.
fn start_hanging(demo: &Demo, silent: &SilentServer, args: &[&str]) -> Running {
    let spec = r#"
        it("hangs", || {
            visit(env("SILENT"), #{ timeout: "60s" });
        });
        it("comes after it", || {});
    "#;
    let project = project(demo).spec("hangs.rhai", spec).env("SILENT", silent.url()).args(["--timeout", "60s"]);
    args.iter().fold(project, |project, arg| project.args([*arg])).spawn()
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

/// What people read after these signals, how it ends, and that nothing is left.
#[track_caller]
fn check_signals(signals: &[Signal], status: i32, golden: &str) {
    for wire in ["devtools", "classic"] {
        let demo = Demo::start();
        let running = hanging(&demo, &["--wire", wire]);
        for signal in signals {
            running.signal(*signal);
        }
        let finished = running.finish();
        assert_eq!(finished.status, status, "{}", finished.screen());
        finished.assert_nothing_left();
        finished.assert_golden(golden);
    }
}

#[test]
fn after_an_interrupt() {
    check_signals(&[Signal::SIGINT], 130, "interrupted");
}

#[test]
fn after_a_request_to_terminate() {
    check_signals(&[Signal::SIGTERM], 143, "terminated");
}

#[test]
fn after_two_interrupts() {
    check_signals(&[Signal::SIGINT, Signal::SIGINT], 130, "interrupted");
}

#[test]
fn an_interrupted_run_writes_its_reports() {
    let demo = Demo::start();
    let running = hanging(&demo, &["--report-junit", "junit.xml", "--report-json", "report.json"]);
    running.signal(Signal::SIGINT);
    let finished = running.finish();
    assert_eq!(finished.status, 130, "{}", finished.screen());
    for report in ["junit.xml", "report.json"] {
        assert!(finished.file(report).contains("comes after it"), "{}", finished.file(report));
    }
}

#[test]
fn an_interrupt_while_the_script_computes() {
    let demo = Demo::start();
    // The request shows that the loop has begun, or is about to.
    let spec = r#"it("loops", || { request("GET", "/slow?ms=0"); loop {} });"#;
    let running = project(&demo).spec("a.rhai", spec).args(["--timeout", "60s"]).spawn();
    demo.wait_for_request("/slow");
    running.signal(Signal::SIGINT);
    let finished = running.finish();
    assert_eq!(finished.status, 130, "{}", finished.screen());
    finished.assert_nothing_left();
}

#[test]
fn a_driver_that_is_killed_is_replaced_and_the_test_runs_again() {
    check_replaced("chromedriver", ["--wire", "devtools"]);
    check_replaced("chromedriver", ["--wire", "classic"]);
}

#[test]
fn a_browser_that_is_killed_is_replaced_and_the_test_runs_again() {
    check_replaced("chromium-headless-shell", ["--wire", "devtools"]);
    check_replaced("chromium-headless-shell", ["--wire", "classic"]);
}

#[test]
fn a_browser_that_is_killed_again_and_again_is_the_fault_of_the_machine() {
    let (demo, silent) = (Demo::start(), SilentServer::start());
    let running = start_hanging(&demo, &silent, &[]);
    // The first try and two more.
    for _ in 0..3 {
        silent.wait_for_request();
        assert!(running.kill_children("chromedriver") > 0, "no driver was running");
    }
    let finished = running.finish();
    finished.assert_golden("browser_lost");
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
    let (demo, silent) = (Demo::start(), SilentServer::start());
    let finished = start_hanging(&demo, &silent, &["--global-timeout", "5s"]).finish();
    finished.assert_golden("global_timeout");
    finished.assert_nothing_left();
}
