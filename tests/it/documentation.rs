//! What the documentation promises and the repository can be asked about.

use std::fs;

use crate::harness::repository;

/// The command of the README that sets up and passes the tests.
const TEST_COMMAND: &str = "cargo run -- install --browser all && cargo test";

const PAGES: [&str; 10] = [
    "docs/reference.md",
    "README.md",
    "src/README.md",
    "docs/ci.md",
    "docs/configuration.md",
    "docs/remote.md",
    "docs/session-cases.md",
    "docs/sessions.md",
    "docs/shards.md",
    "docs/writing-specs.md",
];

fn text(path: &str) -> String {
    fs::read_to_string(repository(path)).unwrap()
}

#[test]
fn the_gate_runs_the_command_of_the_readme() {
    assert!(text("README.md").contains(&format!("    {TEST_COMMAND}\n")), "README.md names it");
    assert!(text(".ci/run").ends_with(&format!("\n{TEST_COMMAND}\n")), ".ci/run ends with it");
}

#[test]
fn the_map_names_every_folder() {
    let map = text("src/README.md");
    let folders = fs::read_dir(repository("src")).unwrap().map(Result::unwrap).filter(|entry| entry.path().is_dir());
    for folder in folders {
        let name = folder.file_name().into_string().unwrap();
        assert!(map.contains(&format!("| `{name}/` |")), "`{name}/` is not in src/README.md");
    }
    assert!(map.lines().count() <= 80, "the map has become a book");
}

#[test]
fn links_lead_somewhere() {
    for page in PAGES {
        let folder = repository(page).parent().unwrap().to_owned();
        for target in text(page).split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let path = target.split('#').next().unwrap_or_default();
            let is_local = !path.is_empty() && !path.contains("://");
            assert!(!is_local || folder.join(path).exists(), "{page} links to {target}");
        }
    }
}

#[test]
fn every_example_compiles() {
    let engine = rhai::Engine::new();
    for page in PAGES {
        for block in text(page).split("```rhai\n").skip(1).filter_map(|rest| rest.split("```").next()) {
            let compiled = engine.compile(block);
            assert!(compiled.is_ok(), "{page}: {}\n{block}", compiled.unwrap_err());
        }
    }
}

#[test]
fn every_session_case_is_shown_by_a_test_that_exists() {
    let cases = text("docs/session-cases.md");
    assert_eq!(cases.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| case")).count(), 87);
    for named in cases.split('`').filter(|part| part.contains("::")) {
        let (file, test) = named.split_once("::").unwrap();
        let found = text(&format!("tests/browsers/{file}.rs")).contains(&format!("\nfn {test}()"));
        assert!(found, "docs/session-cases.md names `{named}`, which is no test");
    }
}

#[test]
fn the_reference_is_current() {
    let project = crate::harness::Project::new().args(["definitions", "out"]);
    let finished = project.stdout("wrote out/runner.d.rhai\nwrote out/reference.md\n").run();
    for name in ["runner.d.rhai", "reference.md"] {
        let written = finished.file(&format!("out/{name}"));
        assert!(written == text(&format!("docs/{name}")), "docs/{name} is old: `cargo run -- definitions docs`");
    }
}
