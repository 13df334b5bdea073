//! Sessions kept between runs: used again only where that is right, never a reason to fail, and
//! shown, cleared and carried elsewhere by `runner sessions`.

use std::fs;
use std::path::PathBuf;

use crate::demo::Demo;
use crate::harness::{Finished, Project};
use crate::on_demo::project;

const SESSION: &str = r#"
    export const team = define_session("team", || {
        sign_in("user1");
        "a value to keep"
    }, #{ verify: || who() == "user1", persist: true });
"#;
const SPEC: &str = r#"
    it("is signed in", || {
        use_session(team);
        expect(who()).to_equal("user1");
        expect(team.value()).to_equal("a value to keep");
        visit("/app");
        expect(page()).to_have_url("/app");
    });
"#;
const KEY: &str = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
const OTHER_KEY: &str = "OTg3NjU0MzIxMDk4NzY1NDMyMTA5ODc2NTQzMjEwOTg=";

/// A project that keeps `team` in the folder `kept`, outside of it.
fn keeping(demo: &Demo, kept: &str) -> Project {
    let project = project(demo).support("sessions.rhai", SESSION).spec("a.rhai", SPEC);
    project.env("RUNNER_SESSION_KEY", KEY).env("RUNNER_SESSION_CACHE", kept)
}

/// Two runs of a project never share a folder in the tests: what is kept lies beside both.
fn shelf() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("kept").display().to_string();
    (folder, kept)
}

fn files(kept: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(kept).map(|entries| entries.map(|entry| entry.unwrap().path()).collect());
    let mut files: Vec<PathBuf> = entries.unwrap_or_default();
    files.retain(|file| !file.ends_with(".gitignore"));
    files
}

#[track_caller]
fn asked<const N: usize>(kept: &str, key: &str, args: [&str; N]) -> Finished {
    let project = Project::new().args(["sessions"]).args(args).env("RUNNER_SESSION_KEY", key);
    let finished = project.env("RUNNER_SESSION_CACHE", kept).spawn().finish();
    finished.assert_nothing_left();
    finished
}

#[test]
fn a_session_of_an_earlier_run_is_used_again() {
    let (demo, (_shelf, kept)) = (Demo::start(), shelf());
    let first = keeping(&demo, &kept).run_for_report();
    assert_eq!(first.test("is signed in").sessions(), ["created"]);
    let second = keeping(&demo, &kept).run_for_report();
    second.assert_all_passed(1);
    assert_eq!(second.test("is signed in").sessions(), ["restored"], "{}", second.screen());
    second.test("is signed in").assert_step_notes(&["kept by an earlier run"]);
    assert_eq!(demo.logins("user1"), 1);
    let all: Vec<u8> = files(&kept).iter().flat_map(|file| fs::read(file).unwrap()).collect();
    for value in ["sid", "token", "user1", "a value to keep"] {
        assert!(!all.windows(value.len()).any(|part| part == value.as_bytes()), "{value} can be read on disk");
    }
}

#[test]
fn one_that_is_signed_out_by_now_is_made_again() {
    let (demo, (_shelf, kept)) = (Demo::start(), shelf());
    let revoke = "\nit(\"ends it\", || { use_session(team); request(\"POST\", \"/api/session/revoke\"); });\n";
    keeping(&demo, &kept).spec("a.rhai", &format!("{SPEC}{revoke}")).run_for_report();
    let report = keeping(&demo, &kept).run_for_report();
    assert_eq!(report.test("is signed in").sessions(), ["recreated"]);
    report.test("is signed in").assert_step_notes(&["the saved session was refused: `verify` returned `false`"]);
    let again = keeping(&demo, &kept).run_for_report();
    assert_eq!(again.test("is signed in").sessions(), ["restored"]);
    assert_eq!(demo.logins("user1"), 2);
}

#[test]
fn one_whose_code_has_changed_is_dropped() {
    let (demo, (_shelf, kept)) = (Demo::start(), shelf());
    keeping(&demo, &kept).run_for_report();
    // Another support script counts too: the steps may call it.
    let report = keeping(&demo, &kept).support("helper.rhai", "fn helper() { 1 }").run_for_report();
    assert_eq!(report.test("is signed in").sessions(), ["created"]);
    report.test("is signed in").assert_step_notes(&["was not used: the code that defines it has changed"]);
    let imported = "import \"parts/login\" as login;\n".to_owned() + SESSION;
    let with = |text: &str| {
        let project = keeping(&demo, &kept).support("sessions.rhai", &imported).file("parts/login.rhai", text);
        project.run_for_report().test("is signed in").sessions()
    };
    assert_eq!(with("fn a() { 1 }"), ["created"]);
    assert_eq!(with("fn a() { 1 }"), ["restored"]);
    assert_eq!(with("fn a() { 2 }"), ["created"]);
}

#[test]
fn one_that_is_too_old_is_dropped() {
    let (demo, (_shelf, kept)) = (Demo::start(), shelf());
    let aged = SESSION.replace("persist: true", "persist: true, max_age: 1");
    keeping(&demo, &kept).support("sessions.rhai", &aged).run_for_report();
    let report = keeping(&demo, &kept).support("sessions.rhai", &aged).run_for_report();
    assert_eq!(report.test("is signed in").sessions(), ["created"]);
    report.test("is signed in").assert_step_notes(&["`max_age` is 1ms"]);
}

