//! `[project.NAME]`: the same tests in several browsers or with other settings, in one run.

use crate::demo::Demo;
use crate::harness::Project;
use crate::on_demo::project;

/// Two projects that differ in browser, size, address and values.
const MATRIX: &str = r#"
    [env]
    USER_NAME = "nobody"

    [project.desktop]
    env = { USER_NAME = "user1" }
    browser = { viewport = [1000, 700] }

    [project.phone]
    retries = 1
    env = { USER_NAME = "user2" }
    browser = { viewport = [400, 800], wire = "classic" }
"#;

const SPEC: &str = r#"
    let mine = define_session("mine", || sign_in(env("USER_NAME")));

    it("has its own size and login", || {
        use_session(mine);
        visit("/app");
        let user = env("USER_NAME");
        expect(who()).to_equal(user);
        expect(evaluate("innerWidth")).to_equal(if user == "user1" { 1000 } else { 400 });
    });
    it("uses it again", || {
        use_session(mine);
        expect(who()).to_equal(env("USER_NAME"));
    });
    it("fails on the phone", || {
        expect(env("USER_NAME")).to_equal("user1");
    });
"#;

fn matrix(demo: &Demo) -> Project {
    project(demo).file("runner.toml", MATRIX).spec("a.rhai", SPEC)
}

#[test]
fn every_test_runs_in_every_project_and_is_named_by_it() {
    for workers in ["-j1", "-j2", "-j4"] {
        let demo = Demo::start();
        let report = matrix(&demo).args([workers, "--report-junit", "junit.xml"]).status(1).run_for_report();
        report.assert_projects(&[
            ("desktop", "has its own size and login", "passed"),
            ("desktop", "uses it again", "passed"),
            ("desktop", "fails on the phone", "passed"),
            ("phone", "has its own size and login", "passed"),
            ("phone", "uses it again", "passed"),
            ("phone", "fails on the phone", "failed"),
        ]);
        // One login for each project: a session of one is nothing to the other.
        assert_eq!((report.session_count("created"), report.session_count("restored")), (2, 2), "{}", report.screen());
        for line in ["[desktop] specs/a.rhai › fails on the phone", "[phone] specs/a.rhai › fails on the phone"] {
            assert!(report.screen().contains(line), "{}", report.screen());
        }
        let again = "run again: runner --project phone specs/a.rhai:";
        assert!(report.screen().contains(again), "{}", report.screen());
        assert!(report.highest_worker() <= workers[2..].parse().unwrap(), "{}", report.screen());
    }
}

#[test]
fn one_project_by_name_and_what_failed_in_it() {
    let demo = Demo::start();
    let project = matrix(&demo);
    let run = |args: &[&str]| {
        let twin = args.iter().fold(project.twin(), |twin, arg| twin.args([*arg]));
        twin.args(["--report-json", "run.json"]).spawn().finish()
    };
    let phone = run(&["--project", "phone"]);
    assert_eq!(phone.status, 1, "{}", phone.screen());
    phone.report("run.json").assert_projects(&[
        ("phone", "has its own size and login", "passed"),
        ("phone", "uses it again", "passed"),
        ("phone", "fails on the phone", "failed"),
    ]);
    let failed = run(&["--last-failed"]);
    failed.report("run.json").assert_projects(&[("phone", "fails on the phone", "failed")]);
    // Its own `retries`.
    assert_eq!(failed.report("run.json").test("fails on the phone").attempts(), 2);
}

#[test]
fn chromium_and_firefox_in_one_run() {
    let demo = Demo::start();
    let config = "[project.chromium.browser]\nname = \"chromium\"\n[project.firefox.browser]\nname = \"firefox\"\n";
    let spec = r#"it("tells its browser", || { visit("/"); log(evaluate("navigator.userAgent")); });"#;
    let running = project(&demo).file("runner.toml", config).spec("a.rhai", spec).args(["--report-json", "run.json"]);
    let finished = running.spawn().finish();
    finished.assert_nothing_left();
    let report = finished.report("run.json");
    report.assert_projects(&[("chromium", "tells its browser", "passed"), ("firefox", "tells its browser", "passed")]);
    let json = finished.file("run.json");
    let (first, second) = json.split_at(json.find("\"project\": \"firefox\"").unwrap());
    assert!(first.contains("Chrome/") && !first.contains("Firefox/"), "{}", finished.screen());
    assert!(second.contains("Firefox/") && !second.contains("Chrome/"), "{}", finished.screen());
}
