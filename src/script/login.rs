//! A session's use, as the script layer does it: implements [`Login`] with the definition's
//! closures and the activity's tab, and tells the step.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Instant;

use rhai::{Dynamic, Engine, EvalAltResult};
use serde_json::Value;

use crate::browser::{Captured, OriginStorage, Restored, State};
use crate::clock::Deadline;
use crate::config::Isolation;
use crate::event::{Step, StepKind};
use crate::outcome::{Failure, FailureKind, SessionStatus};
use crate::session::{Asker, Lease, Login, LoginError, SessionKey, SessionSpec, SessionUse, Verdict, contents};

use super::activity::{Activity, Ended, Limit, LimitKind, LoginFrame, UsedSession};
use super::closure::Closure;
use super::definitions::Definition;
use super::error::{Abort, Effect, Raw, abort, throw};
use super::fingerprint::fingerprint;
use super::kept::keep;
use super::pool::lease;
use super::tab::Tab;
use super::values::is_handle;
use super::world::{Call, World};

/// Brings the current context into the session's state.
pub(crate) fn use_session(world: &World, call: &Call, definition: &Rc<Definition>) -> Raw<()> {
    start(world, call, definition, Wish::Any)
}

/// Makes a session again, whatever is saved.
pub(crate) fn refresh_session(world: &World, call: &Call, definition: &Rc<Definition>) -> Raw<()> {
    start(world, call, definition, Wish::Anew)
}

/// Whether what is saved will do.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wish {
    Any,
    Anew,
}

fn start(world: &World, call: &Call, definition: &Rc<Definition>, wish: Wish) -> Raw<()> {
    let activity = world.activity_of(call)?;
    check_nesting(&activity, call, definition)?;
    let lease = lease(world, &activity, definition)?;
    let spec = spec_of(world, definition, lease.as_ref());
    let key = &spec.key;
    if wish == Wish::Anew {
        world.forget_session(key);
    }
    let depth = activity.depth.get();
    activity.depth.set(depth + 1);
    activity.logins.borrow_mut().push(LoginFrame { key: definition.spec.key.clone(), phase: None, commands: 0 });
    // What `within` narrows is the caller's page.
    let scopes = activity.scopes.take();
    let started = Instant::now();
    let waited_before = activity.uncharged.get();
    let asker = Asker { worker: world.worker.0, is_retry: activity.is_retry };
    let mut login = ScriptLogin::new(world, call, (&activity, definition, &spec));
    let used = crate::session::use_session(&world.store, &spec, asker, &mut login);
    activity.logins.borrow_mut().pop();
    activity.scopes.replace(scopes);
    activity.depth.set(depth);
    // For a session around this one, this use was its first command.
    activity.count_command();
    let mut step = Step {
        title: format!("session `{key}`"),
        kind: StepKind::Session(SessionStatus::Failed),
        depth,
        duration: started.elapsed().saturating_sub(activity.uncharged.get().saturating_sub(waited_before)),
        passed: used.is_ok(),
        details: Vec::new(),
        warning: None,
        saved: None,
    };
    let done = match used {
        Ok(used) => {
            step.kind = StepKind::Session(used.status);
            step.warning = warning(key, &used);
            step.details = contents(&used.snapshot.state);
            if used.status == SessionStatus::Restored {
                step.saved = Some(used.snapshot.creation_time.saturating_sub(step.duration));
            }
            step.details.extend(used.notes);
            step.details.extend(not_kept(world, definition, used.status));
            let snapshot = used.snapshot;
            let used = UsedSession { definition: definition.clone(), spec: spec.clone(), snapshot, lease };
            // The session before it, if any, gives its account back here.
            activity.used.replace(Some(used));
            Ok(())
        }
        Err(error) => {
            activity.used.take();
            Err(match error {
                LoginError::Failed(failure) => throw(*failure),
                LoginError::Aborted(failure) => abort(*failure, login.why_aborted()),
            })
        }
    };
    world.tell(step);
    done
}

impl World {
    /// Forgets what is saved under `key`, here and on disk.
    pub(crate) fn forget_session(&self, key: &SessionKey) {
        if let Err(error) = self.store.forget(key) {
            self.warn(&format!("session `{key}` is still on disk\n  {}", error.in_full()));
        }
    }

    /// Forgets every session that is defined on this thread.
    pub(crate) fn forget_sessions(&self) {
        let all: Vec<Rc<Definition>> = self.definitions.borrow().all().cloned().collect();
        for key in all.iter().flat_map(|definition| definition.keys()) {
            self.forget_session(&key);
        }
    }
}

