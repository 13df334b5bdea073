//! `expect`: retried until it holds; what it says when it does not.

use crate::on_demo::{fails, passes};

#[test]
fn assertions_are_retried() {
    passes(
        r#"
        describe("an assertion waits", || {
            it("for a text", || {
                set_content(`<p>no</p><script>setTimeout(() => document.querySelector("p").textContent = " a \n b ", 150)</script>`);
                expect(get("p")).to_have_text("a b");
                expect(get("p")).to_contain_text("b");
                expect(get("p")).to_have_text(regex("^a"));
            });
            it("for its opposite", || {
                set_content(`<p>no</p><script>setTimeout(() => document.querySelector("p").remove(), 150)</script>`);
                expect(get("p")).not.to_be_attached();
            });
            it("for a number of elements", || {
                set_content(`<ul></ul><script>setTimeout(() => document.querySelector("ul").innerHTML = "<li><li><li>", 150)</script>`);
                expect(get("li")).to_have_count(3);
            });
            it("for a value that no observer sees", || {
                set_content(`<input><script>setTimeout(() => document.querySelector("input").value = "late", 150)</script>`);
                expect(get("input")).to_have_value("late");
            });
            it("over a navigation", || {
                visit("/");
                evaluate("setTimeout(() => location.href = '/login', 150)");
                expect(get_by_role("heading", "Sign in")).to_be_visible();
                expect(page()).to_have_url("/login");
            });
            it("for a title", || {
                set_content("<script>setTimeout(() => document.title = 'late', 150)</script>");
                expect(page()).to_have_title("late");
            });
        });
        "#,
    );
}

#[test]
fn every_assertion_holds_where_it_should() {
    passes(
        r##"
        describe("on a page with everything", || {
            before_each(|| set_content(`<main id="m" class="a b" style="color:rgb(1, 2, 3)" data-x="1">
                <button disabled>Off</button><input value="v" aria-label="Name"><input type="checkbox" checked>
                <p id="none" hidden>hidden</p><div id="empty"></div><p class="row">one</p><p class="row">two</p></main>`));
            it("state", || {
                expect(get("#m")).to_be_visible();
                expect(get("#none")).to_be_hidden();
                expect(get("#nowhere")).to_be_hidden();
                expect(get("button")).to_be_disabled();
                expect(get("input").first()).to_be_enabled();
                expect(get("input").first()).to_be_editable();
                expect(get("[type=checkbox]")).to_be_checked();
                expect(get("#empty")).to_be_empty();
                expect(get("#m")).to_be_in_viewport();
            });
            it("attributes", || {
                expect(get("#m")).to_have_class("a");
                expect(get("#m")).to_have_attribute("data-x", "1");
                expect(get("#m")).to_have_attribute("data-x");
                expect(get("#m")).not.to_have_attribute("data-y");
                expect(get("#m")).to_have_css("color", "rgb(1, 2, 3)");
                expect(get("main")).to_have_id("m");
                expect(get("input").first()).to_have_js_property("value", "v");
            });
            it("lists", || {
                expect(get(".row")).to_have_text(["one", "two"]);
                expect(get(".row").all()).to_have_class("row");
            });
            it("role and name", || {
                expect(get("button")).to_have_role("button");
                expect(get("input").first()).to_have_accessible_name("Name");
            });
            it("values", || {
                expect(1 + 1).to_equal(2);
                expect([1, 2]).to_contain(2);
                expect("abc").to_match(regex("^a"));
                expect(true).to_be_true();
                expect(false).to_be_false();
                expect(3).to_be_greater_than(2);
                expect(3).to_be_less_than(4);
                expect(0.1 + 0.2).to_be_close_to(0.3);
                expect(|| { throw "x"; }).to_throw("x");
                expect(1).not.to_equal(2);
                assert(true, "never said");
            });
            it("responses", || {
                expect(request("GET", "/api/items")).to_be_ok();
                expect(request("GET", "/status/404")).not.to_be_ok();
            });
        });
        "##,
    );
}

