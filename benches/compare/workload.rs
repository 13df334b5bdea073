//! [`Workload`]: the same tests for both tools, differing from the next workload by one ingredient.

use std::fs;
use std::path::Path;

use anyhow::Context;

/// A spec for each tool, copied as often as the workload has files.
pub(crate) struct Workload {
    /// As it is called in `--only` and in the table.
    pub(crate) name: &'static str,
    /// What is measured with it.
    pub(crate) about: &'static str,
    /// How many files; each has the same tests.
    pub(crate) files: usize,
    /// How many tests there are in all.
    pub(crate) tests: usize,
    /// How many users log in.
    pub(crate) logins: usize,
    /// The largest ratio of wall times, ours to the peer's, that is good enough; none for operations.
    pub(crate) target: Option<f64>,
    rhai: &'static str,
    js: &'static str,
}

macro_rules! workload {
    ($folder:literal, $about:literal, files: $files:literal, tests: $tests:literal, logins: $logins:literal, $target:expr) => {
        Workload {
            name: $folder,
            about: $about,
            files: $files,
            tests: $tests,
            logins: $logins,
            target: $target,
            rhai: include_str!(concat!("workloads/", $folder, "/spec.rhai")),
            js: include_str!(concat!("workloads/", $folder, "/spec.js")),
        }
    };
}

/// All of them, in the order in which they run.
pub(crate) const WORKLOADS: [Workload; 7] = [
    workload!("a", "start-up: 2 tests", files: 1, tests: 2, logins: 0, Some(0.20)),
    workload!("b", "96 tests without a page", files: 8, tests: 96, logins: 0, Some(0.05)),
    workload!("c", "96 empty pages", files: 8, tests: 96, logins: 0, Some(0.45)),
    workload!("d", "96 tests of 20 commands", files: 8, tests: 96, logins: 0, Some(0.35)),
    workload!("e", "to-dos: 40 tests, 1 login", files: 8, tests: 40, logins: 1, Some(0.33)),
    workload!("f", "40 files, 5 logins", files: 40, tests: 80, logins: 5, Some(0.35)),
    workload!("operations", "single operations", files: 1, tests: 1, logins: 0, None),
];

impl Workload {
    /// Writes our files into `folder`, which is made new.
    pub(crate) fn write_for_runner(&self, folder: &Path) -> anyhow::Result<()> {
        renew(folder)?;
        write(&folder.join("runner.toml"), include_str!("workloads/runner.toml"))?;
        write(&folder.join("support/users.rhai"), include_str!("workloads/support.rhai"))?;
        (0..self.files)
            .try_for_each(|n| write(&folder.join(format!("specs/file{n:02}.rhai")), &self.spec(self.rhai, n)))
    }

    /// Writes the peer's files into `folder`, which is made new.
    pub(crate) fn write_for_playwright(&self, folder: &Path) -> anyhow::Result<()> {
        renew(folder)?;
        write(&folder.join("playwright.config.js"), include_str!("workloads/playwright.config.js"))?;
        write(&folder.join("login.js"), include_str!("workloads/login.js"))?;
        (0..self.files).try_for_each(|n| write(&folder.join(format!("file{n:02}.spec.js")), &self.spec(self.js, n)))
    }

    fn spec(&self, template: &str, file: usize) -> String {
        template.replace("{{login}}", &(file % self.logins.max(1)).to_string())
    }
}

fn renew(folder: &Path) -> anyhow::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", folder.display()))
        }
        _ => Ok(()),
    }
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let folder = path.parent().context("a file has a folder")?;
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(path, text))
        .with_context(|| format!("cannot write {}", path.display()))
}
