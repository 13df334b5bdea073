//! What people are told about sessions: status, name, what was captured, and why one was made again.

use crate::demo::Demo;
use crate::harness::Report;
use crate::on_demo::{fails, project};

fn run(spec: &str) -> Report {
    let demo = Demo::start();
    project(&demo).spec("spec.rhai", spec).run_for_report()
}

#[test]
fn each_use_has_a_status() {
    let report = run(r#"
        let asked = 0;
        let plain = define_session("plain", || { visit("/"); store("a", "1"); }, #{
            verify: || { asked += 1; asked != 3 },
        });
        it("new", || use_session(plain));
        it("saved", || use_session(plain));
        it("refused", || use_session(plain));
    "#);
    assert_eq!(report.test("new").sessions(), ["created"]);
    assert_eq!(report.test("saved").sessions(), ["restored"]);
    assert_eq!(report.test("refused").sessions(), ["recreated"]);
    report.test("refused").assert_step_notes(&["verify", "`false`"]);
    assert!(report.sessions().iter().all(|(_, title)| title.contains("`plain`")), "{:#?}", report.sessions());
}

#[test]
fn every_session_of_a_test_is_listed() {
    let report = run(r#"
        define_session("one", || {});
        define_session("two", || {});
        it("uses both", || { use_session("one"); use_session("two"); use_session("one"); });
    "#);
    assert_eq!(report.test("uses both").sessions(), ["created", "created", "restored"]);
}

#[test]
fn counts_and_origins_are_told_but_no_values() {
    let demo = Demo::start();
    let spec = r#"
        it("captures", || use_session(define_session("wide", || {
            visit("/");
            store("token", "very-secret-value");
            evaluate("document.cookie = 'a=another-secret-value'");
            visit(other_site + "/");
            store("elsewhere", "third-secret-value");
        })));
    "#;
    let report = project(&demo).spec("spec.rhai", spec).args(["-v"]).run_for_report();
    report.test("captures").assert_step_notes(&["127.0.0.1", "localhost", "1 cookie"]);
    assert!(!report.screen().contains("secret-value"), "{}", report.screen());
    assert!(!report.test("captures").step_notes().contains("secret-value"));
}

#[test]
fn a_session_with_nothing_in_it_is_a_warning() {
    let report = run(r#"it("is empty", || use_session(define_session("void", || {})));"#);
    report.assert_all_passed(1);
    report.test("is empty").assert_step_notes(&["`void`", "nothing"]);
}

#[test]
fn steps_that_fail_say_that_the_session_was_being_made() {
    let report = fails(
        r##"
        it("a command", || use_session(define_session("a", || get("#nothing").click(#{ timeout: "50ms" }))));
        it("an assertion", || use_session(define_session("b", || expect(1).to_equal(2))));
        it("a throw", || use_session(define_session("c", || { throw "no luck"; })));
        "##,
        &[
            ("a command", &["creating", "session `a`", "#nothing"]),
            ("an assertion", &["creating", "session `b`"]),
            ("a throw", &["creating", "session `c`", "no luck"]),
        ],
    );
    assert_eq!(report.session_count("failed"), 3);
}

#[test]
fn steps_that_fail_while_it_is_made_again_say_so_with_both_failures() {
    fails(
        r#"
        it("fails again", || {
            let made = 0;
            let asked = 0;
            let session = define_session("both", || { made += 1; if made == 2 { throw "door closed"; } }, #{
                verify: || { asked += 1; if asked == 2 { throw "token expired"; } },
            });
            use_session(session);
            use_session(session);
        });
        "#,
        &[("fails again", &["recreating", "session `both`", "door closed", "token expired"])],
    );
}

#[test]
fn a_failed_creation_leaves_nothing() {
    let demo = Demo::start();
    let spec = r#"
        let session = define_session("late", || {
            let number = next_number();
            visit("/");
            store("round", `${number}`);
            if number == 1 { throw "not yet"; }
        });
        it("is made at the second attempt", || {
            use_session(session);
            visit("/");
            expect(stored("round")).to_equal("2");
        });
    "#;
    let report = project(&demo).spec("spec.rhai", spec).args(["--retries", "1"]).run_for_report();
    report.assert_statuses(&[("is made at the second attempt", "flaky")]);
    assert_eq!(report.test("is made at the second attempt").sessions(), ["failed", "created"]);
}
