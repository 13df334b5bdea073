//! What a use of a session does, in which order, and what a test then starts with.

use crate::demo::Demo;
use crate::on_demo::{fails, passes, project};

#[test]
fn creating_and_restoring() {
    passes(
        r#"
        describe("a session", || {
            let made = 0;
            let kept = define_session("kept", || {
                made += 1;
                expect(url()).to_equal("about:blank");
                visit("/");
                store("who", "kept");
            });

            before_each(|| use_session(kept));

            it("starts its steps on the blank page, and ends there", || {
                expect(url()).to_equal("about:blank");
                expect(made).to_equal(1);
            });

            it("is not made again for the next test", || {
                expect(url()).to_equal("about:blank");
                visit("/");
                expect(stored("who")).to_equal("kept");
                expect(made).to_equal(1);
            });

            it("is not made again when it is used twice in a test", || {
                use_session(kept);
                use_session("kept");
                expect(url()).to_equal("about:blank");
                expect(made).to_equal(1);
            });

            it("takes up what a test leaves", || {
                visit("/");
                store("extra", "yes");
                evaluate("document.cookie = 'extra=yes'");
            });

            it("is put back without it", || {
                visit("/");
                expect(stored("extra")).to_equal(());
                expect(evaluate("document.cookie")).not.to_contain("extra");
                expect(stored("who")).to_equal("kept");
            });
        });
        "#,
    );
}

#[test]
fn the_order_of_its_parts() {
    passes(
        r#"
        describe("the parts of a session", || {
            let seen = [];
            let parts = define_session("parts", || {
                seen.push(`steps at ${url()}`);
                visit("/");
                store("who", "parts");
            }, #{
                before: || { seen.push("before"); },
                verify: || { seen.push("verify"); true },
                after: || { seen.push(`after at ${url()}`); },
            });

            it("are before, steps, verify, after when it is new", || {
                use_session(parts);
                expect(seen).to_equal(["before", "steps at about:blank", "verify", "after at about:blank"]);
            });

            it("are before, verify, after when it is saved", || {
                seen.clear();
                use_session(parts);
                expect(seen).to_equal(["before", "verify", "after at about:blank"]);
            });
        });
        "#,
    );
}

#[test]
fn verify_sees_the_page_of_the_steps_and_after_a_restore_the_blank_one() {
    passes(
        r#"
        describe("verify", || {
            let pages = [];
            let seen = define_session("seen", || { visit("/login"); store("who", "seen"); }, #{
                verify: || { pages.push(url()); true },
            });
            it("runs after the steps", || {
                use_session(seen);
                expect(pages.len()).to_equal(1);
                expect(pages[0]).to_match(regex("/login$"));
            });
            it("runs after the restore", || {
                use_session(seen);
                expect(pages[1]).to_equal("about:blank");
            });
        });
        "#,
    );
}

#[test]
fn switching() {
    passes(
        r##"
        describe("switching", || {
            let made = [];
            let one = define_session("one", || { made.push("one"); visit("/"); store("one", "1"); });
            let two = define_session("two", || { made.push("two"); visit("/"); store("two", "2"); });

            it("replaces everything, there and back", || {
                use_session(one);
                use_session(two);
                visit("/");
                expect([stored("one"), stored("two")]).to_equal([(), "2"]);
                use_session(one);
                visit("/");
                expect([stored("one"), stored("two")]).to_equal(["1", ()]);
                expect(made).to_equal(["one", "two"]);
            });

            it("works twenty-five times in a test", #{ timeout: "60s" }, || {
                for round in 0..25 {
                    use_session(if round % 2 == 0 { one } else { two });
                }
                visit("/");
                expect(stored("one")).to_equal("1");
            });

            it("keeps the viewport and the dialog handlers", || {
                set_viewport(640, 480);
                on_dialog(|dialog| dialog.accept());
                use_session(one);
                visit("/dialogs");
                expect(evaluate("innerWidth")).to_equal(640);
                get_by_role("button", "Ask to confirm").click();
                expect(get("#answer")).not.to_have_text("No answer yet");
            });
        });
        "##,
    );
}

