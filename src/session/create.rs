//! [`obtain`]: makes a session, or takes the one that an earlier run or another process has kept.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::acquire::during;
use super::cache::{CacheError, CacheLock, KeptSession, SessionCache, Unfit, Wanted};
use super::define::{SessionKey, SessionScope, SessionSpec};
use super::login::{Login, LoginError, Verdict};
use super::store::{Creation, SessionStore, Snapshot, Ticket};

/// Between two tries to be the process that makes a session. A blocking wait for the lock could
/// not be ended by an interrupt.
const LOCK_PAUSE: Duration = Duration::from_millis(50);

/// What is to be made, and why.
#[derive(Clone, Copy)]
pub(super) struct Job<'a> {
    pub(super) spec: &'a SessionSpec,
    pub(super) making: Making,
}

/// Which creation it is, for the words of its failure.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Making {
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

/// What came of it.
pub(super) enum Obtained {
    /// It was made and verified; with lines for the step.
    Made(Arc<Snapshot>, Vec<String>),
    /// It was found on disk, and is to be verified.
    Kept(Arc<Snapshot>),
}

/// Makes the session of the ticket, unless a usable one is on disk. Where it is kept on disk, one
/// process at a time does this.
pub(super) fn obtain(
    store: &SessionStore,
    ticket: Ticket,
    job: Job<'_>,
    login: &mut dyn Login,
) -> Result<Obtained, LoginError> {
    let keeper = match (store.cache(), &job.spec.kept) {
        (Some(cache), Some(fingerprint)) => Some(Keeper { cache, fingerprint, spec: job.spec }),
        _ => None,
    };
    let mut lines = Vec::new();
    let mut lock = None;
    if let Some(keeper) = &keeper {
        lock = keeper.lock(login)?;
        match keeper.look() {
            Ok(Some(kept)) if ticket.made_before() != Some(kept.made.as_str()) => {
                return Ok(Obtained::Kept(ticket.adopt(kept)));
            }
            Ok(_) => {}
            Err(Unfit::Outdated(why)) => lines.push(format!("the one an earlier run has kept was not used: {why}")),
            Err(Unfit::Broken(error)) => login.warn(&not_used(&job.spec.key, &error)),
        }
    }
    let (snapshot, notes) = create(ticket, job, login)?;
    lines.extend(notes);
    if let (Some(keeper), Some(_)) = (&keeper, &lock)
        && let Err(error) = keeper.keep(&snapshot)
    {
        login.warn(&not_kept(&job.spec.key, &error));
    }
    Ok(Obtained::Made(snapshot, lines))
}

fn create(ticket: Ticket, job: Job<'_>, login: &mut dyn Login) -> Result<(Arc<Snapshot>, Vec<String>), LoginError> {
    match make(job, login) {
        Ok((made, notes)) => Ok((ticket.save(made), notes)),
        Err(LoginError::Failed(failure)) => {
            ticket.fail((*failure).clone());
            Err(LoginError::Failed(failure))
        }
        // The ticket is dropped: whoever waits creates.
        Err(aborted) => Err(aborted),
    }
}

fn make(job: Job<'_>, login: &mut dyn Login) -> Result<(Creation, Vec<String>), LoginError> {
    let (key, word) = (&job.spec.key, job.making.word());
    let started = Instant::now();
    let value = login.steps().map_err(|error| during(error, &format!("while {word}ing session `{key}`")))?;
    if job.spec.has_verify {
        login.settle()?;
        let circumstance = format!("while verifying the {word}ed session `{key}`");
        if let Verdict::No(failure) = login.verify().map_err(|error| during(error, &circumstance))? {
            return Err(during(LoginError::Failed(failure), &circumstance));
        }
    }
    let captured = login.capture().map_err(|error| during(error, &format!("while capturing session `{key}`")))?;
    Ok((Creation { state: captured.state, value, time: started.elapsed() }, captured.notes))
}

/// One session in the cache.
pub(super) struct Keeper<'a> {
    pub(super) cache: &'a SessionCache,
    pub(super) fingerprint: &'a str,
    pub(super) spec: &'a SessionSpec,
}

impl Keeper<'_> {
    /// The right to make it, among all processes; without it where the folder cannot be used.
    fn lock(&self, login: &mut dyn Login) -> Result<Option<CacheLock>, LoginError> {
        loop {
            match self.cache.try_lock(&self.spec.key) {
                Ok(Some(lock)) => return Ok(Some(lock)),
                Ok(None) => login.wait(Box::pin(tokio::time::sleep(LOCK_PAUSE)))?,
                Err(error) => {
                    login.warn(&not_kept(&self.spec.key, &error));
                    return Ok(None);
                }
            }
        }
    }

    fn look(&self) -> Result<Option<KeptSession>, Unfit> {
        let Self { cache, fingerprint, spec } = self;
        cache.load(Wanted { key: &spec.key, fingerprint, max_age: spec.max_age })
    }

    /// Puts it on disk.
    pub(super) fn keep(&self, snapshot: &Snapshot) -> Result<(), CacheError> {
        let SessionKey { scope, file, name, account } = &self.spec.key;
        let since = snapshot.created_at.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let kept = KeptSession {
            name: name.clone(),
            spec: match scope {
                SessionScope::Run => None,
                SessionScope::Spec(spec) => Some(spec.as_str().to_owned()),
            },
            file: file.to_string(),
            site: self.spec.site.to_string(),
            account: account.as_ref().map(|account| account.label.to_string()),
            circumstances: self.cache.circumstances().clone(),
            fingerprint: self.fingerprint.to_owned(),
            made: snapshot.made.clone(),
            made_at_ms: millis(since),
            making_ms: millis(snapshot.creation_time),
            max_age_ms: self.spec.max_age.map(millis),
            state: snapshot.state.clone(),
            value: snapshot.value.clone(),
        };
        self.cache.save(&self.spec.key, &kept)
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn not_used(key: &SessionKey, error: &CacheError) -> String {
    format!("session `{key}`: what an earlier run has kept is not used, and it is made anew\n  {}", error.in_full())
}

/// What is told where a session could not be put on disk.
pub(super) fn not_kept(key: &SessionKey, error: &CacheError) -> String {
    format!("session `{key}` is not kept for later runs\n  {}", error.in_full())
}
