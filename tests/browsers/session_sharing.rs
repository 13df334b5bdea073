//! One login for many tests, specs and workers, and what happens when it fails.

use crate::demo::Demo;
use crate::harness::Project;
use crate::on_demo::project;

/// Four spec files of two tests each, all of which use the session `team` of the support folder.
fn four_specs(demo: &Demo, steps: &str) -> Project {
    let support = format!("export const team = define_session(\"team\", || {{ {steps} }});\n");
    let project = project(demo).support("sessions.rhai", &support);
    let spec = r#"
        it("one", || { use_session(team); expect(who()).to_equal("user1"); });
        it("two", || { use_session("team"); expect(who()).to_equal("user1"); });
    "#;
    ["a", "b", "c", "d"].iter().fold(project, |project, name| project.spec(&format!("{name}.rhai"), spec))
}

#[test]
fn one_login_for_all_specs() {
    let demo = Demo::start();
    let report = four_specs(&demo, "sign_in(\"user1\");").run_for_report();
    report.assert_all_passed(8);
    assert_eq!((report.session_count("created"), report.session_count("restored")), (1, 7));
    assert_eq!(demo.logins("user1"), 1);
}

#[test]
fn one_login_for_all_workers() {
    let demo = Demo::start();
    let report = four_specs(&demo, "visit(\"/slow?ms=300\"); sign_in(\"user1\");").args(["-j4"]).run_for_report();
    report.assert_all_passed(8);
    assert_eq!((report.session_count("created"), report.session_count("restored")), (1, 7));
    assert_eq!(demo.logins("user1"), 1);
}

#[test]
fn one_login_on_the_classic_wire() {
    let demo = Demo::start();
    let report = four_specs(&demo, "sign_in(\"user1\");").args(["-j2", "--wire", "classic"]).run_for_report();
    report.assert_all_passed(8);
    assert_eq!(demo.logins("user1"), 1);
}

