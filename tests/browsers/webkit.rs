//! `WebKit`, over `WebDriver` alone and on a display of its own: our own specs, sessions of several workers,
//! and what is left when it ends.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::demo::Demo;
use crate::harness::{Finished, Project, Running};
use crate::on_demo::project;
use crate::our_specs::our_specs_pass;
use crate::silent::SilentServer;

/// The runs of the harness have no display, so that one has to be started.
fn on_webkit(project: Project) -> Project {
    project.args(["--browser", "webkit"])
}

#[test]
fn our_own_specs_pass() {
    let skipped = [
        "clicks with the right button",
        "works with the browser's own drag and drop",
        "say what they are and what they ask",
        "may come one after the other",
        "taps",
        "moves, presses and releases",
        "clicks and scrolls where it is",
        "asks nothing of the server",
        "keep their part of a login",
        "keep what they store in a frame",
        "have another word for everybody else",
        "set the size of the page",
    ];
    our_specs_pass(["--browser", "webkit"], &skipped);
}

#[test]
fn one_login_for_two_workers() {
    let demo = Demo::start();
    let support = r#"export const team = define_session("team", || { visit("/slow?ms=300"); sign_in("user1"); });"#;
    let spec = r#"
        it("one", || { use_session(team); visit("/app"); expect(get("h1")).to_have_text("Hello, user1"); });
        it("two", || { use_session("team"); visit("/app"); expect(who()).to_equal("user1"); });
    "#;
    let project = on_webkit(project(&demo)).support("sessions.rhai", support);
    let report = project.spec("a.rhai", spec).spec("b.rhai", spec).args(["-j2"]).run_for_report();
    report.assert_all_passed(4);
    assert_eq!((report.session_count("created"), report.session_count("restored")), (1, 3));
    assert_eq!(demo.logins("user1"), 1);
}

/// A run whose second test is in the middle of a command that is never answered, at its first try.
fn hanging(demo: &Demo, silent: &SilentServer) -> Running {
    let spec = r#"
        it("passes before", || visit("/"));
        it("hangs", || {
            if next_number() == 1 { visit(env("SILENT"), #{ timeout: "60s" }); }
        });
        it("passes afterwards", || visit("/"));
    "#;
    let project = on_webkit(project(demo)).spec("a.rhai", spec).env("SILENT", silent.url());
    let running = project.args(["--timeout", "60s", "--report-json", "report.json"]).spawn();
    silent.wait_for_request();
    running
}

/// Nor the files of a display whose server is gone.
#[track_caller]
fn assert_nothing_left(finished: &Finished) {
    finished.assert_nothing_left();
    // A neighbour's server may just be on its way out.
    let limit = Instant::now() + Duration::from_secs(20);
    while let Some(lock) = stale_lock() {
        assert!(Instant::now() < limit, "{lock} is left\n{}", finished.screen());
        thread::yield_now();
    }
}

/// A lock file of a display whose process is gone.
fn stale_lock() -> Option<String> {
    let locks = fs::read_dir("/tmp").unwrap().flatten().map(|entry| entry.path());
    locks.filter(|path| is_lock(path)).find_map(|path| {
        let process = fs::read_to_string(&path).ok()?.trim().parse().ok()?;
        kill(Pid::from_raw(process), None).is_err().then(|| path.display().to_string())
    })
}

fn is_lock(path: &Path) -> bool {
    let name = path.file_name().unwrap().to_string_lossy();
    name.starts_with(".X") && name.ends_with("-lock")
}

#[test]
fn nothing_is_left_after_a_signal() {
    for (signal, status) in [(Signal::SIGINT, 130), (Signal::SIGTERM, 143)] {
        let (demo, silent) = (Demo::start(), SilentServer::start());
        let running = hanging(&demo, &silent);
        running.signal(signal);
        let finished = running.finish();
        assert_eq!(finished.status, status, "{}", finished.screen());
        assert_nothing_left(&finished);
    }
}

/// Kills `program` in the first attempt; the second one has nothing to wait for, and passes.
#[track_caller]
fn check_replaced(program: &str) {
    let (demo, silent) = (Demo::start(), SilentServer::start());
    let running = hanging(&demo, &silent);
    assert!(running.kill_children(program) > 0, "no {program} was running");
    let finished = running.finish();
    assert_eq!(finished.status, 0, "{program}\n{}", finished.screen());
    assert_nothing_left(&finished);
    let report = finished.report("report.json");
    report.assert_all_passed(3);
    assert_eq!(report.test("hangs").attempts(), 2, "{}", report.screen());
}

#[test]
fn a_driver_that_is_killed_is_replaced() {
    check_replaced("WebKitWebDriver");
}

#[test]
fn a_browser_that_is_killed_is_replaced() {
    check_replaced("MiniBrowser");
}

#[test]
fn a_display_that_is_killed_is_replaced() {
    check_replaced("Xvfb");
}

#[test]
fn a_wire_it_does_not_have_is_refused() {
    let demo = Demo::start();
    let spec = r#"it("needs a browser", || visit("/"));"#;
    for (wire, name) in [("devtools", "DevTools"), ("bidi", "BiDi")] {
        let project = on_webkit(project(&demo)).spec("a.rhai", spec).args(["--wire", wire]).status(3);
        let expected = format!("the {name} wire cannot be had here");
        project.run_for_report().test("needs a browser").assert_failure(&[&expected]);
    }
}
