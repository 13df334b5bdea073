//! [`World`]: what every function of the script API can reach. One for each script thread, handed
//! to native functions as the engine's tag.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rhai::{Engine, EvalAltResult, NativeCallContext};

use crate::browser::{Browser, BrowserError, Callback, DialogAnswer, DialogRequest, Pending};
use crate::clock::Deadline;
use crate::config::Settings;
use crate::event::{EventSink, RunEvent, Step};
use crate::model::{Location, SpecPath, WorkerId};
use crate::outcome::{Failure, FailureKind, Frame};
use crate::redact::Redactor;
use crate::session::SessionStore;

use super::activity::{Activity, Limit, LimitKind};
use super::bridge::{Bridge, Woken};
use super::closure::call_site;
use super::collect::Collecting;
use super::custom::CustomFunctions;
use super::definitions::Definitions;
use super::dialog::Dialog;
use super::error::{Abort, Effect, Raw, abort, misuse, throw};
use super::failure::{self, Told, browser_failure};
use super::source::Sources;
use super::tab::Tab;

/// What functions of the script API can reach. Clones share it.
#[derive(Clone)]
pub(crate) struct World(Rc<Inner>);

/// The parts of a [`World`].
pub(crate) struct Inner {
    pub(crate) settings: Arc<Settings>,
    pub(crate) redactor: Redactor,
    pub(crate) events: EventSink,
    pub(crate) worker: WorkerId,
    pub(crate) store: SessionStore,
    pub(crate) bridge: Bridge,
    pub(crate) sources: Sources,
    /// What is being collected, during the evaluation of a file.
    pub(crate) collecting: RefCell<Option<Collecting>>,
    /// When the evaluation of a file must be done.
    pub(crate) collection_deadline: Cell<Option<Deadline>>,
    /// Sessions defined on this thread.
    pub(crate) definitions: RefCell<Definitions>,
    /// What support scripts add to the language.
    pub(crate) custom: CustomFunctions,
    /// What is being run.
    pub(crate) activity: RefCell<Option<Rc<Activity>>>,
    /// The worker's browser, once it is up.
    pub(crate) browser: RefCell<Option<Browser>>,
    /// The tab an `isolation: "none"` test left, and its spec: another one starts with its own.
    pub(crate) kept: RefCell<Option<(SpecPath, Tab)>>,
    /// Contexts being closed.
    pub(crate) closing: RefCell<Vec<tokio::task::JoinHandle<()>>>,
    /// Requests for browsers elsewhere that nobody waits for any more.
    pub(crate) pending: Pending,
    /// The last error was that no slot was free: it says nothing about test or browser.
    pub(crate) lacks_slot: Cell<bool>,
    /// For `request`.
    pub(crate) http: RefCell<Option<reqwest::Client>>,
}

impl std::ops::Deref for World {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

/// A call of one of our functions: what a message says about it.
pub(crate) struct Call<'a> {
    /// The engine it comes from; `None` in an iterator, which is not told.
    pub(crate) engine: Option<&'a Engine>,
    /// As the script would write it: `get("#a").click()`.
    pub(crate) text: String,
    /// Where it stands.
    pub(crate) site: Location,
}

impl<'a> Call<'a> {
    /// The call behind `context`.
    pub(crate) fn new(context: &'a NativeCallContext, text: impl Into<String>) -> Self {
        Self { engine: Some(context.engine()), text: text.into(), site: call_site(context) }
    }
}

impl World {
    /// A world of these parts.
    pub(crate) fn new(inner: Inner) -> Self {
        Self(Rc::new(inner))
    }

    /// The world of the engine that calls.
    pub(crate) fn of(context: &NativeCallContext) -> Self {
        context
            .tag()
            .and_then(|tag| tag.read_lock::<World>().map(|world| world.clone()))
            .expect("every engine of a host carries its world as its tag")
    }

    /// What is being run, if anything.
    pub(crate) fn activity(&self) -> Option<Rc<Activity>> {
        self.activity.borrow().clone()
    }

