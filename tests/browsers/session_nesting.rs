//! A session that starts from another one, and where that is not allowed.

use crate::demo::Demo;
use crate::on_demo::{fails, passes, project};

#[test]
fn steps_may_start_from_another_session() {
    passes(
        r#"
        describe("an extended session", || {
            let base = define_session("base", || sign_in("user5"));
            let extended = define_session("extended", || {
                use_session(base);
                visit("/app");
                store("settings", "dark");
            });
            it("has both when it is made", || {
                use_session(extended);
                expect(who()).to_equal("user5");
                visit("/");
                expect(stored("settings")).to_equal("dark");
            });
            it("has both when it is put back", || {
                use_session(extended);
                expect(who()).to_equal("user5");
                visit("/");
                expect(stored("settings")).to_equal("dark");
            });
            it("leaves the base as it was", || {
                use_session(base);
                visit("/");
                expect(stored("settings")).to_equal(());
            });
        });
        "#,
    );
}

#[test]
fn elsewhere_it_is_an_error() {
    fails(
        r#"
        define_session("base", || {});
        define_session("one", || use_session("two"));
        define_session("two", || use_session("one"));
        it("later in steps", || use_session(define_session("a", || { visit("/"); use_session("base"); })));
        it("in verify", || use_session(define_session("b", || {}, #{ verify: || use_session("base") })));
        it("in before", || use_session(define_session("c", || {}, #{ before: || use_session("base") })));
        it("in after", || use_session(define_session("d", || {}, #{ after: || use_session("base") })));
        it("in a circle", || use_session("one"));
        "#,
        &[
            ("later in steps", &["use_session", "first"]),
            ("in verify", &["use_session", "`verify`"]),
            ("in before", &["use_session", "`before`"]),
            ("in after", &["use_session", "`after`"]),
            ("in a circle", &["`one`", "`two`"]),
        ],
    );
}

#[test]
fn a_circle_over_two_workers_ends() {
    let demo = Demo::start();
    // Each worker has asked for its session before either goes on to the other's.
    let support = r#"
        fn meet() {
            request("GET", "/storage");
            wait_until(|| request("GET", "/api/stats").json.requests["/storage"] >= 2);
        }
        define_session("one", || use_session("two"), #{ before: || meet() });
        define_session("two", || use_session("one"), #{ before: || meet() });
    "#;
    let project = project(&demo)
        .support("sessions.rhai", support)
        .spec("a.rhai", r#"it("asks for one", || use_session("one"));"#)
        .spec("b.rhai", r#"it("asks for two", || use_session("two"));"#);
    let report = project.args(["-j2"]).status(1).run_for_report();
    assert_eq!(report.count("failed"), 2, "{}", report.screen());
    for title in ["asks for one", "asks for two"] {
        report.test(title).assert_failure(&["`one`", "`two`", "the chain"]);
    }
}

#[test]
fn making_again_inside_a_session_is_an_error_too() {
    fails(
        r#"
        let base = define_session("base", || {});
        it("refresh", || use_session(define_session("a", || { visit("/"); base.refresh(); })));
        "#,
        &[("refresh", &["`refresh`", "`steps`", "session `a`"])],
    );
}
