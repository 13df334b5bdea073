//! A session's use, as the script layer does it: implements [`Login`] with the definition's
//! closures and the activity's tab, and tells the step.

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
use crate::session::{Asker, Login, LoginError, SessionUse, Verdict};

use super::activity::{Activity, Ended, Limit, LimitKind, LoginFrame};
use super::closure::Closure;
use super::definitions::Definition;
use super::error::{Abort, Effect, Raw, abort, throw};
use super::tab::Tab;
use super::values::to_json;
use super::world::{Call, World};

/// Brings the activity into the session's state.
pub(crate) fn use_session(world: &World, call: &Call, definition: &Rc<Definition>) -> Raw<()> {
    let activity = world.activity_of(call)?;
    let name = definition.spec.key.name.clone();
    check_nesting(&activity, &name)?;
    let depth = activity.depth.get();
    activity.depth.set(depth + 1);
    activity.logins.borrow_mut().push(LoginFrame { name: name.clone(), phase: None, commands: 0 });
    let started = Instant::now();
    let waited_before = activity.uncharged.get();
    let asker = Asker { worker: world.worker.0, is_retry: activity.is_retry };
    let mut login = ScriptLogin { world, call, activity: &activity, definition };
    let used = crate::session::use_session(&world.store, &definition.spec, asker, &mut login);
    activity.logins.borrow_mut().pop();
    activity.depth.set(depth);
    // For a session around this one, this use was its first command.
    activity.count_command();
    let mut step = Step {
        title: format!("session `{name}`"),
        kind: StepKind::Session(SessionStatus::Failed),
        depth,
        duration: started.elapsed().saturating_sub(activity.uncharged.get().saturating_sub(waited_before)),
        passed: used.is_ok(),
        details: Vec::new(),
        warning: None,
    };
    let done = match used {
        Ok(used) => {
            step.kind = StepKind::Session(used.status);
            step.warning = warning(&used);
            step.details = captured_words(&used.snapshot.state);
            step.details.extend(used.notes);
            Ok(())
        }
        Err(LoginError::Failed(failure)) => Err(throw(*failure)),
        Err(LoginError::Aborted(failure)) => Err(abort(*failure, login.why_aborted())),
    };
    world.tell(step);
    done
}

/// `use_session` may stand first in `steps`, and nowhere else inside a session.
fn check_nesting(activity: &Activity, name: &str) -> Raw<()> {
    let logins = activity.logins.borrow();
    let Some(around) = logins.last() else { return Ok(()) };
    if logins.iter().any(|frame| frame.name == name) {
        let mut chain: Vec<String> = logins.iter().map(|frame| format!("`{}`", frame.name)).collect();
        chain.push(format!("`{name}`"));
        return Err(throw(
            Failure::new(FailureKind::Session, format!("session `{name}` starts from itself"))
                .detail(format!("the chain: {}", chain.join(" uses "))),
        ));
    }
    if around.phase == Some("steps") && around.commands == 0 {
        return Ok(());
    }
    let place = around.phase.unwrap_or("steps");
    let mut failure = Failure::new(
        FailureKind::Session,
        format!("`use_session` cannot be called in `{place}` of session `{}`", around.name),
    );
    if place == "steps" {
        failure.details.push("something was done before it, which it would throw away".to_owned());
    }
    Err(throw(failure.advise("start from another session with `use_session` as the first command of `steps`")))
}

fn warning(used: &SessionUse) -> Option<String> {
    if let Some(rejected) = &used.rejected {
        let place = rejected.location().map(|location| format!(" ({location})")).unwrap_or_default();
        return Some(format!("the saved session was refused: {}{place}", rejected.title));
    }
    (used.status == SessionStatus::Created && used.snapshot.state.is_empty())
        .then(|| "nothing was captured: no cookie and no storage; is the login done when `steps` end?".to_owned())
}

/// What a state holds, in counts, never values.
fn captured_words(state: &State) -> Vec<String> {
    let mut lines = Vec::new();
    if !state.cookies.is_empty() {
        let mut domains: Vec<&str> = state.cookies.iter().map(|cookie| cookie.domain.trim_start_matches('.')).collect();
        domains.sort_unstable();
        domains.dedup();
        lines.push(format!("{} of {}", counted(state.cookies.len(), "cookie", "cookies"), domains.join(" and ")));
    }
    let kinds: [(&str, Count); 2] =
        [("localStorage", |origin| origin.local.len()), ("sessionStorage", |origin| origin.session.len())];
    for (kind, count) in kinds {
        for origin in state.storage.iter().filter(|origin| count(origin) > 0) {
            let inside = origin.top_origin.as_ref().map(|top| format!(" inside {top}")).unwrap_or_default();
            lines.push(format!("{kind} of {}{inside}: {}", origin.origin, counted(count(origin), "entry", "entries")));
        }
    }
    lines
}

