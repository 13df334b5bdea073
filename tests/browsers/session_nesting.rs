//! A session that starts from another one, and where that is not allowed.

use crate::on_demo::{fails, passes};

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
