//! What people read when something is wrong: the whole message, as golden files.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::demo::Demo;
use crate::harness::Project;
use crate::on_demo::project;

#[track_caller]
fn check(name: &str, spec: &str) {
    let demo = Demo::start();
    project(&demo).spec("bad.rhai", spec).golden(name).run();
}

#[test]
fn an_assertion_that_does_not_hold() {
    check(
        "failure_assertion",
        r#"
        describe("cart", || {
            it("says hello", || {
                set_content("<h1>Hello, Bob</h1>");
                expect(get("h1")).to_have_text("Hello, Ann", #{ timeout: "100ms" });
            });
        });
        "#,
    );
}

#[test]
fn an_assertion_inside_a_support_function() {
    let demo = Demo::start();
    let support = r#"
        fn greet(name) {
            check_heading(`Hello, ${name}`);
        }
        fn check_heading(text) {
            expect(get("h1")).to_have_text(text, #{ timeout: "100ms" });
        }
    "#;
    let spec = r#"
        it("says hello", || {
            set_content("<h1>Hello, Bob</h1>");
            greet("Ann");
        });
    "#;
    project(&demo).support("greeting.rhai", support).spec("bad.rhai", spec).golden("failure_in_support").run();
}

#[test]
fn an_element_that_is_covered() {
    check(
        "failure_covered",
        r#"
        it("pays", || {
            set_content(`<button>Pay</button><div id="veil" style="position:fixed;inset:0;background:#ccc"></div>`);
            get_by_role("button", "Pay").click(#{ timeout: "100ms" });
        });
        "#,
    );
}

#[test]
fn an_element_that_is_disabled() {
    check(
        "failure_disabled",
        r#"
        it("pays", || {
            set_content("<fieldset disabled><button>Pay</button></fieldset>");
            get_by_role("button", "Pay").click(#{ timeout: "100ms" });
        });
        "#,
    );
}

#[test]
fn a_page_that_never_answers() {
    check(
        "failure_navigation_timeout",
        r#"
        it("opens it", || {
            visit("/hang", #{ timeout: "300ms" });
        });
        "#,
    );
}

#[test]
fn a_test_that_runs_out_of_time_in_a_support_function() {
    let demo = Demo::start();
    let support = r#"
        fn open_it() {
            visit("/hang");
        }
    "#;
    let spec = r#"
        it("opens it", #{ timeout: "1s" }, || {
            open_it();
        });
        it("computes after it", #{ timeout: "2s" }, || {
            request("GET", "/");
            loop {}
        });
    "#;
    project(&demo).support("opening.rhai", support).spec("bad.rhai", spec).golden("failure_timeout_in_command").run();
}

#[test]
fn a_browser_that_does_not_start() {
    let script = "#!/bin/sh\necho 'error while loading shared libraries: libnss3.so: cannot open' >&2\nexit 127\n";
    let spec = r#"
        it("opens the start page", || {
            visit("/");
        });
    "#;
    let project = Project::new().spec("bad.rhai", spec).file("bin/chromium", script).base_url("http://127.0.0.1:9");
    let path = project.root().join("bin/chromium");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    project.args(["specs", "-j1", "--browser-path", path.to_str().unwrap()]).golden("browser_does_not_start").run();
}

#[test]
fn the_first_project_passes_offline() {
    let written = Project::new().args(["init"]).spawn().finish();
    let project = ["runner.toml", "support/sessions.rhai", "specs/example.rhai"]
        .iter()
        .fold(Project::new(), |project, path| project.file(path, &written.file(path)));
    project.run_for_report().assert_nothing_failed();
}

#[test]
fn an_only_that_was_left_behind_is_no_pass_in_ci() {
    let demo = Demo::start();
    let spec = "it_only(\"just this\", || {});\nit(\"not this\", || {});\n";
    project(&demo).spec("only.rhai", spec).args(["--forbid-only"]).golden("only_forbidden").run();
}

#[test]
fn several_elements_where_one_is_needed() {
    check(
        "failure_not_unique",
        r#"
        it("pays", || {
            set_content("<button id=a>Pay</button><button id=b>Pay</button>");
            get_by_role("button", "Pay").click();
        });
        "#,
    );
}

#[test]
fn an_unknown_function_with_a_near_name() {
    check(
        "failure_unknown_function",
        r#"
        it("clicks", || {
            get("h1").clik();
        });
        "#,
    );
}

#[test]
fn a_session_with_a_near_name() {
    check(
        "failure_session_name",
        r#"
        define_session("admin", || {});
        it("logs in", || {
            use_session("amdin");
        });
        "#,
    );
}

#[test]
fn a_session_whose_steps_fail() {
    check(
        "failure_session_steps",
        r#"
        define_session("admin", || {
            visit("/login");
            get_by_role("button", "Enter").click(#{ timeout: "100ms" });
        });
        it("logs in", || use_session("admin"));
        it("needs it too", || use_session("admin"));
        "#,
    );
}

#[test]
fn a_test_that_loops_for_ever() {
    check(
        "failure_timeout",
        r#"
        it("loops", #{ timeout: "300ms" }, || {
            let count = 0;
            loop {
                count += 1;
            }
        });
        "#,
    );
}

#[test]
fn an_unknown_key_of_an_option() {
    check(
        "failure_option_key",
        r#"
        it("clicks", || {
            get("h1").click(#{ timout: "1s" });
        });
        "#,
    );
}

#[test]
fn a_hook_that_fails() {
    check(
        "failure_hook",
        r#"
        describe("cart", || {
            before_each(|| {
                throw "no cart";
            });
            it("adds an item", || {});
        });
        "#,
    );
}

#[test]
fn a_before_all_that_fails() {
    check(
        "failure_before_all",
        r#"
        describe("cart", || {
            before_all(|| {
                throw "no cart";
            });
            it("adds an item", || {});
            it("empties", || {});
        });
        "#,
    );
}

#[test]
fn an_error_of_the_page_s_script() {
    check(
        "failure_javascript",
        r#"
        it("computes", || {
            evaluate("() => {\n  missing.call();\n}");
        });
        "#,
    );
}

#[test]
fn nobody_answers_at_the_base_url() {
    // Bound and dropped: nobody listens there now.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let spec = r#"
        it("opens the start page", || {
            visit("/");
        });
    "#;
    let project = Project::new().spec("bad.rhai", spec).base_url(&format!("http://127.0.0.1:{port}"));
    project.args(["specs", "-j1"]).golden("failure_base_url_refused").run();
}

#[test]
fn a_relative_address_without_a_base_url() {
    let spec = r#"
        it("opens the start page", || {
            visit("/");
        });
    "#;
    Project::new().spec("bad.rhai", spec).args(["specs", "-j1"]).golden("failure_no_base_url").run();
}

#[test]
fn a_broken_spec_does_not_keep_the_others_from_running() {
    let demo = Demo::start();
    let project = project(&demo).spec("bad.rhai", "it(\"broken\", || {\n    let = 1;\n});\n");
    let finished =
        project.spec("fine.rhai", "it(\"runs\", || { visit(\"/\"); });\n").golden("broken_spec_others_run").run();
    assert_eq!(finished.status, 2);
}

#[test]
fn the_server_s_command_ends_at_once() {
    let configuration = r#"
        [server]
        command = "echo cannot find the database; exit 7"
        url = "http://127.0.0.1:{port}"
    "#;
    let project = Project::new().file("runner.toml", configuration).spec("a.rhai", "it(\"x\", || {});\n");
    let finished = project.args(["--report-junit", "junit.xml"]).golden("server_exits").run();
    assert!(finished.file("junit.xml").contains("cannot find the database"), "{}", finished.file("junit.xml"));
}

#[test]
fn the_server_s_port_is_in_use() {
    let demo = Demo::start();
    let configuration = format!("[server]\ncommand = \"sleep 60\"\nurl = \"{}\"\nreuse = false\n", demo.url());
    let project = Project::new().file("runner.toml", &configuration).spec("a.rhai", "it(\"x\", || {});\n");
    project.golden("server_port_in_use").run();
}
