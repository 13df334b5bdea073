//! Specs and support files that cannot run: the whole message, and exit code 2. No browser starts.

use crate::harness::Project;

const FINE: &str = r#"
    it("is fine", || {});
"#;

/// A project whose specs are collected only.
fn listed() -> Project {
    // No driver can be found, so a run that starts one shows it.
    Project::new().env("PATH", "/nowhere").args(["--list"])
}

/// One spec of this text.
#[track_caller]
fn check(name: &str, spec: &str) {
    listed().spec("bad.rhai", spec).golden(name).run();
}

#[test]
fn does_not_compile() {
    check(
        "spec_does_not_compile",
        r#"
        describe("cart", || {
            it("adds an item", || {
                let count = ;
            });
        });
        "#,
    );
}

#[test]
fn the_others_are_listed_all_the_same() {
    listed().spec("bad.rhai", "it(").spec("fine.rhai", FINE).golden("spec_does_not_compile_others_listed").run();
}

#[test]
fn throws_at_the_top() {
    check("spec_throws", "throw \"not today\";\n");
}

#[test]
fn calls_an_unknown_function_with_a_near_name() {
    check(
        "spec_unknown_function",
        r#"
        descripe("cart", || {});
        "#,
    );
}

#[test]
fn a_support_file_throws() {
    let project = listed().support("login.rhai", "fn password() {\n    throw \"no password\";\n}\npassword();\n");
    project.spec("fine.rhai", FINE).golden("support_throws").run();
}

#[test]
fn a_support_file_does_not_compile() {
    listed().support("login.rhai", "let = 1;\n").spec("fine.rhai", FINE).golden("support_does_not_compile").run();
}

#[test]
fn two_support_files_export_one_name() {
    let project = listed().support("a.rhai", "export const user = 1;\n").support("b.rhai", "export const user = 2;\n");
    project.spec("fine.rhai", FINE).golden("support_name_twice").run();
}

#[test]
fn a_support_constant_hides_a_variable_of_the_spec() {
    let project = listed().support("a.rhai", "export const user = 1;\n");
    let spec = r#"
        let user = 2;
        fn name() { user }
        it("x", || { name(); });
    "#;
    project.spec("bad.rhai", spec).golden("support_hides_variable").run();
}

#[test]
fn a_closure_in_a_for_loop_shares_its_variable() {
    check(
        "spec_for_variable",
        r#"
        for size in ["S", "M"] {
            it(`buys ${size}`, || { log(size); });
        }
        "#,
    );
}

#[test]
fn a_copy_of_the_loop_variable_is_fine() {
    let spec = r#"
        for size in ["S", "M"] {
            let chosen = size;
            it(`buys ${chosen}`, || { log(chosen); });
        }
    "#;
    listed().spec("loop.rhai", spec).golden("spec_for_variable_copied").run();
}

#[test]
fn two_tests_with_one_title() {
    check(
        "spec_title_twice",
        r#"
        it("adds an item", || {});
        it("adds an item", || {});
        "#,
    );
}

#[test]
fn an_unknown_option_of_a_test() {
    check(
        "spec_unknown_option",
        r#"
        it("adds an item", #{ retrys: 2 }, || {});
        "#,
    );
}

#[test]
fn an_import_outside_of_the_project() {
    check(
        "spec_import_outside",
        r#"
        import "../../elsewhere" as elsewhere;
        "#,
    );
}

#[test]
fn a_command_outside_of_a_test() {
    check(
        "spec_command_at_top",
        r#"
        visit("/");
        "#,
    );
}

#[test]
fn only_is_refused_where_it_is_forbidden() {
    let spec = r#"
        it_only("just this", || {});
        it("not this", || {});
    "#;
    listed().spec("only.rhai", spec).args(["--forbid-only"]).golden("spec_only_forbidden").run();
    for (ci, status) in [("true", 2), ("1", 2), ("false", 0), ("0", 0)] {
        let finished = listed().spec("only.rhai", spec).env("CI", ci).spawn().finish();
        assert_eq!(finished.status, status, "CI={ci}\n{}", finished.screen());
    }
}

#[test]
fn a_session_that_two_support_files_define() {
    let define = "export const NAME = define_session(\"admin\", || {});\n";
    let project = listed().support("a.rhai", &define.replace("NAME", "one"));
    let project = project.support("b.rhai", &define.replace("NAME", "two"));
    project.spec("fine.rhai", FINE).golden("session_defined_twice").run();
}
