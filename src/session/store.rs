//! [`SessionStore`]: the sessions of a run, shared by all workers. One creation at a time for each
//! session; everybody else waits for it. It holds states, it does not make them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use serde_json::Value;
use tokio::sync::Notify;

use crate::browser::State;
use crate::outcome::Failure;

use super::cache::{CacheError, KeptSession, SessionCache};
use super::define::{SessionKey, SessionSpec};
use super::encrypt::random_id;
use super::leases::Leases;
use super::totp::OneTimeCodes;

/// A saved session.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Counts the creations of this session; a recreation makes the next one.
    pub generation: u64,
    /// Tells this capture from any other, in any process.
    pub made: String,
    /// Cookies and storage.
    pub state: State,
    /// What `steps` returned.
    pub value: Value,
    /// When it was made; what a test writes back is as old as the login it began with.
    pub created_at: SystemTime,
    /// How long `steps` and `verify` took.
    pub creation_time: Duration,
}

impl Snapshot {
    /// How old it is; nothing where the clock was set back meanwhile.
    pub fn age(&self) -> Duration {
        SystemTime::now().duration_since(self.created_at).unwrap_or_default()
    }
}

/// What a creation gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Creation {
    /// Cookies and storage.
    pub state: State,
    /// What `steps` returned.
    pub value: Value,
    /// How long it took.
    pub time: Duration,
}

/// Who asks for a session.
#[derive(Clone, Copy, Debug)]
pub struct Asker {
    /// The worker, so that two workers that wait for each other are found out.
    pub worker: usize,
    /// A retry of a test tries a failed creation again.
    pub is_retry: bool,
}

/// What the asker is to do.
#[derive(Debug)]
pub enum Turn {
    /// Create it; the ticket says how that went.
    Create(Ticket),
    /// Restore this.
    Restore(Arc<Snapshot>),
    /// Nothing: its creation failed, here is why.
    Failed(Arc<Failure>),
    /// Waiting would never end: the worker that creates it waits for a session this worker creates.
    Cycle(Vec<SessionKey>),
}

/// What the asker found wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejected {
    /// Nothing: a first look.
    Nothing,
    /// `verify` said no to this generation.
    Generation(u64),
}

#[derive(Debug, Default)]
struct Entry {
    generation: u64,
    state: EntryState,
    /// Creations that ended in a failure, so that a waiter knows one ended while it waited.
    failures: u64,
    /// Why what is saved is worth nothing any more, where a test has found that out.
    poison: Option<Arc<Failure>>,
}

#[derive(Clone, Debug, Default)]
enum EntryState {
    #[default]
    Empty,
    Creating {
        worker: usize,
        /// It was forgotten while it was being made: what comes of it is its maker's alone.
        is_forgotten: bool,
    },
    Saved(Arc<Snapshot>),
    Failed(Arc<Failure>),
}

#[derive(Debug, Default)]
struct Entries {
    entries: HashMap<SessionKey, Entry>,
    /// Which session each waiting worker waits for.
    waiting: HashMap<usize, SessionKey>,
}

/// The sessions of a run. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct SessionStore {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    entries: Mutex<Entries>,
    changed: Notify,
    cache: Option<SessionCache>,
    codes: Arc<OneTimeCodes>,
    leases: Leases,
}

impl SessionStore {
    /// No session yet, and none is kept between runs.
    pub fn new() -> Self {
        Self::default()
    }

    /// No session yet, and another cache; but accounts and one-time codes are the same as here: what
    /// one browser uses, another one cannot at the same time.
    #[must_use]
    pub fn beside(&self, cache: SessionCache) -> Self {
        let inner = Inner {
            cache: Some(cache),
            codes: self.inner.codes.clone(),
            leases: self.inner.leases.clone(),
            ..Inner::default()
        };
        Self { inner: Arc::new(inner) }
    }

    /// Where sessions are kept between runs.
    pub(super) fn cache(&self) -> Option<&SessionCache> {
        self.inner.cache.as_ref()
    }

    /// The one-time codes that were given out in this run.
    pub fn codes(&self) -> &OneTimeCodes {
        &self.inner.codes
    }