#[test]
fn a_failed_assertion_says_expected_and_found() {
    fails(
        r#"
        before_each(|| set_content("<h1>Hello, Bob</h1><p class=row>a</p><p class=row>b</p><input value=v>"));
        it("a text", || expect(get("h1")).to_have_text("Hello, Ann", #{ timeout: "100ms" }));
        it("no element", || expect(get("h2")).to_have_text("x", #{ timeout: "100ms" }));
        it("not", || expect(get("h1")).not.to_be_visible(#{ timeout: "100ms" }));
        it("a count", || expect(get(".row")).to_have_count(3, #{ timeout: "100ms" }));
        it("several", || expect(get(".row")).to_have_text("a", #{ timeout: "100ms" }));
        it("an address", || expect(page()).to_have_url("/app", #{ timeout: "100ms" }));
        it("a value", || expect(2 + 2).to_equal(5));
        it("with words of its own", || expect(1, "the cart is empty").to_equal(2));
        it("a plain assert", || assert(false, "the moon is full"));
        "#,
        &[
            ("a text", &["get(\"h1\")", "Hello, Ann", "Hello, Bob"]),
            ("no element", &["get(\"h2\")", "no element matches"]),
            ("not", &["get(\"h1\")", "visible"]),
            ("a count", &[".row", "3", "2"]),
            ("several", &[".row", "2 elements"]),
            ("an address", &["/app", "about:blank"]),
            ("a value", &["4", "5"]),
            ("with words of its own", &["the cart is empty", "1", "2"]),
            ("a plain assert", &["the moon is full"]),
        ],
    );
}

#[test]
fn what_is_asked_again() {
    passes(
        r##"
        describe("asked again", || {
            it("a function, also one that throws at first", || {
                let count = 0;
                expect_poll(|| { count += 1; if count < 3 { throw "too early"; } count }).to_equal(3);
                expect_poll(|| { count += 1; count }, #{ interval: "1ms", timeout: "5s" }).to_be_greater_than(10);
                expect_poll(|| count).not.to_equal(3);
            });
            it("a block", || {
                let count = 0;
                let given = retry(|| { count += 1; if count < 3 { throw "too early"; } count }, #{ interval: "1ms" });
                expect(given).to_equal(3);
            });
            it("a cookie", || {
                visit("/login");
                evaluate("setTimeout(() => { document.cookie = 'late=yes'; localStorage.late = 'yes'; sessionStorage.late = 'yes'; }, 150)");
                expect(page()).to_have_cookie("late", "yes");
                expect(page()).to_have_cookie("late", regex("^y"), #{ timeout: "1s" });
                expect(page()).to_have_local_storage_item("late", "yes");
                expect(page()).to_have_session_storage_item("late");
                expect(page()).not.to_have_cookie("later");
            });
            it("a description and a class", || {
                set_content(`<p id="d">Only letters</p><input id="a" aria-describedby="d"><input id="b" class="x y" aria-label="B" title="A tip">`);
                expect(get("#a")).to_have_accessible_description("Only letters");
                expect(get("#b")).to_have_accessible_description("A tip");
                expect(get("#b")).to_contain_class("y");
            });
        });
        "##,
    );
}

#[test]
fn values_in_depth() {
    passes(
        r#"
        it("parts, lengths and bounds", || {
            expect("héé").to_have_length(3);
            expect(#{ a: 1, b: 2 }).to_have_length(2);
            expect(blob(4)).to_have_length(4);
            expect(#{ a: [#{ b: 1 }] }).to_have_property("a[0].b", 1);
            expect(#{ a: 1 }).not.to_have_property("b");
            expect(#{ a: 1, b: #{ c: 2, d: 3 } }).to_match_object(#{ b: #{ c: 2 } });
            expect(3).to_be_greater_than_or_equal(3);
            expect(3).to_be_less_than_or_equal(3.5);
        });
        "#,
    );
}

const EXTENDED: &str = r#"
    define_assertion("to_be_even", |number| number % 2 == 0);
    define_assertion("to_have_rows", |table, expected| {
        let found = table.get("li").count();
        #{ pass: found == expected, message: "the table has other rows", expected: expected, found: found }
    });
    define_assertion("to_greet", |page, name| { expect(get("h1")).to_have_text(name, #{ timeout: "50ms" }); });
    define_command("open_list", |items| { set_content("<ul></ul>"); items.map(|item| item).len() });
    define_command("add_row", #{ on: "locator" }, |list, text| {
        list.evaluate("(list, text) => { list.innerHTML += `<li>${text}`; }", text);
    });
    define_command("shout", #{ on: "page" }, |page| page.title().to_upper());
"#;

#[test]
fn support_scripts_add_assertions_and_commands() {
    let demo = crate::demo::Demo::start();
    let spec = r#"
        it("hold, are retried, and can be turned round", || {
            expect(open_list(["a", "b"])).to_equal(2);
            get("ul").add_row("one");
            expect(get("ul")).to_have_rows(1);
            evaluate("setTimeout(() => { document.querySelector('ul').innerHTML += '<li>two'; }, 150)");
            expect(get("ul")).to_have_rows(2);
            expect(get("ul")).not.to_have_rows(3);
            expect(4).to_be_even();
            expect(3).not.to_be_even();
            set_content("<title>hi</title><h1>Ann</h1>");
            expect(page()).to_greet("Ann");
            expect(page().shout()).to_equal("HI");
        });
        it("fails with a value", || expect(3).to_be_even());
        it("fails with words of its own", #{ timeout: "10s" }, || { open_list([]); expect(get("ul")).to_have_rows(1); });
        it("fails softly", || { expect_soft(3).to_be_even(); expect_soft(5, "five").to_be_even(); });
    "#;
    let project = crate::on_demo::project(&demo).support("extend.rhai", EXTENDED).spec("spec.rhai", spec);
    let report = project.args(["--assertion-timeout", "300ms"]).status(1).run_for_report();
    report.assert_statuses(&[
        ("hold, are retried, and can be turned round", "passed"),
        ("fails with a value", "failed"),
        ("fails with words of its own", "failed"),
        ("fails softly", "failed"),
    ]);
    report.test("fails with a value").assert_failure(&["expected 3 to be even"]);
    report.test("fails with words of its own").assert_failure(&["the table has other rows", "1", "0"]);
    report.test("fails softly").assert_failure(&["expected 3 to be even"]);
}

#[test]
fn failures_of_values_show_where_they_differ() {
    fails(
        r#"
        it("in depth", || expect(#{ rows: [1, #{ name: "tea" }] }).to_equal(#{ rows: [1, #{ name: "tee" }], more: true }));
        it("asked again", || expect_poll(|| 1, #{ timeout: "60ms", message: "the count" }).to_equal(2));
        it("a block", || retry(|| { throw "never"; }, #{ timeout: "60ms" }));
        it("a cookie", || { visit("/"); expect(page()).to_have_cookie("sid", "x", #{ timeout: "60ms" }); });
        it("an item", || { visit("/"); expect(page()).to_have_local_storage_item("sid", #{ timeout: "60ms" }); });
        it("softly", || {
            expect_soft(1).to_equal(2);
            expect_soft("a", "the letter").to_equal("b");
            throw "and then this";
        });
        "#,
        &[
            ("in depth", &["rows[1].name: expected \"tee\", found \"tea\"", "more: expected true, found nothing"]),
            ("asked again", &["the count", "expected an integer to equal", "2", "1"]),
            ("a block", &["never", "times in `retry`"]),
            ("a cookie", &["to have the cookie `sid`", "no cookie of this name"]),
            ("an item", &["local storage item", "no item `sid`"]),
            ("softly", &["expected an integer to equal", "2", "1"]),
        ],
    );
}
