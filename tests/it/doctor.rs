//! `runner doctor`: what it says of a machine, from programs that only tell their versions.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;

use crate::harness::Project;

/// With a program of this name that answers `--version` and nothing else.
fn with_program(project: Project, name: &str, version: &str) -> Project {
    let project = project.file(&format!("bin/{name}"), &format!("#!/bin/sh\necho '{version}'\n"));
    let path = project.root().join("bin").join(name);
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    project
}

/// A project whose machine has these programs.
fn machine<const N: usize>(programs: [(&str, &str); N]) -> Project {
    let project =
        programs.into_iter().fold(Project::new(), |project, (name, version)| with_program(project, name, version));
    let path = project.root().join("bin");
    project.env("PATH", path.to_str().unwrap()).args(["doctor"])
}

const CHROMEDRIVER: (&str, &str) = ("chromedriver", "ChromeDriver 156.0.8078.79 (a21ce95c)");
const CHROMIUM: (&str, &str) = ("chromium", "Chromium 156.0.8078.80 built on Debian");

#[test]
fn a_machine_without_browsers() {
    machine([]).golden("doctor_nothing").run();
}

#[test]
fn a_machine_with_two_browsers() {
    let firefox = [("geckodriver", "geckodriver 0.37.1"), ("firefox", "Mozilla Firefox 153.8.0esr")];
    let project = machine([CHROMEDRIVER, CHROMIUM, firefox[0], firefox[1]]);
    project.file("runner.toml", "[browser]\nname = \"firefox\"\n").golden("doctor_ready").run();
}

#[test]
fn a_pair_that_does_not_fit() {
    machine([CHROMEDRIVER, ("chromium", "Chromium 140.0.1.2")]).golden("doctor_mismatch").run();
}

#[test]
fn a_driver_that_runs_elsewhere_needs_nothing_here() {
    let finished = machine([]).args(["--webdriver-url", "http://grid.example/"]).spawn().finish();
    assert_eq!(finished.status, 0, "{}", finished.screen());
    let line = "driver of a run: http://grid.example/ (asked when a run starts)";
    assert!(finished.stdout.contains(line), "{}", finished.stdout);
}

#[test]
fn the_same_for_programs() {
    let finished = machine([CHROMEDRIVER, CHROMIUM]).args(["--json"]).spawn().finish();
    let found: Value = serde_json::from_str(&finished.stdout).unwrap();
    assert_eq!((&found["ready"], &found["browser"]), (&true.into(), &"chromium".into()));
    let chromium = &found["browsers"][0];
    assert_eq!(chromium["driver"]["version"], "156.0.8078.79");
    assert_eq!(chromium["browser"]["version"], "156.0.8078.80");
    let edge = found["browsers"].as_array().unwrap().iter().find(|browser| browser["name"] == "edge").unwrap();
    assert_eq!((&edge["ready"], &edge["problem"]["title"]), (&false.into(), &"no driver was found".into()));
    assert_eq!(found["wires"]["devtools"], found["capabilities"]);
}
