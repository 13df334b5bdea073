//! A session's accounts as scripts give them, and the lease of one for the running test.

use rhai::{Array, Dynamic, Map};

use crate::clock::Deadline;
use crate::outcome::{Failure, FailureKind};
use crate::session::{Account, Holder, Lease, LeaseKind, Pool, SessionKey, fingerprint};

use super::activity::Activity;
use super::definitions::Definition;
use super::error::{Raw, misuse, throw};
use super::options::Options;
use super::values::{stable_json, to_json};
use super::world::World;

/// The fields of an account that name it, the best first.
const NAMES: &[&str] = &["name", "user", "username", "login", "email", "id"];

/// The accounts of a session.
#[derive(Debug, Default)]
pub(crate) struct Accounts {
    /// In the order in which they were given; none where the session has just one login.
    pub(crate) all: Vec<(Account, Dynamic)>,
    /// How many tests may have one at the same time.
    pub(crate) kind: LeaseKind,
}

impl Accounts {
    /// Reads `accounts` and `lease`.
    pub(crate) fn read(options: &Options) -> Result<Self, Failure> {
        let kind = match options.text("lease")?.as_deref() {
            None | Some("exclusive") => LeaseKind::Exclusive,
            Some("shared") => LeaseKind::Shared,
            Some(_) => return Err(options.wrong("lease", "\"exclusive\" or \"shared\"")),
        };
        let Some(given) = options.raw("accounts") else {
            return match options.raw("lease") {
                None => Ok(Self::default()),
                Some(_) => Err(misuse("option `lease` of `define_session` means nothing without `accounts`")
                    .advise("give the accounts: `accounts: [\"ann\", \"ben\"]`")),
            };
        };
        let wanted = "an array with at least one account, such as `[\"ann\", \"ben\"]` or maps";
        let list = given.clone().try_cast::<Array>().filter(|list| !list.is_empty());
        let list = list.ok_or_else(|| options.wrong("accounts", wanted))?;
        let mut all: Vec<(Account, Dynamic)> = Vec::new();
        for (index, value) in list.into_iter().enumerate() {
            let json = to_json(&value)
                .map_err(|problem| misuse(format!("`accounts[{index}]` is no plain data: {problem}")))?;
            let identity = fingerprint([stable_json(&json).as_str()]);
            if let Some(first) = all.iter().position(|(account, _)| *account.identity == *identity) {
                return Err(misuse(format!("`accounts[{index}]` is the same as `accounts[{first}]`"))
                    .advise("let tests share an account with `lease: \"shared\"`, not by giving it twice"));
            }
            let label = label(&value).unwrap_or_else(|| format!("#{}", index + 1));
            all.push((Account { identity: identity.into(), label: label.into() }, value));
        }
        Ok(Self { all, kind })
    }

    /// What tells these accounts from others, without what is in them.
    pub(crate) fn digest(&self) -> String {
        let identities = self.all.iter().map(|(account, _)| account.identity.as_ref());
        format!("{} accounts of digest {}", self.all.len(), &fingerprint(identities)[..8])
    }
}

/// What people call an account; its other fields may be secret.
fn label(value: &Dynamic) -> Option<String> {
    let plain = |value: &Dynamic| (value.is_string() || value.is_int()).then(|| value.to_string());
    match value.read_lock::<Map>() {
        Some(map) => NAMES.iter().find_map(|name| plain(map.get(*name)?)),
        None => plain(value),
    }
}

/// An account for the running test: the one its context has already, or one nobody has. Waits for
/// it, at the most as long as the test may take; the time is not charged to the test.
pub(crate) fn lease(world: &World, activity: &Activity, definition: &Definition) -> Raw<Option<Lease>> {
    let accounts = &definition.accounts;
    if accounts.all.is_empty() {
        return Ok(None);
    }
    // Another project may have other accounts under the same name.
    let digest = Account { identity: accounts.digest().into(), label: "".into() };
    let key = &SessionKey { account: Some(digest), ..definition.spec.key.clone() };
    let held = activity.used.borrow_mut().as_mut().and_then(|used| used.lease.take_if(|lease| lease.is_of(key)));
    if held.is_some() {
        return Ok(held);
    }
    let pool = Pool { key, accounts: accounts.all.len(), kind: accounts.kind };
    let holder = Holder { worker: world.worker.0, test: activity.title.clone() };
    let patience = Deadline::after(activity.limit().deadline.length());
    let leases = world.store.leases();
    loop {
        // Made before asking, so that a return between the two is not missed.
        let mut changed = Box::pin(leases.changed());
        changed.as_mut().enable();
        let holders = match leases.ask(pool, &holder) {
            Ok(lease) => return Ok(Some(lease)),
            Err(holders) => holders,
        };
        let is_mine_alone = holders.iter().all(|other| other.worker == holder.worker);
        if is_mine_alone || patience.is_over() {
            let mut failure = nobody_free(definition, &holders, is_mine_alone);
            failure.waited = (!is_mine_alone).then(|| patience.length());
            return Err(throw(failure));
        }
        // Running out of time is looked at above.
        let _ = world.wait_for_others(tokio::time::timeout_at(patience.at().into(), changed))?;
    }
}

fn nobody_free(definition: &Definition, holders: &[Holder], is_mine_alone: bool) -> Failure {
    let key = &definition.spec.key;
    let mut failure = Failure::new(FailureKind::Session, format!("no account of session `{key}` is free"));
    for ((account, _), holder) in definition.accounts.all.iter().zip(holders) {
        failure.details.push(format!("`{}` is held by `{}` on worker {}", account.label, holder.test, holder.worker));
    }
    failure.advise(if is_mine_alone {
        "this test has them all: give the session more `accounts`"
    } else {
        "give the session more `accounts`, run fewer workers, or let tests share them with `lease: \"shared\"`"
    })
}

impl World {
    /// The key that `definition` has in the current context; none where it has several accounts
    /// and the context has none of them.
    pub(crate) fn key_here(&self, definition: &Definition) -> Option<SessionKey> {
        if definition.accounts.all.is_empty() {
            return Some(definition.spec.key.clone());
        }
        let activity = self.activity()?;
        let used = activity.used.borrow();
        let used = used.as_ref().filter(|used| used.definition.spec.key == definition.spec.key)?;
        Some(used.spec.key.clone())
    }

    /// The account that the current context has of `definition`.
    pub(crate) fn account_here(&self, definition: &Definition) -> Option<Dynamic> {
        let account = self.key_here(definition)?.account?;
        definition.accounts.all.iter().find(|(other, _)| *other == account).map(|(_, value)| value.clone())
    }
}

impl Definition {
    /// Every key that it has: one for each account.
    pub(crate) fn keys(&self) -> Vec<SessionKey> {
        let key = &self.spec.key;
        if self.accounts.all.is_empty() {
            return vec![key.clone()];
        }
        let with = |account: &Account| SessionKey { account: Some(account.clone()), ..key.clone() };
        self.accounts.all.iter().map(|(account, _)| with(account)).collect()
    }
}
