//! Runs one attempt at a test: suites entered, session, hooks and body in order, with deadlines,
//! a picture on failure, everything closed afterwards.

use std::rc::Rc;
use std::time::{Duration, Instant};

use rhai::EvalAltResult;

use crate::browser::{Capability, ScreenshotOptions};
use crate::clock::Deadline;
use crate::config::Isolation;
use crate::event::{RunEvent, Step, StepKind};
use crate::model::{Location, Mode, SpecPath, SuiteIndex, TestCase, TestId};
use crate::outcome::{Artifact, Failure, FailureKind, Frame, Outcome};
use crate::suggest::closest;

use super::activity::{Activity, Limit, LimitKind};
use super::attempt::{AttemptOrder, AttemptReport};
use super::closure::Closure;
use super::collect::{CollectedTest, HookKind, SessionRef};
use super::error::{Abort, Effect, misuse};
use super::failure::Told;
use super::host::Host;
use super::tab::Tab;
use super::world::Call;

/// Time for a picture of a failure.
const PICTURE_TIME: Duration = Duration::from_secs(5);

impl Host {
    /// Runs one attempt.
    pub fn run(&mut self, order: &AttemptOrder) -> AttemptReport {
        self.world.lacks_slot.set(false);
        let report = self.try_test(order);
        AttemptReport { lacks_slot: report.is_infrastructure && self.world.lacks_slot.get(), ..report }
    }

    fn try_test(&mut self, order: &AttemptOrder) -> AttemptReport {
        let started = Instant::now();
        let test = match self.find(order) {
            Ok(test) => test,
            Err(failure) => return report(Outcome::Failed(failure), started.elapsed()),
        };
        if order.is_retry {
            // A retry starts afresh: a `before_all` that failed is tried again.
            self.entered.retain(|_, failure| failure.is_none());
        }
        match self.missing_capability(&test) {
            Ok(None) => {}
            Ok(Some(reason)) => return report(Outcome::Skipped(Some(reason)), started.elapsed()),
            Err(told) => return self.ended(Err(told), started.elapsed()),
        }
        if let Err(failure) = self.enter_suites(order, &test) {
            let lost = failure.kind == FailureKind::Infrastructure;
            return AttemptReport { is_infrastructure: lost, ..report(Outcome::Failed(failure), started.elapsed()) };
        }
        self.attempt(order, &test)
    }

    /// Runs the `after_all` hooks of suites no test of which is to come, innermost first.
    pub fn leave(&mut self, spec: &SpecPath, suites: &[SuiteIndex]) {
        for suite in suites.iter().rev() {
            let Some(entered) = self.entered.remove(&(spec.clone(), *suite)) else { continue };
            let hooks = self.hooks(spec, *suite, HookKind::AfterAll);
            if entered.is_some() && hooks.is_empty() {
                continue;
            }
            for hook in hooks {
                if let Err(failure) = self.suite_hook(spec, *suite, HookKind::AfterAll, &hook, None) {
                    self.world.events.send(RunEvent::RunFailure { failure });
                }
            }
        }
    }

    /// As [`Host::leave`], for every suite that is open here.
    pub(crate) fn leave_all(&mut self) {
        let mut open: Vec<(SpecPath, SuiteIndex)> = self.entered.keys().cloned().collect();
        open.sort();
        for (spec, suite) in open.into_iter().rev() {
            self.leave(&spec, &[suite]);
        }
    }

    fn find(&mut self, order: &AttemptOrder) -> Result<Rc<CollectedTest>, Box<Failure>> {
        let path = order.id.spec.clone();
        let tests = self.collect(&path, &order.spec).map_err(|error| error.failure)?;
        if let Some(failure) = disagreement(&order.expected, &tests) {
            return Err(Box::new(failure));
        }
        let spec = &self.specs[&path];
        let found = spec.tests.iter().find(|test| test.case.id.titles == order.id.titles);
        Ok(found.expect("the spec agrees with the plan, which has this test").clone())
    }