#[test]
fn what_cannot_be_read_is_told_and_made_anew() {
    let (demo, (_shelf, kept)) = (Demo::start(), shelf());
    keeping(&demo, &kept).run_for_report();
    let check = |report: crate::harness::Report, words: &str| {
        assert_eq!(report.test("is signed in").sessions(), ["created"]);
        assert!(report.screen().contains(words), "{words}\n{}", report.screen());
    };
    for file in files(&kept) {
        fs::write(file, "not what it was").unwrap();
    }
    check(keeping(&demo, &kept).run_for_report(), "is not used: it is no saved session");
    let foreign = keeping(&demo, &kept).env("RUNNER_SESSION_KEY", OTHER_KEY).run_for_report();
    check(foreign, "is not used: it was made with another key");
    let no_key = keeping(&demo, &kept).env("RUNNER_SESSION_KEY", "hunter2").run_for_report();
    check(no_key, "`RUNNER_SESSION_KEY` is not a key");
}

#[test]
fn two_processes_log_in_once() {
    let (demo, (_shelf, kept)) = (Demo::start(), shelf());
    let slow = SESSION.replace("sign_in", "visit(\"/slow?ms=1500\"); sign_in");
    let start = || keeping(&demo, &kept).support("sessions.rhai", &slow).args(["--report-json", "r.json"]).spawn();
    let (first, second) = (start(), start());
    for finished in [first.finish(), second.finish()] {
        assert_eq!(finished.status, 0, "{}", finished.screen());
        finished.assert_nothing_left();
    }
    assert_eq!(demo.logins("user1"), 1);
    assert_eq!(files(&kept).len(), 1, "the lock is gone");
}

#[test]
fn without_an_option_it_lies_in_the_project_and_its_key_with_the_user() {
    let demo = Demo::start();
    let project = project(&demo).support("sessions.rhai", SESSION).spec("a.rhai", SPEC);
    let finished = project.spawn().finish();
    assert_eq!(finished.status, 0, "{}", finished.screen());
    let root = finished.path("");
    let folder = root.join(".runner/sessions");
    assert_eq!(files(&folder.display().to_string()).len(), 1);
    assert_eq!(fs::read_to_string(folder.join(".gitignore")).unwrap(), "*\n");
    assert!(root.parent().unwrap().join("home/.local/share/runner/session.key").is_file());
}

#[test]
fn a_session_that_nobody_can_verify_is_not_kept() {
    let (demo, (_shelf, kept)) = (Demo::start(), shelf());
    let careless = SESSION.replace("verify: || who() == \"user1\", ", "");
    let refused = keeping(&demo, &kept).support("sessions.rhai", &careless).spawn().finish();
    assert_eq!(refused.status, 2, "{}", refused.screen());
    assert!(refused.screen().contains("`persist` of session `team` needs `verify`"), "{}", refused.screen());
    let silent = careless.replace("persist: true", "");
    let report = keeping(&demo, &kept).support("sessions.rhai", &silent).run_for_report();
    report.test("is signed in").assert_step_notes(&["not kept for later runs: it has no `verify`"]);
    assert!(files(&kept).is_empty());
}

#[test]
fn a_session_may_say_that_it_is_not_kept_and_clearing_clears_the_disk() {
    let (demo, (_shelf, kept)) = (Demo::start(), shelf());
    let own = SESSION.replace("persist: true", "persist: false");
    keeping(&demo, &kept).support("sessions.rhai", &own).run_for_report();
    assert!(files(&kept).is_empty());
    for clearing in ["team.clear();", "clear_all_sessions();"] {
        let spec = format!("it(\"is cleared\", || {{ use_session(team); {clearing} }});");
        keeping(&demo, &kept).spec("a.rhai", &spec).run_for_report().assert_all_passed(1);
        assert!(files(&kept).is_empty(), "{clearing}");
    }
}

#[test]
fn they_are_listed_shown_carried_and_cleared() {
    let (demo, (shelf, kept)) = (Demo::start(), shelf());
    keeping(&demo, &kept).run_for_report();
    let check = |finished: &Finished, status: i32, parts: &[&str]| {
        assert_eq!(finished.status, status, "{}", finished.screen());
        for part in parts {
            assert!(finished.screen().contains(part), "{part}\n{}", finished.screen());
        }
        assert!(!finished.screen().contains("a value to keep"), "{}", finished.screen());
    };
    check(&asked(&kept, KEY, []), 0, &["team  support/sessions.rhai:", "  chromium  http://", "1 session kept in"]);
    let shown = ["for        the whole run", "holds      1 cookie of 127.0.0.1", "holds      a value of its steps"];
    check(&asked(&kept, KEY, ["show", "team"]), 0, &shown);
    check(&asked(&kept, KEY, ["show", "teem"]), 2, &["no session `teem` is kept", "did you mean `team`?"]);
    check(&asked(&kept, OTHER_KEY, ["list"]), 0, &["it was made with another key"]);
    check(&asked(&kept, "hunter2", ["list"]), 2, &["is not a key", "openssl rand -base64 32"]);

    let parcel = shelf.path().join("parcel.json").display().to_string();
    let there = shelf.path().join("there").display().to_string();
    check(&asked(&kept, KEY, ["export", &parcel]), 0, &["1 session written to"]);
    check(&asked(&there, OTHER_KEY, ["import", &parcel]), 2, &["another key", "`RUNNER_SESSION_KEY`"]);
    check(&asked(&there, KEY, ["import", &kept]), 2, &["cannot read"]);
    check(&asked(&there, KEY, ["import", &parcel]), 0, &["1 session taken into"]);
    let report = keeping(&demo, &there).run_for_report();
    assert_eq!(report.test("is signed in").sessions(), ["restored"], "{}", report.screen());
    assert_eq!(demo.logins("user1"), 1);

    check(&asked(&kept, KEY, ["clear", "team"]), 0, &["1 session removed from"]);
    check(&asked(&kept, KEY, ["list"]), 0, &["0 sessions kept in"]);
    assert!(files(&kept).is_empty());
}
