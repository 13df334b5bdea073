//! `totp`: codes of an authenticator app, none of them twice.

use crate::demo::Demo;
use crate::on_demo::{fails, project};

/// Asks for a code with a short period and tells it to the server as an address.
const ASKS: &str = r#"
    for turn in 0..3 {
        let code = totp("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", #{ period: "200ms", digits: 8 });
        request("GET", "/code/" + code);
    }
"#;

#[test]
fn no_code_is_given_twice_to_any_worker() {
    let demo = Demo::start();
    let mut project = project(&demo).args(["-j4"]);
    for name in ["a", "b", "c", "d"] {
        // Waiting for a window of one's own is not counted against the test's time.
        let spec = format!("it(\"asks\", #{{ timeout: \"2s\" }}, || {{ {ASKS} }});");
        project = project.spec(&format!("{name}.rhai"), &spec);
    }
    let report = project.run_for_report();
    report.assert_all_passed(4);
    assert_eq!(demo.paths_with("/code/").len(), 12, "{:?}", demo.paths_with("/code/"));
}

#[test]
fn a_code_is_masked_and_has_the_length_asked_for() {
    let demo = Demo::start();
    let spec = r#"
        it("says a code", || {
            let code = totp("JBSWY3DPEHPK3PXP");
            expect(code.len()).to_equal(6);
            log("the code is " + code + " for JBSWY3DPEHPK3PXP.");
        });
    "#;
    let report = project(&demo).spec("a.rhai", spec).run_for_report();
    assert!(report.screen().contains("the code is *** for ***."), "{}", report.screen());
}

#[test]
fn wrong_arguments() {
    let spec = r#"
        it("no secret", || totp("123456"));
        it("an option", || totp("JBSWY3DPEHPK3PXP", #{ digit: 6 }));
        it("digits", || totp("JBSWY3DPEHPK3PXP", #{ digits: 4 }));
        it("algorithm", || totp("JBSWY3DPEHPK3PXP", #{ algorithm: "md5" }));
    "#;
    fails(
        spec,
        &[
            ("no secret", &["`totp` takes a secret in Base32"]),
            ("an option", &["`digit` is not an option of `totp`", "did you mean `digits`?"]),
            ("digits", &["option `digits` of `totp` takes 6, 7 or 8"]),
            ("algorithm", &["takes \"sha1\", \"sha256\" or \"sha512\", not the string \"md5\""]),
        ],
    );
}

#[test]
fn nor_to_two_projects_of_a_run() {
    let demo = Demo::start();
    let matrix = "[project.one]\n[project.two]\n";
    let spec = format!("it(\"asks\", || {{ {ASKS} }});");
    let report = project(&demo).file("runner.toml", matrix).spec("a.rhai", &spec).args(["-j2"]).run_for_report();
    report.assert_all_passed(2);
    assert_eq!(demo.paths_with("/code/").len(), 6, "{:?}", demo.paths_with("/code/"));
}
