//! Who shares a session, and which one a name means.

use crate::demo::Demo;
use crate::on_demo::project;

#[test]
fn what_a_function_of_a_support_script_defines_is_the_whole_runs() {
    let demo = Demo::start();
    let support = "fn session_of(user) { define_session([\"user\", user], || sign_in(user)) }\n";
    let spec = r#"
        it("is signed in", || { use_session(session_of("user1")); expect(who()).to_equal("user1"); });
    "#;
    let project = project(&demo).support("sessions.rhai", support).spec("a.rhai", spec).spec("b.rhai", spec);
    project.run_for_report().assert_all_passed(2);
    assert_eq!(demo.logins("user1"), 1);
}

#[test]
fn a_file_that_two_specs_import_may_widen_its_session_to_the_run() {
    let demo = Demo::start();
    let spec = r#"
        import "../shared/logins" as logins;
        let own = logins::own;
        let wide = logins::wide;
        it("by value", || { use_session(own); use_session(wide); });
        it("by name", || { use_session("own"); use_session("wide"); });
    "#;
    let shared = r#"
        export const own = define_session("own", || sign_in("user1"));
        export const wide = define_session("wide", || sign_in("user2"), #{ scope: "run" });
    "#;
    let project = project(&demo).file("shared/logins.rhai", shared).spec("a.rhai", spec).spec("b.rhai", spec);
    project.run_for_report().assert_all_passed(4);
    assert_eq!((demo.logins("user1"), demo.logins("user2")), (2, 1), "one for each spec, and one for both");
}

#[test]
fn a_name_means_a_session_of_this_spec_or_of_support() {
    let demo = Demo::start();
    let first = r#"
        define_session("wide", || sign_in("user1"), #{ scope: "run" });
        it("knows its own", || use_session("wide"));
    "#;
    let second = r#"it("does not know another spec's", || use_session("wide"));"#;
    let report = project(&demo).spec("a.rhai", first).spec("b.rhai", second).status(1).run_for_report();
    report.assert_statuses(&[("knows its own", "passed"), ("does not know another spec's", "failed")]);
    report.test("does not know another spec's").assert_failure(&["no session `wide`"]);
}

#[test]
fn a_specs_own_session_hides_supports_and_may_start_from_it() {
    let demo = Demo::start();
    let support = "export const everybody = define_session(\"user\", || sign_in(\"user1\"));\n";
    let spec = r#"
        define_session("user", || { use_session(everybody); visit("/"); store("theme", "dark"); });
        it("has both", || {
            use_session("user");
            expect(who()).to_equal("user1");
            visit("/");
            expect(stored("theme")).to_equal("dark");
        });
    "#;
    let project = project(&demo).support("sessions.rhai", support).spec("a.rhai", spec);
    let report = project.run_for_report();
    report.assert_all_passed(1);
    assert_eq!(report.test("has both").sessions(), ["created", "created"]);
}

#[test]
fn a_session_may_be_made_in_before_all_and_a_retry_makes_it_again() {
    let demo = Demo::start();
    let spec = r#"
        let user = define_session("user", || {
            if next_number() == 1 { throw "not yet"; }
            sign_in("user1");
        });
        describe("suite", || {
            before_all(|| use_session(user));
            it("one", || { expect(who()).to_equal("nobody"); use_session(user); expect(who()).to_equal("user1"); });
            it("two", || use_session(user));
        });
    "#;
    let report = project(&demo).spec("a.rhai", spec).args(["--retries", "1"]).run_for_report();
    report.assert_statuses(&[("suite › one", "flaky"), ("suite › two", "passed")]);
    assert_eq!(report.test("suite › one").sessions(), ["failed", "created", "restored"]);
}
