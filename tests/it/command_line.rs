//! The command line and `runner.toml`: what is refused, with which words and exit code.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use nix::sys::signal::Signal;

use crate::harness::Project;

const SPEC: &str = r#"
    it("is fine", || {});
"#;

#[track_caller]
fn check<const N: usize>(name: &str, args: [&str; N]) {
    Project::new().spec("fine.rhai", SPEC).env("PATH", "/nowhere").args(args).golden(name).run();
}

#[track_caller]
fn check_configuration(name: &str, text: &str) {
    Project::new().spec("fine.rhai", SPEC).file("runner.toml", text).args(["--list"]).golden(name).run();
}

#[test]
fn an_unknown_option() {
    check("option_unknown", ["--retry", "2"]);
}

#[test]
fn a_profile_that_is_not_there() {
    let project = Project::new().spec("fine.rhai", SPEC).file("runner.toml", "[profile.nightly]\nretries = 2\n");
    project.args(["--list", "--profile", "nigthly"]).golden("profile_unknown").run();
}

#[test]
fn a_value_that_is_no_duration() {
    check("option_duration", ["--timeout", "soon", "--list"]);
}

#[test]
fn a_value_that_is_no_regular_expression() {
    check("option_grep", ["-g", "cart(", "--list"]);
}

#[test]
fn a_value_that_is_no_tag_expression() {
    check("option_tag", ["--tag", "smoke and", "--list"]);
}

#[test]
fn no_workers() {
    check("option_workers", ["-j", "0", "--list"]);
}

#[test]
fn a_path_that_does_not_exist() {
    check("path_missing", ["specs/fin.rhai", "--list"]);
}

#[test]
fn no_specs() {
    Project::new().args(["--list"]).golden("no_specs").run();
}

#[test]
fn nothing_matches() {
    check("no_tests", ["-g", "nothing like it", "--list"]);
}

#[test]
fn nothing_matches_and_that_is_fine() {
    check("no_tests_pass", ["-g", "nothing like it", "--list", "--pass-with-no-tests"]);
}

#[test]
fn an_unknown_key() {
    check_configuration("config_unknown_key", "base_url = \"http://127.0.0.1:1\"\nretrys = 2\n");
}

#[test]
fn a_value_of_the_wrong_type() {
    check_configuration("config_wrong_type", "retries = \"two\"\n");
}

#[test]
fn a_file_that_is_no_toml() {
    check_configuration("config_no_toml", "retries = = 2\n");
}

#[test]
fn the_demo_on_a_port_in_use() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    Project::new().args(["demo", "--port", &port]).golden("demo_port_in_use").run();
}

#[test]
fn the_demo_ends_with_a_signal() {
    // A signal is how people end it, and so no failure.
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let mut demo = Project::new().args(["demo", "--port", "0"]).spawn();
        demo.wait_for_line("http://127.0.0.1:");
        demo.signal(signal);
        let finished = demo.finish();
        assert_eq!(finished.status, 0, "{}", finished.screen());
        finished.assert_nothing_left();
    }
}

#[test]
fn only_a_broken_spec_is_a_mistake_of_usage() {
    let project = Project::new().spec("bad.rhai", "it(").env("PATH", "/nowhere").args(["specs", "-j1"]);
    project.golden("broken_spec_alone").run();
}

#[test]
fn a_report_that_cannot_be_written() {
    let project = Project::new().spec("fine.rhai", SPEC).file("taken", "").args(["specs", "-j1"]);
    project.args(["--report-junit", "taken/junit.xml"]).golden("report_not_writable").run();
}

#[test]
fn without_a_command_to_the_browser_none_is_needed() {
    let project = Project::new().spec("fine.rhai", SPEC).env("PATH", "/nowhere").args(["specs", "-j1"]);
    project.run_for_report().assert_all_passed(1);
}

#[test]
fn what_is_missing_is_shown_before_it_is_installed() {
    let project = Project::new().file("bin/apt-get", "#!/bin/sh\n").args(["install", "--dry-run"]);
    let path = project.root().join("bin");
    fs::set_permissions(path.join("apt-get"), fs::Permissions::from_mode(0o755)).unwrap();
    // Others than root are told of `sudo`, which is not there.
    let name = if nix::unistd::geteuid().is_root() { "install_dry_run" } else { "install_no_rights" };
    project.env("PATH", path.to_str().unwrap()).golden(name).run();
}

#[test]
fn nothing_to_install_with() {
    Project::new().env("PATH", "/nowhere").args(["install"]).golden("install_impossible").run();
}

#[test]
fn init_writes_a_project_once() {
    let finished = Project::new().args(["init"]).golden("init").run();
    for path in ["runner.toml", "support/sessions.rhai", "specs/example.rhai"] {
        assert!(finished.path(path).is_file(), "{path}");
    }
    let text = finished.file("runner.toml");
    Project::new().file("runner.toml", &text).args(["init"]).golden("init_again").run();
}
