//! Navigations: opening, reloading, history, and telling whether input has started one.
//!
//! The answer to input may come before the event of the navigation it started (Chromium), so one more
//! round trip to the page, through its task queue, follows it: by its answer the event is here.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::browser::text;
use super::page::PageInner;
use super::script::{Call, SANDBOX};
use crate::browser::BrowserError;
use crate::browser::page::LibraryError;
use crate::browser::wire::document::WRITE;
use crate::browser::wire::network_error;
use crate::browser::wire::origin::is_same_site;

/// Addresses of the browsers' own error pages.
const ERROR_PAGES: [&str; 3] = ["about:neterror", "about:certerror", "chrome-error:"];

/// How far the main frame's document is.
#[derive(Default)]
pub(super) struct Navigation {
    /// Documents committed so far.
    commits: u64,
    /// Moves within a document so far.
    moves: u64,
    /// Downloads begun instead of documents.
    downloads: u64,
    /// The committed document's load event was there.
    is_loaded: bool,
    /// Id of the one that is on its way and has no document yet.
    pending: Option<String>,
    /// Address of the committed document.
    url: String,
    /// Address of the last navigation that failed.
    failed: String,
}

impl Navigation {
    /// Events of the main frame.
    pub(super) fn observe(&mut self, method: &str, params: &Value) {
        let id = text(&params["navigation"]);
        match method {
            "browsingContext.navigationStarted" => self.pending = Some(id),
            "browsingContext.navigationCommitted" => {
                self.commits += 1;
                self.is_loaded = false;
                self.url = text(&params["url"]);
                self.end(&id);
            }
            "browsingContext.navigationFailed" | "browsingContext.navigationAborted" => {
                self.failed = text(&params["url"]);
                self.end(&id);
            }
            "browsingContext.downloadWillBegin" => {
                self.downloads += 1;
                self.end(&id);
            }
            "browsingContext.fragmentNavigated" | "browsingContext.historyUpdated" => {
                self.moves += 1;
                self.url = text(&params["url"]);
                self.end(&id);
            }
            "browsingContext.load" => self.is_loaded = true,
            _ => {}
        }
    }

    /// The end of another one than that which is on its way says nothing about it.
    fn end(&mut self, id: &str) {
        if self.pending.as_deref() == Some(id) {
            self.pending = None;
        }
    }

    pub(super) fn commits(&self) -> u64 {
        self.commits
    }

    /// Address of the committed document.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// The address that could not be reached, where an error page stands in its place.
    pub(super) fn unreachable(&self) -> Option<String> {
        if !ERROR_PAGES.iter().any(|page| self.url.starts_with(page)) {
            return None;
        }
        let page = url::Url::parse(&self.url).ok();
        let named =
            page.and_then(|page| page.query_pairs().find(|(key, _)| key == "u").map(|(_, url)| url.into_owned()));
        named.or_else(|| Some(self.failed.clone()).filter(|url| !url.is_empty()))
    }

    fn is_settled(&self) -> bool {
        self.pending.is_none()
    }

    fn is_loaded_since(&self, commits: u64) -> bool {
        self.commits > commits && self.is_loaded && self.is_settled()
    }
}

/// A command that replaces the document, and the words for it.
struct Move<'a> {
    method: &'static str,
    params: Value,
    url: &'a str,
    timeout: Duration,
}

impl PageInner {
    /// An event of the main frame or of another one.
    pub(super) fn navigation_event(&self, method: &str, params: &Value) {
        let frame = text(&params["context"]);
        let is_main = frame == self.target;
        if is_main {
            self.update(|state| state.navigation.observe(method, params));
        }
        if method != "browsingContext.navigationCommitted" {
            return;
        }
        let url = params["url"].as_str().unwrap_or_default();
        let (origin, top) =
            self.update(|state| (state.frames.committed(&frame, url), state.frames.origin(&self.target)));
        if let (Some(origin), Some(context)) = (origin, self.context.upgrade()) {
            let top = top.filter(|top| !is_main && !is_same_site(&origin, top));
            context.note_visit(origin, top);
        }
    }

    pub(super) async fn navigate(&self, url: &str, timeout: Duration) -> Result<(), BrowserError> {
        let params = json!({ "context": self.target, "url": url, "wait": "complete" });
        self.make(Move { method: "browsingContext.navigate", params, url, timeout }).await
    }

    pub(super) async fn reload(&self, timeout: Duration) -> Result<(), BrowserError> {
        let url = self.read(|state| state.navigation.unreachable().unwrap_or_else(|| state.navigation.url.clone()));
        let params = json!({ "context": self.target, "wait": "complete" });
        self.make(Move { method: "browsingContext.reload", params, url: &url, timeout }).await
    }

