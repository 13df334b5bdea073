//! `--shuffle`: an order by chance that can be had again.

use crate::harness::Project;

const SPEC: &str = r"
    each([1, 2, 3, 4, 5, 6, 7, 8], |number| it(`number ${number}`, || { log(`ran ${number}`); }));
";

/// The numbers in the order in which their tests ran, and everything that was shown.
#[track_caller]
fn order(option: &str) -> (Vec<String>, String) {
    let project = Project::new().spec("a.rhai", SPEC).args(["-j1", option]).env("PATH", "/nowhere");
    let finished = project.spawn().finish();
    assert_eq!(finished.status, 0, "{}", finished.screen());
    let numbers =
        finished.stdout.lines().filter_map(|line| line.split_once("ran ")).map(|(_, number)| number.to_owned());
    (numbers.collect(), finished.screen())
}

#[test]
fn the_same_seed_gives_the_same_order() {
    let (first, screen) = order("--shuffle=7");
    assert_eq!(first, order("--shuffle=7").0);
    assert!(screen.contains("`--shuffle=7` gives the same one again"), "{screen}");
    let mut sorted = first.clone();
    sorted.sort();
    let plan: Vec<String> = (1..=8).map(|number| number.to_string()).collect();
    assert_eq!(sorted, plan, "every test runs once: {screen}");
    assert_ne!(first, plan);
}

#[test]
fn a_seed_of_chance_is_told_and_gives_its_order_again() {
    let (first, screen) = order("--shuffle");
    let seed = screen.split_once("`--shuffle=").and_then(|(_, rest)| rest.split_once('`')).expect(&screen).0;
    assert_eq!(first, order(&format!("--shuffle={seed}")).0);
}

#[test]
fn a_seed_that_is_no_number() {
    let project = Project::new().spec("a.rhai", SPEC).args(["--shuffle=often"]);
    project.status(2).golden("option_shuffle").run();
}
