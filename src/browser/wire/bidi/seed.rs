//! [`Seeds`]: storage waiting to be put into an origin, before any script of its first document,
//! exactly once, without a request.
//!
//! Each origin's entries are a script before every document, in a sandbox of its own. Having written,
//! it says so in the console of the sandbox, which no page can hear, and we remove it. So that a page
//! which logs out and goes elsewhere in its first script is not seeded again, requests of documents to
//! these origins are held as long as a removal is under way: the word of the first document is here
//! before the request for the second (measured on Firefox 153 and Chromium 156). Channels, the
//! protocol's own way to say something, lose the word in Chromium when the document leaves at once.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::browser::text;
use super::interception::{Interception, pattern_of};
use crate::browser::wire::origin_storage::{Seeding, Visited, is_same_place, seed_name};
use crate::browser::wire::socket::Socket;
use crate::browser::{BrowserError, OriginStorage};

const SANDBOX: &str = "runner.seed";

/// A browser that does not answer must not hold a page for ever.
const REMOVAL_TIMEOUT: Duration = Duration::from_secs(2);

/// The seeds of one context.
pub(super) struct Seeds {
    socket: Socket,
    user_context: String,
    state: Arc<Mutex<Planted>>,
}

#[derive(Default)]
struct Planted {
    waiting: Vec<Seed>,
    /// Removals under way; each turns true.
    leaving: Vec<watch::Receiver<bool>>,
    interception: Option<Interception>,
}

#[derive(Clone)]
struct Seed {
    storage: OriginStorage,
    /// What is there goes first.
    wipes: bool,
    /// Name of its function, which is also its word in the console.
    name: String,
    /// Id of its script.
    script: String,
}

impl Seeds {
    pub(super) fn new(socket: Socket, user_context: String) -> Self {
        Self { socket, user_context, state: Arc::default() }
    }

    /// Replaces all that wait by `storage`; what was to be wiped still is.
    pub(super) async fn plant(&self, storage: &[OriginStorage]) -> Result<(), BrowserError> {
        let before = std::mem::take(&mut self.lock().waiting);
        let is_wiped = |of: &OriginStorage| before.iter().any(|seed| seed.wipes && is_same_place(&seed.storage, of));
        let left = before
            .iter()
            .filter(|seed| seed.wipes && !storage.iter().any(|new| is_same_place(new, &seed.storage)))
            .map(|seed| Seed::new(Visited::of(&seed.storage).emptied(), true));
        let mut seeds: Vec<Seed> = storage.iter().map(|new| Seed::new(new.clone(), is_wiped(new))).collect();
        seeds.extend(left);
        self.replace(before, seeds).await
    }

    /// Forgets all that wait, and wipes these where they are visited next.
    pub(super) async fn wipe(&self, places: &[Visited]) -> Result<(), BrowserError> {
        let before = std::mem::take(&mut self.lock().waiting);
        self.replace(before, places.iter().map(|place| Seed::new(place.clone().emptied(), true)).collect()).await
    }

    /// What still waits to be put somewhere.
    pub(super) fn waiting(&self) -> Vec<OriginStorage> {
        self.lock().waiting.iter().map(|seed| seed.storage.clone()).collect()
    }

    async fn replace(&self, before: Vec<Seed>, seeds: Vec<Seed>) -> Result<(), BrowserError> {
        for seed in before {
            self.socket.post(None, "script.removePreloadScript", &json!({ "script": seed.script }));
        }
        self.end();
        if seeds.is_empty() {
            return Ok(());
        }
        let mut patterns: Vec<Value> = seeds.iter().filter_map(|seed| pattern_of(&seed.storage.origin)).collect();
        patterns.dedup();
        let adding = join_all(seeds.iter().map(|seed| {
            let params = json!({
                "functionDeclaration": seed.function(), "sandbox": SANDBOX, "userContexts": [self.user_context],
            });
            self.socket.send(None, "script.addPreloadScript", &params)
        }));
        let intercepting = Interception::begin(&self.socket, &self.user_context, json!({ "urlPatterns": patterns }));
        let (scripts, interception) = tokio::join!(adding, intercepting);
        let mut planted = Vec::new();
        for (seed, answer) in seeds.into_iter().zip(scripts) {
            planted.push(Seed { script: text(&answer?["script"]), ..seed });
        }
        let mut state = self.lock();
        state.interception = Some(interception?);
        state.waiting = planted;
        Ok(())
    }

    /// A word in a console: of a seed that was put, or anybody's.
    pub(super) fn used(&self, word: &str) {
        let (sender, receiver) = watch::channel(false);
        let seed = {
            let mut state = self.lock();
            let Some(index) = state.waiting.iter().position(|seed| seed.name == word) else { return };
            state.leaving.push(receiver);
            state.waiting.swap_remove(index)
        };
        let removing = self.socket.send(None, "script.removePreloadScript", &json!({ "script": seed.script }));
        let state = Arc::clone(&self.state);
        tokio::spawn(async move {
            // One that does not answer in time is stuck itself, and its script then does nothing twice.
            let _ = tokio::time::timeout(REMOVAL_TIMEOUT, removing).await;
            sender.send_replace(true);
            let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
            state.leaving.retain(|leaving| !*leaving.borrow());
            let is_last = state.waiting.is_empty() && state.leaving.is_empty();
            if let Some(interception) = state.interception.take_if(|_| is_last) {
                interception.end();
            }
        });
    }

    /// Lets a held request go, once no removal is under way.
    pub(super) fn release(&self, params: &Value) {
        let request = json!({ "request": params["request"]["request"] });
        let leaving = self.lock().leaving.clone();
        if leaving.is_empty() || params["navigation"].is_null() {
            self.socket.post(None, "network.continueRequest", &request);
            return;
        }
        let socket = self.socket.clone();
        tokio::spawn(async move {
            for mut leaving in leaving {
                // The other side is gone only after it has answered.
                let _ = leaving.wait_for(|is_done| *is_done).await;
            }
            socket.post(None, "network.continueRequest", &request);
        });
    }

    /// Requests are not held any more.
    pub(super) fn end(&self) {
        let interception = self.lock().interception.take();
        if let Some(interception) = interception {
            interception.end();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Planted> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seed {
    fn new(storage: OriginStorage, wipes: bool) -> Self {
        let name = seed_name(&storage.origin);
        Self { storage, wipes, name, script: String::new() }
    }

    fn function(&self) -> String {
        let signal = format!("console.debug('{}');", self.name);
        Seeding { storage: &self.storage, wipes: self.wipes, name: &self.name, signal: &signal }.function()
    }
}
