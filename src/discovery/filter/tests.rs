//! Which tests remain, and what is said when none does.

use regex::Regex;

use super::*;
use crate::model::TestId;

fn test(spec: &str, line: u32, title: &str, tags: &[&str]) -> TestCase {
    let id = TestId::new(SpecPath::new(spec), title.split(" › ").map(str::to_owned).collect());
    let tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
    TestCase { tags, ..TestCase::new(id, Location::new(spec, line, 5)) }
}

fn shop() -> Vec<TestCase> {
    vec![
        test("specs/cart.rhai", 3, "cart › adds an item", &["smoke"]),
        test("specs/cart.rhai", 9, "cart › empties", &["slow"]),
        test("specs/cart.rhai", 12, "cart › row 1", &[]),
        test("specs/cart.rhai", 12, "cart › row 2", &[]),
        test("specs/login.rhai", 2, "signs in", &["smoke", "wip"]),
    ]
}

fn files() -> Vec<SpecFile> {
    ["specs/cart.rhai", "specs/login.rhai"]
        .map(|path| SpecFile { path: SpecPath::new(path), absolute: format!("/p/{path}").into() })
        .to_vec()
}

fn grep(pattern: &str) -> Selection {
    Selection { grep: Some(Regex::new(pattern).unwrap()), ..Selection::default() }
}

fn tagged(expression: &str) -> Selection {
    Selection { tags: Some(expression.to_owned()), ..Selection::default() }
}

fn at_lines(lines: &[(&str, u32)]) -> Selection {
    let lines = lines.iter().map(|(path, line)| (format!("/p/{path}").into(), *line)).collect();
    Selection { lines, ..Selection::default() }
}

#[track_caller]
fn check(selection: &Selection, expected: &[usize]) {
    let selected = select(&shop(), selection, &files()).unwrap();
    assert_eq!((selected.indices.as_slice(), selected.left_out), (expected, 5 - expected.len()));
}

#[track_caller]
fn check_error(selection: &Selection, message: &str, advice: &str) {
    let error = select(&shop(), selection, &files()).unwrap_err();
    assert_eq!((error.to_string().as_str(), error.advice().as_deref()), (message, Some(advice)));
}

#[test]
fn everything_is_wanted_unless_said_otherwise() {
    check(&Selection::default(), &[0, 1, 2, 3, 4]);
}

#[test]
fn titles_are_matched_with_their_suites() {
    check(&grep("^cart › (adds|empties)"), &[0, 1]);
    let invert = Selection { grep_invert: Some(Regex::new("row|sign").unwrap()), ..Selection::default() };
    check(&invert, &[0, 1]);
    check(&Selection { grep: Some(Regex::new("cart").unwrap()), ..invert }, &[0, 1]);
}

#[test]
fn tags_are_matched() {
    check(&tagged("smoke"), &[0, 4]);
    check(&tagged("smoke and not wip"), &[0]);
    check(&tagged("not smoke"), &[1, 2, 3]);
}

#[test]
fn a_line_means_the_test_around_it_and_leaves_other_files_alone() {
    check(&at_lines(&[("specs/cart.rhai", 9)]), &[1, 4]);
    check(&at_lines(&[("specs/cart.rhai", 5)]), &[0, 4]);
    check(&at_lines(&[("specs/cart.rhai", 3), ("specs/cart.rhai", 9)]), &[0, 1, 4]);
}

#[test]
fn a_line_with_several_tests_means_all_of_them() {
    check(&at_lines(&[("specs/cart.rhai", 14)]), &[2, 3, 4]);
}

#[test]
fn only_counts_among_what_is_selected() {
    let mut tests = shop();
    tests[1].only = true;
    let selected = select(&tests, &Selection::default(), &files()).unwrap();
    assert_eq!((selected.indices.as_slice(), selected.only, selected.left_out), ([1].as_slice(), true, 4));
    let selected = select(&tests, &tagged("smoke"), &files()).unwrap();
    assert_eq!((selected.indices.as_slice(), selected.only), ([0, 4].as_slice(), false));
}

#[test]
fn forbidden_only_is_shown_with_its_place() {
    let mut tests = shop();
    tests[1].only = true;
    let selection = Selection { forbid_only: true, ..grep("adds") };
    let error = select(&tests, &selection, &files()).unwrap_err();
    assert_eq!(error.to_string(), "`only` is forbidden here, and 1 test has it");
    assert_eq!(error.details(), ["specs/cart.rhai:9:5 cart › empties"]);
}

#[test]
fn an_unknown_tag_is_a_warning() {
    let selected = select(&shop(), &tagged("not slwo"), &files()).unwrap();
    assert_eq!(selected.warnings, ["no test has the tag `slwo`; did you mean `slow`?"]);
    let selected = select(&shop(), &tagged("smoke or payments"), &files()).unwrap();
    assert_eq!(selected.warnings, ["no test has the tag `payments`; the tags are: slow, smoke, wip"]);
}

#[test]
fn nothing_selected_says_why() {
    check_error(&grep("Adds An"), "none of 5 tests has a title that matches `Adds An`", "`-g \"cart › adds an item\"`");
    check_error(&grep("emptys"), "none of 5 tests has a title that matches `emptys`", "`-g \"empties\"`");
    check_error(
        &Selection { tags: Some("slow".into()), ..grep("signs") },
        "none of 5 tests has a title that matches `signs` and has tags that fit `slow`",
        "`runner list`, which shows every test",
    );
    check_error(
        &at_lines(&[("specs/cart.rhai", 2)]),
        "no test at specs/cart.rhai:2",
        "`specs/cart.rhai:3`, where its first test is",
    );
    let error = select(&shop(), &tagged("smoek"), &files()).unwrap_err();
    assert_eq!(error.to_string(), "none of 5 tests has tags that fit `smoek`");
    assert_eq!(error.details(), ["no test has the tag `smoek`; did you mean `smoke`?"]);
}

#[test]
fn nothing_selected_may_be_fine() {
    let selection = Selection { pass_with_no_tests: true, ..grep("nowhere") };
    assert_eq!(select(&shop(), &selection, &files()).unwrap().left_out, 5);
}

#[test]
fn specs_without_tests_say_so() {
    let error = select(&[], &Selection::default(), &files()).unwrap_err();
    assert_eq!(error.to_string(), "no tests in 2 spec files");
}