    /// Which test has which account.
    pub fn leases(&self) -> &Leases {
        &self.inner.leases
    }

    /// Says what to do now, or `None` where another worker is creating it: wait with
    /// [`SessionStore::changed`] and ask again with the same `seen`.
    ///
    /// `seen` is `None` at the first call; a waiter keeps what it is given, so that a creation that
    /// fails while it waits is told to it.
    pub fn ask(&self, spec: &SessionSpec, asker: Asker, rejected: Rejected, seen: &mut Option<u64>) -> Option<Turn> {
        let mut all = self.lock();
        all.waiting.remove(&asker.worker);
        let entry = all.entries.entry(spec.key.clone()).or_default();
        let waited_through_a_failure = seen.is_some_and(|failures| entry.failures > failures);
        let turn = match &entry.state {
            EntryState::Creating { worker, .. } => {
                let creator = *worker;
                *seen = Some(entry.failures);
                if let Some(cycle) = all.cycle(&spec.key, creator, asker.worker) {
                    return Some(Turn::Cycle(cycle));
                }
                all.waiting.insert(asker.worker, spec.key.clone());
                return None;
            }
            EntryState::Saved(snapshot) => {
                let is_rejected = rejected == Rejected::Generation(snapshot.generation);
                let is_old = spec.max_age.is_some_and(|limit| snapshot.age() > limit);
                let is_poisoned = entry.poison.is_some();
                if is_rejected || is_old || is_poisoned { None } else { Some(Turn::Restore(snapshot.clone())) }
            }
            EntryState::Failed(failure) => {
                let may_try = (asker.is_retry || spec.retry) && !waited_through_a_failure;
                if may_try { None } else { Some(Turn::Failed(failure.clone())) }
            }
            EntryState::Empty => None,
        };
        Some(turn.unwrap_or_else(|| {
            let before =
                std::mem::replace(&mut entry.state, EntryState::Creating { worker: asker.worker, is_forgotten: false });
            let made_before = match before {
                EntryState::Saved(snapshot) => Some(snapshot.made.clone()),
                _ => None,
            };
            let poison = entry.poison.take();
            Turn::Create(Ticket { store: self.clone(), key: spec.key.clone(), is_settled: false, made_before, poison })
        }))
    }

    /// Resolves when any session has changed since this call was made.
    pub fn changed(&self) -> tokio::sync::futures::Notified<'_> {
        self.inner.changed.notified()
    }

    /// What is saved under `key`.
    pub fn saved(&self, key: &SessionKey) -> Option<Arc<Snapshot>> {
        match self.lock().entries.get(key).map(|entry| &entry.state) {
            Some(EntryState::Saved(snapshot)) => Some(snapshot.clone()),
            _ => None,
        }
    }

    /// Forgets what is saved under `key`, here and on disk, a failed creation and one under way
    /// included; the next use creates.
    ///
    /// # Errors
    /// When it is still on disk.
    pub fn forget(&self, key: &SessionKey) -> Result<(), CacheError> {
        if let Some(entry) = self.lock().entries.get_mut(key) {
            entry.forget();
        }
        self.cache().map_or(Ok(()), |cache| cache.remove(key))
    }

    /// What is saved under `key` was captured again after a use of `generation`: it takes the
    /// place of that, unless the session was made anew meanwhile.
    pub fn write_back(&self, key: &SessionKey, generation: u64, state: State) -> Option<Arc<Snapshot>> {
        let mut all = self.lock();
        let entry = all.entries.get_mut(key)?;
        let EntryState::Saved(snapshot) = &mut entry.state else { return None };
        if snapshot.generation != generation || entry.poison.is_some() {
            return None;
        }
        let newer = Arc::new(Snapshot { state, made: random_id(), ..Snapshot::clone(snapshot) });
        *snapshot = newer.clone();
        Some(newer)
    }

    /// What is saved under `key` is worth nothing any more: the next use makes it again, and says
    /// why. Nothing happens where it was made anew since `generation`.
    ///
    /// # Errors
    /// When it is still on disk.
    pub fn poison(&self, key: &SessionKey, generation: u64, why: Failure) -> Result<(), CacheError> {
        match self.lock().entries.get_mut(key) {
            Some(entry) if matches!(&entry.state, EntryState::Saved(saved) if saved.generation == generation) => {
                entry.poison = Some(Arc::new(why));
            }
            _ => return Ok(()),
        }
        self.cache().map_or(Ok(()), |cache| cache.remove(key))
    }

    fn settle(&self, key: &SessionKey, settle: impl FnOnce(&mut Entry)) {
        if let Some(entry) = self.lock().entries.get_mut(key) {
            settle(entry);
        }
        self.inner.changed.notify_waiters();
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.inner.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    fn forget(&mut self) {
        self.poison = None;
        match &mut self.state {
            EntryState::Creating { is_forgotten, .. } => *is_forgotten = true,
            state => *state = EntryState::Empty,
        }
    }

    /// What a creation leaves, unless it was forgotten meanwhile.
    fn settle(&mut self, state: EntryState) {
        let is_forgotten = matches!(self.state, EntryState::Creating { is_forgotten: true, .. });
        self.state = if is_forgotten { EntryState::Empty } else { state };
    }
}

