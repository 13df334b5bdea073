//! Evaluating a spec's top level: `describe`, `it` and hooks become [`CollectedSpec`]. Nothing of
//! a test runs here.

use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use rhai::AST;

use crate::config::Isolation;
use crate::model::{Location, Mode, ProjectName, SpecPath, SuiteIndex, TestCase, TestId};
use crate::outcome::Failure;

use super::closure::Closure;
use super::definitions::SessionValue;
use super::error::misuse;

/// A spec that was evaluated.
pub(crate) struct CollectedSpec {
    /// Its tests, in order.
    pub(crate) tests: Vec<Rc<CollectedTest>>,
    /// Its suites; the first is the file itself.
    pub(crate) suites: Vec<Suite>,
    /// Its syntax tree, for what messages say about its names.
    pub(crate) ast: AST,
}

/// A test with its body.
pub(crate) struct CollectedTest {
    /// What others need to know of it.
    pub(crate) case: TestCase,
    /// What to run.
    pub(crate) body: Closure,
    /// Used before `before_each`.
    pub(crate) session: Option<SessionRef>,
    /// What it starts with, where it says so.
    pub(crate) isolation: Option<Isolation>,
    /// Size of its pages, where it says so.
    pub(crate) viewport: Option<(u32, u32)>,
}

/// A session as an option names it.
#[derive(Clone, Debug)]
pub(crate) enum SessionRef {
    /// The value itself.
    Value(SessionValue),
    /// Its name, looked up when the test runs.
    Name(String),
}

/// A `describe`, or a file.
#[derive(Default)]
pub(crate) struct Suite {
    /// Its title; empty for a file.
    pub(crate) title: String,
    /// Hooks in the order in which they were written.
    pub(crate) hooks: Vec<(HookKind, Closure)>,
    /// Its options, those of the suites around it included.
    pub(crate) options: Inherited,
}

/// Which hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HookKind {
    /// Before the suite's first test on a worker.
    BeforeAll,
    /// Before each of its tests.
    BeforeEach,
    /// After each of its tests.
    AfterEach,
    /// After the suite's last test on a worker.
    AfterAll,
}

impl HookKind {
    /// The name people write.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::BeforeAll => "before_all",
            Self::BeforeEach => "before_each",
            Self::AfterEach => "after_each",
            Self::AfterAll => "after_all",
        }
    }
}

/// Options that a suite hands down to what is in it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Inherited {
    pub(crate) tags: Vec<String>,
    pub(crate) retries: Option<u32>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) session: Option<SessionRef>,
    pub(crate) isolation: Option<Isolation>,
    pub(crate) viewport: Option<(u32, u32)>,
    pub(crate) parallel: Option<(bool, SuiteIndex)>,
    pub(crate) requires: Vec<String>,
    pub(crate) only: bool,
    pub(crate) mode: Option<Mode>,
}

/// What is being collected.
pub(crate) struct Collecting {
    /// The project whose tests they are, where there are projects.
    project: Option<ProjectName>,
    /// The file.
    pub(crate) spec: SpecPath,
    /// A support script: it has sessions and functions, but no tests.
    pub(crate) is_support: bool,
    suites: Vec<Suite>,
    open: Vec<SuiteIndex>,
    tests: Vec<Rc<CollectedTest>>,
    titles: HashMap<Vec<String>, Location>,
}

/// A test as its `it` describes it.
pub(crate) struct NewTest {
    pub(crate) title: String,
    pub(crate) location: Location,
    pub(crate) options: Inherited,
    pub(crate) body: Closure,
}

impl Collecting {
    /// Nothing collected yet.
    pub(crate) fn new(project: Option<ProjectName>, spec: SpecPath, is_support: bool) -> Self {
        Self {
            project,
            spec,
            is_support,
            suites: vec![Suite::default()],
            open: vec![SuiteIndex(0)],
            tests: Vec::new(),
            titles: HashMap::new(),
        }
    }

    /// What the suite being collected hands down.
    pub(crate) fn inherited(&self) -> Inherited {
        self.suites[self.current().0].options.clone()
    }

    /// The number the next suite will have.
    pub(crate) fn next_suite(&self) -> SuiteIndex {
        SuiteIndex(self.suites.len())
    }

    fn current(&self) -> SuiteIndex {
        *self.open.last().expect("the file's own suite is never closed")
    }

    /// Opens a suite inside the one being collected.
    pub(crate) fn open_suite(&mut self, title: String, options: Inherited) {
        let index = self.next_suite();
        self.suites.push(Suite { title, hooks: Vec::new(), options });
        self.open.push(index);
    }

    /// Closes the suite opened last.
    pub(crate) fn close_suite(&mut self) {
        self.open.pop();
    }

    /// Adds a hook to the suite being collected.
    pub(crate) fn add_hook(&mut self, kind: HookKind, closure: Closure) {
        let current = self.current();
        self.suites[current.0].hooks.push((kind, closure));
    }

    /// Adds a test to the suite being collected.
    pub(crate) fn add_test(&mut self, new: NewTest) -> Result<(), Failure> {
        let suites: Vec<SuiteIndex> = self.open.clone();
        let mut titles: Vec<String> =
            suites.iter().map(|suite| self.suites[suite.0].title.clone()).filter(|title| !title.is_empty()).collect();
        titles.push(new.title);
        if let Some(first) = self.titles.get(&titles) {
            return Err(misuse(format!("two tests are called `{}`", titles.join(" › ")))
                .detail(format!("the first is at {first}"))
                .advise("a test is known by its titles: give one of them another"));
        }
        self.titles.insert(titles.clone(), new.location.clone());
        let options = new.options;
        let mut tags = options.tags;
        tags.sort();
        tags.dedup();
        let case = TestCase {
            id: TestId { project: self.project.clone(), spec: self.spec.clone(), titles, repeat: None },
            location: new.location,
            suites,
            tags,
            mode: options.mode.unwrap_or(Mode::Run),
            only: options.only,
            retries: options.retries,
            timeout: options.timeout,
            parallel: options.parallel.map(|(parallel, _)| parallel),
            parallel_suite: options.parallel.map(|(_, suite)| suite),
            requires: options.requires,
        };
        self.tests.push(Rc::new(CollectedTest {
            case,
            body: new.body,
            session: options.session,
            isolation: options.isolation,
            viewport: options.viewport,
        }));
        Ok(())
    }

    /// What was collected.
    pub(crate) fn into_spec(self, ast: AST) -> CollectedSpec {
        CollectedSpec { tests: self.tests, suites: self.suites, ast }
    }

    /// The hooks of a support script's top level: they are around every test.
    pub(crate) fn into_hooks(mut self) -> Vec<(HookKind, Closure)> {
        std::mem::take(&mut self.suites[0].hooks)
    }
}