/// What the definition says, with the account of the lease, and with a digest of its code where
/// it is kept between runs.
fn spec_of(world: &World, definition: &Definition, lease: Option<&Lease>) -> SessionSpec {
    let mut spec = definition.spec.clone();
    spec.key.account = lease.map(|lease| definition.accounts.all[lease.index].0.clone());
    let persist = definition.persist.unwrap_or(world.settings.session_cache.keeps_all);
    // What nobody verifies is never used again in another run, so it is not kept.
    if persist && spec.has_verify {
        spec.kept = Some(definition.fingerprint.get_or_init(|| fingerprint(world, definition)).clone());
    }
    spec
}

/// `use_session` may stand first in `steps`, and nowhere else inside a session.
fn check_nesting(activity: &Activity, call: &Call, definition: &Definition) -> Raw<()> {
    let key = &definition.spec.key;
    let logins = activity.logins.borrow();
    let Some(around) = logins.last() else { return Ok(()) };
    if logins.iter().any(|frame| frame.key == *key) {
        let mut chain: Vec<String> = logins.iter().map(|frame| format!("`{}`", frame.key)).collect();
        chain.push(format!("`{key}`"));
        return Err(throw(
            Failure::new(FailureKind::Session, format!("session `{key}` starts from itself"))
                .detail(format!("the chain: {}", chain.join(" uses "))),
        ));
    }
    if around.phase == Some("steps") && around.commands == 0 {
        if definition.accounts.all.is_empty() {
            return Ok(());
        }
        return Err(throw(
            Failure::new(
                FailureKind::Session,
                format!("session `{}` cannot start from `{key}`, which has several accounts", around.key),
            )
            .detail("what is saved of it would hold one of them, and be used beside the test that has leased it")
            .advise("log in inside its own steps, or give it the `accounts`"),
        ));
    }
    let place = around.phase.unwrap_or("steps");
    let mut failure = Failure::new(
        FailureKind::Session,
        format!("`{}` cannot be called in `{place}` of session `{}`", call.text, around.key),
    );
    if place == "steps" {
        failure.details.push("something was done before it, which it would throw away".to_owned());
    }
    Err(throw(failure.advise("start from another session with `use_session` as the first command of `steps`")))
}

/// Said where all sessions are to be kept and this one cannot be.
fn not_kept(world: &World, definition: &Definition, status: SessionStatus) -> Option<String> {
    let is_told = status != SessionStatus::Restored
        && world.settings.session_cache.keeps_all
        && definition.persist.is_none()
        && definition.verify.is_none();
    is_told.then(|| "not kept for later runs: it has no `verify`".to_owned())
}

fn warning(key: &SessionKey, used: &SessionUse) -> Option<String> {
    if let Some(rejected) = &used.rejected {
        let place = rejected.location().map(|location| format!(" ({location})")).unwrap_or_default();
        return Some(format!("the saved session was refused: {}{place}", rejected.title));
    }
    (used.status == SessionStatus::Created && used.snapshot.state.is_empty()).then(|| {
        format!("nothing was captured for `{key}`: no cookie and no storage; is the login done when `steps` end?")
    })
}

/// A use of a session in the current context.
pub(crate) struct ScriptLogin<'a> {
    world: &'a World,
    call: &'a Call<'a>,
    activity: &'a Activity,
    definition: &'a Definition,
    spec: &'a SessionSpec,
    /// Why the attempt is over, once it is.
    over: Cell<Option<Abort>>,
}

