//! What can be done to elements: every action with every option.

use crate::demo::Demo;
use crate::on_demo::{fails, passes, project};

#[test]
fn the_mouse() {
    passes(
        r#"
        describe("the mouse", || {
            before_each(|| set_content(`<style>body { margin: 0 } button { width: 100px; height: 50px; border: 0 }</style><button>b</button>
                <p></p><script>window.seen = []; window.times = {};
                for (const type of ["mousedown", "mouseup", "click", "auxclick", "dblclick", "contextmenu", "wheel", "mousemove", "touchstart", "touchend"])
                    addEventListener(type, (event) => { times[type] = event.timeStamp; seen.push([type, event.button, event.offsetX, event.offsetY,
                        event.shiftKey ? "Shift" : event.ctrlKey ? "Control" : event.altKey ? "Alt" : "", event.deltaY].join(" ").trim()); });
                addEventListener("contextmenu", (event) => event.preventDefault());</script>`));
            it("position", || {
                get("button").click(#{ position: #{ x: 7, y: 9 } });
                expect(evaluate("seen.filter(line => line.startsWith('click'))")).to_equal(["click 0 7 9"]);
            });
            it("button", || {
                get("button").click(#{ button: "middle" });
                expect(evaluate("seen.some(line => line.startsWith('auxclick 1'))")).to_be_true();
                get("button").click(#{ button: "right" });
                expect(evaluate("seen.some(line => line.startsWith('contextmenu 2'))")).to_be_true();
                get("button").right_click(#{ position: #{ x: 3, y: 4 } });
                expect(evaluate("seen.some(line => line.startsWith('contextmenu 2 3 4'))")).to_be_true();
            });
            it("click_count", || {
                get("button").click(#{ click_count: 3 });
                expect(evaluate("seen.filter(line => line.startsWith('click')).length")).to_equal(3);
                expect(evaluate("seen.filter(line => line.startsWith('dblclick')).length")).to_equal(1);
            });
            it("modifiers", || {
                get("button").click(#{ modifiers: ["Shift"] });
                get("button").click(#{ modifiers: ["Alt"], position: #{ x: 1, y: 2 } });
                get("button").hover(#{ modifiers: ["Shift"] });
                expect(evaluate("seen.filter(line => line.startsWith('click')).map(line => line.split(' ').pop())")).to_equal(["Shift", "Alt"]);
                expect(evaluate("seen.pop()")).to_contain("Shift");
            });
            it("delay", || {
                get("button").click(#{ delay: "120ms" });
                expect(evaluate("times.mouseup - times.mousedown")).to_be_greater_than(100);
            });
            it("force and no_wait_after", || {
                set_content(`<button onclick="this.textContent='hit'" style="animation: x 1s infinite">b</button>
                    <style>@keyframes x { to { margin-left: 50px } }</style>`);
                get("button").click(#{ force: true, no_wait_after: true });
                expect(get("button")).to_have_text("hit");
            });
            it("wheel", || {
                get("button").wheel(0, 90, #{ position: #{ x: 5, y: 5 } });
                wait_until(|| evaluate("seen.some(line => line.startsWith('wheel') && line.endsWith('90'))"));
            });
            it("tap", || {
                get("button").tap(#{ position: #{ x: 5, y: 6 } });
                expect(evaluate("seen.some(line => line.startsWith('touchstart')) && seen.some(line => line.startsWith('touchend'))")).to_be_true();
            });
        });
        "#,
    );
}

#[test]
fn keys_and_texts() {
    passes(
        r#"
        describe("keys", || {
            before_each(|| set_content(`<input><script>window.times = {}; window.keys = [];
                for (const type of ["keydown", "keyup"]) addEventListener(type, (event) => { times[type] = event.timeStamp; keys.push(type + event.key); });</script>`));
            it("delay", || {
                get("input").press("a", #{ delay: "120ms" });
                expect(evaluate("times.keyup - times.keydown")).to_be_greater_than(100);
                get("input").type_text("bc", #{ delay: "20ms" });
                expect(get("input")).to_have_value("abc");
            });
            it("without an element", || {
                get("input").focus();
                keyboard.press("a", #{ delay: "10ms" });
                keyboard.down("Shift");
                keyboard.press("b");
                keyboard.up("Shift");
                keyboard.type_text("cd", #{ delay: "5ms" });
                keyboard.insert_text("ë");
                expect(get("input")).to_have_value("aBcdë");
                keyboard.press("ControlOrMeta+A");
                keyboard.press("Delete");
                expect(get("input")).to_be_empty();
            });
            it("a variable may be called as the keyboard is", || {
                let keyboard = "mine";
                expect(keyboard).to_equal("mine");
            });
        });
        describe("options of a list", || {
            before_each(|| set_content(`<select multiple><option value="1">One</option><option value="2">Two</option><option value="3">Three</option></select>`));
            it("by value, label, index, several", || {
                let list = get("select");
                list.select_option(#{ value: "2" });
                expect(list).to_have_values(["2"]);
                list.select_option(#{ label: "Three" });
                expect(list).to_have_values(["3"]);
                list.select_option(#{ index: 0 });
                expect(list).to_have_values(["1"]);
                list.select_option(["One", #{ value: "3" }]);
                expect(list).to_have_values(["1", "3"]);
                list.select_option([]);
                expect(list).to_have_values([]);
            });
        });
        "#,
    );
}

#[test]
fn dragging() {
    passes(
        r##"
        describe("dragging", || {
            it("with native events", || {
                visit("/drag");
                get("#apple").drag_to(get("#basket"));
                expect(get("#basket li")).to_have_text("Apple");
            });
            it("with native events, to a target that must be scrolled to", #{ requires: ["mouse.held"] }, || {
                set_content(`<div id="a" draggable="true">a</div><div style="height: 2000px"></div><div id="b" style="height: 50px">b</div><script>
                    a.ondragstart = (event) => event.dataTransfer.setData("text/plain", "moved");
                    b.ondragover = (event) => event.preventDefault();
                    b.ondrop = (event) => { event.preventDefault(); b.textContent = event.dataTransfer.getData("text/plain"); };</script>`);
                get("#a").drag_to(get("#b"));
                expect(get("#b")).to_have_text("moved");
            });
            it("to a target that must be scrolled to", #{ requires: ["mouse.held"] }, || {
                set_content(`<div id="a">a</div><div style="height: 2000px"></div><div id="b" style="height: 50px">b</div><script>
                    a.onmousedown = () => { a.held = true; };
                    b.onmouseup = () => { b.textContent = a.held ? "moved" : "?"; };</script>`);
                get("#a").drag_to(get("#b"));
                expect(get("#b")).to_have_text("moved");
            });
            it("with pointer events", || {
                visit("/drag");
                get("#piece").drag_to(get("#goal"), #{ steps: 12 });
                expect(get("#board-says")).to_have_text("The piece is at the goal");
                expect(get("#board-says").attr("data-moves").parse_int()).to_be_greater_than(11);
            });
            it("from and to a place", || {
                visit("/drag");
                get("#piece").drag_to(get("#board"), #{ source_position: #{ x: 5, y: 5 }, target_position: #{ x: 150, y: 80 }, force: true, timeout: "3s" });
                expect(get("#board-says")).to_have_text("The piece is lost");
            });
        });
        "##,
    );
}

#[test]
fn scrolling_and_scripts() {
    passes(
        r##"
        describe("scrolling", || {
            before_each(|| set_content(`<div id="box" style="width: 100px; height: 100px; overflow: auto"><div style="width: 300px; height: 500px">x</div></div><div style="height: 3000px">y</div>`));
            it("an element", || {
                get("#box").scroll_to("bottom");
                expect(get("#box").prop("scrollTop")).to_be_greater_than(390);
                get("#box").scroll_to("right");
                expect(get("#box").prop("scrollLeft")).to_be_greater_than(190);
                get("#box").scroll_to(10, 20);
                expect([get("#box").prop("scrollLeft"), get("#box").prop("scrollTop")]).to_equal([10, 20]);
                get("#box").scroll_to("0%", "50%");
                expect(get("#box").prop("scrollTop")).to_be_greater_than(190);
            });
            it("the page", || {
                scroll_to("bottom");
                expect(evaluate("scrollY")).to_be_greater_than(1000);
                scroll_to(0, 100);
                expect(evaluate("scrollY")).to_equal(100);
                page().scroll_to("top");
                expect(evaluate("scrollY")).to_equal(0);
            });
        });
        describe("scripts", || {
            it("are given the element, inside a shadow root too", || {
                set_content(`<div id="host"></div><script>host.attachShadow({ mode: "open" }).innerHTML = "<p title='t'>in</p>"; host.shadowRoot.querySelector("p").secret = { a: [1] };</script>`);
                expect(get("#host p").evaluate("element.secret")).to_equal(#{ a: [1] });
                expect(get("#host p").evaluate("async (p, a, b) => p.title + a + b", 1, 2)).to_equal("t12");
                get("#host p").set_prop("other", [1, 2]);
                expect(get("#host p").evaluate("element.other.length")).to_equal(2);
            });
            it("dispatch events with fields", || {
                set_content(`<p>x</p><script>addEventListener("chosen", (event) => { document.querySelector("p").textContent = event.detail.name; });
                    addEventListener("keydown", (event) => { document.querySelector("p").textContent = event.constructor.name + event.key; });</script>`);
                get("p").dispatch_event("chosen", #{ detail: #{ name: "tea" } });
                expect(get("p")).to_have_text("tea");
                get("p").dispatch_event("keydown", #{ key: "x" }, #{ timeout: "1s" });
                expect(get("p")).to_have_text("KeyboardEventx");
            });
        });
        describe("files", || {
            before_each(|| visit("/files"));
            it("from memory, as text and bytes", || {
                let bytes = blob(3, 65);
                get("#papers").set_files([#{ name: "a.txt", content: "hé" }, #{ name: "b.bin", content: bytes }]);
                expect(get("#chosen li")).to_have_text(["a.txt (text/plain, 3): hé", "b.bin (application/octet-stream, 3): AAA"]);
            });
            it("through a label, and none", || {
                get_by_label("Picture").set_files(#{ name: "x.png", content: "1", media_type: "image/png" });
                expect(get("#chosen li")).to_have_text("x.png (image/png, 1): 1");
                get_by_label("Picture").set_files([]);
                expect(get("#chosen li")).to_have_count(0);
            });
            it("dropped", || {
                get("#drop").drop_files(#{ name: "a.txt", content: "x" }, #{ position: #{ x: 5, y: 5 } });
                expect(get("#dropped li")).to_contain_text("a.txt");
            });
        });
        "##,
    );
}

#[test]
fn what_an_action_lacks_is_said() {
    fails(
        r##"
        before_each(|| set_content("<p id=p>x</p><input id=text><input id=file type=file><div id=box style='height:50px'>b</div>"));
        it("no file input", || get("#text").set_files(#{ name: "a", content: "" }, #{ timeout: "100ms" }));
        it("no several", || get("#file").set_files([#{ name: "a", content: "" }, #{ name: "b", content: "" }], #{ timeout: "100ms" }));
        it("no such file", || get("#file").set_files("nowhere.txt"));
        it("no content", || get("#file").set_files(#{ name: "a" }));
        it("nobody takes it", || get("#box").drop_files(#{ name: "a", content: "" }, #{ timeout: "100ms" }));
        it("no place", || get("#box").scroll_to("up"));
        it("a script", || get("#p").evaluate("(p) => {\n  p.missing.call();\n}"));
        it("no key", || keyboard.press("Entr"));
        it("no button", || mouse.down(#{ button: "first" }));
        it("no target", || get("#p").drag_to(get("#nobody"), #{ timeout: "200ms" }));
        "##,
        &[
            ("no file input", &["to be a file input", "<input id=\"text\">"]),
            ("no several", &["to take several files", "has no attribute `multiple`"]),
            ("no such file", &["`set_files(\"nowhere.txt\")` finds no file", "fixtures/nowhere.txt"]),
            ("no content", &["option `content` of `set_files` takes a string or a blob, not nothing"]),
            ("nobody takes it", &["to take what is dropped", "nothing cancels its `dragover` event"]),
            ("no place", &["`scroll_to` knows no place \"up\"", "\"bottom\""]),
            ("a script", &["get(\"#p\").evaluate(...)", "TypeError", "line 2"]),
            ("no key", &["`Entr` cannot be pressed", "did you mean `Enter`?"]),
            ("no button", &["option `button` of `down`", "\"middle\""]),
            ("no target", &["get(\"#nobody\")", "no element matches"]),
        ],
    );
}

#[test]
fn a_file_of_the_project_is_chosen_by_its_path() {
    let demo = Demo::start();
    let spec = r##"
        it("beside the spec, or in fixtures/", || {
            visit("/files");
            get("#papers").set_files(["near.csv", "far.txt"]);
            expect(get("#chosen li")).to_have_text(["near.csv (text/csv, 3): a,b", "far.txt (text/plain, 3): far"]);
        });
    "##;
    let project = project(&demo).spec("files.rhai", spec).file("specs/near.csv", "a,b").file("fixtures/far.txt", "far");
    project.run_for_report().assert_all_passed(1);
}
