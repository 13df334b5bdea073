//! The command line and `runner.toml`: what is refused, with which words and exit code.

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
    let finished = Project::new().args(["demo", "--port", &port]).spawn().finish();
    assert_eq!(finished.status, 3, "{}", finished.screen());
    assert!(finished.stderr.contains("in use"), "{}", finished.screen());
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
