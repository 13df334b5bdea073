//! Actions wait until their element is ready, and say what it was not.

use crate::on_demo::{fails, passes};

#[test]
fn actions_wait() {
    passes(
        r##"
        describe("an action waits until its element", || {
            it("is there", || {
                visit("/late?after=100");
                expect(get_by_test_id("appear-stage").get("p, div, button, span").first()).to_be_visible();
            });

            it("is enabled", || {
                visit("/late?after=100");
                get_by_role("button", "Save").click();
                expect(get("#saved")).not.to_have_text("Not saved");
            });

            it("is uncovered", || {
                visit("/late?after=100");
                get("#pay").click();
                expect(get("#paid")).not.to_have_text("Not paid");
            });

            it("stands still", || {
                visit("/late?after=300");
                get("#target").click();
                expect(get("#hits")).to_have_text("Hit 1 time");
            });

            it("is found again after it was replaced", || {
                visit("/late?after=50");
                get("#like-stage button").click();
                expect(get("#likes")).to_have_text("1 like");
            });

            it("is scrolled into view, past a fixed header", || {
                set_content(`<header style="position:fixed;inset:0 0 auto;height:200px;background:#ccc">x</header>
                    <div style="height:3000px"></div><button onclick="this.textContent='done'">far</button>
                    <div style="height:3000px"></div>`);
                get("button").click();
                expect(get("button")).to_have_text("done");
            });

            it("is inside an open shadow root", || {
                set_content(`<div id="host"></div><script>
                    const root = document.querySelector("#host").attachShadow({ mode: "open" });
                    root.innerHTML = "<button onclick='this.textContent=1'>in</button>";
                </script>`);
                get("#host button").click();
                expect(get("#host button")).to_have_text("1");
            });

            it("is reached through its label", || {
                set_content(`<label>Agree <input type="checkbox"></label>`);
                get_by_label("Agree").check();
                expect(get("input")).to_be_checked();
            });
        });
        "##,
    );
}

