//! What can run: specs, tests and where they stand. Plain data, no behaviour of its own.
//!
//! The main type is [`TestCase`], one `it` of a spec. Nothing here knows how a test is run.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A spec file, as a path relative to the project root with `/` between its parts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SpecPath(Arc<str>);

impl SpecPath {
    /// Takes a relative path that already uses `/`.
    pub fn new(path: impl Into<Arc<str>>) -> Self {
        Self(path.into())
    }

    /// The path as text, for messages and reports.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SpecPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A project of the configuration: `[project.NAME]`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProjectName(Arc<str>);

impl ProjectName {
    /// Takes its name.
    pub fn new(name: impl Into<Arc<str>>) -> Self {
        Self(name.into())
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A place in a script: file relative to the project root, line and column counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Location {
    /// File, relative to the project root, with `/`.
    pub file: Arc<str>,
    /// Line, from 1. 0 where the script engine gives none.
    pub line: u32,
    /// Column in characters, from 1. 0 where the script engine gives none.
    pub column: u32,
}

impl Location {
    /// A place in `file`.
    pub fn new(file: impl Into<Arc<str>>, line: u32, column: u32) -> Self {
        Self { file: file.into(), line, column }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.line, self.column) {
            (0, _) => write!(f, "{}", self.file),
            (line, 0) => write!(f, "{}:{line}", self.file),
            (line, column) => write!(f, "{}:{line}:{column}", self.file),
        }
    }
}

/// What a test is known by: its project, its file, and the titles of its suites and itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TestId {
    /// The project it runs in, where there are projects.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub project: Option<ProjectName>,
    /// The file that collects the test.
    pub spec: SpecPath,
    /// Titles from the outermost suite to the test itself; never empty.
    pub titles: Vec<String>,
    /// Which of its repetitions, from 1, where it is repeated.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub repeat: Option<u32>,
}

impl TestId {
    /// A test outside any project that is not repeated.
    pub fn new(spec: SpecPath, titles: Vec<String>) -> Self {
        Self { project: None, spec, titles, repeat: None }
    }

    /// The test's own title, with its repetition: `adds an item (repeat 2)`.
    pub fn title(&self) -> String {
        let title = self.titles.last().map_or("", String::as_str);
        self.repeat.map_or(title.to_owned(), |repeat| format!("{title} (repeat {repeat})"))
    }

    /// The titles joined by ` › `, without the file: what `-g` is matched against.
    pub fn full_title(&self) -> String {
        let mut titles = self.titles.clone();
        if let Some(last) = titles.last_mut() {
            *last = self.title();
        }
        titles.join(" › ")
    }

    /// What it is a part of.
    pub fn spec_run(&self) -> SpecRun {
        SpecRun { project: self.project.clone(), spec: self.spec.clone(), repeat: self.repeat }
    }

    /// The test, whichever repetition this is.
    #[must_use]
    pub fn unrepeated(&self) -> Self {
        Self { repeat: None, ..self.clone() }
    }
}

/// A spec as it is run: in a project and as one of its repetitions, where there are such.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SpecRun {
    /// The project.
    pub project: Option<ProjectName>,
    /// The file.
    pub spec: SpecPath,
    /// Which repetition, from 1.
    pub repeat: Option<u32>,
}

/// The file, with its project: `[firefox] specs/cart.rhai`.
impl fmt::Display for SpecRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.project {
            Some(project) => write!(f, "[{project}] {}", self.spec),
            None => write!(f, "{}", self.spec),
        }
    }
}

impl fmt::Display for TestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} › {}", self.spec_run(), self.full_title())
    }
}

/// A worker, numbered from 1 as people see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WorkerId(pub usize);

impl fmt::Display for WorkerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// Whether a test is to run, as its spec says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Runs and should pass.
    Run,
    /// `skip`: does not run, with the reason where one was given.
    Skip(Option<String>),
    /// `fixme`: known to be broken, does not run.
    Fixme(Option<String>),
    /// `fails`: runs and should fail; passing is the failure.
    Fails,
}

/// A suite's place in the order in which its spec collects suites, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SuiteIndex(pub usize);

/// One `it`, with the options it got from itself and its suites.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestCase {
    /// What the test is known by.
    pub id: TestId,
    /// Where its `it` stands.
    pub location: Location,
    /// Suites around it, outermost first.
    pub suites: Vec<SuiteIndex>,
    /// Tags of the test and its suites, sorted, once each, without a leading `@`.
    pub tags: Vec<String>,
    /// Whether it is to run.
    pub mode: Mode,
    /// `only` was said of it or of a suite around it.
    pub only: bool,
    /// Retries, where the spec says so.
    pub retries: Option<u32>,
    /// Time for one attempt, where the spec says so.
    pub timeout: Option<Duration>,
    /// `parallel` of the nearest suite that says so.
    pub parallel: Option<bool>,
    /// The innermost suite that said `parallel`, so that `parallel: false` keeps its tests together.
    pub parallel_suite: Option<SuiteIndex>,
    /// Capabilities the browser must have, by name, e.g. `session.all_domains`.
    pub requires: Vec<String>,
}

impl TestCase {
    /// A test of which nothing is said but where it stands: it is to run.
    pub fn new(id: TestId, location: Location) -> Self {
        Self {
            id,
            location,
            suites: Vec::new(),
            tags: Vec::new(),
            mode: Mode::Run,
            only: false,
            retries: None,
            timeout: None,
            parallel: None,
            parallel_suite: None,
            requires: Vec::new(),
        }
    }
}