/// Counts the entries of one kind of storage.
type Count = fn(&OriginStorage) -> usize;

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

struct ScriptLogin<'a> {
    world: &'a World,
    call: &'a Call<'a>,
    activity: &'a Activity,
    definition: &'a Definition,
}

impl ScriptLogin<'_> {
    fn name(&self) -> &str {
        &self.definition.spec.key.name
    }

    fn engine(&self) -> &Engine {
        self.call.engine.expect("sessions are used by calls of scripts, which have an engine")
    }

    fn why_aborted(&self) -> Abort {
        if self.world.bridge.is_stopped() {
            Abort::Interrupted
        } else if self.activity.limit().deadline.is_over() {
            Abort::Deadline
        } else {
            Abort::Lost
        }
    }

    /// Runs one of the definition's callbacks.
    fn callback(&self, phase: &'static str, closure: &Closure) -> Result<Dynamic, LoginError> {
        self.set_phase(Some(phase));
        let done = closure.run(self.engine(), ());
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
        match told.effect {
            Effect::Fail => LoginError::Failed(Box::new(failure)),
            Effect::Abort(_) => LoginError::Aborted(Box::new(failure)),
        }
    }

    fn plain(&self, error: &EvalAltResult) -> LoginError {
        let told = self.world.read(error, self.engine(), &self.call.site.file);
        match told.effect {
            Effect::Fail => LoginError::Failed(Box::new(told.failure)),
            Effect::Abort(_) => LoginError::Aborted(Box::new(told.failure)),
        }
    }

    fn is_isolated(&self) -> bool {
        self.activity.isolation == Isolation::Context
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
        self.world
            .wait(self.call, async move {
                let here = page.evaluate("location.origin", &[], timeout).await?;
                let (own, elsewhere): (Vec<_>, Vec<_>) =
                    state.storage.iter().cloned().partition(|entry| here == entry.origin.as_str());
                for entry in own.iter().filter(|entry| entry.top_origin.is_none()) {
                    page.evaluate(
                        PUT_STORAGE,
                        &[serde_json::json!(entry.local), serde_json::json!(entry.session)],
                        timeout,
                    )
                    .await?;
                }
                context.restore(&State { cookies: state.cookies.clone(), storage: elsewhere }).await
            })
            .map_err(|error| self.plain(&error))
    }
}

const PUT_STORAGE: &str = "(local, session) => { for (const [k, v] of local) localStorage.setItem(k, v); \
                           for (const [k, v] of session) sessionStorage.setItem(k, v); }";

impl Login for ScriptLogin<'_> {
    fn clear(&mut self) -> Result<(), LoginError> {
        if self.is_isolated() {
            let epoch = self.activity.epoch.get();
            self.activity.ended.borrow_mut().push(Ended {
                epoch,
                session: self.name().to_owned(),
                site: self.call.site.clone(),
            });
            self.activity.epoch.set(epoch + 1);
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
        let value = self.callback("steps", &self.definition.steps)?;
        to_json(&value).map_err(|problem| {
            LoginError::Failed(Box::new(
                Failure::new(
                    FailureKind::Session,
                    format!("`steps` of session `{}` return what cannot be kept", self.name()),
                )
                .detail(format!("{problem}; it is kept for other workers, so it must be plain data"))
                .advise("return strings, numbers, booleans, arrays and maps, or end the steps with `;`"),
            ))
        })
    }

    fn verify(&mut self) -> Result<Verdict, LoginError> {
        let Some(closure) = &self.definition.verify else { return Ok(Verdict::Yes) };
        let limit = Limit {
            deadline: Deadline::after(self.world.settings.timeouts.verify),
            kind: LimitKind::Verify(self.name().to_owned()),
        };
        let answer = self.activity.limited(limit, || self.callback("verify", closure));
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

    fn wait(&mut self, turn: Pin<Box<dyn Future<Output = ()> + Send + '_>>) -> Result<(), LoginError> {
        self.world.wait_for_others(turn).map_err(|error| self.plain(&error))
    }
}
