//! `--list`: what would run, in order, without a browser.

use std::time::Duration;

use crate::harness::Project;

const CART: &str = r#"
    describe("cart", #{ tags: ["shop"] }, || {
        it("adds an item", || {});
        it("empties", #{ tags: ["slow"] }, || {});
        it_skip("is shared", || {});
    });
"#;

const LOGIN: &str = r#"
    describe("login", || {
        each(["admin", "guest"], |user| it(`lets ${user} in`, || { log(user); }));
    });
"#;

/// The two specs, with these arguments, and no driver that could be found.
#[track_caller]
fn check<const N: usize>(name: &str, args: [&str; N]) {
    let project = Project::new().spec("shop/cart.rhai", CART).spec("login.rhai", LOGIN).env("PATH", "/nowhere");
    project.args(["--list"]).args(args).golden(name).run();
}

#[test]
fn everything_in_order() {
    check("list", ["specs"]);
}

#[test]
fn without_a_path_it_lists_what_the_configuration_names() {
    check("list", []);
}

#[test]
fn one_file() {
    check("list_file", ["specs/login.rhai"]);
}

#[test]
fn one_line() {
    check("list_line", ["specs/shop/cart.rhai:3"]);
}

#[test]
fn by_title_and_tag() {
    check("list_selected", ["-g", "cart", "--tag", "shop and not slow"]);
}

#[test]
fn what_support_exports_is_seen_at_the_top_in_closures_and_in_functions() {
    let spec = r"
        fn title() { `${user} in a function` }
        it(`${user} at the top`, || {});
        it(title(), || {});
        each([user], |name| it(`${name == user} in a closure`, || {}));
    ";
    let project = Project::new().support("deep/users.rhai", "export const user = \"admin\";\n");
    project.spec("users.rhai", spec).args(["--list"]).golden("list_support").run();
}

#[test]
fn it_is_quick_for_many_tests() {
    let project = Project::new().args(["--list"]);
    let project = (0..20).fold(project, |project, number| project.spec(&format!("spec_{number:02}.rhai"), CART));
    let finished = project.spawn().finish();
    assert_eq!(finished.status, 0, "{}", finished.screen());
    // A browser alone takes longer to start, even here where tests share the processor.
    assert!(finished.took < Duration::from_millis(500), "{:?}", finished.took);
}