impl<'a> ScriptLogin<'a> {
    /// One of `definition`, used as `spec` says.
    pub(crate) fn new(
        world: &'a World,
        call: &'a Call<'a>,
        (activity, definition, spec): (&'a Activity, &'a Definition, &'a SessionSpec),
    ) -> Self {
        Self { world, call, activity, definition, spec, over: Cell::new(None) }
    }

    fn name(&self) -> String {
        self.spec.key.to_string()
    }

    fn engine(&self) -> &Engine {
        self.call.engine.expect("sessions are used by calls of scripts, which have an engine")
    }

    /// The account, for a callback that takes it: `steps` always do.
    fn arguments(&self, phase: &str, closure: &Closure) -> Vec<Dynamic> {
        let Some(account) = &self.spec.key.account else { return Vec::new() };
        if phase != "steps" && closure.arity() != Some(1) {
            return Vec::new();
        }
        let of_it = self.definition.accounts.all.iter().find(|(other, _)| other == account);
        of_it.map(|(_, value)| value.clone()).into_iter().collect()
    }

    fn why_aborted(&self) -> Abort {
        self.over.get().expect("every abort is read from an error that says why")
    }

    /// Runs one of the definition's callbacks.
    fn callback(&self, phase: &'static str, closure: &Closure) -> Result<Dynamic, LoginError> {
        self.set_phase(Some(phase));
        let done = closure.run(self.engine(), self.arguments(phase, closure));
        self.set_phase(None);
        done.map_err(|error| self.read(&error, closure))
    }

    fn set_phase(&self, phase: Option<&'static str>) {
        if let Some(frame) = self.activity.logins.borrow_mut().last_mut() {
            frame.phase = phase;
        }
    }

    fn read(&self, error: &EvalAltResult, closure: &Closure) -> LoginError {
        let told = self.world.read(error, self.engine(), &closure.site.file);
        let mut failure = told.failure;
        self.world.finish(&mut failure);
        self.sort(told.effect, failure)
    }

    fn plain(&self, error: &EvalAltResult) -> LoginError {
        let told = self.world.read(error, self.engine(), &self.call.site.file);
        self.sort(told.effect, told.failure)
    }

    fn sort(&self, effect: Effect, failure: Failure) -> LoginError {
        match effect {
            Effect::Fail => LoginError::Failed(Box::new(failure)),
            Effect::Abort(why) => {
                self.over.set(Some(why));
                LoginError::Aborted(Box::new(failure))
            }
        }
    }

    /// Runs a part that does not run at every use. What it sets for the test must not outlast it:
    /// a test would start otherwise where the session is new.
    fn passing<T>(&self, part: impl FnOnce() -> Result<T, LoginError>) -> Result<T, LoginError> {
        let viewport = self.activity.viewport.get();
        let handler = self.activity.dialog_handler.borrow().clone();
        let done = part();
        self.activity.dialog_handler.replace(handler);
        if self.activity.viewport.replace(viewport) != viewport
            && let (Ok(_), Some((_, page))) = (&done, self.world.opened())
        {
            let sized = self.world.wait(self.call, async move { page.set_viewport(viewport.0, viewport.1).await });
            sized.map_err(|error| self.plain(&error))?;
        }
        done
    }

    fn is_isolated(&self) -> bool {
        self.activity.isolation == Isolation::Context || self.activity.is_aside.get()
    }

    /// With `isolation: "none"` the page stays where it is; what its own origin keeps is put at
    /// once, the rest when its origins are visited.
    fn restore_in_place(&self, state: &State) -> Result<Restored, LoginError> {
        let Some((context, page)) = self.world.opened() else {
            *self.activity.tab.borrow_mut() = Tab::Unopened { state: state.clone() };
            return Ok(Restored::default());
        };
        let timeout = self.world.settings.timeouts.action;
        let state = state.clone();
        let restored = self
            .world
            .wait(self.call, async move {
                let here = page.evaluate("location.origin", &[], timeout).await?;
                let (own, mut elsewhere): (Vec<_>, Vec<_>) = state
                    .storage
                    .iter()
                    .cloned()
                    .partition(|entry| entry.top_origin.is_none() && here == entry.origin.as_str());
                for entry in &own {
                    page.evaluate(
                        PUT_STORAGE,
                        &[serde_json::json!(entry.local), serde_json::json!(entry.session)],
                        timeout,
                    )
                    .await?;
                }
                // Databases are put beside the page, wherever that is.
                let full = own.into_iter().filter(|entry| !entry.databases.is_empty());
                elsewhere.extend(full.map(|entry| OriginStorage { local: Vec::new(), session: Vec::new(), ..entry }));
                context.restore(&State { cookies: state.cookies.clone(), storage: elsewhere }).await
            })
            .map_err(|error| self.plain(&error))?;
        for problem in &restored.problems {
            self.world.warn(&format!("session `{}` is put back without a part of it\n  {problem}", self.name()));
        }
        Ok(restored)
    }
}

const PUT_STORAGE: &str = "(local, session) => { for (const [k, v] of local) localStorage.setItem(k, v); \
                           for (const [k, v] of session) sessionStorage.setItem(k, v); }";

impl Login for ScriptLogin<'_> {
    fn clear(&mut self) -> Result<(), LoginError> {
        if self.is_isolated() {
            let epoch = self.activity.epoch.get();
            self.activity.ended.borrow_mut().push(Ended { epoch, session: self.name(), site: self.call.site.clone() });
            self.activity.epoch.set(self.activity.next_epoch());
            self.world.replace_tab(Tab::default());
            return Ok(());
        }
        if let Some((context, _)) = self.world.opened() {
            return self
                .world
                .wait(self.call, async move { context.clear().await })
                .map_err(|error| self.plain(&error));
        }
        *self.activity.tab.borrow_mut() = Tab::default();
        Ok(())
    }

