//! Sessions with several accounts: each test has one of its own, gives it back on every path, and
//! says who has them where there is none.

use nix::sys::signal::Signal;

use crate::demo::Demo;
use crate::harness::Project;
use crate::on_demo::{fails, project};

/// A session with these accounts.
fn pool(accounts: &str, options: &str) -> String {
    format!(
        r#"
        export const team = define_session("team", |account| sign_in(account), #{{
            accounts: {accounts},
            verify: |account| who() == account,
            {options}
        }});
        "#
    )
}

/// Four specs of three tests each that note who they were.
fn four_specs(demo: &Demo, support: &str) -> Project {
    let mut project = project(demo).support("sessions.rhai", support);
    for name in ["a", "b", "c", "d"] {
        let test = r#"
            it("N", || {
                use_session(team);
                expect(who()).to_equal(team.account());
                request("GET", "/begin/" + who());
                // Whoever had it before has ended.
                let seen = request("GET", "/api/stats").json.requests;
                let ended = if "/end/" + who() in seen { seen["/end/" + who()] } else { 0 };
                expect(seen["/begin/" + who()] - ended).to_equal(1);
                visit("/slow?ms=100");
                request("GET", "/end/" + who());
            });
        "#;
        let all: String = (1..=3).map(|number| test.replace('N', &number.to_string())).collect();
        project = project.spec(&format!("{name}.rhai"), &all);
    }
    project
}

#[test]
fn each_worker_keeps_an_account_of_its_own() {
    let demo = Demo::start();
    let report = four_specs(&demo, &pool("[\"user1\", \"user2\", \"user3\"]", "")).args(["-j3"]).run_for_report();
    report.assert_all_passed(12);
    let logins = ["user1", "user2", "user3"].map(|user| demo.logins(user));
    assert!(logins.iter().all(|count| *count <= 1), "{logins:?}");
    assert_eq!(report.session_count("created") as u64, logins.iter().sum::<u64>());
    assert!(report.sessions().iter().any(|(_, title)| title == "session `team as user1`"), "{:?}", report.sessions());
}

#[test]
fn a_test_waits_until_an_account_is_given_back() {
    let demo = Demo::start();
    // The wait is not counted against the test's time.
    let report = four_specs(&demo, &pool("[\"user1\"]", "")).args(["-j3", "--timeout", "10s"]).run_for_report();
    report.assert_all_passed(12);
    assert_eq!(demo.logins("user1"), 1);
}

#[test]
fn shared_accounts_are_never_waited_for() {
    let demo = Demo::start();
    let spec = r#"
        it("is one of two at the same time", || {
            use_session(team);
            request("GET", "/here/NAME");
            wait_until(|| {
                let seen = request("GET", "/api/stats").json.requests;
                "/here/a" in seen && "/here/b" in seen
            });
        });
    "#;
    let project = project(&demo).support("sessions.rhai", &pool("[\"user1\"]", "lease: \"shared\","));
    let project = project.spec("a.rhai", &spec.replace("NAME", "a")).spec("b.rhai", &spec.replace("NAME", "b"));
    project.args(["-j2"]).run_for_report().assert_all_passed(2);
}

