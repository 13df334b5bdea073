//! [`use_session`]: saved and valid, or log in once while others wait. The order of calls is the
//! heart of the rules; it stands here and nowhere else.

use std::sync::Arc;
use std::time::Instant;

use serde_json::Value;

use crate::browser::State;
use crate::outcome::{Failure, FailureKind, SessionStatus};

use super::define::SessionSpec;
use super::login::{Login, LoginError, Verdict};
use super::store::{Asker, Rejected, SessionStore, Snapshot, Ticket, Turn};

/// How a use went.
#[derive(Debug)]
pub struct SessionUse {
    /// Created, restored or recreated.
    pub status: SessionStatus,
    /// What is saved now.
    pub snapshot: Arc<Snapshot>,
    /// Lines for the step.
    pub notes: Vec<String>,
    /// What `verify` said against the saved session, where it was made again.
    pub rejected: Option<Box<Failure>>,
}

/// Brings the context into the session's state.
///
/// New: clear, `before`, `steps`, capture, `verify`, capture again, save, blank, `after`.
/// Saved: clear, `before`, restore, `verify`, blank, `after`. Where `verify` says no: clear,
/// `steps`, capture, `verify`, save, blank, `after`, once.
///
/// The capture before `verify` is only its waiting for a login under way: of two captures the last
/// one alone is ever used, and a state whose `verify` fails is not kept.
///
/// # Errors
/// [`LoginError::Failed`] with the failure of the creation, also where another worker made it;
/// [`LoginError::Aborted`] where the attempt is over.
pub fn use_session(
    store: &SessionStore,
    spec: &SessionSpec,
    asker: Asker,
    login: &mut dyn Login,
) -> Result<SessionUse, LoginError> {
    login.clear()?;
    login.before()?;
    let done = match wait_for_turn(store, spec, asker, Rejected::Nothing, login)? {
        Granted::Create(ticket) => {
            let (snapshot, notes) = create(ticket, spec, login, Making::Created)?;
            SessionUse { status: SessionStatus::Created, snapshot, notes, rejected: None }
        }
        Granted::Restore(snapshot) => restore(store, spec, asker, login, snapshot)?,
    };
    login.blank()?;
    login.after()?;
    Ok(done)
}

enum Granted {
    Create(Ticket),
    Restore(Arc<Snapshot>),
}

fn wait_for_turn(
    store: &SessionStore,
    spec: &SessionSpec,
    asker: Asker,
    rejected: Rejected,
    login: &mut dyn Login,
) -> Result<Granted, LoginError> {
    let mut seen = None;
    loop {
        // Made before asking, so that a change between the two is not missed.
        let mut changed = Box::pin(store.changed());
        changed.as_mut().enable();
        match store.ask(spec, asker, rejected, &mut seen) {
            Some(Turn::Create(ticket)) => return Ok(Granted::Create(ticket)),
            Some(Turn::Restore(snapshot)) => return Ok(Granted::Restore(snapshot)),
            Some(Turn::Failed(failure)) => return Err(LoginError::Failed(Box::new(failed_elsewhere(spec, &failure)))),
            Some(Turn::Cycle(keys)) => {
                let mut names: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
                names.push(format!("`{}`", spec.key));
                return Err(LoginError::Failed(Box::new(
                    Failure::new(FailureKind::Session, "sessions wait for each other")
                        .detail(format!("the chain: {}", names.join(" needs ")))
                        .advise("let only one of them start from the other"),
                )));
            }
            None => login.wait(changed)?,
        }
    }
}

fn failed_elsewhere(spec: &SessionSpec, cause: &Failure) -> Failure {
    let mut failure = Failure::new(FailureKind::Session, format!("session `{}` could not be created", spec.key));
    failure
        .details
        .push("it was tried once in this run, and failed; every test that asks for it is told so".to_owned());
    failure.cause = Some(Box::new(cause.clone()));
    failure
}

/// Which creation it is, for the words of its failure.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Making {
    Created,
    Recreated,
}

impl Making {
    fn word(self) -> &'static str {
        match self {
            Self::Created => "creat",
            Self::Recreated => "recreat",
        }
    }
}

