//! How elements are found beside others, in sets, and through scopes and shadow roots.

use crate::on_demo::{fails, passes};

#[test]
fn from_elements_to_others() {
    passes(
        r##"
        describe("beside", || {
            before_each(|| set_content(`<main><ul class="a"><li id="one">1<li id="two" class="x">2<li id="three">3</ul>
                <ul class="b"><li id="four">4</ul></main><div id="host"></div><script>
                document.querySelector("#host").attachShadow({ mode: "open" }).innerHTML = "<p><b>in</b></p>";</script>`));
            it("around it", || {
                expect(get("#two").parent()).to_have_class("a");
                expect(get("li").parent()).to_have_count(2);
                expect(get("li").parent(".b")).to_have_count(1);
                expect(get("#two").ancestors("main")).to_have_count(1);
                expect(get("#two").parents("main")).to_have_count(1);
                expect(get("#two").ancestors().first()).to_have_js_property("tagName", "HTML");
                expect(get("#two").ancestors(#{ stop_at: "main" })).to_have_count(1);
                expect(get("#two").ancestors("ul", #{ stop_at: "body" })).to_have_count(1);
                expect(get("#two").closest("li")).to_have_id("two");
                expect(get("#two").closest("main")).to_have_count(1);
                expect(get("#two").closest("form")).to_have_count(0);
            });
            it("inside and beside it", || {
                expect(get(".a").children()).to_have_count(3);
                expect(get(".a").children(".x")).to_have_id("two");
                expect(get("#two").siblings()).to_have_text(["1", "3"]);
                expect(get("#two").siblings("#one")).to_have_count(1);
                expect(get("#two").next()).to_have_id("three");
                expect(get("#two").next("#one")).to_have_count(0);
                expect(get("#two").prev()).to_have_id("one");
                expect(get("#one").next_all()).to_have_count(2);
                expect(get("#one").next_all("#three")).to_have_count(1);
                expect(get("#one").next_all(#{ stop_at: "#three" })).to_have_id("two");
                expect(get("#three").prev_all()).to_have_count(2);
                expect(get("#three").prev_all(#{ stop_at: "#one" })).to_have_id("two");
            });
            it("sets", || {
                expect(get("li").and(get(".x"))).to_have_id("two");
                expect(get("#one").or(get("#four"))).to_have_text(["1", "4"]);
                expect(get("li").not(".x")).to_have_count(3);
                expect(get("li").not(get(".a").children())).to_have_id("four");
            });
            it("over the border of a shadow tree", || {
                expect(get("#host").children()).to_have_count(1);
                expect(get("#host b").closest("#host")).to_have_count(1);
                expect(get("#host b").parent().parent()).to_have_id("host");
            });
            it("a filter inside of a scope", || {
                within(get(".a"), || {
                    expect(get("li").filter(#{ has: get("b") })).to_have_count(0);
                    evaluate("document.querySelector('#two').innerHTML = '<b>x</b>'");
                    expect(get("li").filter(#{ has: get("b") })).to_have_id("two");
                    expect(get("li").filter(#{ has_not: get("b") })).to_have_count(2);
                });
            });
        });
        "##,
    );
}

#[test]
fn roles_with_states() {
    passes(
        r#"
        it("each option of `get_by_role`", || {
            set_content(`<button aria-pressed="true">Bold</button><button aria-expanded="false">More</button>
                <button disabled>Off</button><input type="checkbox" checked aria-label="Yes"><h2>Two</h2><h3>Three</h3>
                <div role="tablist"><div role="tab" aria-selected="true">A</div><div role="tab">B</div></div>`);
            expect(get_by_role("button", #{ pressed: true })).to_have_text("Bold");
            expect(get_by_role("button", #{ expanded: false })).to_have_text("More");
            expect(get_by_role("button", #{ disabled: true })).to_have_text("Off");
            expect(get_by_role("checkbox", #{ checked: true })).to_have_count(1);
            expect(get_by_role("heading", #{ level: 3 })).to_have_text("Three");
            expect(get_by_role("tab", #{ selected: true })).to_have_text("A");
            expect(get_by_role("button", #{ name: "bol", exact: false })).to_have_count(1);
            expect(get_by_role("button", regex("^M"))).to_have_text("More");
            expect(get("body").get_by_role("button", "Bold", #{ pressed: true })).to_have_count(1);
        });
        "#,
    );
}

#[test]
fn what_is_wrong_with_a_locator_is_said() {
    fails(
        r#"
        before_each(|| set_content("<ul><li>1<li>2</ul><p>x</p>"));
        it("a selector", || get("li").closest("[").click(#{ timeout: "100ms" }));
        it("a set", || get("li").and("p"));
        it("an option", || get("li").ancestors(#{ stop_by: "p" }));
        it("either of two", || get("li").first().or(get("p")).click());
        it("nothing there", || get("p").next().click(#{ timeout: "100ms" }));
        "#,
        &[
            ("a selector", &["get(\"li\").closest(\"[\")", "is not a valid CSS selector"]),
            ("a set", &["`and` takes a locator, not the string \"p\""]),
            ("an option", &["`stop_by` is not an option of `ancestors`", "did you mean `stop_at`?"]),
            (
                "either of two",
                &["get(\"li\").first().or(get(\"p\")).click()` needs one element", "<li>1</li>", "<p>x</p>"],
            ),
            ("nothing there", &["get(\"p\").next()", "1 element matched up to `get(\"p\")`"]),
        ],
    );
}
