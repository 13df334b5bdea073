//! Projects whose specs run against the demonstration application.

use crate::demo::Demo;
use crate::harness::{Project, Report};

/// The wires on which everything must hold, but for what a test's `requires` names.
const WIRES: [&str; 2] = ["devtools", "classic"];

/// The arguments for Firefox, which takes the `BiDi` wire.
const FIREFOX: [&str; 2] = ["--browser", "firefox"];

/// Visible in every spec: signing in as `user`, `user1` to `user9`, and who is signed in.
const SUPPORT: &str = r#"
    fn sign_in(user) {
        visit("/login");
        get_by_label("User").fill(user);
        get_by_label("Password").fill("demo-user-password");
        get_by_role("button", "Sign in").click();
        expect(page()).to_have_url("/app");
    }

    fn who() {
        let answer = request("GET", "/api/me");
        if answer.status == 200 { answer.json.user } else { "nobody" }
    }

    fn stored(key) { evaluate("key => localStorage.getItem(key)", key) }

    fn store(key, value) { evaluate("(key, value) => localStorage.setItem(key, value)", key, value) }

    // Grows by one with each call. The server keeps it, so it outlives a worker.
    fn next_number() {
        request("GET", "/slow?ms=0");
        request("GET", "/api/stats").json.requests["/slow"]
    }

    export const other_site = env("OTHER_SITE");
"#;

/// An empty project with the support file, one worker, and the address of `demo`.
pub(crate) fn project(demo: &Demo) -> Project {
    Project::new()
        .support("on_demo.rhai", SUPPORT)
        .base_url(demo.url())
        .env("OTHER_SITE", &demo.other_site())
        // A default that `-j` overrides.
        .env("RUNNER_WORKERS", "1")
        .args(["specs"])
}

/// Every test of this spec passes on every wire; what `requires` names may be skipped on the
/// classic one.
#[track_caller]
pub(crate) fn passes(spec: &str) {
    for wire in WIRES {
        let demo = Demo::start();
        let report = project(&demo).spec("spec.rhai", spec).args(["--wire", wire]).run_for_report();
        report.assert_nothing_failed();
        assert!(wire == "classic" || report.count("skipped") == 0, "{}", report.screen());
    }
}

/// The same, and on Firefox as well, where nothing is skipped.
#[track_caller]
pub(crate) fn passes_on_firefox_too(spec: &str) {
    passes(spec);
    let demo = Demo::start();
    let report = project(&demo).spec("spec.rhai", spec).args(FIREFOX).run_for_report();
    report.assert_nothing_failed();
    assert_eq!(report.count("skipped"), 0, "{}", report.screen());
}

/// The tests of this spec that are named here fail, and their messages contain these texts; all
/// others pass.
#[track_caller]
pub(crate) fn fails(spec: &str, failures: &[(&str, &[&str])]) -> Report {
    let demo = Demo::start();
    let report = project(&demo).spec("spec.rhai", spec).status(1).run_for_report();
    for (title, parts) in failures {
        report.test(title).assert_failure(parts);
    }
    assert_eq!(report.count("failed"), failures.len() as u64, "{}", report.screen());
    report
}
