//! [`use_session`]: saved and valid, or log in once while others wait. The order of calls is the
//! heart of the rules; it stands here and nowhere else.

use std::sync::Arc;

use crate::clock::human_duration;
use crate::outcome::{Failure, FailureKind, SessionStatus};

use super::create::{Job, Making, Obtained, obtain};
use super::define::{SessionKey, SessionSpec};
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
/// Saved, here or by an earlier run: clear, `before`, restore, `verify`, blank, `after`. Where
/// `verify` says no: clear, `steps`, capture, `verify`, save, blank, `after`, once.
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
    let request = Request { store, spec, asker };
    login.clear()?;
    login.before()?;
    let done = match request.wait_for_turn(Rejected::Nothing, login)? {
        Granted::Create(ticket) => request.first(ticket, login)?,
        Granted::Restore(snapshot) => request.restore(snapshot, login)?,
    };
    login.blank()?;
    login.after()?;
    Ok(done)
}

/// One use, as it is asked for.
#[derive(Clone, Copy)]
struct Request<'a> {
    store: &'a SessionStore,
    spec: &'a SessionSpec,
    asker: Asker,
}

enum Granted {
    Create(Ticket),
    Restore(Arc<Snapshot>),
}

impl Request<'_> {
    fn wait_for_turn(self, rejected: Rejected, login: &mut dyn Login) -> Result<Granted, LoginError> {
        let Self { store, spec, asker } = self;
        let mut seen = None;
        loop {
            // Made before asking, so that a change between the two is not missed.
            let mut changed = Box::pin(store.changed());
            changed.as_mut().enable();
            match store.ask(spec, asker, rejected, &mut seen) {
                Some(Turn::Create(ticket)) => return Ok(Granted::Create(ticket)),
                Some(Turn::Restore(snapshot)) => return Ok(Granted::Restore(snapshot)),
                Some(Turn::Failed(failure)) => {
                    return Err(LoginError::Failed(Box::new(failed_elsewhere(spec, &failure))));
                }
                Some(Turn::Cycle(keys)) => return Err(LoginError::Failed(Box::new(wait_in_a_ring(spec, &keys)))),
                None => login.wait(changed)?,
            }
        }
    }

    /// Nothing is saved in this run, or what is saved is known to be worth nothing.
    fn first(self, ticket: Ticket, login: &mut dyn Login) -> Result<SessionUse, LoginError> {
        let poison = ticket.poison();
        let making = if poison.is_some() { Making::Recreated } else { Making::Created };
        match obtain(self.store, ticket, Job { spec: self.spec, making }, login)? {
            Obtained::Kept(snapshot) => {
                let note = format!("kept by an earlier run, {} ago", human_duration(snapshot.age()));
                let mut used = self.restore(snapshot, login)?;
                used.notes.push(note);
                Ok(used)
            }
            Obtained::Made(snapshot, notes) => {
                let status = if poison.is_some() { SessionStatus::Recreated } else { SessionStatus::Created };
                let rejected = poison.map(|failure| Box::new(Failure::clone(&failure)));
                Ok(SessionUse { status, snapshot, notes, rejected })
            }
        }
    }

    fn restore(self, saved: Arc<Snapshot>, login: &mut dyn Login) -> Result<SessionUse, LoginError> {
        let Self { store, spec, .. } = self;
        let (rejected, mut notes) = match put(spec, login, &saved)? {
            (Verdict::Yes, notes) => return Ok(restored(saved, notes)),
            (Verdict::No(failure), notes) => (failure, notes),
        };
        login.clear()?;
        let newer = match self.wait_for_turn(Rejected::Generation(saved.generation), login)? {
            Granted::Restore(newer) => newer,
            Granted::Create(ticket) => {
                let obtained = obtain(store, ticket, Job { spec, making: Making::Recreated }, login);
                match obtained.map_err(|error| caused_by(error, &rejected))? {
                    Obtained::Kept(newer) => newer,
                    Obtained::Made(snapshot, more) => {
                        notes.extend(more);
                        let status = SessionStatus::Recreated;
                        return Ok(SessionUse { status, snapshot, notes, rejected: Some(rejected) });
                    }
                }
            }
        };
        // Somebody else made it again meanwhile: that one is verified, and has to do.
        match put(spec, login, &newer)? {
            (Verdict::Yes, more) => {
                notes.extend(more);
                Ok(restored(newer, notes))
            }
            (Verdict::No(failure), _) => {
                let circumstance = format!("while verifying the recreated session `{}`", spec.key);
                Err(during(LoginError::Failed(failure), &circumstance))
            }
        }
    }
}

fn restored(snapshot: Arc<Snapshot>, notes: Vec<String>) -> SessionUse {
    SessionUse { status: SessionStatus::Restored, snapshot, notes, rejected: None }
}

fn caused_by(error: LoginError, rejected: &Failure) -> LoginError {
    match error {
        LoginError::Failed(mut failure) => {
            failure.cause.get_or_insert_with(|| Box::new(rejected.clone()));
            LoginError::Failed(failure)
        }
        aborted @ LoginError::Aborted(_) => aborted,
    }
}

fn wait_in_a_ring(spec: &SessionSpec, keys: &[SessionKey]) -> Failure {
    let mut names: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
    names.push(format!("`{}`", spec.key));
    Failure::new(FailureKind::Session, "sessions wait for each other")
        .detail(format!("the chain: {}", names.join(" needs ")))
        .advise("let only one of them start from the other")
}

fn failed_elsewhere(spec: &SessionSpec, cause: &Failure) -> Failure {
    let mut failure = Failure::new(FailureKind::Session, format!("session `{}` could not be created", spec.key));
    failure
        .details
        .push("it was tried once in this run, and failed; every test that asks for it is told so".to_owned());
    failure.cause = Some(Box::new(cause.clone()));
    failure
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

pub(super) fn during(error: LoginError, circumstance: &str) -> LoginError {
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