#[test]
fn a_page_of_before_the_switch_says_who_closed_it() {
    let demo = Demo::start();
    let spec = r#"
        define_session("other", || {});
        it("uses the old page", || {
            let old = page();
            visit("/");
            use_session("other");
            old.url();
        });
    "#;
    let report = project(&demo).spec("spec.rhai", spec).status(1).run_for_report();
    report.test("uses the old page").assert_failure(&["closed", "use_session", "specs/spec.rhai:5"]);
}

#[test]
fn a_redirect_in_flight_at_the_end_of_the_steps_is_captured() {
    passes(
        r#"
        describe("a redirect", || {
            let late = define_session("late", || {
                visit("/");
                set_content("<script>setTimeout(() => location.href = '/api/cookie?name=late&value=yes', 100)</script>");
                wait_until(|| url().contains("/api/cookie"));
            });
            it("is waited for", || {
                use_session(late);
                visit("/");
                expect(evaluate("document.cookie")).to_contain("late=yes");
            });
            it("of a login is waited for", || {
                use_session(define_session("login", || {
                    visit("/login?delay=200");
                    get_by_label("User").fill("user3");
                    get_by_label("Password").fill("demo-user-password");
                    get_by_role("button", "Sign in").click();
                }));
                expect(who()).to_equal("user3");
                visit("/app");
                expect(get_by_test_id("token")).to_have_text(regex("^user3-"));
            });
        });
        "#,
    );
}

#[test]
fn without_isolation_the_page_stays_and_the_data_goes() {
    let demo = Demo::start();
    let spec = r#"
        let kept = define_session("kept", || { visit("/login"); store("who", "kept"); });
        it("leaves the page of the steps", || {
            visit("/");
            store("mine", "yes");
            use_session(kept);
            expect(url()).to_match(regex("/login$"));
            expect(stored("mine")).to_equal(());
        });
        it("leaves the page where a restore finds it", || {
            visit("/todos");
            store("mine", "yes");
            use_session(kept);
            expect(url()).to_match(regex("/todos$"));
            expect([stored("mine"), stored("who")]).to_equal([(), "kept"]);
        });
    "#;
    project(&demo).spec("spec.rhai", spec).args(["--isolation", "none"]).run_for_report().assert_all_passed(2);
}

#[test]
fn the_session_of_an_option_comes_before_before_each() {
    passes(
        r#"
        describe("an option", #{ session: "optional" }, || {
            define_session("optional", || { visit("/"); store("who", "optional"); });
            let other = define_session("other", || { visit("/"); store("who", "other"); });
            before_each(|| visit("/"));
            it("of the suite is used", || expect(stored("who")).to_equal("optional"));
            it("of the test is used instead", #{ session: other }, || expect(stored("who")).to_equal("other"));
        });
        "#,
    );
}

