//! Many workers, many tests, several sessions, one of them refused again and again: the number of
//! logins, whose state each test has, and what is left when all is over.

use std::fmt::Write as _;

use crate::demo::Demo;
use crate::on_demo::project;

/// Five users. `user5` is refused at every third use; `steps` clear the mark, so what was made
/// just now is never refused.
const SUPPORT: &str = r#"
    let refuse = false;
    define_session("user1", || sign_in("user1"), #{ verify: || who() == "user1" });
    define_session("user2", || sign_in("user2"), #{ verify: || who() == "user2" });
    define_session("user3", || sign_in("user3"), #{ verify: || who() == "user3" });
    define_session("user4", || sign_in("user4"), #{ verify: || who() == "user4" });
    define_session("user5", || { refuse = false; sign_in("user5"); }, #{
        before: || refuse = next_number() % 3 == 0,
        verify: || if refuse { refuse = false; false } else { who() == "user5" },
    });

    fn is_only(user) {
        use_session(user);
        expect(who()).to_equal(user);
        visit("/storage");
        expect(stored("token")).to_match(regex("^" + user + "-"));
        expect(stored("mark")).to_equal(());
        store("mark", user);
    }
"#;

const SPECS: usize = 20;
const TESTS: usize = 10;

#[test]
fn eight_workers_two_hundred_tests_five_sessions() {
    let demo = Demo::start();
    let mut project = project(&demo).support("sessions.rhai", SUPPORT).args(["-j8", "--parallel", "test"]);
    for spec in 0..SPECS {
        let mut text = String::new();
        for test in 0..TESTS {
            let user = 1 + (spec + test) % 5;
            writeln!(text, "it(\"{test} as user{user}\", #{{ timeout: \"60s\" }}, || is_only(\"user{user}\"));")
                .unwrap();
        }
        project = project.spec(&format!("s{spec}.rhai"), &text);
    }
    let report = project.run_for_report();
    report.assert_all_passed(SPECS * TESTS);
    for user in ["user1", "user2", "user3", "user4"] {
        assert_eq!(demo.logins(user), 1, "{user}");
    }
    let uses = report.sessions();
    let of = |status: &str, user: &str| {
        let title = format!("session `{user}`");
        uses.iter().filter(|(found, session)| found == status && *session == title).count()
    };
    assert_eq!(of("created", "user5"), 1);
    // Two that refuse the same saved state at the same time make one new login together.
    let again = of("recreated", "user5");
    let refusals = SPECS * TESTS / 5 / 3;
    assert!((1..=refusals).contains(&again), "{again} of {refusals}");
    assert_eq!(demo.logins("user5"), 1 + again as u64);
    assert_eq!(report.session_count("failed"), 0);
}
