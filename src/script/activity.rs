//! [`Activity`]: what a script thread is doing right now: an attempt at a test, or a hook of a
//! suite, with its deadline, its tab and everything that ends with it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rhai::EvalAltResult;

use crate::browser::Locator;
use crate::clock::Deadline;
use crate::config::Isolation;
use crate::event::PlanIndex;
use crate::model::{Location, SpecPath};
use crate::outcome::{Failure, FailureKind};
use crate::session::{Lease, SessionKey, SessionSpec, Snapshot};

use super::closure::Closure;
use super::definitions::Definition;
use super::tab::Tab;

/// One attempt at a test, or one hook of a suite.
pub(crate) struct Activity {
    /// When it began: what tells it from any other.
    pub(crate) began: Instant,
    /// The spec it belongs to.
    pub(crate) spec: SpecPath,
    /// The test and the number of the attempt, in `before_all` those that it is run for; `None` in
    /// `after_all`.
    pub(crate) test: Option<(PlanIndex, u32)>,
    /// Titles, for names of artifacts.
    pub(crate) title: String,
    /// The attempt follows a failed one.
    pub(crate) is_retry: bool,
    /// What the test starts with.
    pub(crate) isolation: Isolation,
    /// Size of its pages.
    pub(crate) viewport: Cell<(u32, u32)>,
    /// When it must be done, innermost last.
    pub(crate) limits: RefCell<Vec<Limit>>,
    /// Its context and page.
    pub(crate) tab: RefCell<Tab>,
    /// Counts the contexts it has had; a locator belongs to one.
    pub(crate) epoch: Cell<u32>,
    /// The last number a context was given.
    pub(crate) epochs: Cell<u32>,
    /// The current context was opened by `open_as`.
    pub(crate) is_aside: Cell<bool>,
    /// The session the current context began with.
    pub(crate) used: RefCell<Option<UsedSession>>,
    /// Contexts that are not the current one.
    pub(crate) others: RefCell<Vec<Parked>>,
    /// What ended each earlier context.
    pub(crate) ended: RefCell<Vec<Ended>>,
    /// `within` scopes, innermost last.
    pub(crate) scopes: RefCell<Vec<Locator>>,
    /// `on_dialog`.
    pub(crate) dialog_handler: RefCell<Option<Closure>>,
    /// Dialogs nobody expected, for the failure's details.
    pub(crate) dialogs: RefCell<Vec<String>>,
    /// Assertions of `expect_soft` that did not hold.
    pub(crate) soft: RefCell<Vec<Failure>>,
    /// A handler is running.
    pub(crate) in_callback: Cell<bool>,
    /// What a handler threw; thrown when the command it interrupted is done.
    pub(crate) callback_error: RefCell<Option<Box<EvalAltResult>>>,
    /// Sessions being made, innermost last.
    pub(crate) logins: RefCell<Vec<LoginFrame>>,
    /// Time spent waiting for other workers, not charged to it.
    pub(crate) uncharged: Cell<Duration>,
    /// The command that was given last, and where.
    pub(crate) last_command: RefCell<Option<(String, Location)>>,
    /// How many steps are open.
    pub(crate) depth: Cell<u32>,
}

/// A deadline and what it is for.
#[derive(Clone, Debug)]
pub(crate) struct Limit {
    pub(crate) deadline: Deadline,
    pub(crate) kind: LimitKind,
}

/// What a deadline is for; decides the words when it passes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LimitKind {
    /// An attempt at a test.
    Test,
    /// A hook, by its name.
    Hook(&'static str),
    /// A session's `verify`.
    Verify(String),
    /// The top level of a file.
    Collection,
}

