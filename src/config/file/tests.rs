//! What a configuration file may say, and how its mistakes are shown.

use super::*;

fn read(text: &str) -> Result<ConfigFile, ConfigError> {
    ConfigFile::read(&Document::new("runner.toml", text))
}

/// Everything a person sees of the error, line by line.
#[track_caller]
fn check_error(text: &str, expected: &[&str]) {
    let error = read(text).unwrap_err();
    let mut lines = vec![error.to_string()];
    lines.extend(error.details());
    lines.extend(error.advice().map(|advice| format!("try: {advice}")));
    assert_eq!(lines, expected);
}

#[test]
fn every_key_is_read() {
    let file = read(
        r#"
        base_url = "http://localhost:3000"
        specs = ["specs", "more"]
        support = "support"
        retries = 2
        workers = "50%"
        parallel = "test"
        isolation = "none"
        test_id_attribute = "data-qa"
        output = "out"
        history = "out/past.json"
        [timeouts]
        test = "20s"
        hook = 1000
        action = "1s"
        navigation = "2s"
        assertion = "3s"
        verify = "4s"
        global = "5m"
        [browser]
        name = "firefox"
        headed = true
        driver = "geckodriver"
        path = "/opt/firefox"
        args = ["--a", "--b"]
        viewport = [800, 600]
        wire = "bidi"
        webdriver_url = "http://grid:4444"
        start_timeout = "9s"
        [browser.capabilities]
        "moz:firefoxOptions" = { prefs = { "a.b" = 1 }, ok = [true, 1.5] }
        [server]
        command = "npm start"
        url = "http://localhost:3000"
        timeout = "2m"
        reuse = true
        [reports]
        junit = "junit.xml"
        json = "run.json"
        [env]
        ADMIN_PASSWORD = "x"
        "#,
    )
    .unwrap();
    let value = |given: &Option<Given<String>>| given.as_ref().map(|given| given.value.clone()).unwrap_or_default();
    let paths: Vec<_> = file.layer.paths.iter().map(|given| given.value.as_str()).collect();
    assert_eq!(paths, ["specs", "more"]);
    assert_eq!(value(&file.layer.hook_timeout), "1000");
    assert_eq!(value(&file.layer.test_timeout), "20s");
    assert_eq!(value(&file.layer.browser_path), "/opt/firefox");
    assert_eq!(file.browser.viewport.unwrap().value, (800, 600));
    assert_eq!(file.browser.args.unwrap(), ["--a", "--b"]);
    assert_eq!(
        serde_json::Value::from(file.browser.capabilities).to_string(),
        r#"{"moz:firefoxOptions":{"ok":[true,1.5],"prefs":{"a.b":1}}}"#
    );
    assert!(file.server.unwrap().reuse.unwrap().value);
    assert_eq!(file.env["ADMIN_PASSWORD"], "x");
}

#[test]
fn one_spec_folder_needs_no_list() {
    assert_eq!(read("specs = \"e2e\"").unwrap().layer.paths[0].value, "e2e");
}

#[test]
fn an_unknown_key_is_shown_with_the_one_that_was_meant() {
    check_error(
        "base_url = \"http://h\"\nretrys = 2\n",
        &[
            "unknown key `retrys`",
            "runner.toml:2:1",
            "  2 | retrys = 2",
            "    | ^^^^^^",
            "valid keys: base_url, specs, support, timeout, timeouts, retries, fail_on_flaky, workers, parallel, isolation, \
             test_id_attribute, session_cache, output, history, browser, server, reports, env, profile, project",
            "try: `retries`",
        ],
    );
    check_error(
        "[server]\ncommand = \"x\"\nport = 1\n",
        &[
            "unknown key `port` in `[server]`",
            "runner.toml:3:1",
            "  3 | port = 1",
            "    | ^^^^",
            "valid keys: command, url, timeout, reuse",
        ],
    );
}

