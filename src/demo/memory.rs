//! [`Memory`]: everything the demonstration application remembers, and its counters.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use serde::Serialize;
use tokio::sync::watch;

use super::accounts::Account;

/// The longest wait a request can ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// The state of one server.
#[derive(Debug)]
pub(super) struct Memory {
    records: Mutex<Records>,
    stopped: watch::Receiver<bool>,
}

#[derive(Debug, Default)]
struct Records {
    sessions: HashMap<String, Account>,
    tickets: HashMap<String, Account>,
    items: Vec<String>,
    stats: Stats,
}

/// What was asked of the server since the start or the last reset.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Stats {
    logins: BTreeMap<String, u64>,
    requests: BTreeMap<String, u64>,
    hosts: BTreeMap<String, u64>,
    total: u64,
}

/// An entry of `/api/items`.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Item {
    id: usize,
    name: String,
}

impl Memory {
    /// Nothing but the items everybody starts with. `stopped` says when to wait no longer.
    pub(super) fn new(stopped: watch::Receiver<bool>) -> Self {
        let items = ["apple", "banana", "cherry"].map(str::to_owned).to_vec();
        Self { records: Mutex::new(Records { items, ..Records::default() }), stopped }
    }

    /// Signs somebody in, counts it, and gives the id for their cookie.
    pub(super) fn sign_in(&self, account: Account) -> String {
        let id = random_id();
        let mut records = self.records();
        *records.stats.logins.entry(account.user.clone()).or_default() += 1;
        records.sessions.insert(id.clone(), account);
        id
    }

    /// Who has this id.
    pub(super) fn signed_in(&self, id: &str) -> Option<Account> {
        self.records().sessions.get(id).cloned()
    }

    /// Makes an id worthless; says whether it was worth anything.
    pub(super) fn sign_out(&self, id: &str) -> bool {
        self.records().sessions.remove(id).is_some()
    }

    /// A ticket the other site takes once in place of a password.
    pub(super) fn issue_ticket(&self, account: Account) -> String {
        let ticket = random_id();
        self.records().tickets.insert(ticket.clone(), account);
        ticket
    }

    /// Who the ticket was issued to.
    pub(super) fn take_ticket(&self, ticket: &str) -> Option<Account> {
        self.records().tickets.remove(ticket)
    }

    /// Counts a request.
    pub(super) fn count(&self, host: &str, path: &str) {
        let stats = &mut self.records().stats;
        stats.total += 1;
        *stats.requests.entry(path.to_owned()).or_default() += 1;
        *stats.hosts.entry(host.to_owned()).or_default() += 1;
    }

    /// The counters as they are now.
    pub(super) fn stats(&self) -> Stats {
        self.records().stats.clone()
    }

    /// Counts from zero again.
    pub(super) fn reset_stats(&self) {
        self.records().stats = Stats::default();
    }

    /// All items, oldest first.
    pub(super) fn items(&self) -> Vec<Item> {
        let records = self.records();
        records.items.iter().enumerate().map(|(index, name)| Item { id: index + 1, name: name.clone() }).collect()
    }

    /// The item with this id.
    pub(super) fn item(&self, id: usize) -> Option<Item> {
        let name = self.records().items.get(id.checked_sub(1)?)?.clone();
        Some(Item { id, name })
    }

    /// Adds an item.
    pub(super) fn add_item(&self, name: String) -> Item {
        let mut records = self.records();
        records.items.push(name.clone());
        Item { id: records.items.len(), name }
    }

    /// Waits that many milliseconds, or less when the server stops.
    pub(super) async fn pause(&self, milliseconds: u64) {
        let pause = Duration::from_millis(milliseconds).min(LONGEST_PAUSE);
        // Running out of time is the ordinary end.
        let _ = tokio::time::timeout(pause, self.stopped()).await;
    }

    /// Waits until the server stops.
    pub(super) async fn stopped(&self) {
        // An error means that the server is gone, which is a stop as well.
        let _ = self.stopped.clone().wait_for(|stop| *stop).await;
    }

    fn records(&self) -> MutexGuard<'_, Records> {
        self.records.lock().expect("nothing panics while it holds the records")
    }
}

/// An id no other visitor has. It need not be hard to guess: nothing here is worth stealing.
pub(super) fn random_id() -> String {
    format!("{:016x}", RandomState::new().build_hasher().finish())
}
