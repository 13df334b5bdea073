//! Values, ARIA trees and pictures compared with files beside the spec.

use crate::demo::Demo;
use crate::harness::Project;
use crate::on_demo::{fails, passes, project};

const PAGE: &str = r"
    fn show(text) {
        set_content(`<style>body { margin: 0; background: white } #box { width: 60px; height: 40px; background: #2257c9; animation: x 1s infinite }
            @keyframes x { to { opacity: 0 } }</style><div id=box></div><input value=x autofocus><p id=time>${now()}</p><p id=text>${text}</p>`);
    }
";

const SPEC: &str = r##"
    it("a value", || {
        expect(#{ b: [1, "two"], a: () }).to_match_snapshot("order");
        expect("plain\ntext").to_match_snapshot("a text");
    });
    it("a picture", || {
        show(env("TEXT"));
        expect(page()).to_have_screenshot("whole", #{ mask: [get("#time")], threshold: 0.1 });
        expect(get("#box")).to_have_screenshot("box");
        expect(page()).to_have_screenshot("corner", #{ clip: #{ x: 0, y: 0, width: 50, height: 30 } });
    });
    it("all of the page", #{ requires: ["screenshot.full_page"] }, || {
        show(env("TEXT"));
        expect(page()).to_have_screenshot("long", #{ full_page: true, mask: [get("#time")] });
    });
    it("an ARIA tree", || {
        set_content("<main><h1>Cart</h1><ul><li>Tea <button disabled>Remove</button></ul></main>");
        expect(page()).to_match_aria_snapshot(#{ name: "cart" });
    });
"##;

fn with_text(demo: &Demo, text: &str) -> Project {
    project(demo).support("page.rhai", PAGE).spec("shots.rhai", SPEC).env("TEXT", text)
}

#[test]
fn baselines_are_written_compared_and_missed() {
    for wire in ["devtools", "classic"] {
        let demo = Demo::start();
        let first = with_text(&demo, "one").args(["--wire", wire, "--assertion-timeout", "400ms"]).status(1);
        let report = first.run_for_report();
        report.test("a value").assert_failure(&["there is no snapshot specs/shots.snapshots/order.txt yet", "-u"]);
        report.test("a picture").assert_failure(&["there is no picture specs/shots.snapshots/whole-chromium.png yet"]);
        report
            .test("an ARIA tree")
            .assert_failure(&["specs/shots.snapshots/cart.aria.yml yet", "- heading \"Cart\" [level=1]"]);

        let project = with_text(&demo, "one").args(["--wire", wire, "-u"]);
        let root = project.root();
        let written = project.spawn().finish();
        assert_eq!(written.status, 0, "{}", written.screen());
        assert!(written.stdout.contains("wrote specs/shots.snapshots/order.txt"), "{}", written.screen());
        let read = |name: &str| std::fs::read_to_string(root.join("specs/shots.snapshots").join(name)).unwrap();
        assert_eq!(read("order.txt"), "{\n  \"a\": null,\n  \"b\": [\n    1,\n    \"two\"\n  ]\n}\n");
        assert_eq!(read("a-text.txt"), "plain\ntext\n");
        assert!(read("cart.aria.yml").contains("- button \"Remove\" [disabled]"), "{}", read("cart.aria.yml"));

        let again = |text: &str| {
            let mut project = with_text(&demo, text).args(["--wire", wire, "--assertion-timeout", "400ms"]);
            for file in std::fs::read_dir(root.join("specs/shots.snapshots")).unwrap() {
                let file = file.unwrap();
                let folder = project.root().join("specs/shots.snapshots");
                std::fs::create_dir_all(&folder).unwrap();
                std::fs::copy(file.path(), folder.join(file.file_name())).unwrap();
                project = project.env("COPIED", "1");
            }
            project
        };
        again("one").run_for_report().assert_nothing_failed();
        let report = again("another").status(1).run_for_report();
        report.test("a picture").assert_failure(&[
            "expected the picture to be as specs/shots.snapshots/whole-chromium.png",
            "at most 0 pixels differ",
            "pixels differ",
        ]);
        assert!(report.screen().contains("whole-diff.png"), "{}", report.screen());
    }
}

#[test]
fn an_aria_template_says_what_there_must_be() {
    passes(
        r#"
        it("at least this", || {
            set_content(`<main><h1>Cart</h1><ul><li>Tea <button disabled>Remove</button><li>Milk</ul>
                <label>Name <input value="Ada"></label><input type=checkbox checked aria-label="Agree"></main>`);
            expect(page()).to_match_aria_snapshot(`
                - main:
                  - heading "Cart" [level=1]
                  - list:
                    - listitem:
                      - text: Tea
                      - button "Remove" [disabled]
                    - listitem: Milk
                  - textbox "Name": Ada
                  - checkbox "Agree" [checked]
            `);
            expect(get("ul")).to_match_aria_snapshot("- listitem: /M.lk/");
            expect(get("main")).not.to_match_aria_snapshot("- button \"Add\"", #{ timeout: "1s" });
            evaluate("setTimeout(() => document.querySelector('h1').textContent = 'Basket', 150)");
            expect(get("main")).to_match_aria_snapshot("- heading \"Basket\"");
        });
        "#,
    );
}

#[test]
fn what_does_not_match_is_shown() {
    fails(
        r#"
        before_each(|| set_content("<main><h1>Cart</h1></main>"));
        it("a tree", || expect(get("main")).to_match_aria_snapshot("- heading \"Basket\"", #{ timeout: "100ms" }));
        it("a template", || expect(get("main")).to_match_aria_snapshot("heading"));
        it("a mask", || expect(page()).to_have_screenshot("x", #{ mask: get("h1") }));
        it("a threshold", || expect(page()).to_have_screenshot("x", #{ threshold: 20 }));
        it("a subject", || expect(1).to_have_screenshot("x"));
        it("a closure", || expect(#{ a: || 1 }).to_match_snapshot("x"));
        "#,
        &[
            ("a tree", &["to match the ARIA snapshot", "- heading \"Basket\"", "- heading \"Cart\" [level=1]"]),
            ("a template", &["the ARIA snapshot, line 1: it does not start with `- `"]),
            ("a mask", &["option `mask` of `to_have_screenshot` takes an array of locators, not a locator"]),
            ("a threshold", &["option `threshold`", "a number from 0 to 1"]),
            ("a subject", &["`to_have_screenshot` needs a locator or a page, not the integer 1"]),
            ("a closure", &["`to_match_snapshot` needs plain data: `a` is a function"]),
        ],
    );
}