fn create(
    ticket: Ticket,
    spec: &SessionSpec,
    login: &mut dyn Login,
    making: Making,
) -> Result<(Arc<Snapshot>, Vec<String>), LoginError> {
    let started = Instant::now();
    match make(spec, login, making) {
        Ok((state, value, notes)) => Ok((ticket.save(state, value, started.elapsed()), notes)),
        Err(LoginError::Failed(failure)) => {
            ticket.fail((*failure).clone());
            Err(LoginError::Failed(failure))
        }
        // The ticket is dropped: whoever waits creates.
        Err(aborted) => Err(aborted),
    }
}

fn make(spec: &SessionSpec, login: &mut dyn Login, making: Making) -> Result<(State, Value, Vec<String>), LoginError> {
    let word = making.word();
    let value = login.steps().map_err(|error| during(error, &format!("while {word}ing session `{}`", spec.key)))?;
    if spec.has_verify {
        login.settle()?;
        let circumstance = format!("while verifying the {word}ed session `{}`", spec.key);
        if let Verdict::No(failure) = login.verify().map_err(|error| during(error, &circumstance))? {
            return Err(during(LoginError::Failed(failure), &circumstance));
        }
    }
    let captured =
        login.capture().map_err(|error| during(error, &format!("while capturing session `{}`", spec.key)))?;
    Ok((captured.state, value, captured.notes))
}

fn restore(
    store: &SessionStore,
    spec: &SessionSpec,
    asker: Asker,
    login: &mut dyn Login,
    saved: Arc<Snapshot>,
) -> Result<SessionUse, LoginError> {
    let (rejected, mut notes) = match put(spec, login, &saved)? {
        (Verdict::Yes, notes) => {
            return Ok(SessionUse { status: SessionStatus::Restored, snapshot: saved, notes, rejected: None });
        }
        (Verdict::No(failure), notes) => (failure, notes),
    };
    login.clear()?;
    match wait_for_turn(store, spec, asker, Rejected::Generation(saved.generation), login)? {
        Granted::Create(ticket) => {
            let (snapshot, more) = create(ticket, spec, login, Making::Recreated).map_err(|error| match error {
                LoginError::Failed(mut failure) => {
                    failure.cause.get_or_insert_with(|| rejected.clone());
                    LoginError::Failed(failure)
                }
                aborted @ LoginError::Aborted(_) => aborted,
            })?;
            notes.extend(more);
            Ok(SessionUse { status: SessionStatus::Recreated, snapshot, notes, rejected: Some(rejected) })
        }
        // Somebody else made it again meanwhile: that one is verified, and has to do.
        Granted::Restore(newer) => match put(spec, login, &newer)? {
            (Verdict::Yes, more) => {
                notes.extend(more);
                Ok(SessionUse { status: SessionStatus::Restored, snapshot: newer, notes, rejected: None })
            }
            (Verdict::No(failure), _) => Err(during(
                LoginError::Failed(failure),
                &format!("while verifying the recreated session `{}`", spec.key),
            )),
        },
    }
}

fn put(spec: &SessionSpec, login: &mut dyn Login, saved: &Snapshot) -> Result<(Verdict, Vec<String>), LoginError> {
    let restored = login
        .restore(&saved.state)
        .map_err(|error| during(error, &format!("while restoring session `{}`", spec.key)))?;
    let verdict = if spec.has_verify {
        login
            .verify()
            .map_err(|error| during(error, &format!("while verifying the restored session `{}`", spec.key)))?
    } else {
        Verdict::Yes
    };
    Ok((verdict, restored.notes))
}

fn during(error: LoginError, circumstance: &str) -> LoginError {
    match error {
        LoginError::Failed(mut failure) => {
            failure.during.push(circumstance.to_owned());
            LoginError::Failed(failure)
        }
        LoginError::Aborted(mut failure) => {
            failure.during.push(circumstance.to_owned());
            LoginError::Aborted(failure)
        }
    }
}

#[cfg(test)]
#[path = "acquire/tests.rs"]
mod tests;