impl Entries {
    /// Follows who waits for whom from `creator`; a chain that comes back to `asker` never ends.
    fn cycle(&self, wanted: &SessionKey, creator: usize, asker: usize) -> Option<Vec<SessionKey>> {
        let mut chain = vec![wanted.clone()];
        let mut worker = creator;
        loop {
            if worker == asker {
                return Some(chain);
            }
            let next = self.waiting.get(&worker)?;
            if chain.contains(next) {
                return None;
            }
            chain.push(next.clone());
            match self.entries.get(next)?.state {
                EntryState::Creating { worker: creator, .. } => worker = creator,
                _ => return None,
            }
        }
    }
}

/// The right to create a session. Dropped unsettled (a creator that died or ran out of time), it
/// releases those who wait, and the next one creates.
#[derive(Debug)]
pub struct Ticket {
    store: SessionStore,
    key: SessionKey,
    is_settled: bool,
    made_before: Option<String>,
    poison: Option<Arc<Failure>>,
}

impl Ticket {
    /// What was saved and is not wanted any more, by its [`Snapshot::made`].
    pub(super) fn made_before(&self) -> Option<&str> {
        self.made_before.as_deref()
    }

    /// Why a test has found what was saved to be worth nothing.
    pub(super) fn poison(&self) -> Option<Arc<Failure>> {
        self.poison.clone()
    }

    /// It was made and verified.
    pub fn save(self, made: Creation) -> Arc<Snapshot> {
        self.settle(|generation| Snapshot {
            generation,
            made: random_id(),
            state: made.state,
            value: made.value,
            created_at: SystemTime::now(),
            creation_time: made.time,
        })
    }

    /// It was found on disk; whoever uses it verifies it.
    pub fn adopt(self, kept: KeptSession) -> Arc<Snapshot> {
        self.settle(|generation| Snapshot {
            generation,
            created_at: kept.made_at(),
            creation_time: Duration::from_millis(kept.making_ms),
            made: kept.made,
            state: kept.state,
            value: kept.value,
        })
    }

    fn settle(mut self, snapshot: impl FnOnce(u64) -> Snapshot) -> Arc<Snapshot> {
        self.is_settled = true;
        let mut saved = None;
        self.store.settle(&self.key, |entry| {
            entry.generation += 1;
            let snapshot = Arc::new(snapshot(entry.generation));
            entry.settle(EntryState::Saved(snapshot.clone()));
            saved = Some(snapshot);
        });
        saved.expect("a ticket is only made for an entry that stays in the store")
    }

    /// It could not be made; everybody who waits is told why.
    pub fn fail(mut self, failure: Failure) {
        self.is_settled = true;
        self.store.settle(&self.key, |entry| {
            entry.failures += 1;
            entry.settle(EntryState::Failed(Arc::new(failure)));
        });
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if !self.is_settled {
            self.store.settle(&self.key, |entry| entry.state = EntryState::Empty);
        }
    }
}
