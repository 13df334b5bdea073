//! Navigations: opening, reloading, history, and telling whether input has started one.
//!
//! Measured (Chromium 156): the answer to input often comes *before* the event of the navigation
//! it started (form submission, download), so the answer alone proves nothing. One more round trip
//! to the page after it, through its task queue, does: by its answer
//! `Page.frameRequestedNavigation` is here. Where a main-frame navigation has begun, the browser
//! itself holds `Runtime.evaluate` back until the new document is committed or the navigation is
//! given up, so that round trip is most of the waiting; without a navigation it costs 0.5 ms. Same-document navigations send
//! `frameScheduledNavigation`, but never `frameRequestedNavigation`.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::page::{PageInner, PageState};
use crate::browser::BrowserError;
use crate::browser::page::LibraryError;
use crate::browser::wire::document::WRITE;
use crate::browser::wire::network_error;

/// A navigation that leaves the page where it is, without an error page.
const ABORTED: &str = "net::ERR_ABORTED";

/// An error page is the browser's own, and there in a moment; one that never comes is not waited for.
const ERROR_PAGE: Duration = Duration::from_secs(2);

/// How far the main frame's document is.
#[derive(Default)]
pub(super) struct Navigation {
    /// Documents committed so far.
    commits: u64,
    /// Moves within a document so far.
    moves: u64,
    /// The committed document's load event was there.
    is_loaded: bool,
    /// One is on its way that has no document yet.
    pending: Option<Pending>,
    /// Loader of the last one that began.
    started: Option<String>,
    /// The address that could not be reached, where an error page stands in its place.
    unreachable: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Pending {
    /// Asked for by the page; it may still be given up without a word.
    Requested,
    /// Under way.
    Started,
}

impl Navigation {
    /// Events of the main frame.
    pub(super) fn observe(&mut self, method: &str, params: &Value) {
        match method {
            "Page.frameRequestedNavigation" if params["disposition"] == "currentTab" => {
                self.pending.get_or_insert(Pending::Requested);
            }
            "Page.frameStartedNavigating" => {
                let kind = params["navigationType"].as_str().unwrap_or_default();
                if !matches!(kind, "sameDocument" | "historySameDocument") {
                    self.pending = Some(Pending::Started);
                    self.started = params["loaderId"].as_str().map(str::to_owned);
                }
            }
            // Comes after the start where there is one; before it, `beforeunload` said no.
            "Page.frameClearedScheduledNavigation" if self.pending == Some(Pending::Requested) => self.pending = None,
            // Without a new document: a download, an empty answer (204), or stopped.
            "Page.frameStoppedLoading" if self.pending == Some(Pending::Started) => self.pending = None,
            "Page.navigatedWithinDocument" => self.moves += 1,
            "Page.frameNavigated" => {
                self.commits += 1;
                self.pending = None;
                // A page from the back/forward cache comes back loaded and fires no load event.
                self.is_loaded = params["type"] == "BackForwardCacheRestore";
                self.unreachable = params["frame"]["unreachableUrl"].as_str().map(str::to_owned);
            }
            "Page.loadEventFired" => self.is_loaded = true,
            _ => {}
        }
    }

    pub(super) fn unreachable(&self) -> Option<&str> {
        self.unreachable.as_deref()
    }

    fn is_loaded_since(&self, commits: u64) -> bool {
        self.commits > commits && self.is_loaded
    }
}

impl PageState {
    /// No navigation is on its way, and the document's world is there.
    pub(super) fn is_settled(&self, main: &str) -> bool {
        self.navigation.pending.is_none() && self.frames.world(main).is_some()
    }
}

impl PageInner {
    pub(super) async fn navigate(&self, url: &str, timeout: Duration) -> Result<(), BrowserError> {
        let before = self.read(|state| state.navigation.commits);
        let since = Instant::now();
        let answer = self.session.send("Page.navigate", &json!({ "url": url }));
        let Some(answer) = self.within(timeout, answer).await else {
            return Err(self.too_late(url, before, timeout));
        };
        let answer = answer.map_err(|error| refused(url, error))?;
        if let Some(reason) = answer["errorText"].as_str() {
            if reason != ABORTED {
                // The browser's error page comes after the answer. The next navigation would take
                // it for its own.
                let shown = self.wait(|state| state.navigation.is_loaded_since(before).then_some(()));
                self.within(timeout.min(ERROR_PAGE), shown).await.unwrap_or(Ok(()))?;
            }
            let reason = self.failure(reason, &answer, before);
            return Err(BrowserError::Navigation { url: url.to_owned(), reason });
        }
        if answer["loaderId"].is_null() {
            // Within the same document.
            return Ok(());
        }
        self.loaded_since(before, url, timeout.saturating_sub(since.elapsed()), timeout).await
    }

