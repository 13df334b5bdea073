//! `define_session`: its forms, its arguments, and one name defined twice.

use crate::demo::Demo;
use crate::on_demo::{fails, passes, project};

#[test]
fn the_forms_of_a_definition() {
    passes(
        r#"
        fn keyed(name) { define_session(#{ name: name, steps: || { visit("/"); store("made", "keyed"); } }) }

        describe("a session", || {
            it("is known by its name", || {
                define_session("named", || { visit("/"); store("made", "named"); });
                use_session("named");
                visit("/");
                expect(stored("made")).to_equal("named");
            });

            it("is known by its value", || {
                let session = define_session("valued", || { visit("/"); store("made", "valued"); });
                use_session(session);
                visit("/");
                expect(stored("made")).to_equal("valued");
                expect(session.name).to_equal("valued");
            });

            it("is known by an array", || {
                let session = define_session(["user", 7], || { visit("/"); store("made", "array"); });
                use_session(session);
                visit("/");
                expect(stored("made")).to_equal("array");
            });

            it("is one session for two maps with equal entries", || {
                use_session(keyed(#{ role: "admin", id: 1 }));
                use_session(keyed(#{ id: 1, role: "admin" }));
            });

            it("is defined by a map of everything", || {
                let calls = [];
                define_session(#{
                    name: "mapped",
                    steps: || { calls.push("steps"); visit("/"); store("made", "mapped"); },
                    before: || { calls.push("before"); },
                });
                use_session("mapped");
                expect(calls).to_equal(["before", "steps"]);
            });

            it("may be defined again at the same place", || {
                for round in [1, 2] {
                    use_session(keyed("again"));
                }
            });

            it("touches no browser before it is used", || {
                define_session("never", || { throw "not used"; });
            });
        });
        "#,
    );
}

#[test]
fn equal_maps_make_one_session() {
    let demo = Demo::start();
    let spec = r#"
        fn keyed(name) { define_session(#{ name: name, steps: || sign_in("user1") }) }
        it("first", || use_session(keyed(#{ role: "admin", id: 1 })));
        it("second", || use_session(keyed(#{ id: 1, role: "admin" })));
    "#;
    let report = project(&demo).spec("spec.rhai", spec).run_for_report();
    assert_eq!(report.test("first").sessions(), ["created"]);
    assert_eq!(report.test("second").sessions(), ["restored"]);
    assert_eq!(demo.logins("user1"), 1);
}

#[test]
fn wrong_arguments() {
    fails(
        r#"
        it("no arguments", || { define_session(); });
        it("a name only", || { define_session("lonely"); });
        it("a number as name", || { define_session(7, || {}); });
        it("an empty name", || { define_session("", || {}); });
        it("a map without a name", || { define_session(#{ steps: || {} }); });
        it("a map without steps", || { define_session(#{ name: "x" }); });
        it("steps that are no function", || { define_session("x", "steps"); });
        it("a text as options", || { define_session("x", || {}, "options"); });
        it("an unknown option", || { define_session("x", || {}, #{ verfy: || true }); });
        it("a number as verify", || { define_session("x", || {}, #{ verify: 7 }); });
        it("a scope that is none", || { define_session("x", || {}, #{ scope: "world" }); });
        it("an age that is none", || { define_session("x", || {}, #{ max_age: "old" }); });
        "#,
        &[
            ("no arguments", &["define_session", "name"]),
            ("a name only", &["define_session", "steps"]),
            ("a number as name", &["define_session", "name"]),
            ("an empty name", &["define_session", "name", "empty"]),
            ("a map without a name", &["define_session", "name"]),
            ("a map without steps", &["define_session", "steps"]),
            ("steps that are no function", &["define_session", "steps"]),
            ("a text as options", &["define_session", "#{"]),
            ("an unknown option", &["`verfy`", "`verify`", "max_age"]),
            ("a number as verify", &["verify", "function"]),
            ("a scope that is none", &["scope", "world", "run"]),
            ("an age that is none", &["max_age", "old", "8h"]),
        ],
    );
}

#[test]
fn a_session_that_is_not_there() {
    fails(
        r#"
        define_session("admin", || {});
        it("by a near name", || use_session("amdin"));
        it("by a number", || use_session(7));
        it("by a map", || use_session(#{ name: "admin" }));
        "#,
        &[
            ("by a near name", &["`amdin`", "`admin`"]),
            ("by a number", &["use_session", "session", "name"]),
            ("by a map", &["use_session", "session", "name"]),
        ],
    );
}

#[test]
fn one_name_and_two_definitions() {
    fails(
        r#"
        it("other steps", || {
            define_session("steps", || visit("/"));
            define_session("steps", || visit("/login"));
        });
        it("another verify", || {
            define_session("verify", || {});
            define_session("verify", || {}, #{ verify: || true });
        });
        it("another scope", || {
            define_session("scope", || {});
            define_session("scope", || {}, #{ scope: "run" });
        });
        it("other captured values", || {
            let define = |user| define_session("captured", || sign_in(user));
            define.call("user1");
            define.call("user2");
        });
        it("keeps the first one's data", || {
            use_session(define_session("kept", || { visit("/"); store("who", "first"); }));
            visit("/");
            expect(|| define_session("kept", || {})).to_throw("kept");
            expect(stored("who")).to_equal("first");
        });
        "#,
        &[
            ("other steps", &["`steps`", "specs/spec.rhai:2", "specs/spec.rhai:3"]),
            ("another verify", &["`verify`", "specs/spec.rhai:6", "specs/spec.rhai:7"]),
            ("another scope", &["`scope`", "specs/spec.rhai:10", "specs/spec.rhai:11"]),
            ("other captured values", &["`captured`", "user"]),
        ],
    );
}

#[test]
fn a_retry_may_define_again() {
    let demo = Demo::start();
    let spec = r#"
        it("defines in its body", || {
            let made = 0;
            let inner = define_session("inner", || { made += 1; visit("/"); store("a", "1"); });
            use_session(inner);
            expect(next_number()).to_be_greater_than(1);
        });
    "#;
    let report = project(&demo).spec("spec.rhai", spec).args(["--retries", "1"]).run_for_report();
    assert_eq!(report.test("defines in its body").sessions(), ["created", "restored"]);
}