    /// The reason why the browser cannot run the test, from `requires`.
    fn missing_capability(&self, test: &CollectedTest) -> Result<Option<String>, Told> {
        if test.case.requires.is_empty() {
            return Ok(None);
        }
        let mut wanted = Vec::new();
        for name in &test.case.requires {
            match Capability::parse(name) {
                Some(capability) => wanted.push(capability),
                None => {
                    return Err(Told {
                        failure: self.placed(unknown_capability(name), &test.case.location),
                        effect: Effect::Fail,
                    });
                }
            }
        }
        let call = Call { engine: Some(&self.engine), text: "requires".to_owned(), site: test.case.location.clone() };
        let browser = self
            .world
            .browser(&call)
            .map_err(|error| self.world.read(&error, &self.engine, test.case.id.spec.as_str()))?;
        let missing = wanted.into_iter().find(|capability| !browser.can(*capability));
        Ok(missing.map(|capability| {
            let info = browser.info();
            format!("{} cannot do `{}`", super::tab::title(&info), capability.name())
        }))
    }

    fn enter_suites(&mut self, order: &AttemptOrder, test: &CollectedTest) -> Result<(), Box<Failure>> {
        let spec = test.case.id.spec.clone();
        for suite in &test.case.suites {
            let key = (spec.clone(), *suite);
            if let Some(entered) = self.entered.get(&key) {
                if let Some(failure) = entered {
                    return Err(Box::new(failure.clone()));
                }
                continue;
            }
            let mut outcome = Ok(());
            for hook in self.hooks(&spec, *suite, HookKind::BeforeAll) {
                outcome = self.suite_hook(&spec, *suite, HookKind::BeforeAll, &hook, Some(order));
                if outcome.is_err() {
                    break;
                }
            }
            // A lost browser is no answer of the hook's: the next attempt runs it again.
            let is_answer = outcome.as_ref().err().is_none_or(|failure| failure.kind != FailureKind::Infrastructure);
            if is_answer {
                self.entered.insert(key, outcome.clone().err().map(|failure| *failure));
            }
            outcome?;
        }
        Ok(())
    }

    /// The hooks of a suite; those of support scripts stand around a spec's own.
    fn hooks(&self, spec: &SpecPath, suite: SuiteIndex, kind: HookKind) -> Vec<Closure> {
        let own = self.specs.get(spec).map(|spec| spec.suites[suite.0].hooks.as_slice()).unwrap_or_default();
        let support = if suite.0 == 0 { self.support.hooks.as_slice() } else { &[] };
        let of_kind = |hooks: &[(HookKind, Closure)]| -> Vec<Closure> {
            hooks.iter().filter(|(other, _)| *other == kind).map(|(_, closure)| closure.clone()).collect()
        };
        match kind {
            HookKind::BeforeAll | HookKind::BeforeEach => [of_kind(support), of_kind(own)].concat(),
            HookKind::AfterEach | HookKind::AfterAll => [of_kind(own), of_kind(support)].concat(),
        }
    }

    /// Runs a hook of a suite, in the name of the attempt that needs it where there is one.
    fn suite_hook(
        &self,
        spec: &SpecPath,
        suite: SuiteIndex,
        kind: HookKind,
        hook: &Closure,
        order: Option<&AttemptOrder>,
    ) -> Result<(), Box<Failure>> {
        let settings = &self.world.settings;
        let options = &self.specs[spec].suites[suite.0].options;
        let isolation = options.isolation.unwrap_or(settings.isolation);
        let limit = Limit { deadline: Deadline::after(settings.timeouts.hook), kind: LimitKind::Hook(kind.name()) };
        let viewport = options.viewport.unwrap_or(settings.browser.viewport);
        let mut activity = Activity::new(spec.clone(), kind.name().to_owned(), limit, isolation, viewport);
        activity.test = order.map(|order| (order.test, order.number));
        activity.is_retry = order.is_some_and(|order| order.is_retry);
        self.begin(activity);
        let done = hook.run(&self.engine, ());
        let outcome = done.map(drop).map_err(|error| {
            let mut told = self.tell(&error, spec);
            told.failure.during.push(format!("in the `{}` hook{}", kind.name(), self.suite_words(spec, suite)));
            if told.effect == Effect::Abort(Abort::Lost) {
                self.world.drop_browser();
            }
            Box::new(told.failure)
        });
        self.end(isolation);
        outcome
    }

