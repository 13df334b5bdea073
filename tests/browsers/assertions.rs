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
