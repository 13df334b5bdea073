//! `verify`: what counts as a no, and what follows from it.

use crate::demo::Demo;
use crate::on_demo::{fails, passes_on_firefox_too as passes, project};

#[test]
fn any_no_after_a_restore_makes_the_session_again() {
    let demo = Demo::start();
    // Each says no at its second call: made, restored and refused, made again.
    let spec = r##"
        fn refused(name, no) {
            let made = 0;
            let asked = 0;
            let session = define_session(name, || { made += 1; visit("/"); store("round", `${made}`); }, #{
                verify: || { asked += 1; if asked == 2 { no.call() } else { true } },
            });
            use_session(session);
            use_session(session);
            expect([made, asked]).to_equal([2, 3]);
            expect(url()).to_equal("about:blank");
            visit("/");
            expect(stored("round")).to_equal("2");
        }

        it("false", || refused("false", || false));
        it("a throw", || refused("throw", || { throw "expired"; }));
        it("a failed assertion", || refused("assertion", || { expect(1).to_equal(2); true }));
        it("a failed command", || refused("command", || { get("#nothing").click(#{ timeout: "50ms" }); true }));
        it("a failed request", || refused("request", || request("GET", "/status/500").status == 200));
        it("an error inside within", || refused("within", || {
            visit("/");
            within(get("body"), || { throw "inside"; });
            true
        }));
        it("and within is over afterwards", || { visit("/"); expect(get("html")).to_have_count(1); });
    "##;
    let report = project(&demo).spec("spec.rhai", spec).run_for_report();
    report.assert_all_passed(7);
    assert_eq!(report.session_count("recreated"), 6);
    report.test("a throw").assert_step_notes(&["expired"]);
}

#[test]
fn what_is_no_no() {
    passes(
        r#"
        it("returning nothing", || use_session(define_session("nothing", || {}, #{ verify: || {} })));
        it("returning zero", || use_session(define_session("zero", || {}, #{ verify: || 0 })));
        it("returning an empty text", || use_session(define_session("empty", || {}, #{ verify: || "" })));
        it("no verify at all", || use_session(define_session("none", || {})));
        "#,
    );
}

#[test]
fn the_rest_of_verify_does_not_run_after_a_failed_command() {
    passes(
        r##"
        it("stops", || {
            let reached = [];
            let asked = 0;
            let session = define_session("stops", || {}, #{ verify: || {
                asked += 1;
                if asked == 2 {
                    get("#nothing").click(#{ timeout: "50ms" });
                    reached.push("after");
                }
            } });
            use_session(session);
            use_session(session);
            expect(reached).to_equal([]);
        });
        "##,
    );
}

#[test]
fn a_no_directly_after_creation_fails_the_test() {
    let report = fails(
        r##"
        it("false", || use_session(define_session("a", || {}, #{ verify: || false })));
        it("a throw", || use_session(define_session("b", || {}, #{ verify: || { throw "not in"; } })));
        it("an assertion", || use_session(define_session("c", || {}, #{ verify: || expect(1).to_equal(2) })));
        it("a command", || use_session(define_session("d", || {}, #{
            verify: || get("#nothing").click(#{ timeout: "50ms" }),
        })));
        "##,
        &[
            ("false", &["verif", "created session", "`false`"]),
            ("a throw", &["verif", "created session", "not in"]),
            ("an assertion", &["verif", "created session", "1", "2"]),
            ("a command", &["verif", "created session", "#nothing"]),
        ],
    );
    assert_eq!(report.session_count("failed"), 4);
}

#[test]
fn a_second_no_fails_the_test() {
    let report = fails(
        r#"
        it("is refused twice", || {
            let made = 0;
            let asked = 0;
            let session = define_session("twice", || { made += 1; }, #{ verify: || { asked += 1; asked == 1 } });
            use_session(session);
            try {
                use_session(session);
            } catch (error) {
                expect([made, asked]).to_equal([2, 3]);
                throw error;
            }
        });
        "#,
        &[("is refused twice", &["`twice`", "`false`"])],
    );
    assert_eq!(report.test("is refused twice").sessions(), ["created", "failed"]);
}

#[test]
fn a_retry_after_a_failed_creation_creates() {
    let demo = Demo::start();
    let spec = r#"
        let session = define_session("slow start", || { visit("/"); store("a", "1"); }, #{
            verify: || next_number() > 1,
        });
        it("gets in at the second attempt", || use_session(session));
    "#;
    let report = project(&demo).spec("spec.rhai", spec).args(["--retries", "1"]).run_for_report();
    report.assert_statuses(&[("gets in at the second attempt", "flaky")]);
    assert_eq!(report.test("gets in at the second attempt").sessions(), ["failed", "created"]);
}

#[test]
fn what_verify_changes_is_saved() {
    passes(
        r#"
        describe("verify", || {
            let renewed = define_session("renewed", || { visit("/"); store("token", "old"); }, #{
                verify: || { visit("/"); store("token", "new"); true },
            });
            it("renews the token", || use_session(renewed));
            it("and the new one is put back", || {
                use_session(renewed);
                visit("/");
                expect(stored("token")).to_equal("new");
            });
        });
        "#,
    );
}

#[test]
fn a_session_that_the_server_has_forgotten_is_made_again() {
    let demo = Demo::start();
    let spec = r#"
        let user = define_session("user", || sign_in("user4"), #{ verify: || who() == "user4" });
        it("is revoked by the server", || {
            use_session(user);
            request("POST", "/api/session/revoke");
        });
        it("is made again", || {
            use_session(user);
            expect(who()).to_equal("user4");
        });
    "#;
    let report = project(&demo).spec("spec.rhai", spec).run_for_report();
    report.assert_all_passed(2);
    assert_eq!(report.test("is made again").sessions(), ["recreated"]);
    assert_eq!(demo.logins("user4"), 2);
}

#[test]
fn a_verify_that_hangs_is_cut_off() {
    let demo = Demo::start();
    let spec = r#"
        it("waits no longer", || use_session(define_session("hangs", || {}, #{ verify: || { loop {} } })));
    "#;
    let project = project(&demo).spec("spec.rhai", spec).args(["--timeout", "1s"]).status(1);
    project.run_for_report().test("waits no longer").assert_failure(&["hangs"]);
}