#[test]
fn clearing_refreshing_and_values() {
    passes(
        r#"
        describe("a saved session", || {
            let made = 0;
            let counted = define_session("counted", || {
                made += 1;
                visit("/");
                store("round", `${made}`);
                #{ round: made, token: "abc" }
            });

            it("keeps what its steps return", || {
                use_session(counted);
                expect(counted.value().round).to_equal(1);
                use_session(counted);
                expect(counted.value()).to_equal(#{ round: 1, token: "abc" });
            });

            it("is made again after clear", || {
                counted.clear();
                use_session(counted);
                expect(made).to_equal(2);
            });

            it("is made again by refresh", || {
                counted.refresh();
                use_session(counted);
                expect(made).to_equal(3);
                visit("/");
                expect(stored("round")).to_equal("3");
            });

            it("is made again after all are cleared", || {
                clear_all_sessions();
                use_session(counted);
                expect(made).to_equal(4);
            });

            it("shows its data", || {
                expect(`${counted.data()}`).to_contain("round");
            });
        });
        "#,
    );
}

#[test]
fn verify_waits_for_a_login_under_way() {
    passes(
        r#"
        it("asks when it is done", || {
            let late = define_session("late", || {
                visit("/login?delay=300");
                get_by_label("User").fill("user3");
                get_by_label("Password").fill("demo-user-password");
                get_by_role("button", "Sign in").click();
            }, #{ verify: || who() == "user3" });
            use_session(late);
        });
        "#,
    );
}

#[test]
fn a_test_starts_the_same_whether_its_session_is_new_or_saved() {
    passes(
        r##"
        describe("what steps set", || {
            let sized = define_session("sized", || {
                set_viewport(500, 400);
                on_dialog(|dialog| dialog.accept());
                visit("/");
                store("a", "1");
            }, #{ verify: || { set_viewport(600, 400); true } });
            each(["a new session", "a saved session"], |which| it(`is over with ${which}`, || {
                use_session(sized);
                visit("/dialogs");
                expect(evaluate("[innerWidth, innerHeight]")).to_equal([1280, 720]);
                on_dialog(|dialog| dialog.dismiss());
                use_session(sized);
                visit("/dialogs");
                get_by_role("button", "Ask to confirm").click();
                expect(get("#answer")).to_have_text("Kept");
            }));
            it("is not narrowed by the caller's within", || {
                visit("/");
                within(get("h1"), || use_session(define_session("inside", || sign_in("user1"))));
                expect(who()).to_equal("user1");
            });
        });
        "##,
    );
}

#[test]
fn a_locator_of_before_the_switch_says_who_closed_it() {
    let demo = Demo::start();
    let spec = r#"
        define_session("other", || {});
        it("uses the old locator", || {
            visit("/");
            let old = get("h1");
            use_session("other");
            old.click();
        });
        it("may keep it without isolation", #{ isolation: "none" }, || {
            visit("/");
            let old = get("h1");
            use_session("other");
            old.click();
        });
    "#;
    let report = project(&demo).spec("spec.rhai", spec).status(1).run_for_report();
    report.assert_statuses(&[("uses the old locator", "failed"), ("may keep it without isolation", "passed")]);
    report.test("uses the old locator").assert_failure(&["locator", "`use_session`", "`other`", "specs/spec.rhai:5"]);
}

#[test]
fn without_isolation_a_refused_session_is_made_again_in_place() {
    let demo = Demo::start();
    let spec = r#"
        let kept = define_session("kept", || { visit("/login"); store("round", `${next_number()}`); }, #{
            verify: || stored("round") != "1" || stored("seen") == () && { store("seen", "yes"); url().ends_with("/login") },
        });
        it("is made", || use_session(kept));
        it("is made again", || {
            visit("/todos");
            use_session(kept);
            expect(url()).to_match(regex("/login$"));
            expect(stored("round")).to_equal("2");
        });
    "#;
    let report = project(&demo).spec("spec.rhai", spec).args(["--isolation", "none"]).run_for_report();
    report.assert_all_passed(2);
    assert_eq!(report.test("is made again").sessions(), ["recreated"]);
}

#[test]
fn what_steps_return() {
    fails(
        r#"
        fn value_of(name, steps) {
            let session = define_session(name, steps);
            use_session(session);
            session.value()
        }
        it("a function inside", || value_of("a", || #{ list: [1, || 1] }));
        it("a locator inside", || value_of("b", || #{ button: get("button") }));
        it("a function", || value_of("c", || || 1));
        it("plain data", || expect(value_of("d", || #{ id: 7, tags: ["x", ()] })).to_equal(#{ id: 7, tags: ["x", ()] }));
        it("the answer of a command is not meant", || {
            expect(value_of("e", || { request("GET", "/api/stats"); })).to_equal(());
            expect(value_of("f", || get("h1"))).to_equal(());
        });
        "#,
        &[
            ("a function inside", &["`list[1]` is a function", "session `a`"]),
            ("a locator inside", &["`button` is a locator", "session `b`"]),
            ("a function", &["the value is a function", "session `c`"]),
        ],
    );
}

#[test]
fn steps_may_skip_the_test() {
    let demo = Demo::start();
    let spec = r#"it("is skipped", || use_session(define_session("s", || skip("no account today"))));"#;
    project(&demo).spec("spec.rhai", spec).run_for_report().assert_statuses(&[("is skipped", "skipped")]);
}

#[test]
fn what_a_session_offers_before_it_is_made() {
    passes(
        r#"
        it("is nothing", || {
            let never = define_session("never", || {});
            expect(never.value()).to_equal(());
            expect(never.data()).to_equal(());
            never.clear();
        });
        "#,
    );
}
