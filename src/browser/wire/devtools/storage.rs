//! Capture and clear: cookies, and the storage of every origin visited in a context.
//!
//! Documents that are open are asked where they are. Origins that were left are opened once more,
//! by a request that never reaches a server: we answer it with an empty document ourselves.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::context::ContextInner;
use super::page::PageInner;
use super::session::Session;
use crate::browser::wire::origin::site_of;
use crate::browser::wire::origin_storage::{
    CLEAR, Found, READ, StandIn, Taken, Visited, WRITE_DATABASES, collected, databases_of, not_put, storage_of,
};
use crate::browser::{BrowserError, Captured, OriginStorage, State};

/// What is done in a document that stands in for one of the application's.
enum Visit<'a> {
    /// Its storage is taken.
    Take(&'a mut Found, Taken),
    /// Databases are put; with lines about those that could not be.
    Put(&'a BTreeMap<Visited, &'a [Value]>, &'a mut Vec<String>),
}

impl ContextInner {
    /// Every page has come where it is going.
    pub(super) async fn arrive(&self) -> Result<(), BrowserError> {
        for page in self.pages() {
            page.arrive(self.setup.options.navigation_timeout).await?;
        }
        Ok(())
    }

    pub(super) async fn capture(self: &Arc<Self>, may_leave_page: bool) -> Result<Captured, BrowserError> {
        let mut found = Found::new();
        self.arrive().await?;
        let pages = self.pages();
        let cookies = self.cookies().await?;
        for (index, page) in pages.iter().enumerate() {
            page.take(&mut found, if index == 0 { Taken::Both } else { Taken::LocalOnly }).await?;
        }
        let mut left = self.visited();
        left.retain(|visited| !found.contains_key(visited));
        if !left.is_empty() {
            match pages.first().filter(|_| may_leave_page) {
                Some(page) => self.visit(page, &left, Visit::Take(&mut found, Taken::Both)).await?,
                None => self.visit_aside(&left, Visit::Take(&mut found, Taken::LocalOnly)).await?,
            }
        }
        let storage = collected(found, self.seeds.waiting());
        Ok(Captured { state: State { cookies, storage }, notes: Vec::new() })
    }

    /// In a tab of its own, so that the page stays as it is.
    async fn visit_aside(self: &Arc<Self>, left: &[Visited], visit: Visit<'_>) -> Result<(), BrowserError> {
        let page = self.open_page().await?;
        self.remove_page(&page.target);
        let result = self.visit(&page, left, visit).await;
        self.socket.post(None, "Target.closeTarget", &json!({ "targetId": page.target }));
        result
    }

    /// Puts the databases of a state, in a tab of their own: `sessionStorage` that waits for the
    /// page is not used up by it. Lines about those that could not be put.
    pub(super) async fn put_databases(
        self: &Arc<Self>,
        storage: &[OriginStorage],
    ) -> Result<Vec<String>, BrowserError> {
        let databases = databases_of(storage);
        let mut notes = Vec::new();
        if !databases.is_empty() {
            let places: Vec<Visited> = databases.keys().cloned().collect();
            self.visit_aside(&places, Visit::Put(&databases, &mut notes)).await?;
        }
        Ok(notes)
    }

    async fn visit(&self, page: &Arc<PageInner>, left: &[Visited], mut visit: Visit<'_>) -> Result<(), BrowserError> {
        let stand_in = StandIn::plan(left);
        let documents = stand_in.addresses();
        page.begin_stand_in(stand_in).await?;
        let mut result = Ok(());
        for document in documents {
            result = page.navigate(&document, self.setup.options.navigation_timeout).await;
            if result.is_ok() {
                result = match &mut visit {
                    Visit::Take(found, taken) => page.take(found, *taken).await,
                    Visit::Put(databases, notes) => page.put(databases, notes).await,
                };
            }
            if result.is_err() {
                break;
            }
        }
        let blank = page.navigate("about:blank", self.setup.options.navigation_timeout).await;
        page.end_stand_in();
        result.and(blank)
    }

    pub(super) async fn clear(self: &Arc<Self>) -> Result<(), BrowserError> {
        let pages = self.pages();
        let id = json!({ "browserContextId": self.id });
        let mut answers = vec![self.socket.send(None, "Storage.clearCookies", &id)];
        let mut live = Vec::new();
        for page in &pages {
            for frame in page.read(|state| state.frames.live()) {
                let params = json!({ "expression": CLEAR, "uniqueContextId": frame.world.id });
                answers.push(frame.world.session.send("Runtime.evaluate", &params));
                live.push(frame.origin);
            }
        }
        let visited = self.visited();
        if let Some(page) = pages.first() {
            for Visited { origin, top } in &visited {
                let (method, params) = match top {
                    None => ("Storage.clearDataForOrigin", json!({ "origin": origin, "storageTypes": "all" })),
                    Some(top) => {
                        let key = format!("{origin}/^0{}", site_of(top));
                        ("Storage.clearDataForStorageKey", json!({ "storageKey": key, "storageTypes": "all" }))
                    }
                };
                answers.push(page.session.send(method, &params));
            }
        }
        for result in join_all(answers).await {
            // A document that went away meanwhile has been cleared with its origin.
            if let Err(error @ BrowserError::Lost { .. }) = result {
                return Err(error);
            }
        }
        // `sessionStorage` of origins the tab has left cannot be reached from here; it goes when
        // the tab comes back to them.
        let sessions: Vec<Session> = pages.iter().map(|page| page.session.clone()).collect();
        let left: Vec<Visited> = visited.into_iter().filter(|visited| !live.contains(&visited.origin)).collect();
        self.seeds.wipe(&left, &sessions);
        self.seeds.planted().await;
        Ok(())
    }
}

impl PageInner {
    /// Storage of every document that is open in it.
    async fn take(&self, found: &mut Found, taken: Taken) -> Result<(), BrowserError> {
        for (visited, storage) in self.in_frames(|_| Some(READ.to_owned())).await? {
            found.entry(visited).or_insert_with_key(|visited| storage_of(visited, &storage, taken));
        }
        Ok(())
    }

    /// Puts databases into the documents that are open in it.
    async fn put(&self, databases: &BTreeMap<Visited, &[Value]>, notes: &mut Vec<String>) -> Result<(), BrowserError> {
        let writing =
            |visited: &Visited| databases.get(visited).map(|all| format!("({WRITE_DATABASES})({})", json!(all)));
        for (visited, answer) in self.in_frames(writing).await? {
            notes.extend(answer.as_str().map(|why| not_put(&visited, why)));
        }
        Ok(())
    }

    /// Runs an expression in each document that keeps storage and waits for its value. One that
    /// goes away meanwhile is left out: its origin is on the list of visited ones.
    async fn in_frames(
        &self,
        expression: impl Fn(&Visited) -> Option<String>,
    ) -> Result<Vec<(Visited, Value)>, BrowserError> {
        let (live, top) = self.read(|state| (state.frames.live(), state.frames.origin(&self.target)));
        let keys = live.into_iter().map(|frame| {
            let key = frame.world.session.send("Storage.getStorageKey", &json!({ "frameId": frame.id }));
            async move { (frame, key.await) }
        });
        let mut asked = Vec::new();
        for (frame, key) in join_all(keys).await {
            let is_partitioned = match key {
                Ok(key) => key["storageKey"].as_str().unwrap_or_default().contains('^'),
                Err(_) => frame.id != self.target,
            };
            let visited = Visited { top: top.clone().filter(|_| is_partitioned), origin: frame.origin };
            let Some(expression) = expression(&visited) else { continue };
            let params = json!({
                "expression": expression, "uniqueContextId": frame.world.id, "returnByValue": true, "awaitPromise": true,
            });
            let answer = frame.world.session.send("Runtime.evaluate", &params);
            asked.push(async move { (visited, answer.await) });
        }
        let mut values = Vec::new();
        for (visited, answer) in join_all(asked).await {
            match answer {
                Ok(mut answer) => values.push((visited, answer["result"]["value"].take())),
                Err(error @ BrowserError::Lost { .. }) => return Err(error),
                Err(_) => {}
            }
        }
        Ok(values)
    }

    /// From now on no request of this page reaches a server.
    async fn begin_stand_in(&self, stand_in: StandIn) -> Result<(), BrowserError> {
        self.update(|state| {
            state.stand_in = Some(stand_in);
            state.is_leaving = true;
        });
        let fetch = self.session.send("Fetch.enable", &json!({ "patterns": [{ "urlPattern": "*" }] }));
        self.session.post("Network.enable", &json!({}));
        self.session.post("Network.setBypassServiceWorker", &json!({ "bypass": true }));
        fetch.await.map(|_| ())
    }

    fn end_stand_in(&self) {
        self.session.post("Network.setBypassServiceWorker", &json!({ "bypass": false }));
        self.session.post("Network.disable", &json!({}));
        self.session.post("Fetch.disable", &json!({}));
        self.update(|state| {
            state.stand_in = None;
            state.is_leaving = false;
        });
    }

    /// `Fetch.requestPaused`.
    pub(super) fn answer_request(&self, session: &Session, params: &Value) {
        let id = &params["requestId"];
        let is_document = params["resourceType"] == "Document";
        let document = self.read(|state| {
            state
                .stand_in
                .as_ref()
                .map(|stand_in| stand_in.document(params["request"]["url"].as_str().unwrap_or_default()))
        });
        match document {
            None => session.post("Fetch.continueRequest", &json!({ "requestId": id })),
            Some(_) if !is_document => {
                session.post("Fetch.failRequest", &json!({ "requestId": id, "errorReason": "Aborted" }));
            }
            Some(document) => {
                use base64::Engine;
                let body = base64::engine::general_purpose::STANDARD.encode(document);
                let headers = json!([{ "name": "content-type", "value": "text/html" }]);
                let answer = json!({ "requestId": id, "responseCode": 200, "responseHeaders": headers, "body": body });
                session.post("Fetch.fulfillRequest", &answer);
            }
        }
    }
}