    /// The spec that is being collected or run; none while support scripts are loaded.
    pub(crate) fn spec(&self) -> Option<SpecPath> {
        match &*self.collecting.borrow() {
            Some(collecting) => (!collecting.is_support).then(|| collecting.spec.clone()),
            None => self.activity().map(|activity| activity.spec.clone()),
        }
    }

    /// What is being run; an error where a file is only being collected.
    pub(crate) fn activity_of(&self, call: &Call) -> Raw<Rc<Activity>> {
        self.activity().ok_or_else(|| {
            throw(
                misuse(format!("`{}` can only be called while a test runs", call.text))
                    .advise("move it into `it`, or into a hook such as `before_each`"),
            )
        })
    }

    /// Blocks the script until `work` is done, serving callbacks, under the activity's deadline.
    pub(crate) fn wait<T>(&self, call: &Call, work: impl Future<Output = Result<T, BrowserError>>) -> Raw<T> {
        match self.wait_plain(call, work)? {
            Ok(value) => Ok(value),
            Err(error) => Err(self.browser_error(call, &error)),
        }
    }

    /// As [`World::wait`], for work that ends in a failure or a value of its own.
    pub(crate) fn wait_plain<T>(&self, call: &Call, work: impl Future<Output = T>) -> Raw<T> {
        let activity = self.activity_of(call)?;
        if activity.in_callback.get() {
            return Err(throw(
                misuse(format!("`{}` is called inside the handler of `on_dialog`", call.text))
                    .detail("the page stands still until its dialog is answered, so no command can reach it")
                    .advise("answer with `accept` or `dismiss`, and act after the command that opened the dialog"),
            ));
        }
        activity.count_command();
        *activity.last_command.borrow_mut() = Some((call.text.clone(), call.site.clone()));
        let mut work = pin!(work);
        loop {
            match self.bridge.block(work.as_mut(), activity.limit().deadline.at()) {
                Woken::Done(value) => {
                    return match activity.callback_error.borrow_mut().take() {
                        Some(error) => Err(error),
                        None => Ok(value),
                    };
                }
                Woken::Callback(Callback::Dialog(request)) => self.answer_dialog(call, &activity, request),
                Woken::Deadline => return Err(self.out_of_time(Some(call))),
                Woken::Stopped => return Err(interrupted()),
            }
        }
    }

    /// As [`World::wait`], but the time is not charged to the activity.
    pub(crate) fn wait_uncharged<T>(&self, call: &Call, work: impl Future<Output = Result<T, BrowserError>>) -> Raw<T> {
        match self.wait_for_others(work)? {
            Ok(value) => Ok(value),
            Err(error) => Err(self.browser_error(call, &error)),
        }
    }

    /// Waits for something that is not the test's doing: the deadline moves with it.
    pub(crate) fn wait_for_others<T>(&self, work: impl Future<Output = T>) -> Raw<T> {
        let started = Instant::now();
        let mut work = pin!(work);
        let done = loop {
            let far = Instant::now() + Duration::from_secs(3600);
            match self.bridge.block(work.as_mut(), far) {
                Woken::Done(value) => break Ok(value),
                Woken::Stopped => break Err(interrupted()),
                Woken::Callback(_) | Woken::Deadline => {}
            }
        };
        if let Some(activity) = self.activity() {
            activity.extend(started.elapsed());
        }
        done
    }

    /// The error of an activity whose time is over, `during` this command where one was running.
    pub(crate) fn out_of_time(&self, during: Option<&Call>) -> Box<EvalAltResult> {
        if self.bridge.is_stopped() {
            return interrupted();
        }
        let limit = match (self.activity(), self.collection_deadline.get()) {
            (Some(activity), _) => activity.limit(),
            (None, Some(deadline)) => Limit { deadline, kind: LimitKind::Collection },
            (None, None) => return interrupted(),
        };
        let before = self.activity().and_then(|activity| activity.last_command.borrow().clone());
        let failure = limit.failure(during.map(|call| call.text.as_str()), before);
        match limit.kind {
            // It is the session's use that ends; the test goes on to fail with it.
            LimitKind::Verify(_) => throw(failure),
            _ => abort(at(failure, during), Abort::Deadline),
        }
    }