#[test]
fn a_mistake_in_a_profile_is_shown_with_its_table() {
    check_error(
        "[profile.ci.browser]\nheadd = true\n",
        &[
            "unknown key `headd` in `[profile.ci.browser]`",
            "runner.toml:2:1",
            "  2 | headd = true",
            "    | ^^^^^",
            "valid keys: name, headed, driver, path, args, capabilities, viewport, wire, webdriver_url, \
             webdriver_headers, start_timeout",
            "try: `headed`",
        ],
    );
    check_error(
        "[profile]\nretries = 2\n",
        &[
            "`profile.retries` must be a table, not a whole number",
            "runner.toml:2:11",
            "  2 | retries = 2",
            "    |           ^",
        ],
    );
    assert_eq!(
        read("[profile.ci.env]\nA = 1\n").unwrap_err().to_string(),
        "`profile.ci.env.A` must be a string, not a whole number"
    );
}

#[test]
fn the_first_mistake_of_the_file_is_shown() {
    assert_eq!(read("zzz = 1\naaa = 1\n").unwrap_err().to_string(), "unknown key `zzz`");
}

#[test]
fn a_project_has_no_say_in_the_run_as_a_whole() {
    check_error(
        "[project.ci]\nworkers = 2\n",
        &[
            "unknown key `workers` in `[project.ci]`",
            "runner.toml:2:1",
            "  2 | workers = 2",
            "    | ^^^^^^^",
            "valid keys: base_url, specs, tag, grep, grep_invert, timeout, timeouts, retries, isolation, \
             test_id_attribute, browser, env",
        ],
    );
}

#[test]
fn a_value_of_another_kind_is_shown() {
    check_error(
        "retries = \"2\"",
        &[
            "`retries` must be a whole number, not a string",
            "runner.toml:1:11",
            "  1 | retries = \"2\"",
            "    |           ^^^",
        ],
    );
    check_error(
        "browser = \"firefox\"",
        &[
            "`browser` must be a table, not a string",
            "runner.toml:1:11",
            "  1 | browser = \"firefox\"",
            "    |           ^^^^^^^^^",
        ],
    );
    assert_eq!(read("specs = [1]").unwrap_err().to_string(), "`specs` must be a list of strings, not a whole number");
    assert_eq!(
        read("specs = 1").unwrap_err().to_string(),
        "`specs` must be a string or a list of strings, not a whole number"
    );
    assert_eq!(
        read("[browser]\nviewport = [1, 2, 3]").unwrap_err().to_string(),
        "`browser.viewport` must be a list of width and height such as [1280, 720], not a list"
    );
    assert_eq!(
        read("timeout = 1.5").unwrap_err().to_string(),
        "`timeout` must be a duration such as \"10s\", not a number with a fraction"
    );
}

#[test]
fn a_value_of_the_environment_is_never_shown() {
    check_error(
        "[env]\nADMIN_PASSWORD = 1234\n",
        &["`env.ADMIN_PASSWORD` must be a string, not a whole number", "runner.toml:2:18"],
    );
}

#[test]
fn broken_toml_is_shown() {
    let error = read("retries = \n").unwrap_err();
    assert_eq!(error.details()[..2], ["runner.toml:1:11", "  1 | retries ="]);
}

#[test]
fn the_test_timeout_is_said_once() {
    check_error(
        "timeout = 1\n[timeouts]\ntest = 2\n",
        &[
            "`timeouts.test`: the same as `timeout` in line 1: only one of them can count",
            "runner.toml:3:8",
            "  3 | test = 2",
            "    |        ^",
        ],
    );
}

#[test]
fn the_nearest_file_upwards_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("a/b");
    std::fs::create_dir_all(&inner).unwrap();
    std::fs::write(folder.path().join("a/runner.toml"), "").unwrap();
    std::fs::write(folder.path().join("runner.toml"), "").unwrap();
    assert_eq!(find(None, &inner).unwrap().unwrap(), folder.path().join("a/runner.toml"));
    let named = Given::new("../../runner.toml".to_owned(), Origin::Flag("--config".into()));
    assert_eq!(find(Some(&named), &inner).unwrap().unwrap(), folder.path().join("runner.toml"));
    let named = Given::new("..".to_owned(), Origin::Flag("--config".into()));
    assert_eq!(
        find(Some(&named), &inner).unwrap_err().to_string(),
        "`--config`: `..` is a folder, not a configuration file"
    );
}
