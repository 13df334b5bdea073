//! What people read when a driver refuses, hangs, dies or lies: exit code 3, and why.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::fake_driver::{FakeDriver, Reply};
use crate::harness::{Finished, Project};

const VISIT: &str = r#"
    it("opens a page", || {
        visit("http://127.0.0.1:9/");
    });
"#;

/// Too short a time to ask a second time where nobody listens any more.
const ASK_ONCE: &str = "browser.start_timeout = \"200ms\"";

/// Runs one spec that visits a page on a driver with these faults.
#[track_caller]
fn check<const N: usize>(name: &str, faults: [(&str, Reply); N]) -> (FakeDriver, Finished) {
    let driver = FakeDriver::start(faults);
    let project = Project::new().spec("page.rhai", VISIT).args(["specs", "-j1", "--wire", "classic"]);
    let project = project.file("runner.toml", ASK_ONCE).args(["--webdriver-url", &driver.url()]);
    let finished = project.golden(name).run();
    (driver, finished)
}

#[test]
fn a_driver_that_refuses_the_session() {
    let refused = Reply::Error("session not created", "This version of the driver only supports version 1");
    check("driver_refuses_session", [("POST /session", refused)]);
}

#[test]
fn a_driver_that_talks_nonsense() {
    check("driver_answers_no_json", [("POST /session", Reply::Text("<h1>It works!</h1>"))]);
}

#[test]
fn a_driver_that_opens_a_session_without_an_id() {
    check("driver_session_without_id", [("POST /session", Reply::Value(serde_json::json!({ "capabilities": {} })))]);
}

#[test]
fn a_driver_that_hangs_up_on_a_command() {
    check("driver_hangs_up", [("POST /url", Reply::HangUp)]);
}

#[test]
fn a_driver_that_dies_in_the_middle_of_a_test() {
    let (_driver, finished) = check("driver_dies", [("POST /url", Reply::Die)]);
    assert_eq!(finished.status, 3);
}

#[test]
fn a_command_that_is_never_answered_ends_with_its_timeout() {
    let driver = FakeDriver::start([("POST /url", Reply::Hang)]);
    Project::new()
        .spec("page.rhai", VISIT)
        .args(["specs", "-j1", "--wire", "classic", "--navigation-timeout", "300ms", "--timeout", "2s"])
        .args(["--webdriver-url", &driver.url()])
        .golden("driver_hangs")
        .run();
}

#[test]
fn the_session_is_deleted_after_a_failure() {
    let driver = FakeDriver::start([("POST /url", Reply::Error("unknown error", "net::ERR_CONNECTION_REFUSED"))]);
    Project::new()
        .spec("page.rhai", VISIT)
        .args(["specs", "-j1", "--wire", "classic", "--webdriver-url", &driver.url()])
        .status(1)
        .run_for_report()
        .assert_statuses(&[("opens a page", "failed")]);
    let requests = driver.requests();
    let count = |command: &str| requests.iter().filter(|request| *request == command).count();
    assert_eq!(count("POST /session"), count("DELETE"), "{requests:#?}");
}

#[test]
fn nobody_listens_at_the_given_address() {
    let driver = FakeDriver::start([]);
    let url = driver.url();
    drop(driver);
    let project = Project::new().spec("page.rhai", VISIT).args(["specs", "-j1"]);
    let project = project.file("runner.toml", ASK_ONCE).args(["--webdriver-url", &url]);
    project.golden("driver_not_listening").run();
}

#[test]
fn no_driver_on_the_machine() {
    let project = Project::new().spec("page.rhai", VISIT).args(["specs", "-j1"]);
    project.env("PATH", "/nowhere").golden("driver_not_found").run();
}

#[test]
fn the_driver_that_was_named_is_not_there() {
    let project = Project::new().spec("page.rhai", VISIT).args(["specs", "-j1"]);
    project.args(["--driver", "/nowhere/chromedriver"]).golden("driver_path_wrong").run();
}

/// A program for `--driver`, `--browser-path` or `PATH` that does what the script says.
fn program(project: Project, name: &str, script: &str) -> Project {
    let path = format!("bin/{name}");
    let project = project.file(&path, &format!("#!/bin/sh\n{script}\n"));
    let path = project.root().join(path);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    project
}

#[test]
fn a_program_that_is_no_driver() {
    let project = Project::new().spec("page.rhai", VISIT).args(["specs", "-j1"]);
    project.args(["--driver", "/bin/true"]).golden("driver_exits_at_once").run();
}

#[test]
fn a_driver_that_says_why_it_ends() {
    let project = Project::new().spec("page.rhai", VISIT).args(["specs", "-j1", "--driver", "bin/chromedriver"]);
    let script = "echo 'error while loading shared libraries: libnss3.so' >&2; exit 127";
    program(project, "chromedriver", script).golden("driver_says_why_it_ends").run();
}

#[test]
fn a_driver_of_another_version_than_the_browser() {
    let project = Project::new().spec("page.rhai", VISIT).args(["specs", "-j1"]);
    let project = program(project, "chromedriver", "echo ChromeDriver 155.0.1.2");
    let project = program(project, "chromium-headless-shell", "echo Chromium 156.0.3.4");
    let path = project.root().join("bin");
    project.env("PATH", path.to_str().unwrap()).golden("driver_of_another_version").run();
}

#[test]
fn every_worker_finds_no_driver() {
    let project = Project::new().spec("a.rhai", VISIT).spec("b.rhai", VISIT).spec("c.rhai", VISIT);
    let report = project.env("PATH", "/nowhere").args(["specs", "-j3"]).status(3).run_for_report();
    // Once is enough; how far the others came does not matter.
    assert_eq!((report.count("failed"), report.count("not_run")), (1, 2), "{}", report.screen());
}
