//! Dialogs: answered by the script while a command waits, dismissed where nobody answers.

use crate::demo::Demo;
use crate::on_demo::{passes_on_firefox_too as passes, project};

#[test]
fn dialogs_are_answered() {
    passes(
        r##"
        describe("a dialog", || {
            before_each(|| visit("/dialogs"));

            it("is accepted with a text", || {
                on_dialog(|dialog| dialog.accept("Ada"));
                get_by_role("button", "Ask for a name").click();
                expect(get("#answer")).to_contain_text("Ada");
            });

            it("tells its kind", #{ requires: ["dialog.kind"] }, || {
                let seen = [];
                on_dialog(|dialog| { seen.push(dialog.kind); dialog.accept(); });
                get_by_role("button", "Ask for a name").click();
                get_by_role("button", "Show an alert").click();
                get_by_role("button", "Ask to confirm").click();
                expect(seen).to_equal(["prompt", "alert", "confirm"]);
            });

            it("is dismissed", || {
                on_dialog(|dialog| dialog.dismiss());
                get_by_role("button", "Ask to confirm").click();
                expect(get("#answer")).not.to_have_text("No answer yet");
            });

            it("tells its text", || {
                let text = "";
                on_dialog(|dialog| { text = dialog.message; dialog.accept(); });
                get_by_role("button", "Show an alert").click();
                expect(get("#answer")).not.to_have_text("No answer yet");
                expect(text).not.to_equal("");
            });

            it("may be followed by another one", || {
                let count = 0;
                on_dialog(|dialog| { count += 1; dialog.accept(); });
                get_by_role("button", "Ask twice").click();
                expect(get("#answer")).not.to_have_text("No answer yet");
                expect(count).to_equal(2);
            });

            it("of nobody's is dismissed, and the test goes on", || {
                get_by_role("button", "Ask to confirm").click();
                expect(get("#answer")).not.to_have_text("No answer yet");
            });

            it("is answered while evaluate waits", || {
                on_dialog(|dialog| dialog.accept());
                expect(evaluate("confirm('sure?')")).to_equal(true);
            });
        });
        "##,
    );
}

#[test]
fn a_command_of_the_same_page_inside_a_handler_is_an_error() {
    let demo = Demo::start();
    let spec = r#"
        it("asks the page", || {
            visit("/dialogs");
            on_dialog(|dialog| { title(); dialog.accept(); });
            get_by_role("button", "Show an alert").click();
        });
    "#;
    let report = project(&demo).spec("a.rhai", spec).status(1).run_for_report();
    report.test("asks the page").assert_failure(&["on_dialog", "title"]);
}

#[test]
fn an_unexpected_dialog_is_reported() {
    let demo = Demo::start();
    let spec = r#"
        it("goes on", || {
            visit("/dialogs");
            evaluate("alert('surprise')");
        });
    "#;
    let report = project(&demo).spec("a.rhai", spec).run_for_report();
    report.assert_all_passed(1);
    assert!(report.screen().contains("surprise"), "{}", report.screen());
}
