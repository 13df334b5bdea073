//! [`Project`]: a folder with specs, a command line, and what is expected of running it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tempfile::TempDir;

use super::{Finished, Report, Running, golden};

/// Name of the JSON report that [`Project::run_for_report`] asks for.
const REPORT: &str = "harness-report.json";

/// A project of its own for one test: files, arguments, environment, and what is expected.
///
/// Without expectations the run must print nothing and exit with 0.
#[must_use = "nothing runs before `run`, `run_for_report` or `spawn`"]
pub(crate) struct Project {
    folder: Folder,
    args: Vec<String>,
    environment: BTreeMap<String, String>,
    expected: Expected,
}

/// What a run must come to.
#[derive(Default)]
struct Expected {
    stdout: Option<String>,
    stderr: Option<String>,
    status: i32,
    golden: Option<String>,
}

/// The folders of one test; they are removed with the last clone.
#[derive(Clone)]
pub(crate) struct Folder {
    home: Arc<TempDir>,
    /// Tells this test's processes from all others.
    pub(crate) mark: String,
}

impl Folder {
    fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let home = tempfile::Builder::new().prefix("runner-test-").tempdir().unwrap();
        let folder = Self { home: Arc::new(home), mark: format!("{}-{number}", std::process::id()) };
        for path in [folder.root(), folder.temporary(), folder.user()] {
            fs::create_dir(path).unwrap();
        }
        folder
    }

    /// Everything of this test is inside.
    pub(crate) fn top(&self) -> PathBuf {
        // The process table shows resolved paths.
        self.home.path().canonicalize().unwrap()
    }

    /// The project, and the working directory of the run.
    pub(crate) fn root(&self) -> PathBuf {
        self.top().join("project")
    }

    /// `TMPDIR` of the run.
    pub(crate) fn temporary(&self) -> PathBuf {
        self.top().join("tmp")
    }

    fn user(&self) -> PathBuf {
        self.top().join("home")
    }
}

impl Project {
    /// An empty project: no specs, no `runner.toml`, no arguments.
    pub(crate) fn new() -> Self {
        Self { folder: Folder::new(), args: Vec::new(), environment: BTreeMap::new(), expected: Expected::default() }
    }

    /// Another run in the same folder, with the same arguments and variables so far.
    pub(crate) fn twin(&self) -> Self {
        let (args, environment) = (self.args.clone(), self.environment.clone());
        Self { folder: self.folder.clone(), args, environment, expected: Expected::default() }
    }

    /// With a file of `specs/`.
    pub(crate) fn spec(self, name: &str, text: &str) -> Self {
        self.file(&format!("specs/{name}"), text)
    }

    /// With a file of `support/`.
    pub(crate) fn support(self, name: &str, text: &str) -> Self {
        self.file(&format!("support/{name}"), text)
    }

    /// With a file; what all lines have as indentation is not part of it, nor is a first empty line.
    pub(crate) fn file(self, path: &str, text: &str) -> Self {
        let path = self.folder.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, unindent(text)).unwrap();
        self
    }

    /// With further arguments.
    pub(crate) fn args<const N: usize>(mut self, args: [&str; N]) -> Self {
        self.args.extend(args.map(str::to_owned));
        self
    }

    /// With an environment variable.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    /// With an address that relative ones are resolved against.
    pub(crate) fn base_url(self, url: &str) -> Self {
        self.args(["--base-url", url])
    }

    /// Standard output must be this, exactly.
    pub(crate) fn stdout(mut self, text: &str) -> Self {
        self.expected.stdout = Some(unindent(text));
        self
    }

    /// Standard error must be this, exactly.
    pub(crate) fn stderr(mut self, text: &str) -> Self {
        self.expected.stderr = Some(unindent(text));
        self
    }

    /// The exit code must be this; 0 otherwise.
    pub(crate) fn status(mut self, status: i32) -> Self {
        self.expected.status = status;
        self
    }

    /// Output and exit code must be what `tests/golden/messages/NAME.txt` says.
    /// `RUNNER_UPDATE_GOLDEN=1` writes that file instead.
    pub(crate) fn golden(mut self, name: &str) -> Self {
        self.expected.golden = Some(name.to_owned());
        self
    }

    /// Runs it and compares everything.
    #[track_caller]
    pub(crate) fn run(self) -> Finished {
        let expected = Expected { ..self.expected };
        let finished = Self { expected: Expected::default(), ..self }.spawn().finish();
        finished.assert_nothing_left();
        if let Some(name) = &expected.golden {
            golden::compare(name, &finished);
            return finished;
        }
        finished.assert_output(
            expected.status,
            expected.stdout.as_deref().unwrap_or_default(),
            expected.stderr.as_deref().unwrap_or_default(),
        );
        finished
    }

    /// Runs it, compares exit code and standard error, and gives the JSON report. What is on the
    /// screen is not compared; it is shown where an expectation on the report does not hold.
    #[track_caller]
    pub(crate) fn run_for_report(self) -> Report {
        let status = self.expected.status;
        let stderr = self.expected.stderr.clone().unwrap_or_default();
        let running = self.args(["--report-json", REPORT]).spawn();
        let report = running.folder.root().join(REPORT);
        let finished = running.finish();
        finished.assert_nothing_left();
        finished.assert_status_and_stderr(status, &stderr);
        Report::read(&report, &finished)
    }

    /// Starts it and leaves it running; nothing is compared.
    #[track_caller]
    pub(crate) fn spawn(self) -> Running {
        let mut command = Command::new(env!("CARGO_BIN_EXE_runner"));
        command
            .args(&self.args)
            .current_dir(self.folder.root())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("LANG", "C.UTF-8")
            .env("HOME", self.folder.user())
            .env("TMPDIR", self.folder.temporary())
            .env("NO_COLOR", "1")
            .env("RUNNER_REDACT", "1")
            .env("RUNNER_TEST_MARK", &self.folder.mark)
            .envs(&self.environment)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        Running::start(command, self.folder)
    }

    /// The project's folder.
    pub(crate) fn root(&self) -> PathBuf {
        self.folder.root()
    }
}

/// A path below the repository.
pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// `text` without a first empty line and without the indentation that all its lines share.
fn unindent(text: &str) -> String {
    let text = text.strip_prefix('\n').unwrap_or(text);
    let indentation = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start().len())
        .min()
        .unwrap_or(0);
    let mut lines: Vec<&str> = text.split('\n').map(|line| line.get(indentation..).unwrap_or("")).collect();
    // The last line of a literal in code holds its closing quote only.
    if lines.last().is_some_and(|last| last.trim().is_empty()) {
        *lines.last_mut().unwrap() = "";
    }
    lines.join("\n")
}
