//! `runner check`: what is wrong with scripts is said before a browser starts.

use crate::harness::Project;

/// No driver can be found, so a check that starts one shows it.
fn checked() -> Project {
    Project::new().env("PATH", "/nowhere").args(["check"])
}

#[test]
fn nothing_is_wrong() {
    let project = checked().support("a.rhai", "fn open_cart() { visit(\"/cart\"); }\nexport const size = 3;\n");
    let spec = r##"
        fn twice(value) { value * 2 }
        it("adds", #{ tags: ["x"] }, || {
            open_cart();
            let page_object = #{ open: || 1 };
            page_object.open();
            get("#a").click(#{ timeout: "1s" });
            expect(get("#a")).to_have_count(twice(size));
            [1, 2].map(|value| value + 1);
        });
    "##;
    project.spec("fine.rhai", spec).stdout("2 files checked: no problems\n").run();
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let support = "export const unused = 1;\nfn sign_in(user) { vist(\"/login\"); }\n";
    let spec = r##"
        it("calls", #{ retrys: 2 }, || {
            get("#a").clik();
            get("#a").click(#{ timout: "1s" }, 2);
            sign_in();
            use_session("admin");
            get("#a").click(#{ timout: "1s" });
            expect(get("#a").count()).to_equal(2);
        });
    "##;
    checked().support("login.rhai", support).spec("bad.rhai", spec).golden("check_everything").run();
}

#[test]
fn what_collection_finds_is_told_too() {
    let spec = r#"
        it("twice", || {});
        it("twice", || {});
    "#;
    checked().spec("bad.rhai", spec).spec("worse.rhai", "it(").golden("check_collection").run();
}