#[test]
fn what_was_missing_is_said() {
    fails(
        r##"
        before_each(|| set_content(`<button id="off" disabled>Off</button> <button id="gone" hidden>Gone</button>
            <div style="position:relative"><button id="under">Under</button>
              <div id="veil" style="position:absolute;inset:0;background:#ccc"></div></div>
            <fieldset disabled><input id="inside"></fieldset> <input id="fixed" readonly>
            <p class="row">a</p><p class="row">b</p>`));
        it("no element", || get("#missing").click(#{ timeout: "200ms" }));
        it("disabled", || get("#off").click(#{ timeout: "200ms" }));
        it("hidden", || get("#gone").click(#{ timeout: "200ms" }));
        it("covered", || get("#under").click(#{ timeout: "200ms" }));
        it("in a disabled fieldset", || get("#inside").fill("x", #{ timeout: "200ms" }));
        it("read-only", || get("#fixed").fill("x", #{ timeout: "200ms" }));
        it("typing into something disabled", || get("#inside").type_text("x", #{ timeout: "200ms" }));
        it("not alone", || get(".row").click(#{ timeout: "200ms" }));
        it("no text control", || get("#off").fill("x", #{ timeout: "200ms" }));
        it("a near role", || get_by_role("button", "Of").click(#{ timeout: "200ms" }));
        "##,
        &[
            ("no element", &["click", "#missing", "no element matches"]),
            ("disabled", &["#off", "enabled", "disabled"]),
            ("hidden", &["#gone", "visible"]),
            ("covered", &["#under", "veil"]),
            ("in a disabled fieldset", &["#inside", "fieldset"]),
            ("read-only", &["#fixed", "readonly"]),
            ("typing into something disabled", &["type_text", "#inside", "enabled"]),
            ("not alone", &[".row", "2 elements", "<p class=\"row\">a</p>"]),
            ("no text control", &["fill", "#off"]),
            ("a near role", &["get_by_role(\"button\", \"Of\")", "Off"]),
        ],
    );
}

#[test]
fn every_action_does_what_people_do() {
    passes(
        r##"
        describe("on a page with every control", || {
            before_each(|| set_content(`<input id="text" value="old"><textarea></textarea>
                <input type="checkbox" id="box"><select id="one"><option>a</option><option value="2">b</option></select>
                <select id="many" multiple><option>x</option><option>y</option><option>z</option></select>
                <input type="range" id="range"><input type="date" id="date"><input type="color" id="color">
                <p id="log"></p><button id="b">b</button><script>
                    for (const kind of ["click", "dblclick", "contextmenu", "mouseover", "input", "change"])
                        document.addEventListener(kind, (event) =>
                            { if (event.isTrusted) log.textContent += kind + ":" + event.target.id + " "; }, true);
                </script>`));
            it("fill", || {
                get("#text").fill("new");
                expect(get("#text")).to_have_value("new");
                get("textarea").fill("two\nlines");
                expect(get("textarea")).to_have_value("two\nlines");
            });
            it("fill what has no text", || {
                get("#range").fill("70");
                get("#date").fill("2026-02-28");
                get("#color").fill("#ff0000");
                expect(get("#range")).to_have_value("70");
                expect(get("#date")).to_have_value("2026-02-28");
                expect(get("#color")).to_have_value("#ff0000");
            });
            it("type_text and press", || {
                get("#text").type_text("er");
                expect(get("#text")).to_have_value(regex("er"));
                get("#text").press("ControlOrMeta+A");
                get("#text").press("Backspace");
                expect(get("#text")).to_be_empty();
            });
            it("clear", || { get("#text").clear(); expect(get("#text")).to_have_value(""); });
            it("check and uncheck", || {
                get("#box").check();
                get("#box").check();
                expect(get("#box")).to_be_checked();
                get("#box").uncheck();
                expect(get("#box")).not.to_be_checked();
                get("#box").set_checked(true);
                expect(get("#box")).to_be_checked();
            });
            it("select_option", || {
                get("#one").select_option("b");
                expect(get("#one")).to_have_value("2");
                get("#many").select_option(["x", "z"]);
                expect(get("#many")).to_have_values(["x", "z"]);
            });
            it("click, dblclick, right_click, hover", || {
                get("#b").click();
                get("#b").dblclick();
                get("#b").right_click();
                get("#b").hover();
                for kind in ["mouseover:b", "click:b", "dblclick:b", "contextmenu:b"] {
                    expect(get("#log")).to_contain_text(kind);
                }
            });
            it("focus and blur", || {
                get("#text").focus();
                expect(get("#text")).to_be_focused();
                get("#text").blur();
                expect(get("#text")).not.to_be_focused();
            });
        });
        "##,
    );
}

/// A page with one thing in the way of `#it`, and a script that takes it away a little later.
const IN_THE_WAY: &str = r#"
    fn page_with(html, later) {
        set_content(`<style>* { margin: 0 } button, input { width: 120px; height: 30px }</style>${html}
            <p id="log"></p><script>
              addEventListener("click", (event) => { log.textContent += "click:" + event.target.id + " "; });
              setTimeout(() => { ${later} }, 120);
            </script>`);
    }
"#;

#[test]
fn a_click_waits_for_whatever_is_in_the_way() {
    let spec = r##"
        const MAKE = "document.body.insertAdjacentHTML('afterbegin', '<button id=it>It</button>');";

        describe("a click", #{ isolation: "none" }, || {
            each([
                ["late", "", global::MAKE],
                ["moving", `<style>@keyframes go { from { transform: translateX(400px) } }
                    #it { animation: go 200ms linear }</style><button id=it>It</button>`, ""],
                ["covered", `<button id=it>It</button><div id=veil style="position:fixed;inset:0"></div>`, "veil.remove();"],
                ["disabled", `<button id=it disabled>It</button>`, "it.disabled = false;"],
                ["disabled by its fieldset", `<fieldset id=all disabled><button id=it>It</button></fieldset>`,
                    "all.disabled = false;"],
                ["detached and replaced", `<button id=it disabled>It</button>`, "it.remove(); " + global::MAKE],
                ["off screen", `<div style="height:3000px"></div><button id=it>It</button>`, ""],
                ["off screen to the side", `<div style="width:5000px;height:40px"></div>
                    <button id=it style="position:absolute;left:4000px">It</button>`, ""],
                ["inside a scrolled container", `<div style="overflow:auto;height:100px"><div style="overflow:auto;height:80px;margin-top:500px">
                    <div style="height:900px"></div><button id=it>It</button></div></div>`, ""],
                ["under a sticky header", `<header style="position:sticky;top:0;height:200px;background:red"></header>
                    <div style="height:300px"></div><button id=it>It</button><div style="height:3000px"></div>
                    <script>scrollTo(0, 280)</script>`, ""],
                ["under a fixed footer", `<div style="height:1400px"></div><button id=it>It</button><div style="height:600px"></div>
                    <footer style="position:fixed;bottom:0;left:0;right:0;height:300px;background:red"></footer>`, ""],
                ["zero-sized", `<button id=it style="width:0;height:0;padding:0;border:0"></button>`, "it.style = '';"],
                ["without a box", `<button id=it style="display:none">It</button>`, "it.style = '';"],
                ["invisible", `<button id=it style="visibility:hidden">It</button>`, "it.style = '';"],
                ["through which the pointer goes", `<button id=it style="pointer-events:none">It</button>`, "it.style = '';"],
            ], |row| it(`reaches a button that is ${row[0]}`, || {
                page_with(row[1], row[2]);
                get("#it").click();
                expect(get("#log")).to_have_text("click:it");
            }));
        });
    "##;
    passes(&format!("{IN_THE_WAY}{spec}"));
}

#[test]
fn a_fill_waits_for_whatever_is_in_the_way() {
    let spec = r##"
        const MAKE = "document.body.insertAdjacentHTML('afterbegin', '<input id=it>');";

        describe("a fill", #{ isolation: "none" }, || {
            each([
                ["late", "", global::MAKE],
                ["moving", `<style>@keyframes go { to { transform: translateX(400px) } }
                    #it { animation: go 300ms linear infinite }</style><input id=it>`, ""],
                ["covered", `<input id=it><div style="position:fixed;inset:0"></div>`, ""],
                ["disabled", `<input id=it disabled>`, "it.disabled = false;"],
                ["read-only", `<input id=it readonly>`, "it.readOnly = false;"],
                ["detached and replaced", `<input id=it disabled>`, "it.remove(); " + global::MAKE],
                ["off screen", `<div style="height:3000px"></div><input id=it>`, ""],
                ["inside a scrolled container", `<div style="overflow:auto;height:100px">
                    <div style="height:900px"></div><input id=it></div>`, ""],
                ["under a sticky header", `<header style="position:sticky;top:0;height:200px;background:red"></header>
                    <input id=it><div style="height:3000px"></div><script>scrollTo(0, 100)</script>`, ""],
                ["zero-sized", `<input id=it style="width:0;height:0;padding:0;border:0">`, "it.style = '';"],
                ["without a box", `<input id=it hidden>`, "it.hidden = false;"],
            ], |row| it(`reaches an input that is ${row[0]}`, || {
                page_with(row[1], row[2]);
                get("#it").fill("text");
                expect(get("#it")).to_have_value("text");
            }));
        });
    "##;
    passes(&format!("{IN_THE_WAY}{spec}"));
}

#[test]
fn a_navigation_may_come_in_the_middle() {
    passes(
        r##"
        // Answers at once; the page leaves while the next command waits.
        fn leave_for(path) {
            visit("/login");
            evaluate("path => { setTimeout(() => { location.href = path; }, 100); }", path);
        }

        describe("a navigation in the middle", #{ isolation: "none" }, || {
            it("of a click", || {
                leave_for("/");
                get_by_role("link", "Form").click();
                expect(page()).to_have_url("/form");
            });
            it("of a fill", || {
                leave_for("/form");
                get_by_label("Name").fill("Ada");
                expect(get_by_label("Name")).to_have_value("Ada");
            });
            it("of an assertion", || {
                leave_for("/form");
                expect(get("h1")).to_have_text("Form");
            });
            it("of an assertion that something is gone", || {
                leave_for("/form");
                expect(get_by_role("button", "Sign in")).not.to_be_visible();
            });
            it("of an assertion on the address", || {
                leave_for("/form");
                expect(page()).to_have_url("/form");
            });
            it("of a reading", || {
                leave_for("/form");
                expect(get("#country").value()).to_equal("");
            });
        });
        "##,
    );
}
