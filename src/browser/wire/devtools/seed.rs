//! [`Seeds`]: storage waiting to be put into an origin, before any script of its first document,
//! exactly once, without a request.
//!
//! Each origin's entries are a script before every document, in a world of its own, so nothing of
//! it is to be seen from the page. Having written, it stops at a `debugger` statement; while it
//! stands there no script of the page can run, and we remove it from every session, then let it
//! go on. A page that logs out and reloads in its first script is therefore never seeded again.
//! (Tried and rejected: holding the second document's request until the script is removed. The
//! browser holds `Runtime` commands back while a main-frame navigation is under way, so whether
//! the first document had run could not be asked. A synchronous request from the script is
//! subject to the page's content security and permissions policies.)
//! Once the last seed is used the debugger is off again. Costs about 5 ms, once per origin.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::watch;

use super::session::Session;
use crate::browser::OriginStorage;
use crate::browser::wire::origin_storage::{Seeding, Visited, is_same_place, seed_name};

const WORLD: &str = "runner.seed";

/// A page of another process that does not answer must not hold this one for ever.
const REMOVAL_TIMEOUT: Duration = Duration::from_secs(2);

/// The seeds of one context.
#[derive(Default)]
pub(super) struct Seeds {
    waiting: Mutex<Vec<Seed>>,
}

struct Seed {
    storage: OriginStorage,
    /// What is there goes first.
    wipes: bool,
    /// Name of its function, by which a stopped script is recognised.
    name: String,
    installed: Vec<Installed>,
}

#[derive(Clone)]
struct Installed {
    session: Session,
    script: watch::Receiver<Option<String>>,
}

impl Seeds {
    /// Replaces all that wait by `storage`; what was to be wiped still is.
    pub(super) fn plant(self: &Arc<Self>, storage: &[OriginStorage], sessions: &[Session]) {
        let before = std::mem::take(&mut *self.lock());
        let is_wiped = |of: &OriginStorage| before.iter().any(|seed| seed.wipes && is_same_place(&seed.storage, of));
        let left: Vec<OriginStorage> = before
            .iter()
            .filter(|seed| seed.wipes && !storage.iter().any(|new| is_same_place(new, &seed.storage)))
            .map(|seed| Visited::of(&seed.storage).emptied())
            .collect();
        let mut seeds: Vec<Seed> = storage.iter().map(|new| Seed::new(new.clone(), is_wiped(new))).collect();
        seeds.extend(left.into_iter().map(|storage| Seed::new(storage, true)));
        for seed in before {
            tokio::spawn(remove(seed.installed));
        }
        *self.lock() = seeds;
        for session in sessions {
            self.install(session);
        }
    }

    /// Forgets all that wait, and wipes these where they are visited next.
    pub(super) fn wipe(self: &Arc<Self>, places: &[Visited], sessions: &[Session]) {
        for seed in std::mem::take(&mut *self.lock()) {
            tokio::spawn(remove(seed.installed));
        }
        *self.lock() = places.iter().map(|place| Seed::new(place.clone().emptied(), true)).collect();
        for session in sessions {
            self.install(session);
        }
    }

    /// Waits until every session has its scripts. A navigation before that could overtake them.
    pub(super) async fn planted(&self) {
        let installed: Vec<Installed> = self.lock().iter().flat_map(|seed| seed.installed.clone()).collect();
        for mut installed in installed {
            // The sending side answers also where the session is gone.
            let _ = installed.script.wait_for(Option::is_some).await;
        }
    }

    /// What still waits to be put somewhere.
    pub(super) fn waiting(&self) -> Vec<OriginStorage> {
        self.lock().iter().map(|seed| seed.storage.clone()).collect()
    }

    /// Sends the scripts to a session; it must not have begun a document of the web.
    pub(super) fn install(&self, session: &Session) {
        let mut waiting = self.lock();
        if waiting.is_empty() {
            return;
        }
        session.post("Debugger.enable", &json!({}));
        for seed in waiting.iter_mut() {
            let script = json!({ "source": seed.script(), "worldName": WORLD });
            let answer = session.send("Page.addScriptToEvaluateOnNewDocument", &script);
            let (sender, receiver) = watch::channel(None);
            seed.installed.push(Installed { session: session.clone(), script: receiver });
            tokio::spawn(async move {
                // A session that is gone needs no removal.
                let id = answer.await.map(|answer| super::frames::text(&answer["identifier"])).unwrap_or_default();
                sender.send_replace(Some(id));
            });
        }
    }

    /// A session is gone.
    pub(super) fn forget(&self, session: &Session) {
        for seed in self.lock().iter_mut() {
            seed.installed.retain(|installed| installed.session.id() != session.id());
        }
    }

    /// `Debugger.paused`: a seed has been put, or the page has a `debugger` statement of its own.
    pub(super) fn paused(self: &Arc<Self>, session: &Session, params: &Value) {
        let name = params["callFrames"][0]["functionName"].as_str().unwrap_or_default();
        let (used, is_last) = {
            let mut waiting = self.lock();
            let used = waiting.iter().position(|seed| seed.name == name).map(|index| waiting.swap_remove(index));
            (used, waiting.is_empty())
        };
        let Some(seed) = used else {
            session.post("Debugger.resume", &json!({}));
            return;
        };
        let session = session.clone();
        tokio::spawn(async move {
            let sessions: Vec<Session> = seed.installed.iter().map(|installed| installed.session.clone()).collect();
            // One that does not answer in time is stuck itself, and its script then does nothing twice.
            let _ = tokio::time::timeout(REMOVAL_TIMEOUT, remove(seed.installed)).await;
            session.post("Debugger.resume", &json!({}));
            if is_last {
                for session in sessions {
                    session.post("Debugger.disable", &json!({}));
                }
            }
        });
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Seed>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seed {
    fn new(storage: OriginStorage, wipes: bool) -> Self {
        let name = seed_name(&storage.origin);
        Self { storage, wipes, name, installed: Vec::new() }
    }

    fn script(&self) -> String {
        let seeding = Seeding { storage: &self.storage, wipes: self.wipes, name: &self.name, signal: "debugger;" };
        format!("({})()", seeding.function())
    }
}

async fn remove(installed: Vec<Installed>) {
    let mut answers = Vec::new();
    for Installed { session, mut script } in installed {
        let id = script.wait_for(Option::is_some).await.ok().and_then(|id| id.clone());
        if let Some(id) = id {
            answers.push(session.send("Page.removeScriptToEvaluateOnNewDocument", &json!({ "identifier": id })));
        }
    }
    for answer in answers {
        // The session is gone, and the script with it.
        let _ = answer.await;
    }
}