    async fn make(&self, wanted: Move<'_>) -> Result<(), BrowserError> {
        let (commits, downloads) = self.read(|state| (state.navigation.commits, state.navigation.downloads));
        let since = Instant::now();
        let answer = self.line.socket.send(None, wanted.method, &wanted.params);
        let Some(answer) = self.within(wanted.timeout, answer).await else {
            return Err(self.too_late(wanted.url, commits, wanted.timeout));
        };
        let no_page = |reason: &str| BrowserError::Navigation { url: wanted.url.to_owned(), reason: reason.to_owned() };
        let is_overtaken = match answer {
            Ok(_) => false,
            Err(BrowserError::Protocol { message, .. }) if is_overtaken(&message) => true,
            Err(error) => return Err(refused(wanted.url, error)),
        };
        let left = wanted.timeout.saturating_sub(since.elapsed());
        let settled = self.wait(|state| state.navigation.is_settled().then_some(state.navigation.commits));
        let now = self.within(left, settled).await.unwrap_or_else(|| Ok(self.commits()))?;
        if self.read(|state| state.navigation.downloads > downloads) {
            return Err(no_page("the server sent a download, not a page"));
        }
        if now > commits {
            let left = wanted.timeout.saturating_sub(since.elapsed());
            return self.loaded_since(commits, wanted.url, left, wanted.timeout).await;
        }
        if is_overtaken {
            return Err(no_page("the server sent no page (an empty answer, a download, or it was stopped)"));
        }
        // Within the same document.
        Ok(())
    }

    pub(super) async fn go(&self, delta: i32, timeout: Duration) -> Result<bool, BrowserError> {
        let (commits, moves) = self.read(|state| (state.navigation.commits, state.navigation.moves));
        let params = json!({ "context": self.target, "delta": delta });
        let answer = self.line.socket.send(None, "browsingContext.traverseHistory", &params);
        match self.within(timeout, answer).await {
            None => return Err(self.too_late("the page before", commits, timeout)),
            Some(Err(BrowserError::Protocol { message, .. })) if message.contains("no such history entry") => {
                return Ok(false);
            }
            Some(Err(error)) => return Err(error),
            Some(Ok(_)) => {}
        }
        let arrived = self.wait(|state| {
            let navigation = &state.navigation;
            (navigation.commits > commits || navigation.moves > moves).then_some(navigation.commits)
        });
        match self.within(timeout, arrived).await {
            None => Err(self.too_late("the page before", commits, timeout)),
            Some(Err(error)) => Err(error),
            Some(Ok(now)) if now == commits => Ok(true),
            Some(Ok(_)) => {
                let url = self.read(|state| state.navigation.url.clone());
                self.loaded_since(commits, &url, timeout, timeout).await.map(|()| true)
            }
        }
    }

    /// Waits until a document newer than `before` is loaded, and no other is on its way (a page
    /// that redirects in a script).
    async fn loaded_since(
        &self,
        before: u64,
        url: &str,
        left: Duration,
        timeout: Duration,
    ) -> Result<(), BrowserError> {
        let loaded = self.wait(|state| state.navigation.is_loaded_since(before).then_some(()));
        match self.within(left, loaded).await {
            Some(Ok(())) => match self.read(|state| state.navigation.unreachable()) {
                None => Ok(()),
                Some(url) => Err(BrowserError::Navigation { url, reason: "it could not be reached".to_owned() }),
            },
            Some(Err(error)) => Err(error),
            // Loaded, but its script has gone on to somewhere that does not answer.
            None if self.read(|state| state.navigation.commits > before && state.navigation.is_loaded) => Ok(()),
            None => Err(self.too_late(url, before, timeout)),
        }
    }

    pub(super) async fn settle(&self, timeout: Duration) -> Result<(), BrowserError> {
        let settling = async {
            if let Some(answer) = self.update(|state| state.late.take()) {
                // Input that closed its own page has done what it should.
                if let Err(error @ BrowserError::Lost { .. }) = answer.await {
                    return Err(error);
                }
            }
            match self.call(&Call::new("() => new Promise(done => setTimeout(done))")).await {
                Err(LibraryError::Browser(error @ BrowserError::Lost { .. })) => return Err(error),
                Err(LibraryError::Browser(BrowserError::Closed { .. })) => return Ok(()),
                // The document went away under it: that is what we wait for.
                Err(_) | Ok(_) => {}
            }
            match self.wait(|state| state.navigation.is_settled().then_some(())).await {
                Err(BrowserError::Closed { .. }) => Ok(()),
                other => other,
            }
        };
        // Not settled in time is not an error: the next command waits in its own name.
        self.within(timeout, settling).await.unwrap_or(Ok(()))
    }