    fn suite_words(&self, spec: &SpecPath, suite: SuiteIndex) -> String {
        match self.specs[spec].suites[suite.0].title.as_str() {
            "" => String::new(),
            title => format!(" of `{title}`"),
        }
    }

    fn begin(&self, activity: Activity) {
        let kept = self.world.kept.borrow_mut().take();
        match kept {
            Some((spec, tab)) if activity.isolation == Isolation::None && spec == activity.spec => {
                *activity.tab.borrow_mut() = tab;
            }
            Some((_, tab)) => self.world.close_tab(tab),
            None => {}
        }
        *self.world.activity.borrow_mut() = Some(Rc::new(activity));
    }

    fn end(&self, isolation: Isolation) {
        self.world.end_tab(isolation);
        *self.world.activity.borrow_mut() = None;
        self.world.bridge.drop_callbacks();
    }

    fn attempt(&mut self, order: &AttemptOrder, test: &Rc<CollectedTest>) -> AttemptReport {
        let settings = self.world.settings.clone();
        let isolation = test.isolation.unwrap_or(settings.isolation);
        let timeout = test.case.timeout.unwrap_or(settings.timeouts.test);
        let limit = Limit { deadline: Deadline::after(timeout), kind: LimitKind::Test };
        let mut activity = Activity::new(
            test.case.id.spec.clone(),
            order.id.full_title(),
            limit,
            isolation,
            test.viewport.unwrap_or(settings.browser.viewport),
        );
        activity.test = Some((order.test, order.number));
        activity.is_retry = order.is_retry;
        let started = Instant::now();
        self.begin(activity);
        let activity = self.world.activity().expect("it was begun just now");

        let mut outcome = self.with_soft_failures(&activity, self.body(test));
        if let Err(told) = &mut outcome {
            if told.failure.frames.is_empty() {
                // A loop that was stopped has no place of its own.
                let failure = std::mem::replace(&mut told.failure, Failure::new(FailureKind::Script, ""));
                told.failure = self.placed(failure, &test.case.location);
            }
            self.take_picture(&activity, order.number, told);
        }
        let outcome = self.after_each(test, outcome);
        if outcome.is_ok() && test.case.mode != Mode::Fails {
            self.write_back(&activity);
        }
        let duration = started.elapsed().saturating_sub(activity.uncharged.get());
        if matches!(&outcome, Err(told) if told.effect == Effect::Abort(Abort::Lost)) {
            self.world.drop_browser();
        }
        self.end(isolation);
        let outcome = if test.case.mode == Mode::Fails { self.turned_round(test, outcome) } else { outcome };
        self.ended(outcome, duration)
    }

    /// What `expect_soft` kept comes before what ended the test: it happened first.
    fn with_soft_failures(&self, activity: &Activity, outcome: Result<(), Told>) -> Result<(), Told> {
        let mut soft = activity.soft.take().into_iter().map(|mut failure| {
            self.world.finish(&mut failure);
            failure
        });
        let is_over =
            matches!(&outcome, Err(told) if !matches!(told.effect, Effect::Fail | Effect::Abort(Abort::Deadline)));
        let Some(mut first) = soft.next().filter(|_| !is_over) else { return outcome };
        first.also.extend(soft);
        first.also.extend(outcome.err().map(|told| told.failure));
        Err(Told { failure: first, effect: Effect::Fail })
    }

    /// Session, `before_each` hooks, body.
    fn body(&self, test: &CollectedTest) -> Result<(), Told> {
        let spec = &test.case.id.spec;
        if let Some(session) = &test.session {
            self.use_option(session, &test.case.location).map_err(|error| self.tell(&error, spec))?;
        }
        for suite in &test.case.suites {
            for hook in self.hooks(spec, *suite, HookKind::BeforeEach) {
                hook.run(&self.engine, ()).map(drop).map_err(|error| {
                    let mut told = self.tell(&error, spec);
                    told.failure.during.push(format!("in the `before_each` hook{}", self.suite_words(spec, *suite)));
                    told
                })?;
            }
        }
        test.body.run(&self.engine, ()).map(drop).map_err(|error| self.tell(&error, spec))
    }

