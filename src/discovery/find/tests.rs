//! What is found, what is passed over, and what is said when nothing is there.

use tempfile::TempDir;

use super::*;
use crate::config::{Layer, Surroundings, resolve};

struct Project(TempDir);

impl Project {
    fn new(files: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        Self(folder)
    }

    fn write(self, file: &str, text: &str) -> Self {
        std::fs::write(self.0.path().join(file), text).unwrap();
        self
    }

    fn settings(&self, paths: &[&str]) -> Settings {
        let around = Surroundings {
            working_directory: self.0.path().to_path_buf(),
            is_ci: false,
            cores: 1,
            free_port: || Ok(1),
            seed: 42,
        };
        let mut settings = resolve(Layer::default(), None, &around).unwrap();
        settings.paths = paths.iter().map(|path| self.0.path().join(path).components().collect()).collect();
        settings
    }

    #[track_caller]
    fn check(&self, paths: &[&str], expected: &[&str]) {
        let specs = find_specs(&self.settings(paths)).unwrap();
        assert!(specs.iter().all(|spec| spec.absolute == self.0.path().join(spec.path.as_str())));
        let found: Vec<_> = specs.iter().map(|spec| spec.path.as_str()).collect();
        assert_eq!(found, expected);
    }

    #[track_caller]
    fn check_error(&self, paths: &[&str], expected: &[&str]) {
        let error = find_specs(&self.settings(paths)).unwrap_err();
        let mut lines = vec![error.to_string()];
        lines.extend(error.details());
        assert_eq!(lines, expected);
    }
}

#[test]
fn specs_are_sorted_and_named_once() {
    let project = Project::new(&["specs/b.rhai", "specs/a/z.rhai", "specs/notes.md", "other/c.rhai"]);
    project.check(&["specs"], &["specs/a/z.rhai", "specs/b.rhai"]);
    project.check(&["specs", "specs/b.rhai", "other"], &["other/c.rhai", "specs/a/z.rhai", "specs/b.rhai"]);
}

#[test]
fn hidden_built_and_ignored_files_are_passed_over() {
    let files = ["specs/a.rhai", ".git/x.rhai", "target/x.rhai", "node_modules/m/x.rhai", "out/x.rhai", "w.rhai"];
    let project = Project::new(&files).write(".gitignore", "/out\n").write(".runnerignore", "w*.rhai\n");
    project.check(&["."], &["specs/a.rhai"]);
}

#[test]
fn what_is_named_directly_is_found_all_the_same() {
    let project = Project::new(&["out/deep/x.rhai", "w.rhai", ".hidden/y.rhai"]);
    let project = project.write(".gitignore", "/out\nw.rhai\n");
    project.check(&["out/deep", "w.rhai", ".hidden"], &[".hidden/y.rhai", "out/deep/x.rhai", "w.rhai"]);
}

#[test]
fn support_scripts_are_no_specs() {
    let project = Project::new(&["a.rhai", "support/s.rhai", "support/pages/p.rhai"]);
    project.check(&["."], &["a.rhai"]);
    let support = find_support(&project.settings(&["."])).unwrap();
    let found: Vec<_> = support.iter().map(|script| script.path.as_str()).collect();
    assert_eq!(found, ["support/pages/p.rhai", "support/s.rhai"]);
    project.check_error(
        &["support/s.rhai"],
        &[
            "`support/s.rhai` is a support script, not a spec",
            "every script in `support` is loaded before the specs, on its own accord",
        ],
    );
}

#[test]
fn no_support_folder_is_fine() {
    assert!(find_support(&Project::new(&["a.rhai"]).settings(&["."])).unwrap().is_empty());
}

#[test]
fn nothing_found_says_where_it_looked() {
    let project = Project::new(&["empty/notes.md"]);
    let expected = ["no specs found", "there is no `*.rhai` file in `empty`", "the folder `specs` does not exist"];
    project.check_error(&["empty", "specs"], &expected);
    let mut settings = project.settings(&["empty"]);
    settings.selection.pass_with_no_tests = true;
    assert!(find_specs(&settings).unwrap().is_empty());
}

#[test]
fn another_file_is_no_spec() {
    let project = Project::new(&["notes.md"]);
    project.check_error(&["notes.md"], &["`notes.md` is not a spec: specs are files that end in `.rhai`"]);
}

#[test]
fn a_spec_outside_the_project_is_named_relative_to_it() {
    let check = |path: &str, expected: &str| assert_eq!(shown(Path::new(path), Path::new("/a/b")).as_str(), expected);
    check("/a/b/c.rhai", "c.rhai");
    check("/a/c/d.rhai", "../c/d.rhai");
    check("/x.rhai", "../../x.rhai");
    check("/a/b", ".");
}
