//! This repository's own specs on other browsers: [`our_specs_pass`].

use std::fs;

use crate::harness::{Project, repository};

/// Parts of our specs, each short enough for one run.
const PARTS: [&[&str]; 4] = [
    &["specs/actions.rhai", "specs/assertions.rhai", "specs/dialogs.rhai", "specs/dragging.rhai", "specs/files.rhai"],
    &["specs/forms.rhai", "specs/javascript.rhai", "specs/locators.rhai", "specs/login.rhai"],
    &["specs/navigation.rhai", "specs/requests.rhai", "specs/todos.rhai", "specs/values.rhai", "specs/waiting.rhai"],
    &["specs/sessions", "specs/snapshots.rhai", "specs/structure.rhai"],
];

/// Every part passes with these arguments; what `requires` skips is named.
#[track_caller]
pub(crate) fn our_specs_pass(args: [&str; 2], skipped: &[&str]) {
    let named: usize = PARTS.iter().map(|part| part.len()).sum();
    let is_part = |name: &str| !name.ends_with(".snapshots");
    let found = fs::read_dir(repository("specs")).unwrap();
    let found = found.filter(|entry| is_part(&entry.as_ref().unwrap().file_name().to_string_lossy())).count();
    assert_eq!(found, named, "`PARTS` names every spec");
    for part in PARTS {
        let project = part.iter().fold(copied(), |project, path| project.args([*path]));
        let report = project.args(args).args(["-j2"]).run_for_report();
        report.assert_nothing_failed();
        for line in report.screen().lines().filter(|line| line.contains("cannot do")) {
            assert!(skipped.iter().any(|title| line.contains(title)), "{line}\n{}", report.screen());
        }
    }
}

/// Everything that our specs need.
fn copied() -> Project {
    let project = Project::new();
    for part in ["runner.toml", "specs", "support", "fixtures"] {
        for entry in walkdir::WalkDir::new(repository(part)).into_iter().map(Result::unwrap) {
            let to = project.root().join(entry.path().strip_prefix(repository("")).unwrap());
            if entry.file_type().is_dir() {
                fs::create_dir_all(to).unwrap();
            } else {
                fs::copy(entry.path(), to).unwrap();
            }
        }
    }
    project
}