    /// The `session` option.
    fn use_option(&self, session: &SessionRef, site: &Location) -> Result<(), Box<EvalAltResult>> {
        let definition = match session {
            SessionRef::Value(value) => value.0.clone(),
            SessionRef::Name(name) => {
                let spec = self.world.activity().map(|activity| activity.spec.clone());
                let found = self.world.definitions.borrow().find(name, spec.as_ref());
                found.map_err(|failure| super::error::throw(self.placed(failure, site)))?
            }
        };
        let call = Call { engine: Some(&self.engine), text: "session".to_owned(), site: site.clone() };
        super::login::use_session(&self.world, &call, &definition)
    }

    fn after_each(&self, test: &CollectedTest, outcome: Result<(), Told>) -> Result<(), Told> {
        let over =
            matches!(&outcome, Err(told) if matches!(told.effect, Effect::Abort(Abort::Lost | Abort::Interrupted)));
        if over {
            return outcome;
        }
        let spec = &test.case.id.spec;
        let limit =
            Limit { deadline: Deadline::after(self.world.settings.timeouts.hook), kind: LimitKind::Hook("after_each") };
        let activity = self.world.activity().expect("the attempt goes on until its hooks are done");
        // A test that used up its time still gets its clean-up; others keep the earlier deadline.
        if matches!(&outcome, Err(told) if told.effect == Effect::Abort(Abort::Deadline)) {
            *activity.limits.borrow_mut() = vec![limit];
        }
        activity.logins.borrow_mut().clear();
        activity.scopes.borrow_mut().clear();
        let mut outcome = outcome;
        for suite in test.case.suites.iter().rev() {
            for hook in self.hooks(spec, *suite, HookKind::AfterEach) {
                let Err(error) = hook.run(&self.engine, ()) else { continue };
                let mut told = self.tell(&error, spec);
                told.failure.during.push(format!("in the `after_each` hook{}", self.suite_words(spec, *suite)));
                match &mut outcome {
                    Err(first) => first.failure.also.push(told.failure),
                    Ok(()) => outcome = Err(told),
                }
            }
        }
        outcome
    }

    /// What a `fails` test comes to.
    fn turned_round(&self, test: &CollectedTest, outcome: Result<(), Told>) -> Result<(), Told> {
        match outcome {
            Ok(()) => {
                let failure = Failure::new(FailureKind::Assertion, "the test passed, but is marked `fails`")
                    .advise("remove `fails`: what was broken works now");
                Err(Told { failure: self.placed(failure, &test.case.location), effect: Effect::Fail })
            }
            Err(told) if told.effect == Effect::Fail || told.effect == Effect::Abort(Abort::Deadline) => Ok(()),
            other => other,
        }
    }

    fn ended(&self, outcome: Result<(), Told>, duration: Duration) -> AttemptReport {
        let told = match outcome {
            Ok(()) => return report(Outcome::Passed, duration),
            Err(told) => told,
        };
        match told.effect {
            Effect::Abort(Abort::Interrupted) => report(Outcome::Interrupted, duration),
            Effect::Abort(Abort::Skipped) => {
                let reason = told.failure.title.clone();
                report(Outcome::Skipped((!reason.is_empty()).then_some(reason)), duration)
            }
            Effect::Abort(Abort::Lost) => AttemptReport {
                is_infrastructure: true,
                cannot_start: self.world.browser.borrow().is_none()
                    && !told.failure.title.starts_with("the browser was lost"),
                ..report(Outcome::Failed(Box::new(told.failure)), duration)
            },
            Effect::Fail | Effect::Abort(Abort::Deadline | Abort::Halted) => {
                report(Outcome::Failed(Box::new(told.failure)), duration)
            }
        }
    }