    /// Reads an error of a script, with the reason where the engine was made to stop.
    pub(crate) fn read(&self, error: &EvalAltResult, engine: &Engine, source: &str) -> Told {
        let mut told = failure::read(error, engine, source);
        if told.effect == Effect::Abort(Abort::Halted) {
            let why = failure::read(&self.out_of_time(None), engine, source);
            let frames = std::mem::take(&mut told.failure.frames);
            told = why;
            told.failure.frames = frames;
        }
        told
    }

    /// Masks secrets in a failure and adds its code frames.
    pub(crate) fn finish(&self, failure: &mut Failure) {
        failure::finish(failure, &self.sources, &self.redactor);
    }

    /// `log`, `print` and `debug`.
    pub(crate) fn say(&self, text: &str) {
        let running = self.activity().and_then(|activity| activity.test).map(|(test, _)| test);
        self.events.send(RunEvent::Log { test: running, text: self.redactor.redact(text) });
    }

    fn browser_error(&self, call: &Call, error: &BrowserError) -> Box<EvalAltResult> {
        let failure = browser_failure(&call.text, error, &self.dialogs_seen());
        self.lacks_slot.set(matches!(error, BrowserError::NoSlot { .. }));
        if error.is_lost() { abort(at(failure, Some(call)), Abort::Lost) } else { throw(failure) }
    }

    fn dialogs_seen(&self) -> Vec<String> {
        self.activity().map(|activity| activity.dialogs.borrow().clone()).unwrap_or_default()
    }

    fn answer_dialog(&self, call: &Call, activity: &Activity, request: DialogRequest) {
        let handler = activity.dialog_handler.borrow().clone();
        let (Some(handler), Some(engine)) = (handler, call.engine) else {
            let line = format!("an unexpected {} was dismissed: {:?}", request.kind.as_str(), request.message);
            self.warn(&format!(
                "{}: {line}\n  answer it with `on_dialog(|d| d.accept())` before the command that opens it",
                call.site
            ));
            activity.dialogs.borrow_mut().push(line);
            // The browser's side may be gone; then there is nothing to answer.
            let _ = request.reply.send(DialogAnswer::Dismiss);
            return;
        };
        let dialog = Dialog::new(&request);
        activity.in_callback.set(true);
        let answered = handler.run(engine, (dialog.clone(),));
        activity.in_callback.set(false);
        if let Err(error) = answered {
            activity.callback_error.borrow_mut().get_or_insert(error);
        }
        // As above: nobody may be waiting for the answer any more.
        let _ = request.reply.send(dialog.answer());
    }

    /// Tells a warning, with secrets masked.
    pub(crate) fn warn(&self, text: &str) {
        self.events.send(RunEvent::Warning { text: self.redactor.redact(text) });
    }

    /// Tells a step of the running attempt, with secrets masked.
    pub(crate) fn tell(&self, mut step: Step) {
        let Some((test, attempt)) = self.activity().and_then(|activity| activity.test) else { return };
        step.title = self.redactor.redact(&step.title);
        step.details.iter_mut().for_each(|line| *line = self.redactor.redact(line));
        step.warning = step.warning.map(|warning| self.redactor.redact(&warning));
        self.events.send(RunEvent::Step { test, attempt, step });
    }

    /// The limit scripts are held to while they compute; `None` when nothing limits them.
    pub(crate) fn deadline(&self) -> Option<Deadline> {
        match self.activity() {
            Some(activity) => Some(activity.limit().deadline),
            None => self.collection_deadline.get(),
        }
    }
}

fn interrupted() -> Box<EvalAltResult> {
    abort(Failure::new(FailureKind::Timeout, "the run was stopped"), Abort::Interrupted)
}

/// The place of a command whose error ends the attempt: rhai forgets where such errors come from.
fn at(mut failure: Failure, call: Option<&Call>) -> Failure {
    failure.frames.extend(call.map(|call| Frame { location: call.site.clone(), function: None, excerpt: Vec::new() }));
    failure
}
