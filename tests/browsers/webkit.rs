//! `WebKit`, over `WebDriver` alone and on a display of its own: our own specs, sessions of several workers,
//! and what is left when it ends.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::kill;
use nix::unistd::Pid;

use crate::demo::Demo;
use crate::harness::{Finished, Project};
use crate::losing::{check_ended, check_replaced};
use crate::on_demo::project;
use crate::our_specs::our_specs_pass;

const BROWSER: [&str; 2] = ["--browser", "webkit"];

/// The runs of the harness have no display, so that one has to be started.
fn on_webkit(project: Project) -> Project {
    project.args(BROWSER)
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
    our_specs_pass(BROWSER, &skipped);
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

/// No file of a display whose server is gone.
#[track_caller]
fn assert_no_lock_left(finished: &Finished) {
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
    check_ended(BROWSER).iter().for_each(assert_no_lock_left);
}

#[test]
fn a_driver_that_is_killed_is_replaced() {
    assert_no_lock_left(&check_replaced("WebKitWebDriver", BROWSER));
}

#[test]
fn a_browser_that_is_killed_is_replaced() {
    assert_no_lock_left(&check_replaced("MiniBrowser", BROWSER));
}

#[test]
fn a_display_that_is_killed_is_replaced() {
    assert_no_lock_left(&check_replaced("Xvfb", BROWSER));
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
