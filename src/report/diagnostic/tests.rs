//! Failures as text, against golden files.

use super::*;
use crate::report::terminal::{Screen, Style};
use crate::report::{golden, sample};

#[test]
fn every_kind_of_failure_reads_well() {
    for (name, failure) in sample::samples() {
        golden::check(&format!("failure/{name}.txt"), &format!("{}\n", describe_failure(&failure, &Style::plain())));
    }
}

#[test]
fn colours_change_nothing_but_the_colours() {
    let screen = Screen { is_terminal: true, width: 120, color: true, unicode: true };
    let coloured = Style::new(crate::config::ColorChoice::Always, screen);
    let plain = Style::new(crate::config::ColorChoice::Never, screen);
    for (name, failure) in sample::samples() {
        let shown = describe_failure(&failure, &coloured);
        assert_eq!(console::strip_ansi_codes(&shown), describe_failure(&failure, &plain), "{name}");
        assert_ne!(shown, describe_failure(&failure, &plain), "{name}");
    }
}

#[test]
fn a_narrow_screen_cuts_source_lines_only() {
    let screen = Screen { is_terminal: true, width: 20, color: false, unicode: true };
    let narrow = Style::new(crate::config::ColorChoice::Auto, screen);
    let failure = sample::session_failed();
    let text = describe_failure(&failure, &narrow);
    assert!(text.contains("> 4 |     before_each(|| { use_session(admin)…"), "{text}");
    assert!(text.contains("http://127.0.0.1:4000/login?error=1"), "{text}");
}

#[test]
fn earlier_attempts_are_told_in_short() {
    let record = sample::record();
    let (case, test) = record.cases().nth(5).unwrap();
    let shown = describe_test(case, test, &Style::plain());
    assert!(
        shown.ends_with(
            "attempt 1 (310ms): expected `get(\".row\")` to have count 0 (specs/cart.rhai:20:29)\n  \
         screenshot: test-results/cart-empties/failure.png"
        ),
        "{shown}"
    );
}

#[test]
fn attempts_that_failed_alike_are_told_once() {
    let mut test = sample::record().tests[1].clone();
    let again = test.attempts[0].clone();
    test.attempts.extend([again.clone(), again]);
    let record = sample::record();
    let (case, _) = record.cases().nth(1).unwrap();
    let shown = describe_test(case, &test, &Style::plain());
    assert!(shown.ends_with("failed in the same way at all 3 attempts"), "{shown}");
}
