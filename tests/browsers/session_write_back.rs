//! What a test that passed leaves of its session: `write_back`.

use crate::demo::Demo;
use crate::on_demo::{passes, project};

/// A session whose token changes with every test.
const ROTATING: &str = r#"
    export const team = define_session("team", || {
        sign_in("user1");
        store("turn", "0");
    }, #{ verify: || who() == "user1", write_back: true });

    fn rotate() {
        visit("/storage");
        let turn = stored("turn");
        store("turn", `${parse_int(turn) + 1}`);
        turn
    }
"#;

#[test]
fn a_token_that_was_changed_is_not_lost() {
    let demo = Demo::start();
    let spec = r#"
        it("first", || { use_session(team); expect(rotate()).to_equal("0"); });
        it("second", #{ session: "team" }, || expect(rotate()).to_equal("1"));
        it("fails", || { use_session(team); rotate(); throw "no"; });
        it("after the failure", || { use_session(team); expect(rotate()).to_equal("2"); });
        it("in a page beside", || { let one = open_as(team); expect(with_page(one, || rotate())).to_equal("3"); });
        it("after it", || { use_session(team); expect(rotate()).to_equal("4"); });
    "#;
    for wire in ["devtools", "classic"] {
        let project = project(&demo).support("sessions.rhai", ROTATING).spec("a.rhai", spec).args(["--wire", wire]);
        let report = project.status(1).run_for_report();
        assert_eq!((report.count("failed"), report.count("passed")), (1, 5), "{wire}\n{}", report.screen());
        report.test("fails").assert_failure(&["no"]);
    }
    assert_eq!(demo.logins("user1"), 2);
}

#[test]
fn it_is_kept_between_runs_too() {
    let demo = Demo::start();
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().display().to_string();
    let support = ROTATING.replace("write_back: true", "write_back: true, persist: true");
    let spec = r#"it("turns", || { use_session(team); log("turn " + rotate()); });"#;
    for turn in ["turn 0", "turn 1", "turn 2"] {
        let project = project(&demo).support("sessions.rhai", &support).spec("a.rhai", spec);
        let report = project.env("RUNNER_SESSION_CACHE", &kept).env("XDG_DATA_HOME", &kept).run_for_report();
        assert!(report.screen().contains(turn), "{turn}\n{}", report.screen());
    }
    assert_eq!(demo.logins("user1"), 1);
}

#[test]
fn a_test_that_ends_signed_out_poisons_it() {
    let demo = Demo::start();
    let spec = r#"
        it("signs out", || { use_session(team); request("POST", "/api/logout"); });
        it("finds it made again", || { use_session(team); expect(who()).to_equal("user1"); });
    "#;
    let report = project(&demo).support("sessions.rhai", ROTATING).spec("a.rhai", spec).run_for_report();
    report.assert_all_passed(2);
    report.test("signs out").assert_step_notes(&["the test left it signed out, and the next use makes it again"]);
    assert_eq!(report.test("finds it made again").sessions(), ["recreated"]);
    report.test("finds it made again").assert_step_notes(&["the saved session was refused: `verify` returned `false`"]);
    assert_eq!(demo.logins("user1"), 2);
    // Found out by the test that did it, so the next one need not try.
    assert_eq!(report.session_count("restored"), 0);
}

#[test]
fn nothing_is_taken_back_where_the_session_was_made_anew_or_cleared() {
    passes(
        r#"
        let own = define_session("own", || { visit("/"); store("turn", "0"); }, #{ write_back: true });
        it("clears it", || { use_session(own); visit("/"); store("turn", "1"); own.clear(); });
        it("finds it new", || { use_session(own); visit("/"); expect(stored("turn")).to_equal("0"); });
        it("makes it again", || { use_session(own); own.refresh(); visit("/"); store("turn", "2"); });
        it("has what that left", || { use_session(own); visit("/"); expect(stored("turn")).to_equal("2"); });
        it("is expected to fail", #{ fails: true }, || { use_session(own); visit("/"); store("turn", "3"); throw "no"; });
        it("has nothing of that", || { use_session(own); visit("/"); expect(stored("turn")).to_equal("2"); });
    "#,
    );
}

#[test]
fn a_value_may_be_a_blob_or_a_moment() {
    passes(
        r#"
        let own = define_session("own", || {
            #{ bytes: blob(3, 7), began: timestamp(), list: [1, 2.5, "a", true, ()] }
        });
        it("makes it", || use_session(own));
        it("has it", || {
            use_session(own);
            let value = own.value();
            expect(type_of(value.bytes)).to_equal("blob");
            expect(value.bytes == blob(3, 7)).to_be_true();
            expect(value.began.elapsed < 60.0).to_be_true();
            expect(value.list).to_equal([1, 2.5, "a", true, ()]);
        });
    "#,
    );
}