    pub(super) async fn reload(&self, timeout: Duration) -> Result<(), BrowserError> {
        let before = self.read(|state| state.navigation.commits);
        let url = self.address().await;
        self.session.send("Page.reload", &json!({})).await?;
        self.loaded_since(before, &url, timeout, timeout).await
    }

    pub(super) async fn go(&self, delta: i32, timeout: Duration) -> Result<bool, BrowserError> {
        let history = self.session.send("Page.getNavigationHistory", &json!({})).await?;
        let target = history["currentIndex"].as_i64().unwrap_or_default() + i64::from(delta);
        let Some(entry) = usize::try_from(target).ok().and_then(|index| history["entries"].get(index)) else {
            return Ok(false);
        };
        let url = entry["url"].as_str().unwrap_or_default().to_owned();
        let (commits, moves) = self.read(|state| (state.navigation.commits, state.navigation.moves));
        self.session.send("Page.navigateToHistoryEntry", &json!({ "entryId": entry["id"] })).await?;
        let arrived = self.wait(|state| {
            (state.navigation.commits > commits || state.navigation.moves > moves).then_some(state.navigation.commits)
        });
        match self.within(timeout, arrived).await {
            None => Err(self.too_late(&url, commits, timeout)),
            Some(Err(error)) => Err(error),
            Some(Ok(now)) if now == commits => Ok(true),
            Some(Ok(_)) => self.loaded_since(commits, &url, timeout, timeout).await.map(|()| true),
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
        let loaded = self.wait(|state| {
            let is_there = state.navigation.is_loaded_since(before) && state.is_settled(&self.target);
            is_there.then(|| state.navigation.unreachable.clone())
        });
        match self.within(left, loaded).await {
            Some(Ok(None)) => Ok(()),
            Some(Ok(Some(unreachable))) => {
                Err(BrowserError::Navigation { url: unreachable, reason: "it could not be reached".to_owned() })
            }
            Some(Err(error)) => Err(error),
            // Loaded, but its script has gone on to somewhere that does not answer.
            None if self.read(|state| state.navigation.is_loaded_since(before)) => Ok(()),
            None => Err(self.too_late(url, before, timeout)),
        }
    }

    pub(super) async fn settle(&self, timeout: Duration) -> Result<(), BrowserError> {
        let settling = async {
            for answer in self.update(|state| std::mem::take(&mut state.late)) {
                // Input that closed its own page has done what it should.
                if let Err(error @ BrowserError::Lost { .. }) = answer.await {
                    return Err(error);
                }
            }
            if let Some(world) = self.read(|state| state.frames.world(&self.target)) {
                // A page may have replaced its own timers, but not those of our world.
                let hop = "new Promise(done => setTimeout(done))";
                let params = json!({ "expression": hop, "uniqueContextId": world.id, "awaitPromise": true });
                match self.session.send("Runtime.evaluate", &params).await {
                    Err(error @ BrowserError::Lost { .. }) => return Err(error),
                    Err(BrowserError::Closed { .. }) => return Ok(()),
                    // The document went away under it: that is what we wait for.
                    Err(_) | Ok(_) => {}
                }
            }
            match self.wait(|state| state.is_settled(&self.target).then_some(())).await {
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
            let is_there = state.navigation.commits == 0 || state.navigation.is_loaded;
            (is_there && state.is_settled(&self.target)).then_some(())
        });
        self.within(timeout, arrived).await.unwrap_or(Ok(()))
    }

    pub(super) async fn set_content(&self, html: &str, timeout: Duration) -> Result<(), BrowserError> {
        let write = format!("({WRITE})({})", Value::from(html));
        match self.in_world_once(&write, timeout).await {
            Ok(_) => Ok(()),
            // The new content has sent the page elsewhere.
            Err(LibraryError::DocumentGone) => self.settle(timeout).await,
            Err(LibraryError::Browser(BrowserError::Timeout { waited, .. })) => {
                let progress = "the content is there, but something it loads is not".to_owned();
                Err(BrowserError::NavigationTimeout { url: "the content set".to_owned(), waited, progress })
            }
            Err(LibraryError::Browser(error)) => Err(error),
        }
    }

    async fn address(&self) -> String {
        let history = self.session.send("Page.getNavigationHistory", &json!({})).await.unwrap_or_default();
        let index = history["currentIndex"].as_u64().and_then(|index| usize::try_from(index).ok()).unwrap_or_default();
        history["entries"][index]["url"].as_str().unwrap_or_default().to_owned()
    }

    fn too_late(&self, url: &str, before: u64, waited: Duration) -> BrowserError {
        let has_answer = self.read(|state| state.navigation.commits > before);
        let progress = if has_answer { "answered, but still loading" } else { "no answer from the server" };
        // Otherwise it would come in the middle of what follows.
        self.session.post("Page.stopLoading", &json!({}));
        BrowserError::NavigationTimeout { url: url.to_owned(), waited, progress: progress.to_owned() }
    }

    /// Why a navigation gave no page, in words.
    fn failure(&self, error: &str, answer: &Value, before: u64) -> String {
        if error != ABORTED {
            return network_error::in_words(error);
        }
        let ours = answer["loaderId"].as_str();
        let is_overtaken = self.read(|state| {
            let is_other = ours.is_some() && state.navigation.started.as_deref() != ours;
            state.navigation.commits > before || is_other
        });
        let reason = if answer["isDownload"] == true {
            "the server sent a download, not a page"
        } else if is_overtaken {
            "the page went somewhere else meanwhile"
        } else {
            "the server sent no page (an empty answer, a download, or it was stopped)"
        };
        reason.to_owned()
    }
}

fn refused(url: &str, error: BrowserError) -> BrowserError {
    match error {
        BrowserError::Protocol { message, .. } if message.contains("invalid URL") => {
            BrowserError::Navigation { url: url.to_owned(), reason: "it is not a valid address".to_owned() }
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(events: &[(&str, Value)]) -> Navigation {
        let mut navigation = Navigation::default();
        for (method, params) in events {
            navigation.observe(method, params);
        }
        navigation
    }

    #[test]
    fn a_request_is_pending_until_committed_or_given_up() {
        let requested = ("Page.frameRequestedNavigation", json!({ "disposition": "currentTab" }));
        let started = ("Page.frameStartedNavigating", json!({ "navigationType": "differentDocument" }));
        let stopped = ("Page.frameStoppedLoading", json!({}));
        let cleared = ("Page.frameClearedScheduledNavigation", json!({}));
        let committed = ("Page.frameNavigated", json!({ "frame": {} }));
        let check = |events: &[(&str, Value)], is_pending: bool| {
            assert_eq!(after(events).pending.is_some(), is_pending, "{events:?}");
        };
        check(std::slice::from_ref(&requested), true);
        check(&[requested.clone(), cleared.clone()], false);
        check(&[requested.clone(), started.clone(), cleared], true);
        check(&[requested.clone(), started.clone(), stopped], false);
        check(&[requested, started, committed], false);
        check(&[("Page.frameStartedNavigating", json!({ "navigationType": "sameDocument" }))], false);
        check(&[("Page.frameRequestedNavigation", json!({ "disposition": "newTab" }))], false);
    }

    #[test]
    fn a_page_from_the_cache_is_loaded() {
        let restored = after(&[("Page.frameNavigated", json!({ "frame": {}, "type": "BackForwardCacheRestore" }))]);
        assert!(restored.is_loaded_since(0));
    }
}
