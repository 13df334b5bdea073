//! A real Selenium Grid, hub and two nodes: the same specs pass, sessions are shared, workers wait for
//! slots, and a node that dies costs no result.

use nix::sys::signal::Signal;

use crate::demo::Demo;
use crate::gate::Gate;
use crate::harness::{Project, repository};
use crate::on_demo::project;
use crate::selenium_grid::{Grid, SLOTS};

/// The specs of this repository, as they are.
#[track_caller]
fn check_own_specs(grid: &Grid, args: &[&str]) {
    let configuration = repository("runner.toml");
    let project = Project::new().args(["--config", configuration.to_str().unwrap(), "--output", "results"]);
    let project = project.args(["--webdriver-url", &grid.url(), "-v"]);
    let report = args.iter().fold(project, |project, arg| project.args([*arg])).run_for_report();
    report.assert_nothing_failed();
    let workers =
        report.screen().lines().filter(|line| line.contains("worker") && line.contains("chrome-headless-shell"));
    assert!(workers.count() >= 2, "several workers had a browser:\n{}", report.screen());
}

#[track_caller]
fn check_no_session_left(grid: &Grid) {
    assert_eq!([0, 1].map(|node| grid.sessions(node)), [0, 0], "sessions left on the nodes");
}

#[test]
fn specs_pass_on_a_grid_as_they_do_here() {
    let grid = Grid::start();
    check_own_specs(&grid, &["-j4"]);
    check_no_session_left(&grid);

    let classic = ["specs/login.rhai", "specs/files.rhai", "specs/sessions"].map(repository);
    let mut args: Vec<&str> = classic.iter().map(|path| path.to_str().unwrap()).collect();
    args.extend(["-j4", "--wire", "classic"]);
    check_own_specs(&grid, &args);
    check_no_session_left(&grid);

    logs_in_once(&grid);
    waits_for_slots(&grid);
    leaves_the_queue(&grid);
}

/// Four workers on two nodes share one login.
fn logs_in_once(grid: &Grid) {
    let (demo, gate) = (Demo::start(), Gate::start());
    let support = r#"export const member = define_session("member", || sign_in("user"));"#;
    let spec = r#"
        it("is signed in", || {
            use_session(member);
            visit("/app");
            // Nobody goes on before all four are here, so four browsers have the session.
            request("GET", env("GATE"));
            assert(who() == "user");
        });
    "#;
    let project = project(&demo).support("sessions.rhai", support).env("GATE", gate.url());
    let project = project.args(["-j4", "--webdriver-url", &grid.url(), "--report-json", "report.json"]);
    let running = four_files(project, spec).spawn();
    gate.wait_for(4);
    gate.open();
    let report = running.finish().report("report.json");
    report.assert_all_passed(4);
    assert_eq!((report.session_count("created"), report.session_count("restored")), (1, 3), "{}", report.screen());
    assert_eq!(demo.logins("user"), 1);
    check_no_session_left(grid);
}

/// More workers than slots: each test passes at its first attempt.
fn waits_for_slots(grid: &Grid) {
    for wire in ["devtools", "classic"] {
        let demo = Demo::start();
        let spec = r#"each([1, 2, 3, 4, 5, 6, 7, 8], |number| it(`number ${number}`, || { visit("/slow?ms=300"); }));"#;
        let project = project(&demo).spec("a.rhai", spec).args(["--parallel", "test", "-j6", "--wire", wire]);
        let report = project.args(["--webdriver-url", &grid.url()]).run_for_report();
        report.assert_all_passed(8);
        assert_eq!(report.attempts(), 8, "{}", report.screen());
        check_no_session_left(grid);
    }
}

/// A run that is interrupted while it waits for a slot leaves no request that would start a browser
/// for nobody.
fn leaves_the_queue(grid: &Grid) {
    let (demo, gate) = (Demo::start(), Gate::start());
    let spec = r#"it("holds a slot", || { visit("/"); request("GET", env("GATE")); });"#;
    let holders = four_files(project(&demo), spec).env("GATE", gate.url());
    let holders = holders.args(["-j4", "--webdriver-url", &grid.url()]).spawn();
    gate.wait_for(2 * SLOTS);
    let waiting = project(&demo).spec("a.rhai", r#"it("waits", || visit("/"));"#);
    let waiting = waiting.args(["--webdriver-url", &grid.url()]).spawn();
    grid.wait_for_queue();
    waiting.signal(Signal::SIGINT);
    gate.open();
    let (waited, held) = (waiting.finish(), holders.finish());
    assert_eq!((waited.status, held.status), (130, 0), "{}\n{}", waited.screen(), held.screen());
    waited.assert_nothing_left();
    assert_eq!(grid.waiting(), 0);
    check_no_session_left(grid);
}

#[test]
fn a_node_that_is_killed_costs_no_result() {
    let spec = r#"
        it("passes before", || visit("/"));
        it("is in the middle", || {
            visit("/");
            request("GET", env("GATE"));
            visit("/todos");
        });
        it("passes afterwards", || visit("/"));
    "#;
    for wire in ["devtools", "classic"] {
        let (mut grid, demo, gate) = (Grid::start(), Demo::start(), Gate::start());
        let project = four_files(project(&demo), spec).env("GATE", gate.url());
        let project = project.args(["-j4", "--timeout", "90s", "--wire", wire, "--webdriver-url", &grid.url()]);
        let running = project.args(["--report-json", "report.json"]).spawn();
        gate.wait_for(4);
        let on_it = grid.sessions(0);
        assert!((1..=SLOTS).contains(&on_it), "{on_it} sessions on a node of {SLOTS}");
        grid.kill_node(0);
        gate.open();
        let finished = running.finish();
        assert_eq!(finished.status, 0, "{wire}\n{}", finished.screen());
        finished.assert_nothing_left();
        let report = finished.report("report.json");
        report.assert_all_passed(12);
        let again = report.attempts() - 12;
        assert_eq!(again, on_it, "one more attempt for each session of the node\n{}", report.screen());
        assert_eq!(grid.sessions(1), 0, "sessions left on the living node");
    }
}

/// The same spec four times: one for each slot.
fn four_files(project: Project, spec: &str) -> Project {
    ["a", "b", "c", "d"].iter().fold(project, |project, name| project.spec(&format!("{name}.rhai"), spec))
}