    /// Reads an error of a spec's script, ready to be shown.
    fn tell(&self, error: &EvalAltResult, spec: &SpecPath) -> Told {
        let mut told = self.world.read(error, &self.engine, spec.as_str());
        if let Some(collected) = self.specs.get(spec) {
            super::failure::explain_variable(&mut told.failure, &collected.ast, &self.support.exports.names());
        }
        self.world.finish(&mut told.failure);
        told
    }

    fn placed(&self, mut failure: Failure, site: &Location) -> Failure {
        failure.frames.push(Frame { location: site.clone(), function: None, excerpt: Vec::new() });
        self.world.finish(&mut failure);
        failure
    }

    /// A screenshot of the page as it was when the test failed, and the page's own errors.
    fn take_picture(&self, activity: &Activity, attempt: u32, told: &mut Told) {
        let has_page = matches!(told.effect, Effect::Fail | Effect::Abort(Abort::Deadline));
        let Tab::Open { page, .. } = &*activity.tab.borrow() else { return };
        if !has_page || page.is_closed() {
            return;
        }
        for error in page.errors() {
            told.failure.details.push(self.world.redactor.redact(&format!("the page threw: {error}")));
        }
        let options = ScreenshotOptions::default();
        let taken =
            self.world.bridge.finish(tokio::time::timeout(PICTURE_TIME, page.screenshot(&options, PICTURE_TIME)));
        let Ok(Ok(picture)) = taken else { return };
        let name = if attempt == 1 { "failure".to_owned() } else { format!("failure-attempt-{attempt}") };
        match self.world.write_artifact(activity, &name, "png", &picture) {
            Ok(path) => told.failure.artifacts.push(Artifact {
                name: "screenshot".to_owned(),
                path,
                media_type: "image/png".to_owned(),
            }),
            Err(error) => self.world.warn(&format!("the screenshot of a failure could not be written: {error}")),
        }
    }
}

fn report(outcome: Outcome, duration: Duration) -> AttemptReport {
    AttemptReport { outcome, duration, is_infrastructure: false, cannot_start: false, lacks_slot: false }
}

fn unknown_capability(name: &str) -> Failure {
    let known: Vec<&str> = Capability::ALL.iter().map(|capability| capability.name()).collect();
    let mut failure = misuse(format!("`requires` names `{name}`, which is no capability"))
        .detail(format!("there are: {}", known.join(", ")));
    failure.advice = closest(name, known).map(|near| format!("did you mean `{near}`?"));
    failure
}

/// Workers evaluate a spec by themselves; what they collect must be what the plan was made of.
fn disagreement(expected: &[TestId], tests: &[TestCase]) -> Option<Failure> {
    if expected.len() == tests.len() && expected.iter().zip(tests).all(|(id, test)| *id == test.id) {
        return None;
    }
    let mut failure = misuse("the spec collected other tests the second time it was evaluated");
    for id in expected.iter().filter(|id| !tests.iter().any(|test| test.id == **id)) {
        failure.details.push(format!("- {}", id.full_title()));
    }
    for test in tests.iter().filter(|test| !expected.contains(&test.id)) {
        failure.details.push(format!("+ {}", test.id.full_title()));
    }
    if failure.details.is_empty() {
        failure.details.push("the same tests in another order".to_owned());
    }
    Some(
        failure
            .advise("titles must not depend on the time, on chance or on the worker: every worker evaluates the spec"),
    )
}

/// A named step around `work`, told with its time.
pub(super) fn step<T>(
    world: &super::world::World,
    title: &str,
    kind: StepKind,
    work: impl FnOnce() -> Result<T, Box<EvalAltResult>>,
) -> Result<T, Box<EvalAltResult>> {
    let Some(activity) = world.activity() else { return work() };
    let depth = activity.depth.get();
    activity.depth.set(depth + 1);
    let started = Instant::now();
    let done = work();
    activity.depth.set(depth);
    world.tell(Step {
        title: title.to_owned(),
        kind,
        depth,
        duration: started.elapsed(),
        passed: done.is_ok(),
        details: Vec::new(),
        warning: None,
        saved: None,
    });
    done
}