impl Limit {
    /// What to tell when it passes, `during` a command or after the one `before`.
    pub(crate) fn failure(&self, during: Option<&str>, before: Option<(String, Location)>) -> Failure {
        let (title, advice) = match &self.kind {
            LimitKind::Test => (
                "the test ran out of time".to_owned(),
                "give it more with `timeout` in the options of `it`, or with `--timeout`",
            ),
            LimitKind::Hook(name) => {
                (format!("the `{name}` hook ran out of time"), "give hooks more time with `hook` in `[timeouts]`")
            }
            LimitKind::Verify(name) => (
                format!("`verify` of session `{name}` ran out of time"),
                "ask something quicker, such as a `request`, or set `verify` in `[timeouts]`",
            ),
            LimitKind::Collection => {
                ("the file took too long to evaluate".to_owned(), "look for a loop that never ends at its top level")
            }
        };
        let mut failure = Failure::new(FailureKind::Timeout, title).advise(advice);
        failure.waited = Some(self.deadline.length());
        failure.details.push(match (during, before) {
            (Some(command), _) => format!("during `{command}`"),
            (None, Some((command, site))) => format!("while the script was computing, after `{command}` at {site}"),
            (None, None) => "while the script was computing; it had called no command".to_owned(),
        });
        failure
    }
}

/// A context that is not the current one, with what belongs to it.
pub(crate) struct Parked {
    pub(crate) tab: Tab,
    pub(crate) epoch: u32,
    pub(crate) scopes: Vec<Locator>,
    pub(crate) used: Option<UsedSession>,
    pub(crate) is_aside: bool,
}

/// The session a context began with.
pub(crate) struct UsedSession {
    pub(crate) definition: Rc<Definition>,
    /// As it was used: with its account, and with a digest of its code where it is kept.
    pub(crate) spec: SessionSpec,
    /// What was put there.
    pub(crate) snapshot: Arc<Snapshot>,
    /// The right to its account.
    pub(crate) lease: Option<Lease>,
}

/// A context that is no more.
#[derive(Clone, Debug)]
pub(crate) struct Ended {
    pub(crate) epoch: u32,
    pub(crate) session: String,
    pub(crate) site: Location,
}

/// A session that is being used.
#[derive(Clone, Debug)]
pub(crate) struct LoginFrame {
    /// What it is known by: two sessions may share a name.
    pub(crate) key: SessionKey,
    /// Which of its callbacks runs; `None` between them.
    pub(crate) phase: Option<&'static str>,
    /// Commands its steps have given so far.
    pub(crate) commands: u32,
}

impl Activity {
    /// An activity with nothing in it yet.
    pub(crate) fn new(spec: SpecPath, title: String, limit: Limit, isolation: Isolation, viewport: (u32, u32)) -> Self {
        Self {
            began: Instant::now(),
            spec,
            test: None,
            title,
            is_retry: false,
            isolation,
            viewport: Cell::new(viewport),
            limits: RefCell::new(vec![limit]),
            tab: RefCell::new(Tab::default()),
            epoch: Cell::new(0),
            epochs: Cell::new(0),
            is_aside: Cell::new(false),
            used: RefCell::default(),
            others: RefCell::default(),
            ended: RefCell::default(),
            scopes: RefCell::default(),
            dialog_handler: RefCell::default(),
            dialogs: RefCell::default(),
            soft: RefCell::default(),
            in_callback: Cell::new(false),
            callback_error: RefCell::default(),
            logins: RefCell::default(),
            uncharged: Cell::new(Duration::ZERO),
            last_command: RefCell::default(),
            depth: Cell::new(0),
        }
    }

    /// The deadline that comes first.
    pub(crate) fn limit(&self) -> Limit {
        let limits = self.limits.borrow();
        limits.iter().min_by_key(|limit| limit.deadline.at()).cloned().expect("an activity always has a limit")
    }

    /// Runs `work` under one more deadline.
    pub(crate) fn limited<T>(&self, limit: Limit, work: impl FnOnce() -> T) -> T {
        self.limits.borrow_mut().push(limit);
        let done = work();
        self.limits.borrow_mut().pop();
        done
    }

    /// Moves every deadline: time that was spent waiting for others.
    pub(crate) fn extend(&self, by: Duration) {
        self.uncharged.set(self.uncharged.get() + by);
        for limit in self.limits.borrow_mut().iter_mut() {
            limit.deadline = limit.deadline.extended(by);
        }
    }

    /// A command is given: sessions count them, since `use_session` may only be the first one.
    pub(crate) fn count_command(&self) {
        if let Some(frame) = self.logins.borrow_mut().last_mut() {
            frame.commands += 1;
        }
    }
}
