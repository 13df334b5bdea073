//! What a test starts with.

use crate::demo::Demo;
use crate::on_demo::{passes_on_firefox_too as passes, project};

#[test]
fn each_test_starts_with_nothing() {
    passes(
        r#"
        it("leaves cookies, storage and a page", || {
            visit("/");
            evaluate("document.cookie = 'left=yes; path=/'");
            store("left", "yes");
            evaluate("sessionStorage.setItem('left', 'yes')");
            evaluate("indexedDB.open('left')");
        });
        it("finds none of it", || {
            expect(url()).to_equal("about:blank");
            visit("/");
            expect(evaluate("document.cookie")).to_equal("");
            expect(stored("left")).to_equal(());
            expect(evaluate("sessionStorage.getItem('left')")).to_equal(());
            expect(evaluate("async () => (await indexedDB.databases()).length")).to_equal(0);
        });
        "#,
    );
}

#[test]
fn a_retry_starts_with_nothing() {
    let demo = Demo::start();
    let spec = r#"
        it("finds nothing each time", || {
            visit("/");
            expect(stored("left")).to_equal(());
            store("left", "yes");
            expect(next_number()).to_be_greater_than(1);
        });
    "#;
    let report = project(&demo).spec("a.rhai", spec).args(["--retries", "1"]).run_for_report();
    report.assert_statuses(&[("finds nothing each time", "flaky")]);
}

#[test]
fn without_isolation_everything_stays() {
    let demo = Demo::start();
    let spec = r#"
        it("leaves something", || { visit("/login"); store("left", "yes"); });
        it("finds it", || {
            expect(page()).to_have_url("/login");
            expect(stored("left")).to_equal("yes");
        });
    "#;
    for wire in ["devtools", "classic"] {
        let project = project(&demo).spec("a.rhai", spec).args(["--isolation", "none", "--wire", wire]);
        project.run_for_report().assert_all_passed(2);
    }
}

#[test]
fn one_suite_may_keep_its_page() {
    passes(
        r#"
        describe("a long way", #{ isolation: "none" }, || {
            it("goes there", || visit("/login"));
            it("is there", || expect(page()).to_have_url("/login"));
        });
        it("starts afresh", || expect(url()).to_equal("about:blank"));
        "#,
    );
}

#[test]
fn an_option_sets_the_viewport() {
    passes(
        r#"
        it("has its own size", #{ viewport: [500, 400] }, || {
            visit("/");
            expect(evaluate("[innerWidth, innerHeight]")).to_equal([500, 400]);
        });
        it("has the usual size", || {
            visit("/");
            expect(evaluate("[innerWidth, innerHeight]")).to_equal([1280, 720]);
        });
        "#,
    );
}