#[test]
fn waiting_for_another_worker_is_not_charged_to_the_test() {
    let demo = Demo::start();
    let support = r#"
        export const team = define_session("team", || { visit("/slow?ms=2500"); sign_in("user1"); });
    "#;
    let maker = r#"it("makes it", || use_session(team));"#;
    // Begins once the other one is at it, and waits longer than it may take.
    let waiter = r#"
        before_all(|| wait_until(|| request("GET", "/api/stats").json.requests["/slow"] == 1));
        it("waits", #{ timeout: "2s" }, || { use_session(team); expect(who()).to_equal("user1"); });
    "#;
    let project = project(&demo).support("sessions.rhai", support).spec("a.rhai", maker).spec("b.rhai", waiter);
    let report = project.args(["-j2"]).run_for_report();
    report.assert_all_passed(2);
    assert_eq!(report.test("waits").sessions(), ["restored"]);
    assert_eq!(demo.requests("/slow"), 1);
}

#[test]
fn a_failed_creation_is_not_tried_again_by_others() {
    let demo = Demo::start();
    let steps = "visit(\"/slow?ms=200\"); throw \"door closed\";";
    let report = four_specs(&demo, steps).args(["-j4"]).status(1).run_for_report();
    assert_eq!(report.count("failed"), 8, "{}", report.screen());
    assert_eq!(demo.requests("/slow"), 1);
    report.test("one").assert_failure(&["`team`", "door closed"]);
}

#[test]
fn a_definition_that_says_retry_is_tried_again() {
    let demo = Demo::start();
    let support = r#"
        export const team = define_session("team", || { visit("/slow?ms=0"); throw "door closed"; }, #{ retry: true });
    "#;
    let spec = r#"
        it("one", || use_session(team));
        it("two", || use_session(team));
    "#;
    project(&demo).support("sessions.rhai", support).spec("a.rhai", spec).status(1).run_for_report();
    assert_eq!(demo.requests("/slow"), 2);
}

#[test]
fn the_retry_of_a_test_tries_once_more_for_all() {
    let demo = Demo::start();
    let steps = r#"
        if next_number() < 2 { throw "not yet"; }
        sign_in("user1");
    "#;
    let report = four_specs(&demo, steps).args(["--retries", "1"]).run_for_report();
    assert_eq!((report.count("flaky"), report.count("passed")), (1, 7), "{}", report.screen());
    assert_eq!(demo.requests("/slow"), 2);
}

#[test]
fn a_session_of_a_spec_is_its_own() {
    let demo = Demo::start();
    let spec = r#"
        let own = define_session("own", || sign_in("user2"));
        let wide = define_session("FILE wide", || sign_in("user3"), #{ scope: "run" });
        it("first", || { use_session(own); use_session(wide); });
        it("second", || { use_session(own); use_session(wide); });
    "#;
    let project = project(&demo).spec("a.rhai", &spec.replace("FILE", "a"));
    let report = project.spec("b.rhai", &spec.replace("FILE", "b")).run_for_report();
    assert_eq!(report.session_count("created"), 4);
    assert_eq!(demo.logins("user2"), 2);
}

#[test]
fn a_maker_that_runs_out_of_time_lets_the_next_one_try() {
    let demo = Demo::start();
    let support = r#"
        export const team = define_session("team", || {
            if next_number() == 1 { visit("/hang"); }
            sign_in("user1");
        });
    "#;
    let spec = r#"
        it("runs out of time", #{ timeout: "1500ms" }, || use_session(team));
    "#;
    let other = r#"
        it("makes it", || { use_session(team); expect(who()).to_equal("user1"); });
    "#;
    let project = project(&demo).support("sessions.rhai", support).spec("a.rhai", spec).spec("b.rhai", other);
    let report = project.status(1).run_for_report();
    report.assert_statuses(&[("runs out of time", "failed"), ("makes it", "passed")]);
}

#[test]
fn those_who_wait_for_a_maker_that_runs_out_of_time_make_it_themselves() {
    let demo = Demo::start();
    let support = r#"
        export const team = define_session("team", || {
            if next_number() == 1 { visit("/hang"); }
            sign_in("user1");
        });
    "#;
    let maker = r#"it("runs out of time", #{ timeout: "2s" }, || use_session(team));"#;
    let waiter = r#"
        before_all(|| wait_until(|| request("GET", "/api/stats").json.requests["/hang"] == 1));
        it("makes it", || { use_session(team); expect(who()).to_equal("user1"); });
    "#;
    let project = project(&demo).support("sessions.rhai", support).spec("a.rhai", maker).spec("b.rhai", waiter);
    let report = project.args(["-j2"]).status(1).run_for_report();
    report.assert_statuses(&[("runs out of time", "failed"), ("makes it", "passed")]);
    assert_eq!(report.test("makes it").sessions(), ["created"]);
}

#[test]
fn a_session_that_every_worker_finds_refused_is_made_again_once() {
    let demo = Demo::start();
    let support = r#"
        export const team = define_session("team", || sign_in("user1"), #{ verify: || who() == "user1" });
        fn meet() {
            request("GET", "/storage");
            wait_until(|| request("GET", "/api/stats").json.requests["/storage"] == 3);
        }
    "#;
    let spec = r#"
        it("meets the others", || {
            use_session(team);
            request("GET", "/form");
            wait_until(|| request("GET", "/api/stats").json.requests["/form"] == 3);
        });
        it("finds it refused", || {
            if run_first() { use_session(team); request("POST", "/api/session/revoke"); }
            meet();
            use_session(team);
            expect(who()).to_equal("user1");
        });
    "#;
    let first = spec.replace("run_first()", "true");
    let other = spec.replace("run_first()", "false");
    let project = project(&demo).support("sessions.rhai", support).spec("a.rhai", &first);
    let report = project.spec("b.rhai", &other).spec("c.rhai", &other).args(["-j3"]).run_for_report();
    report.assert_all_passed(6);
    assert_eq!(demo.logins("user1"), 2, "{}", report.screen());
    assert_eq!(report.session_count("recreated"), 1);
}
