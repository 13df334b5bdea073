//! `--only-changed`: specs that a change can affect, as git tells it.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::harness::{Finished, Project};

fn project() -> Project {
    Project::new()
        .spec("a.rhai", r#"it("a", || {});"#)
        .spec("b.rhai", "import \"lib/words\" as words;\nit(\"b\", || {});\n")
        .spec("deep/c.rhai", r#"it("c", || {});"#)
        .file("specs/deep/data.json", "{}\n")
        .file("lib/words.rhai", "const WORD = 1;\n")
        .file("readme.txt", "hello\n")
        .support("all.rhai", "fn nothing() {}\n")
        .file("runner.toml", "retries = 0\n")
        .file(".gitignore", "test-results\nrun.json\n")
}

fn git(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(["-c", "user.name=Test", "-c", "user.email=test@example.org"]).args(arguments);
    let output = command.output().unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// The project, committed on branch `main`.
fn committed() -> Project {
    let project = project();
    git(&project.root(), &["init", "--quiet", "--initial-branch", "main"]);
    commit(&project);
    project
}

fn commit(project: &Project) {
    git(&project.root(), &["add", "--all"]);
    git(&project.root(), &["commit", "--quiet", "--message", "a step"]);
}

fn run(project: &Project, option: &str) -> Finished {
    project.twin().args([option, "--report-json", "run.json"]).spawn().finish()
}

/// After this change to the file, these tests run.
#[track_caller]
fn check(file: &str, text: &str, expected: &[&str]) {
    let project = committed().file(file, text);
    let expected: Vec<_> = expected.iter().map(|title| (*title, "passed")).collect();
    run(&project, "--only-changed").report("run.json").assert_statuses(&expected);
}

#[test]
fn a_spec_that_changed_or_is_new() {
    check("specs/a.rhai", r#"it("a", || { log("new"); });"#, &["a"]);
    check("specs/z.rhai", r#"it("z", || {});"#, &["z"]);
}

#[test]
fn what_specs_read() {
    check("lib/words.rhai", "const WORD = 2;\n", &["b"]);
    // Beside `c`, and below `a` and `b`.
    check("specs/deep/data.json", "[]\n", &["a", "b", "c"]);
    check("specs/deep/c.rhai", r#"it("c", || { log("new"); });"#, &["c"]);
    check("readme.txt", "good day\n", &[]);
}

#[test]
fn what_every_spec_depends_on() {
    check("support/all.rhai", "fn something() {}\n", &["a", "b", "c"]);
    check("runner.toml", "retries = 1\n", &["a", "b", "c"]);
    check("fixtures/users.json", "[]\n", &["a", "b", "c"]);
}

#[test]
fn a_support_script_that_is_gone() {
    let project = committed();
    fs::remove_file(project.root().join("support/all.rhai")).unwrap();
    run(&project, "--only-changed").report("run.json").assert_all_passed(3);
}

#[test]
fn since_another_branch() {
    let project = committed();
    git(&project.root(), &["switch", "--quiet", "--create", "work"]);
    let project = project.spec("a.rhai", r#"it("a", || { log("new"); });"#);
    commit(&project);
    run(&project, "--only-changed=main").report("run.json").assert_statuses(&[("a", "passed")]);
    // What happens on the other branch meanwhile is not a change of this one.
    git(&project.root(), &["switch", "--quiet", "main"]);
    let project = project.spec("deep/c.rhai", r#"it("c", || { log("new"); });"#);
    commit(&project);
    git(&project.root(), &["switch", "--quiet", "work"]);
    run(&project, "--only-changed=main").report("run.json").assert_statuses(&[("a", "passed")]);
    project.args(["--only-changed"]).golden("only_changed_nothing").run();
}

#[test]
fn a_project_below_the_repository() {
    let project = Project::new()
        .file("shop/specs/a.rhai", r#"it("a", || {});"#)
        .file("shop/specs/b.rhai", r#"it("b", || {});"#)
        .file("shop/runner.toml", "");
    git(&project.root(), &["init", "--quiet", "--initial-branch", "main"]);
    commit(&project);
    let project = project.file("shop/specs/b.rhai", r#"it("b", || { log("new"); });"#);
    let finished =
        project.args(["-c", "shop/runner.toml", "--only-changed", "--report-json", "run.json"]).spawn().finish();
    finished.report("run.json").assert_statuses(&[("b", "passed")]);
}

#[test]
fn outside_a_repository() {
    // Where the folder for temporary files lies in a repository, git would find that one.
    let project = project().env("GIT_CEILING_DIRECTORIES", "/");
    let root = project.root();
    let project = project.env("GIT_DIR", root.join("nowhere").to_str().unwrap());
    let finished = project.args(["--only-changed"]).spawn().finish();
    assert_eq!(finished.status, 2, "{}", finished.screen());
    assert!(finished.stderr.contains("is not in a git repository"), "{}", finished.screen());
}

#[test]
fn without_git() {
    project().env("PATH", "/nowhere").args(["--only-changed"]).golden("only_changed_no_git").run();
}

#[test]
fn a_reference_that_leads_nowhere() {
    committed().args(["--only-changed=origin/mian"]).golden("only_changed_no_commit").run();
}