#[test]
fn it_is_given_back_after_a_failure_and_a_timeout() {
    let demo = Demo::start();
    let spec = r#"
        it("fails", || { use_session(team); throw "no"; });
        it("runs out of time", #{ timeout: "2s" }, || { use_session(team); visit("/hang"); });
        it("cannot sign in", || { use_session("closed"); });
        it("passes", || { use_session(team); expect(who()).to_equal("user1"); });
    "#;
    let closed = "define_session(\"closed\", |account| { throw \"door closed\" }, #{ accounts: [\"x\"] });";
    let support = pool("[\"user1\"]", "") + closed;
    let report = project(&demo).support("sessions.rhai", &support).spec("a.rhai", spec).status(1).run_for_report();
    report.assert_statuses(&[
        ("fails", "failed"),
        ("runs out of time", "failed"),
        ("cannot sign in", "failed"),
        ("passes", "passed"),
    ]);
    report.test("cannot sign in").assert_failure(&["door closed", "while creating session `closed as x`"]);
}

#[test]
fn a_test_that_cannot_get_one_says_who_has_them() {
    let demo = Demo::start();
    let holder = r#"
        it("has it", || {
            use_session(team);
            request("GET", "/begin");
            wait_until(|| "/end" in request("GET", "/api/stats").json.requests, #{ timeout: "20s" });
        });
    "#;
    let asker = r#"
        before_all(|| wait_until(|| "/begin" in request("GET", "/api/stats").json.requests));
        after_all(|| request("GET", "/end"));
        it("asks for it", #{ timeout: "500ms" }, || use_session(team));
    "#;
    let project = project(&demo).support("sessions.rhai", &pool("[\"user1\"]", ""));
    let project = project.spec("a.rhai", holder).spec("b.rhai", asker).args(["-j2"]).status(1);
    let report = project.run_for_report();
    report.assert_statuses(&[("has it", "passed"), ("asks for it", "failed")]);
    report.test("asks for it").assert_failure(&[
        "no account of session `team` is free",
        "`user1` is held by `has it` on worker",
        "run fewer workers",
        "waited 500ms",
    ]);
}

#[test]
fn a_test_that_has_them_all_itself_is_told_at_once() {
    let demo = Demo::start();
    let spec = r#"
        it("asks twice", || { use_session(team); open_as(team); });
    "#;
    let project = project(&demo).support("sessions.rhai", &pool("[\"user1\"]", "")).spec("a.rhai", spec);
    let report = project.status(1).run_for_report();
    report.test("asks twice").assert_failure(&["no account of session `team` is free", "this test has them all"]);
}

#[test]
fn an_interrupt_ends_the_wait_for_an_account() {
    let demo = Demo::start();
    let spec = r#"
        it("has or wants it", #{ timeout: "60s" }, || { request("GET", "/asks/NAME"); use_session(team); visit("/hang"); });
    "#;
    let project = project(&demo).support("sessions.rhai", &pool("[\"user1\"]", ""));
    let project = project.spec("a.rhai", &spec.replace("NAME", "a")).spec("b.rhai", &spec.replace("NAME", "b"));
    let running = project.args(["-j2"]).spawn();
    for path in ["/asks/a", "/asks/b", "/hang"] {
        demo.wait_for_request(path);
    }
    running.signal(Signal::SIGINT);
    let finished = running.finish();
    assert_eq!(finished.status, 130, "{}", finished.screen());
    finished.assert_nothing_left();
}

#[test]
fn what_is_in_an_account_is_not_shown() {
    let demo = Demo::start();
    let support = r#"
        export const team = define_session("team", |account| { sign_in(account.user); account.pin }, #{
            accounts: [#{ user: "user1", pin: "hunter22" }],
            verify: || who() == "user1",
        });
    "#;
    let spec = r#"
        it("is one", || {
            use_session(team);
            expect(team.value()).to_equal("hunter22");
            expect(team.account().pin).to_equal("hunter22");
            team.refresh();
            team.clear();
            expect(team.value()).to_equal(());
        });
        it("has none", || {
            expect(team.account()).to_equal(());
            expect(team.data()).to_equal(());
        });
    "#;
    let project = project(&demo).support("sessions.rhai", support).spec("a.rhai", spec);
    let report = project.args(["--verbose"]).run_for_report();
    report.assert_all_passed(2);
    assert!(report.screen().contains("session `team as user1`"), "{}", report.screen());
    assert!(!report.screen().contains("hunter22"), "{}", report.screen());
    assert_eq!(demo.logins("user1"), 2);
}

#[test]
fn wrong_definitions_and_uses() {
    let spec = r#"
        let one = define_session("one", |account| {}, #{ accounts: ["a"] });
        let from_it = define_session("from it", || use_session(one));
        it("starts from it", || use_session(from_it));
        it("no list", || define_session("x", |a| {}, #{ accounts: "ann" }));
        it("empty", || define_session("x", |a| {}, #{ accounts: [] }));
        it("twice", || define_session("x", |a| {}, #{ accounts: ["a", "a"] }));
        it("no data", || define_session("x", |a| {}, #{ accounts: [|| 1] }));
        it("no parameter", || define_session("x", || {}, #{ accounts: ["a"] }));
        it("lease", || define_session("x", |a| {}, #{ accounts: ["a"], lease: "mine" }));
        it("lease alone", || define_session("x", || {}, #{ lease: "shared" }));
    "#;
    fails(
        spec,
        &[
            ("starts from it", &["session `from it` cannot start from `one`, which has several accounts"]),
            ("no list", &["takes an array with at least one account"]),
            ("empty", &["takes an array with at least one account"]),
            ("twice", &["`accounts[1]` is the same as `accounts[0]`"]),
            ("no data", &["`accounts[0]` is no plain data: the value is a function"]),
            ("no parameter", &["`steps` of session `x` are given one of its `accounts`", "`|account| { ... }`"]),
            ("lease", &["takes \"exclusive\" or \"shared\", not the string \"mine\""]),
            ("lease alone", &["means nothing without `accounts`"]),
        ],
    );
}
