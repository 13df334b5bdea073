//! [`Tool`]: one of the two, ready to run a workload; what a run took and what it opened.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};

use crate::application::Application;
use crate::memory::{Memory, watch};
use crate::workload::Workload;

/// What both tools are given alike.
pub(crate) struct Surroundings {
    pub(crate) application: Application,
    /// The browser's binary.
    pub(crate) browser: PathBuf,
    pub(crate) workers: usize,
    /// Everything is written below it.
    pub(crate) folder: PathBuf,
}

/// Which tool.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tool {
    Runner,
    Playwright,
}

/// What a run opened.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Opened {
    pub(crate) contexts: usize,
    pub(crate) pages: usize,
}

impl Tool {
    /// As it is called in the table.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Runner => "runner",
            Self::Playwright => "playwright",
        }
    }

    /// Writes the tool's files of this workload.
    pub(crate) fn prepare(self, workload: &Workload, around: &Surroundings) -> anyhow::Result<()> {
        let folder = self.folder(workload, around);
        match self {
            Self::Runner => workload.write_for_runner(&folder),
            Self::Playwright => workload.write_for_playwright(&folder),
        }
    }

    /// Runs the workload; how long it took. A run in which a test fails is no result.
    pub(crate) fn time(self, workload: &Workload, around: &Surroundings) -> anyhow::Result<Duration> {
        let mut command = self.command(workload, around);
        let began = Instant::now();
        let output = command.output().with_context(|| format!("cannot run {}", self.name()))?;
        let spent = began.elapsed();
        ensure!(output.status.success(), "{} failed on workload {}:\n{}", self.name(), workload.name, text(&output));
        Ok(spent)
    }

    /// Runs the workload with the tool's protocol log on, and counts what it opened.
    pub(crate) fn count(self, workload: &Workload, around: &Surroundings) -> anyhow::Result<Opened> {
        let (key, value) = match self {
            Self::Runner => ("RUNNER_LOG", "runner::wire=trace"),
            Self::Playwright => ("DEBUG", "pw:protocol"),
        };
        let output = self.command(workload, around).env(key, value).output()?;
        ensure!(output.status.success(), "{} failed on workload {}:\n{}", self.name(), workload.name, text(&output));
        let log = String::from_utf8_lossy(&output.stderr);
        // Sent messages name their method; the answers do not.
        let count = |method: &str| log.matches(&format!("\"method\":\"{method}\"")).count();
        Ok(Opened { contexts: count("Target.createBrowserContext"), pages: count("Target.createTarget") })
    }

    /// Runs the workload and watches the memory of its processes.
    pub(crate) fn weigh(self, workload: &Workload, around: &Surroundings) -> anyhow::Result<Memory> {
        let mut command = self.command(workload, around);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let memory = watch(&mut child, &around.browser)?;
        ensure!(child.wait()?.success(), "{} failed on workload {}", self.name(), workload.name);
        Ok(memory)
    }

    /// Shows the tests of the workload; how long it took.
    pub(crate) fn time_list(self, workload: &Workload, around: &Surroundings) -> anyhow::Result<Duration> {
        let mut command = self.command(workload, around);
        command.arg("--list");
        let began = Instant::now();
        let output = command.output()?;
        let spent = began.elapsed();
        ensure!(output.status.success(), "{} cannot list workload {}:\n{}", self.name(), workload.name, text(&output));
        Ok(spent)
    }

    fn command(self, workload: &Workload, around: &Surroundings) -> Command {
        let folder = self.folder(workload, around);
        let mut command = match self {
            Self::Runner => {
                let mut command = Command::new(env!("CARGO_BIN_EXE_runner"));
                command.args(["specs", "-q", "--wire", "devtools"]);
                command.arg("--workers").arg(around.workers.to_string());
                command.arg("--base-url").arg(&around.application.url);
                command.arg("--browser-path").arg(&around.browser);
                command
            }
            Self::Playwright => {
                let mut command = Command::new("node");
                command.arg(cli(&around.folder)).arg("test");
                command.env("COMPARE_WORKERS", around.workers.to_string());
                command.env("COMPARE_URL", &around.application.url);
                command.env("COMPARE_BROWSER", &around.browser);
                command.env("COMPARE_LOGINS", workload.logins.to_string());
                command
            }
        };
        command.current_dir(folder).env_remove("CI").stdin(Stdio::null());
        command
    }

    fn folder(self, workload: &Workload, around: &Surroundings) -> PathBuf {
        around.folder.join(self.name()).join(workload.name)
    }
}

/// The peer's command line program, installed below `folder`.
pub(crate) fn cli(folder: &Path) -> PathBuf {
    folder.join("node_modules/@playwright/test/cli.js")
}

fn text(output: &std::process::Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
