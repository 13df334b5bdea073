//! Which source wins, what paths are relative to, and what an error names.

use std::time::Duration;

use tempfile::TempDir;

use super::*;
use crate::config::{Isolation, Parallel};

struct Project {
    folder: TempDir,
    flags: Layer,
    is_ci: bool,
}

impl Project {
    fn new(config: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["specs", "e2e/shop", "sub/specs", "support"] {
            std::fs::create_dir_all(folder.path().join(name)).unwrap();
        }
        for name in ["specs/a.rhai", "specs/b.rhai", "e2e/shop/c.rhai"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        std::fs::write(folder.path().join("runner.toml"), config).unwrap();
        Self { folder, flags: Layer::default(), is_ci: false }
    }

    fn flags(mut self, set: impl FnOnce(&mut Layer)) -> Self {
        set(&mut self.flags);
        self
    }

    fn resolve_in(&self, folder: &str) -> Result<Settings, ConfigError> {
        let around = Surroundings {
            working_directory: paths::absolute(self.folder.path(), folder),
            is_ci: self.is_ci,
            cores: 8,
            free_port: || Ok(4321),
            seed: 42,
        };
        resolve(self.flags.clone(), None, &around)
    }

    fn resolve(&self) -> Settings {
        self.resolve_in("").unwrap()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

fn flag(name: &str, value: &str) -> Given<String> {
    Given::new(value.to_owned(), Origin::Flag(name.to_owned()))
}

fn argument(value: &str) -> Given<String> {
    Given::new(value.to_owned(), Origin::Argument)
}

#[test]
fn an_empty_file_gives_the_defaults() {
    let project = Project::new("");
    let settings = project.resolve();
    assert_eq!(settings.root, project.folder.path());
    assert_eq!(settings.paths, [project.path("specs")]);
    assert_eq!(settings.support, project.path("support"));
    assert_eq!(settings.output, project.path("test-results"));
    assert_eq!(settings.timeouts, Timeouts::default());
    assert_eq!((settings.retries, settings.workers), (0, 4));
    assert_eq!((settings.parallel, settings.isolation), (Parallel::File, Isolation::Context));
    assert_eq!(settings.test_id_attribute, "data-testid");
    assert_eq!(settings.browser.viewport, (1280, 720));
    assert_eq!((settings.base_url, settings.server), (None, None));
    assert!(!settings.selection.forbid_only);
}

#[test]
fn a_flag_wins_over_the_file() {
    let project = Project::new("retries = 1\ntimeout = \"10s\"\nparallel = \"test\"").flags(|flags| {
        flags.retries = Some(flag("--retries", "3"));
    });
    let settings = project.resolve();
    assert_eq!((settings.retries, settings.timeouts.test), (3, Duration::from_secs(10)));
    assert_eq!(settings.parallel, Parallel::Test);
}

#[test]
fn paths_are_relative_to_where_they_are_written() {
    let config = "specs = \"e2e\"\nsupport = \"support\"\noutput = \"out\"\n[browser]\ndriver = \"./bin/d\"\n";
    let project = Project::new(config).flags(|flags| flags.json = Some(flag("--report-json", "run.json")));
    let settings = project.resolve_in("sub").unwrap();
    assert_eq!(settings.root, project.folder.path());
    assert_eq!(settings.paths, [project.path("e2e")]);
    assert_eq!(settings.output, project.path("out"));
    assert_eq!(settings.browser.driver, Some(project.path("bin/d")));
    assert_eq!(settings.reports.json, Some(project.path("sub/run.json")));

    let project = project.flags(|flags| flags.paths = vec![argument("../specs/a.rhai")]);
    assert_eq!(project.resolve_in("sub").unwrap().paths, [project.path("specs/a.rhai")]);
}

#[test]
fn a_line_narrows_its_file_alone() {
    let paths = vec![argument("specs/a.rhai:3"), argument("e2e")];
    let project = Project::new("").flags(|flags| flags.paths = paths);
    let settings = project.resolve();
    assert_eq!(settings.paths, [project.path("e2e"), project.path("specs/a.rhai")]);
    assert_eq!(settings.selection.lines, [(project.path("specs/a.rhai"), 3)]);

    let paths = vec![argument("specs/a.rhai:3"), argument("specs")];
    let project = Project::new("").flags(|flags| flags.paths = paths);
    assert!(project.resolve().selection.lines.is_empty());
}

#[test]
fn ci_forbids_only_unless_told_otherwise() {
    let mut project = Project::new("");
    project.is_ci = true;
    assert!(project.resolve().selection.forbid_only);
    let off = Given::new(false, Origin::Variable("RUNNER_FORBID_ONLY".into()));
    let project = project.flags(|flags| flags.forbid_only = Some(off));
    assert!(!project.resolve().selection.forbid_only);
}

#[test]
fn the_server_is_resolved() {
    let project = Project::new("[server]\ncommand = 'serve {port}'\nurl = \"http://127.0.0.1:{port}\"\n");
    let settings = project.resolve();
    let server = settings.server.unwrap();
    assert_eq!((server.command.as_str(), server.port, server.has_free_port), ("serve 4321", 4321, true));
    assert_eq!((server.timeout, server.reuse), (Duration::from_secs(60), false));
    assert_eq!(settings.base_url.unwrap().as_str(), "http://127.0.0.1:4321/");
}

#[test]
fn a_bad_value_names_its_origin() {
    let check = |config: &str, set: fn(&mut Layer), expected: &str| {
        let error = Project::new(config).flags(set).resolve_in("").unwrap_err();
        assert_eq!(error.to_string(), expected);
    };
    check(
        "workers = 0",
        |_| {},
        "`workers`: `0` is not a number of workers; write a number from 1 or a share such as \"50%\"",
    );
    check("retries = -1", |_| {}, "`retries`: `-1` is not a whole number from 0");
    check(
        "",
        |flags| flags.max_failures = Some(flag("--max-failures", "0")),
        "`--max-failures`: `0` is not a whole number from 1",
    );
    check("", |flags| flags.support = Some(flag("--support", "suport")), "`--support`: `suport` does not exist");
    check("", |flags| flags.paths = vec![argument("spec/a.rhai")], "`spec/a.rhai` does not exist");
    check("", |flags| flags.paths = vec![argument("e2e:7")], "path: `e2e` is a folder, so it has no line 7");
    check("test_id_attribute = \"a b\"", |_| {}, "`test_id_attribute`: `a b` is not the name of an attribute");
    check("[browser]\nviewport = [0, 9]", |_| {}, "`browser.viewport`: width and height are pixels from 1 to 16384");
    let variable = |flags: &mut Layer| {
        let origin = Origin::Variable("RUNNER_WIRE".into());
        flags.wire = Some(Given::new("cdp".into(), origin));
    };
    check("", variable, "`RUNNER_WIRE`: `cdp` is not a wire; it is one of `classic`, `bidi`, `devtools`");
}

#[test]
fn a_bad_value_of_the_file_is_shown_with_its_line() {
    let project = Project::new("\nworkers = \"half\"\n");
    let details = project.resolve_in("").unwrap_err().details();
    assert_eq!(details, ["runner.toml:2:11", "  2 | workers = \"half\"", "    |           ^^^^^^"]);
}

#[test]
fn without_a_file_the_working_directory_is_the_project() {
    let project = Project::new("");
    std::fs::remove_file(project.path("runner.toml")).unwrap();
    let settings = project.resolve_in("sub").unwrap();
    assert_eq!((settings.root, settings.paths), (project.path("sub"), vec![project.path("sub/specs")]));
}

const PROFILES: &str = r#"
retries = 1
timeout = "10s"
[env]
USER = "file"
PLACE = "file"
[browser]
args = ["--file"]
viewport = [800, 600]
[profile.base]
retries = 2
workers = 3
[profile.base.env]
USER = "base"
[profile.base.timeouts]
test = "20s"
[profile.ci]
inherits = "base"
workers = 1
[profile.ci.browser]
args = ["--ci"]
"#;

#[test]
fn a_profile_is_put_over_the_file_and_a_flag_over_both() {
    let with = |profile: &str| Project::new(PROFILES).flags(|flags| flags.profile = Some(flag("--profile", profile)));
    let settings = Project::new(PROFILES).resolve();
    assert_eq!((settings.retries, settings.env["USER"].as_str()), (1, "file"));
    let settings = with("base").resolve();
    assert_eq!((settings.retries, settings.workers), (2, 3));
    assert_eq!((settings.env["USER"].as_str(), settings.env["PLACE"].as_str()), ("base", "file"));
    assert_eq!((settings.timeouts.test, settings.browser.args), (Duration::from_secs(20), vec!["--file".to_owned()]));
    let settings = with("ci").resolve();
    assert_eq!((settings.retries, settings.workers, settings.env["USER"].as_str()), (2, 1, "base"));
    assert_eq!((settings.browser.args, settings.browser.viewport), (vec!["--ci".to_owned()], (800, 600)));
    let settings = with("ci").flags(|flags| flags.retries = Some(flag("--retries", "0"))).resolve();
    assert_eq!(settings.retries, 0);
}

#[test]
fn a_profile_that_leads_nowhere_is_an_error() {
    let check = |config: &str, profile: Option<&str>, expected: &[&str]| {
        let named = profile.map(|profile| flag("--profile", profile));
        let error = Project::new(config).flags(|flags| flags.profile = named).resolve_in("").unwrap_err();
        let lines: Vec<String> = [error.to_string()].into_iter().chain(error.details()).chain(error.advice()).collect();
        assert_eq!(lines, expected);
    };
    check(
        PROFILES,
        Some("cj"),
        &["`--profile`: there is no `[profile.cj]`", "profiles of the configuration: base, ci", "`ci`"],
    );
    check("", Some("ci"), &["`--profile`: there is no `[profile.ci]`", "the configuration has no `[profile.NAME]`"]);
    check(
        "[profile.ci]\ninherits = \"bse\"\n[profile.base]\n",
        None,
        &[
            "`profile.ci.inherits`: there is no `[profile.bse]`",
            "runner.toml:2:12",
            "  2 | inherits = \"bse\"",
            "    |            ^^^^^",
            "profiles of the configuration: ci, base",
            "`base`",
        ],
    );
    check(
        "[profile.a]\ninherits = \"b\"\n[profile.b]\ninherits = \"a\"\n",
        None,
        &[
            "`profile.b.inherits`: profiles inherit one another in a circle: `a`, `b`, `a`",
            "runner.toml:4:12",
            "  4 | inherits = \"a\"",
            "    |            ^^^",
        ],
    );
}

const PROJECTS: &str = r#"
base_url = "http://127.0.0.1:{port}"
retries = 1
[server]
command = "serve"
[env]
PLACE = "file"
[project.second]
retries = 2
[project.second.browser]
name = "firefox"
viewport = [400, 300]
[project.first]
base_url = "http://127.0.0.1:{port}/admin"
env = { PLACE = "first" }
"#;

#[test]
fn a_project_is_put_over_the_file_and_a_flag_over_both() {
    let settings = Project::new(PROJECTS).resolve();
    let names: Vec<_> = settings.projects.iter().map(|project| project.project.clone().unwrap().to_string()).collect();
    assert_eq!(names, ["second", "first"], "the order of the file");
    let [second, first] = &settings.projects[..] else { panic!("there are two") };
    assert_eq!((second.browser.name, second.browser.viewport), (BrowserName::Firefox, (400, 300)));
    assert_eq!((second.retries, first.retries, settings.retries), (2, 1, 1));
    assert_eq!(first.base_url.as_ref().unwrap().as_str(), "http://127.0.0.1:4321/admin");
    assert_eq!(second.base_url.as_ref().unwrap().as_str(), "http://127.0.0.1:4321/");
    assert_eq!((second.env["PLACE"].as_str(), first.env["PLACE"].as_str()), ("file", "first"));
    let settings = Project::new(PROJECTS).flags(|flags| flags.retries = Some(flag("--retries", "0"))).resolve();
    assert!(settings.projects.iter().all(|project| project.retries == 0));
}

#[test]
fn projects_are_chosen_by_name() {
    let named = |name: &str| Project::new(PROJECTS).flags(|flags| flags.projects = vec![flag("--project", name)]);
    assert_eq!(named("first").resolve().projects.len(), 1);
    let error = named("frist").resolve_in("").unwrap_err();
    assert_eq!(error.to_string(), "`--project`: there is no `[project.frist]`");
    assert_eq!(error.details(), ["projects of the configuration: second, first"]);
    assert_eq!(error.advice().unwrap(), "`first`");
}
