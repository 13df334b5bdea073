//! Firefox, over `BiDi` and over `WebDriver` alone: our own specs, sessions of several workers, and what is
//! left when it ends.

use crate::demo::Demo;
use crate::harness::Project;
use crate::losing::{check_ended, check_replaced};
use crate::on_demo::project;
use crate::our_specs::our_specs_pass;

const BROWSER: [&str; 2] = ["--browser", "firefox"];

fn on_firefox(demo: &Demo) -> Project {
    project(demo).args(BROWSER)
}

#[test]
fn our_own_specs_pass_over_bidi() {
    our_specs_pass(BROWSER, &["works with the browser's own drag and drop"]);
}

#[test]
fn a_login_over_webdriver_alone() {
    let demo = Demo::start();
    let spec = r#"
        describe("a session", || {
            let user = define_session("user", || sign_in("user3"));
            it("is made", || { use_session(user); expect(who()).to_equal("user3"); });
            it("is put back", || { use_session(user); visit("/app"); expect(get("h1")).to_have_text("Hello, user3"); });
        });
    "#;
    let report = on_firefox(&demo).spec("a.rhai", spec).args(["--wire", "classic"]).run_for_report();
    report.assert_all_passed(2);
    assert_eq!(demo.logins("user3"), 1);
}

#[test]
fn one_login_for_four_workers() {
    let demo = Demo::start();
    let support = r#"export const team = define_session("team", || { visit("/slow?ms=300"); sign_in("user1"); });"#;
    let spec = r#"
        it("one", || { use_session(team); expect(who()).to_equal("user1"); });
        it("two", || { use_session("team"); visit("/app"); expect(get("h1")).to_have_text("Hello, user1"); });
    "#;
    let project = on_firefox(&demo).support("sessions.rhai", support);
    let project =
        ["a", "b", "c", "d"].iter().fold(project, |project, name| project.spec(&format!("{name}.rhai"), spec));
    let report = project.args(["-j4"]).run_for_report();
    report.assert_all_passed(8);
    assert_eq!((report.session_count("created"), report.session_count("restored")), (1, 7));
    assert_eq!(demo.logins("user1"), 1);
}

#[test]
fn nothing_is_left_after_a_signal() {
    check_ended(BROWSER);
}

#[test]
fn a_driver_that_is_killed_is_replaced() {
    check_replaced("geckodriver", BROWSER);
}

#[test]
fn a_browser_that_is_killed_is_replaced() {
    check_replaced("firefox-esr", BROWSER);
}

#[test]
fn a_wire_it_does_not_have_is_refused() {
    let demo = Demo::start();
    let spec = r#"it("needs a browser", || visit("/"));"#;
    let report = on_firefox(&demo).spec("a.rhai", spec).args(["--wire", "devtools"]).status(3).run_for_report();
    report.test("needs a browser").assert_failure(&["the DevTools wire cannot be had here"]);
}