    fn before(&mut self) -> Result<(), LoginError> {
        self.definition.before.as_ref().map_or(Ok(()), |closure| self.callback("before", closure).map(|_| ()))
    }

    fn steps(&mut self) -> Result<Value, LoginError> {
        if let Some(frame) = self.activity.logins.borrow_mut().last_mut() {
            frame.commands = 0;
        }
        let value = self.passing(|| self.callback("steps", &self.definition.steps))?;
        // The value of the last statement, with `;` or without: a command's answer is not meant.
        if is_handle(&value) {
            return Ok(Value::Null);
        }
        keep(&value).map_err(|problem| {
            LoginError::Failed(Box::new(
                Failure::new(
                    FailureKind::Session,
                    format!("`steps` of session `{}` return what cannot be kept", self.name()),
                )
                .detail(format!("{problem}; it is kept for other workers, so it must be plain data"))
                .advise(
                    "return strings, numbers, booleans, arrays, maps, blobs and timestamps, or end the steps with `()`",
                ),
            ))
        })
    }

    fn verify(&mut self) -> Result<Verdict, LoginError> {
        let Some(closure) = &self.definition.verify else { return Ok(Verdict::Yes) };
        let limit = Limit {
            deadline: Deadline::after(self.world.settings.timeouts.verify),
            kind: LimitKind::Verify(self.name()),
        };
        let answer = self.activity.limited(limit, || self.passing(|| self.callback("verify", closure)));
        match answer {
            Ok(value) if value.as_bool() == Ok(false) => {
                let mut failure = Failure::new(FailureKind::Session, "`verify` returned `false`");
                failure.frames.push(crate::outcome::Frame {
                    location: closure.site.clone(),
                    function: None,
                    excerpt: Vec::new(),
                });
                self.world.finish(&mut failure);
                Ok(Verdict::No(Box::new(failure)))
            }
            Ok(_) => Ok(Verdict::Yes),
            Err(LoginError::Failed(failure)) => Ok(Verdict::No(failure)),
            Err(aborted) => Err(aborted),
        }
    }

    fn settle(&mut self) -> Result<(), LoginError> {
        let Some((context, _)) = self.world.opened() else { return Ok(()) };
        self.world.wait(self.call, async move { context.arrive().await }).map_err(|error| self.plain(&error))
    }

    fn after(&mut self) -> Result<(), LoginError> {
        self.definition.after.as_ref().map_or(Ok(()), |closure| self.callback("after", closure).map(|_| ()))
    }

    fn capture(&mut self) -> Result<Captured, LoginError> {
        let may_leave_page = self.is_isolated();
        match self.world.opened() {
            Some((context, _)) => self
                .world
                .wait(self.call, async move { context.capture(may_leave_page).await })
                .map_err(|error| self.plain(&error)),
            None => match &*self.activity.tab.borrow() {
                Tab::Unopened { state } => Ok(Captured { state: state.clone(), notes: Vec::new() }),
                Tab::Open { .. } => Ok(Captured::default()),
            },
        }
    }

    fn restore(&mut self, state: &State) -> Result<Restored, LoginError> {
        if !self.is_isolated() {
            return self.restore_in_place(state);
        }
        // Put into the context when the first command opens one; a `request` sees it before that.
        self.world.replace_tab(Tab::Unopened { state: state.clone() });
        Ok(Restored::default())
    }

    fn blank(&mut self) -> Result<(), LoginError> {
        if !self.is_isolated() {
            return Ok(());
        }
        let Some((_, page)) = self.world.opened() else { return Ok(()) };
        self.world.wait(self.call, async move { page.blank().await }).map_err(|error| self.plain(&error))
    }

    fn warn(&mut self, text: &str) {
        self.world.warn(text);
    }

    fn wait(&mut self, turn: Pin<Box<dyn Future<Output = ()> + Send + '_>>) -> Result<(), LoginError> {
        self.world.wait_for_others(turn).map_err(|error| self.plain(&error))
    }
}
