//! Capture and clear: cookies, and the storage of every origin visited in a context.
//!
//! Documents that are open are asked where they are. Origins that were left are opened once more,
//! by a request that never reaches a server: we answer it with an empty document ourselves.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::context::ContextInner;
use super::interception::Interception;
use super::page::PageInner;
use super::script::Call;
use crate::browser::page::LibraryError;
use crate::browser::wire::origin::is_same_site;
use crate::browser::wire::origin_storage::{
    CLEAR_EVERYTHING, Found, READ, StandIn, Taken, Visited, WRITE_DATABASES, collected, databases_of, not_put,
    storage_of,
};
use crate::browser::{BrowserError, Captured, OriginStorage, State};

/// What is done with the storage of a place that was left.
enum Visit<'a> {
    /// It is taken.
    Take(&'a mut Found, Taken),
    /// It is emptied.
    Clear,
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
        // Until it is gone, the page behind it is not the one in front.
        let closing = self.line.socket.send(None, "browsingContext.close", &json!({ "context": page.target }));
        result.and(closing.await.map(drop))
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
        let interception = page.begin_stand_in(&self.id, stand_in).await?;
        let mut result = Ok(());
        for document in documents {
            result = page.navigate(&document, self.setup.options.navigation_timeout).await;
            if result.is_ok() {
                result = match &mut visit {
                    Visit::Take(found, taken) => page.take(found, *taken).await,
                    Visit::Clear => page.clear_frames().await,
                    Visit::Put(databases, notes) => page.put(databases, notes).await,
                };
            }
            if result.is_err() {
                break;
            }
        }
        let blank = page.navigate("about:blank", self.setup.options.navigation_timeout).await;
        page.end_stand_in(interception);
        result.and(blank)
    }

    pub(super) async fn clear(self: &Arc<Self>) -> Result<(), BrowserError> {
        self.clear_cookies().await?;
        let mut live = Vec::new();
        for page in self.pages() {
            live.extend(page.live().into_iter().map(|(_, visited)| visited));
            page.clear_frames().await?;
        }
        let mut left = self.visited();
        left.retain(|visited| !live.contains(visited));
        self.seeds.wipe(&[]).await?;
        if left.is_empty() {
            return Ok(());
        }
        self.visit_aside(&left, Visit::Clear).await?;
        // `sessionStorage` of origins the tab has left cannot be reached from another one; it goes when
        // the tab comes back to them.
        self.seeds.wipe(&left).await
    }
}

impl PageInner {
    /// Its frames that keep storage: their ids, and what they are.
    fn live(&self) -> Vec<(String, Visited)> {
        let (live, top) = self.read(|state| (state.frames.live(), state.frames.origin(&self.target)));
        let visited = |(id, origin): (String, String)| {
            let top = top.clone().filter(|top| id != self.target && !is_same_site(&origin, top));
            (id, Visited { top, origin })
        };
        live.into_iter().map(visited).collect()
    }

    /// Storage of every document that is open in it.
    async fn take(&self, found: &mut Found, taken: Taken) -> Result<(), BrowserError> {
        // As text: the protocol's own form of objects is several times as long.
        let read = format!("async () => JSON.stringify(await {READ})");
        for (visited, answer) in self.in_frames(|_| Some(read.clone())).await? {
            let text = answer["value"].as_str().unwrap_or("null");
            let storage: Value = serde_json::from_str(text).unwrap_or_default();
            found.entry(visited).or_insert_with_key(|visited| storage_of(visited, &storage, taken));
        }
        Ok(())
    }

    /// Empties everything that the origins of its open documents keep.
    async fn clear_frames(&self) -> Result<(), BrowserError> {
        self.in_frames(|_| Some(CLEAR_EVERYTHING.to_owned())).await.map(drop)
    }

    /// Puts databases into the documents that are open in it.
    async fn put(&self, databases: &BTreeMap<Visited, &[Value]>, notes: &mut Vec<String>) -> Result<(), BrowserError> {
        let writing =
            |visited: &Visited| databases.get(visited).map(|all| format!("() => ({WRITE_DATABASES})({})", json!(all)));
        for (visited, answer) in self.in_frames(writing).await? {
            notes.extend(answer["value"].as_str().map(|why| not_put(&visited, why)));
        }
        Ok(())
    }

    /// Calls a function in every frame that keeps storage. One that goes away meanwhile is left out: its
    /// origin is on the list of visited ones.
    async fn in_frames(
        &self,
        function: impl Fn(&Visited) -> Option<String>,
    ) -> Result<Vec<(Visited, Value)>, BrowserError> {
        let called = self.live().into_iter().filter_map(|(id, visited)| Some((function(&visited)?, id, visited)));
        let asked = called.map(|(function, id, visited)| async move {
            let call = Call { frame: Some(&id), ..Call::new(&function) };
            (visited, self.within(self.navigation_timeout(), self.call(&call)).await)
        });
        let mut answers = Vec::new();
        for (visited, answer) in join_all(asked).await {
            match answer {
                Some(Ok(value)) => answers.push((visited, value)),
                Some(Err(LibraryError::Browser(error @ BrowserError::Lost { .. }))) => return Err(error),
                Some(Err(_)) | None => {}
            }
        }
        Ok(answers)
    }

    /// From now on no request of this page reaches a server.
    async fn begin_stand_in(&self, user_context: &str, stand_in: StandIn) -> Result<Interception, BrowserError> {
        self.update(|state| {
            state.stand_in = Some(stand_in);
            state.is_leaving = true;
        });
        Interception::begin(&self.line.socket, user_context, json!({ "contexts": [self.target] })).await
    }

    fn end_stand_in(&self, interception: Interception) {
        interception.end();
        self.update(|state| {
            state.stand_in = None;
            state.is_leaving = false;
        });
    }

    /// A request that is held: answered by us, or let go.
    pub(super) fn answer_request(&self, params: &Value) {
        let request = &params["request"]["request"];
        let url = params["request"]["url"].as_str().unwrap_or_default();
        let document = self.read(|state| state.stand_in.as_ref().map(|stand_in| stand_in.document(url)));
        match (document, self.context.upgrade()) {
            (Some(_), _) if params["navigation"].is_null() => {
                self.line.socket.post(None, "network.failRequest", &json!({ "request": request }));
            }
            (Some(document), _) => {
                let html = json!({ "name": "content-type", "value": { "type": "string", "value": "text/html" } });
                let answer = json!({
                    "request": request, "statusCode": 200, "reasonPhrase": "OK", "headers": [html],
                    "body": { "type": "string", "value": document },
                });
                self.line.socket.post(None, "network.provideResponse", &answer);
            }
            (None, Some(context)) => context.seeds.release(params),
            (None, None) => {
                self.line.socket.post(None, "network.continueRequest", &json!({ "request": request }));
            }
        }
    }
}
