//! What a session keeps: cookies, storage, of which sites, and how it is put back.

use crate::demo::Demo;
use crate::on_demo::{passes_on_firefox_too as passes, project};

#[test]
fn cookies_and_storage_of_one_site() {
    passes(
        r#"
        describe("a session", || {
            let full = define_session("full", || {
                sign_in("user6");
                store("text", "ä \" 1");
                evaluate("sessionStorage.setItem('tab', 'yes')");
                evaluate("document.cookie = 'plain=1; path=/; max-age=3600'");
                evaluate("document.cookie = 'deep=1; path=/deep'");
            });
            it("is made", || use_session(full));
            it("has its cookies, those that scripts cannot read too", || {
                use_session(full);
                expect(who()).to_equal("user6");
                visit("/");
                expect(evaluate("document.cookie")).to_equal("plain=1");
            });
            it("has its storage", || {
                use_session(full);
                visit("/");
                expect(stored("text")).to_equal("ä \" 1");
                expect(evaluate("sessionStorage.getItem('tab')")).to_equal("yes");
            });
            it("is seen by the first script of the page", || {
                use_session(full);
                visit("/app");
                expect(get_by_test_id("token")).to_have_text(regex("^user6-"));
            });
        });
        "#,
    );
}

#[test]
fn several_sites() {
    passes(
        r#"
        describe("a login by way of another site", #{ requires: ["session.all_domains"] }, || {
            let both = define_session("both", || {
                visit("/login");
                get_by_role("link", "Use the other site").click();
                expect(page()).to_have_url("/app");
                visit(other_site + "/");
                store("there", "yes");
                evaluate("document.cookie = 'there=yes; path=/'");
            });
            it("is made", || use_session(both));
            it("has the first site's data", || {
                use_session(both);
                expect(who()).to_equal("user");
            });
            it("has the other site's data before that is visited", || {
                use_session(both);
                visit(other_site + "/");
                expect(stored("there")).to_equal("yes");
                expect(evaluate("document.cookie")).to_contain("there=yes");
            });
        });
        "#,
    );
}

#[test]
fn a_frame_of_another_site() {
    passes(
        r#"
        describe("a frame", #{ requires: ["session.partitioned"] }, || {
            let word = "";
            let framed = define_session("framed", || {
                visit("/frame");
                expect(get_by_test_id("word")).to_have_text(regex("^word-"));
                word = get_by_test_id("word").text();
            });
            it("is captured", || use_session(framed));
            it("finds its storage again", || {
                use_session(framed);
                visit("/frame");
                expect(get_by_test_id("word")).to_have_text(word);
            });
        });
        "#,
    );
}

#[test]
fn a_restore_asks_nothing_of_the_server() {
    passes(
        r#"
        fn asked() { request("GET", "/api/stats").json.total }

        describe("a restore", #{ requires: ["session.silent_restore"] }, || {
            let quiet = define_session("quiet", || sign_in("user8"));
            it("comes after a creation", || use_session(quiet));
            it("makes no request", || {
                let before = asked();
                use_session(quiet);
                expect(asked()).to_equal(before);
                visit("/app");
                expect(get("h1")).to_have_text("Hello, user8");
            });
        });
        "#,
    );
}

#[test]
fn a_page_that_logs_out_stays_logged_out() {
    passes(
        r#"
        describe("logging out", || {
            let user = define_session("user", || sign_in("user9"));
            it("is done by the first script of a page that leaves at once", || {
                use_session(user);
                visit("/logout");
                expect(page()).to_have_url(regex("/login"));
                expect(stored("token")).to_equal(());
                reload();
                expect(stored("token")).to_equal(());
                expect(who()).to_equal("nobody");
            });
            it("does not log the next test out, but for the server's part", || {
                use_session(user);
                visit("/");
                expect(stored("token")).to_match(regex("^user9-"));
            });
        });
        "#,
    );
}

#[test]
fn a_request_that_sets_a_cookie_is_part_of_the_session() {
    passes(
        r#"
        describe("a login without a page", || {
            let quick = define_session("quick", || {
                request("POST", "/login", #{ form: #{ user: "user1", password: "demo-user-password" } });
            });
            it("is made", || { use_session(quick); expect(who()).to_equal("user1"); });
            it("is put back", || { use_session(quick); expect(who()).to_equal("user1"); });
        });
        "#,
    );
}

#[test]
fn cookies_come_back_with_every_attribute() {
    let spec = r#"
        let first = define_session("first", || {
            visit("/");
            let set = "/api/cookie?name=";
            request("GET", set + "plain&value=1");
            request("GET", set + "hidden&value=2&http_only=true&max_age=3600");
            // By a third party, for this site only.
            evaluate("async url => { await fetch(url, { mode: 'no-cors', credentials: 'include' }); }",
                other_site + set + "apart&value=3&partitioned=true");
            evaluate("document.cookie = 'strict=4; path=/x; samesite=strict'");
        });
        let again = define_session("again", || { use_session(first); visit("/"); url() });
        it("taken, put and taken again they are equal", || {
            use_session(first);
            use_session(again);
            let cookies = first.data().cookies;
            expect(cookies.len()).to_equal(4);
            let apart = cookies.filter(|cookie| cookie.name == "apart")[0];
            expect(`${apart.partition_key}`).to_contain("http://127.0.0.1");
            expect(cookies.filter(|cookie| cookie.name == "hidden")[0].http_only).to_be_true();
            expect(again.data().cookies).to_equal(cookies);
        });
    "#;
    // Chromium's BiDi always sets a partitioned cookie for pages without a stranger above them.
    let demo = Demo::start();
    project(&demo).spec("a.rhai", spec).args(["--wire", "devtools"]).run_for_report().assert_all_passed(1);
}
