//! [`Leases`]: which test has which of a session's accounts. A [`Lease`] is returned when it is
//! dropped, so it is on every path: pass, failure, timeout, interrupt, panic.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::define::SessionKey;

/// How many tests may have an account at the same time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LeaseKind {
    /// One.
    #[default]
    Exclusive,
    /// Any number; they are spread over the accounts.
    Shared,
}

/// Who has an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The worker.
    pub worker: usize,
    /// What it runs: the test's full title.
    pub test: String,
}

/// A session with several accounts.
#[derive(Clone, Copy, Debug)]
pub struct Pool<'a> {
    /// What it is known by, without an account.
    pub key: &'a SessionKey,
    /// How many accounts it has.
    pub accounts: usize,
    /// Who may have them.
    pub kind: LeaseKind,
}

/// The accounts that are in use. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Leases(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    pools: Mutex<HashMap<SessionKey, State>>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// Who holds each account.
    holders: Vec<Vec<Holder>>,
    /// The account each worker had last: its session is most likely saved already.
    last: HashMap<usize, usize>,
}

/// The right to use an account, returned when it is dropped.
#[derive(Debug)]
pub struct Lease {
    leases: Leases,
    key: SessionKey,
    holder: Holder,
    /// The account's place in the list, from 0.
    pub index: usize,
}

impl Leases {
    /// An account that may be used now.
    ///
    /// # Errors
    /// Who holds each account, in the order of the list, where none is free: wait with
    /// [`Leases::changed`] and ask again.
    pub fn ask(&self, pool: Pool<'_>, holder: &Holder) -> Result<Lease, Vec<Holder>> {
        let mut pools = self.lock();
        let state = pools.entry(pool.key.clone()).or_default();
        state.holders.resize_with(pool.accounts, Vec::new);
        let Some(index) = state.choose(pool.kind, holder.worker) else {
            return Err(state.holders.iter().filter_map(|holders| holders.first().cloned()).collect());
        };
        state.holders[index].push(holder.clone());
        state.last.insert(holder.worker, index);
        Ok(Lease { leases: self.clone(), key: pool.key.clone(), holder: holder.clone(), index })
    }

    /// Resolves when any account was returned since this call was made.
    pub fn changed(&self) -> tokio::sync::futures::Notified<'_> {
        self.0.changed.notified()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<SessionKey, State>> {
        self.0.pools.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The account this worker had last, otherwise one that is no other worker's, otherwise any;
    /// of several, the one with the fewest holders.
    fn choose(&self, kind: LeaseKind, worker: usize) -> Option<usize> {
        let may = |index: &usize| kind == LeaseKind::Shared || self.holders[*index].is_empty();
        let last = self.last.get(&worker).copied();
        (0..self.holders.len()).filter(may).min_by_key(|index| {
            let is_own = last == Some(*index) && self.holders[*index].iter().all(|holder| holder.worker != worker);
            let is_others = self.last.iter().any(|(other, account)| *other != worker && account == index);
            (!is_own, self.holders[*index].len(), is_others)
        })
    }
}

impl Lease {
    /// It is of this session.
    pub fn is_of(&self, key: &SessionKey) -> bool {
        self.key == *key
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(state) = self.leases.lock().get_mut(&self.key) {
            let holders = &mut state.holders[self.index];
            if let Some(at) = holders.iter().position(|holder| *holder == self.holder) {
                holders.swap_remove(at);
            }
        }
        self.leases.0.changed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::SessionScope;

    fn key() -> SessionKey {
        SessionKey { scope: SessionScope::Run, file: "s".into(), name: "team".into(), account: None }
    }

    fn holder(worker: usize) -> Holder {
        Holder { worker, test: format!("test of {worker}") }
    }

    fn pool(key: &SessionKey, kind: LeaseKind) -> Pool<'_> {
        Pool { key, accounts: 2, kind }
    }

    #[test]
    fn an_exclusive_account_is_one_testss_until_it_is_returned() {
        let (leases, key) = (Leases::default(), key());
        let ask = |worker| leases.ask(pool(&key, LeaseKind::Exclusive), &holder(worker));
        let (first, second) = (ask(1).unwrap(), ask(2).unwrap());
        assert_eq!((first.index, second.index), (0, 1));
        assert_eq!(ask(3).unwrap_err(), [holder(1), holder(2)]);
        drop(first);
        assert_eq!(ask(3).unwrap().index, 0);
    }

    #[test]
    fn a_worker_gets_the_account_it_had_and_not_that_of_another() {
        let (leases, key) = (Leases::default(), key());
        let ask = |worker| leases.ask(pool(&key, LeaseKind::Exclusive), &holder(worker)).unwrap();
        let (first, second) = (ask(1), ask(2));
        drop((first, second));
        assert_eq!(ask(2).index, 1);
        assert_eq!(ask(1).index, 0);
    }

    #[test]
    fn shared_accounts_are_spread() {
        let (leases, key) = (Leases::default(), key());
        let ask = |worker| leases.ask(pool(&key, LeaseKind::Shared), &holder(worker)).unwrap();
        let held = [ask(1), ask(2), ask(3), ask(4)];
        assert_eq!(held.iter().filter(|lease| lease.index == 0).count(), 2);
        let another = ask(1);
        assert_eq!(held.iter().filter(|lease| lease.index == another.index).count(), 2);
    }
}