    /// Waits for a navigation in flight and its load, at most `timeout`: what a page keeps is
    /// often put there by its scripts.
    pub(super) async fn arrive(&self, timeout: Duration) -> Result<(), BrowserError> {
        self.settle(timeout).await?;
        let arrived = self.wait(|state| {
            let navigation = &state.navigation;
            (navigation.is_settled() && (navigation.commits == 0 || navigation.is_loaded)).then_some(())
        });
        self.within(timeout, arrived).await.unwrap_or(Ok(()))
    }

    pub(super) async fn set_content(&self, html: &str, timeout: Duration) -> Result<(), BrowserError> {
        let args = json!([{ "type": "string", "value": html }]);
        let call = Call { args, ..Call::new(WRITE) };
        match self.within(timeout, self.call(&call)).await {
            Some(Ok(_)) => Ok(()),
            // The new content has sent the page elsewhere.
            Some(Err(LibraryError::DocumentGone)) => self.settle(timeout).await,
            Some(Err(LibraryError::Browser(error))) => Err(error),
            None => {
                let progress = "the content is there, but something it loads is not".to_owned();
                Err(BrowserError::NavigationTimeout { url: "the content set".to_owned(), waited: timeout, progress })
            }
        }
    }

    fn too_late(&self, url: &str, before: u64, waited: Duration) -> BrowserError {
        let has_answer = self.commits() > before;
        let progress = if has_answer { "answered, but still loading" } else { "no answer from the server" };
        // Otherwise it would come in the middle of what follows.
        let stop = json!({
            "functionDeclaration": "() => window.stop()", "awaitPromise": false,
            "target": { "context": self.target, "sandbox": SANDBOX },
        });
        self.line.socket.post(None, "script.callFunction", &stop);
        BrowserError::NavigationTimeout { url: url.to_owned(), waited, progress: progress.to_owned() }
    }
}

/// Another navigation came between, or the server sent no document.
fn is_overtaken(message: &str) -> bool {
    const WAYS: [&str; 5] = [
        "concurrent navigation",
        "interrupted an unfinished navigation",
        "NS_BINDING_ABORTED",
        "ERR_ABORTED",
        "navigation aborted",
    ];
    WAYS.iter().any(|way| message.contains(way))
}

fn refused(url: &str, error: BrowserError) -> BrowserError {
    let BrowserError::Protocol { message, .. } = &error else { return error };
    if message.contains("invalid argument") || message.contains("invalid URL") {
        return BrowserError::Navigation { url: url.to_owned(), reason: "it is not a valid address".to_owned() };
    }
    if message.contains("no such frame") {
        return BrowserError::Closed { what: "page" };
    }
    let words = message.strip_prefix("Error: ").unwrap_or(message);
    BrowserError::Navigation { url: url.to_owned(), reason: network_error::in_words(words) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(events: &[(&str, Value)]) -> Navigation {
        let mut navigation = Navigation::default();
        for (event, params) in events {
            navigation.observe(&format!("browsingContext.{event}"), params);
        }
        navigation
    }

    fn of(id: &str) -> Value {
        json!({ "navigation": id, "url": "http://a.test/" })
    }

    #[test]
    fn a_navigation_is_pending_until_its_own_end() {
        let check = |events: &[(&str, Value)], is_settled: bool| {
            assert_eq!(after(events).is_settled(), is_settled, "{events:?}");
        };
        check(&[("navigationStarted", of("1"))], false);
        for end in ["navigationCommitted", "navigationFailed", "navigationAborted", "downloadWillBegin"] {
            check(&[("navigationStarted", of("1")), (end, of("1"))], true);
            check(&[("navigationStarted", of("1")), ("navigationStarted", of("2")), (end, of("1"))], false);
        }
        check(&[("navigationStarted", of("1")), ("fragmentNavigated", of("1"))], true);
    }

    #[test]
    fn an_error_page_knows_what_could_not_be_reached() {
        let firefox = json!({ "navigation": "1", "url": "about:neterror?e=dnsNotFound&u=http%3A//a.test/x&c=UTF-8" });
        let navigation = after(&[("navigationStarted", of("1")), ("navigationCommitted", firefox)]);
        assert_eq!(navigation.unreachable().as_deref(), Some("http://a.test/x"));
        assert_eq!(after(&[("navigationCommitted", of("1"))]).unreachable(), None);
    }
}
