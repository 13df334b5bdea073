//! A driver or Grid that runs elsewhere: who is let in, what is never shown, and asking again where it
//! says no.

use crate::fake_driver::{FakeDriver, Reply};
use crate::harness::Project;

const PASSES: &str = r#"it("asks for the title", || { page().title(); });"#;

const BUSY: Reply = Reply::Error("session not created", "New session request timed out");

/// One spec on the classic wire, at a driver with this address.
fn project(url: &str) -> Project {
    let project = Project::new().spec("a.rhai", PASSES).args(["specs", "-j1", "--wire", "classic"]);
    project.env("RUNNER_WEBDRIVER_URL", url)
}

/// Sends `user` along in the address, and nothing of it is shown in what it ends with.
#[track_caller]
fn check_hidden(project: Project, secrets: &[&str]) {
    let project = project.args(["-v", "--report-json", "report.json", "--report-junit", "junit.xml"]);
    let finished = project.spawn().finish();
    let mut texts = vec![finished.screen()];
    if finished.path("report.json").exists() {
        texts.extend([finished.file("report.json"), finished.file("junit.xml")]);
    }
    for (text, secret) in texts.iter().flat_map(|text| secrets.iter().map(move |secret| (text, secret))) {
        assert!(!text.contains(secret), "it shows {secret:?}:\n{text}");
    }
    assert_ne!(finished.status, 0, "{}", finished.screen());
}

#[test]
fn user_and_password_of_the_address_are_sent_with_every_request() {
    let driver = FakeDriver::start([]);
    let url = driver.url().replace("http://", "http://ann:p%40ss@");
    project(&url).run_for_report().assert_all_passed(1);
    let sent = driver.authorizations();
    assert!(sent.len() > 3 && sent.iter().all(|value| value == "Basic YW5uOnBAc3M="), "{sent:#?}");
    assert_eq!(driver.requests().last().map(String::as_str), Some("DELETE"));
}

#[test]
fn headers_come_from_the_configuration_and_their_secrets_from_the_environment() {
    let driver = FakeDriver::start([]);
    let configuration = r#"
        [browser.webdriver_headers]
        Authorization = "Bearer ${GRID_TOKEN}"
    "#;
    let project = project(&driver.url()).file("runner.toml", configuration).env("GRID_TOKEN", "t0ken-123");
    project.run_for_report().assert_all_passed(1);
    let sent = driver.authorizations();
    assert!(sent.iter().all(|value| value == "Bearer t0ken-123"), "{sent:#?}");
}

#[test]
fn a_variable_that_is_not_set() {
    let configuration = r#"
        [browser.webdriver_headers]
        Authorization = "Bearer ${GRID_TOKEN}"
    "#;
    let project = project("http://ann:hunter2@127.0.0.1:1").file("runner.toml", configuration);
    project.golden("remote_variable_not_set").run();
}

#[test]
fn a_server_that_wants_credentials() {
    let driver = FakeDriver::start([("POST /session", Reply::Status(401)), ("GET /status", Reply::Status(401))]);
    project(&driver.url()).golden("remote_wants_credentials").run();
}

#[test]
fn nothing_secret_is_shown() {
    let echo = Reply::Error("invalid argument", "hunter2 and t0ken-123 are not welcome");
    let driver = FakeDriver::start([("POST /session", echo)]);
    let url = driver.url().replace("http://", "http://ann:hunter2@");
    let configuration = r#"
        [browser.webdriver_headers]
        X-Token = "${GRID_TOKEN}"
    "#;
    let secrets = ["hunter2", "t0ken-123", "YW5uOmh1bnRlcjI="];
    let with_token = |url: &str| project(url).file("runner.toml", configuration).env("GRID_TOKEN", "t0ken-123");
    check_hidden(with_token(&url), &secrets);
    drop(driver);
    let at_once = "browser.start_timeout = \"200ms\"";
    check_hidden(project(&url).file("runner.toml", at_once), &secrets);
    check_hidden(with_token("ann:hunter2@127.0.0.1:4444"), &secrets);
    check_hidden(with_token("http://ann:hunter2@[127.0.0.1:4444"), &secrets);
    let in_file = "[browser]\nwebdriver_url = \"grid://ann:hunter2@127.0.0.1\"\n";
    check_hidden(Project::new().spec("a.rhai", PASSES).file("runner.toml", in_file), &secrets);
}

#[test]
fn a_busy_grid_is_asked_again_within_the_same_attempt() {
    for (times, fault) in [(2, BUSY), (1, Reply::HangUp), (1, Reply::Error("session not created", "Chrome failed"))] {
        let driver = FakeDriver::start([("POST /session", Reply::Times(times, Box::new(fault)))]);
        let report = project(&driver.url()).run_for_report();
        report.assert_all_passed(1);
        assert_eq!(report.test("asks for the title").attempts(), 1);
        let asked = driver.requests().iter().filter(|request| *request == "POST /session").count();
        assert_eq!(asked, times + 1);
    }
}

#[test]
fn a_grid_that_stays_busy_ends_the_run_and_says_how_often_it_was_asked() {
    let driver = FakeDriver::start([("POST /session", BUSY)]);
    let project = project(&driver.url()).file("runner.toml", "browser.start_timeout = \"1s\"").status(3);
    let report = project.run_for_report();
    let parts = ["New session request timed out", "no session at", "it was asked", "times", "`start_timeout`"];
    report.test("asks for the title").assert_failure(&parts);
}

#[test]
fn what_will_not_change_is_asked_once() {
    let refused = Reply::Error("invalid argument", "cannot parse capability");
    let driver = FakeDriver::start([("POST /session", refused)]);
    project(&driver.url()).status(3).run_for_report();
    assert_eq!(driver.requests(), ["POST /session", "GET /status"]);
}

#[test]
fn a_session_that_comes_too_late_is_ended() {
    let driver = FakeDriver::start([("POST /session", Reply::Hang)]);
    let project = project(&driver.url()).file("runner.toml", "browser.start_timeout = \"200ms\"");
    let report = project.status(3).run_for_report();
    report.test("asks for the title").assert_failure(&["no answer in 200ms"]);
}
