//! [`Events`]: takes everything the browser tells, and gives it to the page it is about.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use serde_json::{Value, json};

use super::browser::text;
use super::context::ContextInner;
use super::page::PageInner;
use crate::browser::wire::socket::{Listener, Socket};

/// Who is who in the browser.
#[derive(Debug)]
pub(super) struct Events {
    socket: Socket,
    state: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    /// Our contexts, by the id of the user context.
    contexts: HashMap<String, Weak<ContextInner>>,
    /// The page that a browsing context (a tab or a frame) belongs to.
    pages: HashMap<String, Weak<PageInner>>,
    /// The page that a realm belongs to.
    realms: HashMap<String, Weak<PageInner>>,
}

impl Events {
    pub(super) fn new(socket: Socket) -> Self {
        Self { socket, state: Mutex::default() }
    }

    /// Tabs of this context are ours.
    pub(super) fn watch(&self, context: &Arc<ContextInner>) {
        let mut state = self.lock();
        state.contexts.retain(|_, context| context.strong_count() > 0);
        state.contexts.insert(context.id.clone(), Arc::downgrade(context));
    }

    /// Events of a tab or a frame are of this page.
    pub(super) fn belongs(&self, browsing_context: &str, page: &Arc<PageInner>) {
        self.lock().pages.insert(browsing_context.to_owned(), Arc::downgrade(page));
    }

    fn page_of(&self, params: &Value) -> Option<Arc<PageInner>> {
        let id = params["context"].as_str()?;
        self.lock().pages.get(id).and_then(Weak::upgrade)
    }

    fn context_created(&self, params: &Value) {
        let id = text(&params["context"]);
        if let Some(parent) = params["parent"].as_str() {
            let page = self.lock().pages.get(parent).and_then(Weak::upgrade);
            if let Some(page) = page {
                page.update(|state| state.frames.attached(&id, parent));
                self.belongs(&id, &page);
            }
            return;
        }
        let context = self.lock().contexts.get(&text(&params["userContext"])).and_then(Weak::upgrade);
        if let Some(context) = context {
            context.adopt(&id);
        }
    }

    fn context_destroyed(&self, params: &Value) {
        let Some(page) = self.page_of(params) else { return };
        let id = text(&params["context"]);
        if page.target == id {
            page.gone();
        } else {
            page.update(|state| state.frames.detached(&id));
        }
        let mut state = self.lock();
        state.pages.remove(&id);
        state.realms.retain(|_, page| page.strong_count() > 0);
    }

    fn realm_created(&self, params: &Value) {
        let Some(page) = self.page_of(params) else { return };
        if page.realm_created(params) {
            self.lock().realms.insert(text(&params["realm"]), Arc::downgrade(&page));
        }
    }

    fn realm_destroyed(&self, params: &Value) {
        let realm = text(&params["realm"]);
        let page = self.lock().realms.remove(&realm).and_then(|page| page.upgrade());
        if let Some(page) = page {
            page.realm_destroyed(&realm);
        }
    }

    fn logged(&self, params: &Value) {
        let Some(page) = self.page_of(&params["source"]) else { return };
        match (params["type"].as_str(), params["level"].as_str()) {
            (Some("javascript"), Some("error")) => page.note_error(params),
            (Some("console"), Some("debug")) => {
                if let Some(context) = page.context.upgrade() {
                    context.seeds.used(params["text"].as_str().unwrap_or_default());
                }
            }
            _ => {}
        }
    }

    fn request(&self, params: &Value) {
        if params["isBlocked"] != true {
            return;
        }
        match self.page_of(params) {
            Some(page) => page.answer_request(params),
            None => {
                self.socket.post(None, "network.continueRequest", &json!({ "request": params["request"]["request"] }));
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Listener for Events {
    fn event(&self, method: &str, params: Value) {
        match method {
            "browsingContext.contextCreated" => self.context_created(&params),
            "browsingContext.contextDestroyed" => self.context_destroyed(&params),
            "script.realmCreated" => self.realm_created(&params),
            "script.realmDestroyed" => self.realm_destroyed(&params),
            "log.entryAdded" => self.logged(&params),
            "network.beforeRequestSent" => self.request(&params),
            _ => {
                let Some(page) = self.page_of(&params) else { return };
                match method {
                    "browsingContext.userPromptOpened" => page.dialog_opened(&params),
                    "browsingContext.userPromptClosed" => page.update(|state| state.has_dialog = false),
                    _ => page.navigation_event(method, &params),
                }
            }
        }
    }

    fn ended(&self) {
        let pages: Vec<_> = self.lock().pages.drain().filter_map(|(_, page)| page.upgrade()).collect();
        for page in pages {
            page.gone();
        }
    }
}
