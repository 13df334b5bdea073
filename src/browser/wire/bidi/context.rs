//! [`BidiContext`]: a user context, its pages, its cookies, and what was visited in it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::browser::{Line, text};
use super::cookies;
use super::page::{BidiPage, PageInner};
use super::seed::Seeds;
use crate::browser::wire::cookies::sent_to;
use crate::browser::wire::origin_storage::Visited;
use crate::browser::{BrowserError, CallbackSender, Captured, ContextOptions, Cookie, Restored, State};

/// Removing a context closes its tabs; a browser that takes longer is stuck.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// Another tab is asked for so often.
const MOST_TRIES: u32 = 3;

/// In what Firefox says of a tab that was gone before it was there.
const DISCARDED: &str = "DiscardedBrowsingContextError";

/// An isolated set of cookies and storage. Clones share it.
#[derive(Clone)]
pub(in crate::browser) struct BidiContext {
    inner: Arc<ContextInner>,
}

impl std::fmt::Debug for BidiContext {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.inner.fmt(f)
    }
}

pub(super) struct ContextInner {
    pub(super) line: Arc<Line>,
    /// Id of the user context.
    pub(super) id: String,
    pub(super) setup: ContextSetup,
    pub(super) seeds: Seeds,
    pages: Mutex<Vec<Arc<PageInner>>>,
    visited: Mutex<BTreeSet<Visited>>,
    opening: tokio::sync::Mutex<()>,
}

/// What its pages are made with.
pub(super) struct ContextSetup {
    pub(super) options: ContextOptions,
    pub(super) callbacks: CallbackSender,
}

impl std::fmt::Debug for ContextInner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BidiContext").field("id", &self.id).finish_non_exhaustive()
    }
}

impl BidiContext {
    pub(super) fn new(line: Arc<Line>, id: String, setup: ContextSetup) -> Self {
        let seeds = Seeds::new(line.socket.clone(), id.clone());
        let inner = ContextInner {
            line,
            id,
            setup,
            seeds,
            pages: Mutex::default(),
            visited: Mutex::default(),
            opening: tokio::sync::Mutex::default(),
        };
        Self { inner: Arc::new(inner) }
    }

    pub(super) fn inner(&self) -> &Arc<ContextInner> {
        &self.inner
    }

    /// Its page; opens a blank one where there is none.
    pub(in crate::browser) async fn page(&self) -> Result<BidiPage, BrowserError> {
        let _alone = self.inner.opening.lock().await;
        if let Some(page) = self.inner.pages().into_iter().next() {
            return Ok(BidiPage::new(page));
        }
        let page = self.inner.open_page().await?;
        self.inner.lock_pages().retain(|other| other.target == page.target);
        Ok(BidiPage::new(page))
    }

    /// Cookies that would be sent to `url`; of all domains with `None`.
    pub(in crate::browser) async fn cookies(&self, url: Option<&str>) -> Result<Vec<Cookie>, BrowserError> {
        sent_to(url, self.inner.cookies().await?)
    }

    /// Puts cookies, replacing those of the same name, domain and path.
    pub(in crate::browser) async fn set_cookies(&self, cookies: &[Cookie]) -> Result<(), BrowserError> {
        self.inner.set_cookies(cookies).await
    }

    /// Removes cookies by name, domain, path and partition.
    pub(in crate::browser) async fn remove_cookies(&self, matching: &[Cookie]) -> Result<(), BrowserError> {
        let removing = matching.iter().map(|cookie| {
            let params = cookies::matching(cookie, &self.inner.id);
            self.inner.line.socket.send(None, "storage.deleteCookies", &params)
        });
        join_all(removing).await.into_iter().find_map(Result::err).map_or(Ok(()), Err)
    }

    /// See `Context::arrive`.
    pub(in crate::browser) async fn arrive(&self) -> Result<(), BrowserError> {
        self.inner.arrive().await
    }

    /// Cookies of all domains, and storage of every origin visited. See `storage.rs`.
    pub(in crate::browser) async fn capture(&self, may_leave_page: bool) -> Result<Captured, BrowserError> {
        self.inner.capture(may_leave_page).await
    }

    /// Puts a state into a context that has visited nothing. See `seed.rs`.
    pub(in crate::browser) async fn restore(&self, state: &State) -> Result<Restored, BrowserError> {
        let problems = self.inner.put_databases(&state.storage).await?;
        let planting = self.inner.seeds.plant(&state.storage);
        let (cookies, planted) = tokio::join!(self.inner.set_cookies(&state.cookies), planting);
        cookies.and(planted)?;
        Ok(Restored { problems, ..Restored::default() })
    }

    /// Empties cookies and all storage of every origin, in place.
    pub(in crate::browser) async fn clear(&self) -> Result<(), BrowserError> {
        self.inner.clear().await
    }

    /// Closes its pages and forgets its data. Pages that ask before they are left are not asked.
    pub(in crate::browser) async fn close(&self) {
        for page in self.inner.pages() {
            page.update(|state| state.is_leaving = true);
        }
        let id = json!({ "userContext": self.inner.id });
        let closing = self.inner.line.socket.send(None, "browser.removeUserContext", &id);
        // It is gone either way.
        let _ = tokio::time::timeout(CLOSE_TIMEOUT, closing).await;
        self.inner.seeds.end();
    }
}

impl ContextInner {
    /// A tab that came to be in this context: ours, or one opened by another. Known ones stay as they are.
    pub(super) fn adopt(self: &Arc<Self>, target: &str) -> Arc<PageInner> {
        let page = {
            let mut pages = self.lock_pages();
            if let Some(page) = pages.iter().find(|page| page.target == target) {
                return Arc::clone(page);
            }
            let page = PageInner::new(Arc::clone(&self.line), target.to_owned(), self);
            pages.push(Arc::clone(&page));
            page
        };
        self.line.events.belongs(target, &page);
        self.line.socket.post(None, "browsingContext.setViewport", &page.viewport(self.setup.options.viewport));
        page
    }

    /// Opens a blank page.
    pub(super) async fn open_page(self: &Arc<Self>) -> Result<Arc<PageInner>, BrowserError> {
        let create = json!({ "type": "tab", "userContext": self.id });
        let mut tries = 0;
        let answer = loop {
            match self.line.socket.send(None, "browsingContext.create", &create).await {
                // Firefox (153) loses a new tab now and then when another one is being closed.
                Err(BrowserError::Protocol { message, .. }) if tries < MOST_TRIES && message.contains(DISCARDED) => {
                    tries += 1;
                }
                answer => break answer?,
            }
        };
        let page = self.adopt(&text(&answer["context"]));
        // Sent once more, for its answer: by then the size is right.
        let viewport = page.viewport(self.setup.options.viewport);
        self.line.socket.send(None, "browsingContext.setViewport", &viewport).await?;
        Ok(page)
    }

    pub(super) async fn cookies(&self) -> Result<Vec<Cookie>, BrowserError> {
        let all = self.cookies_of(None).await?;
        let tops: BTreeSet<String> = self.visited().into_iter().filter_map(|visited| visited.top).collect();
        if tops.is_empty() || all.iter().any(|cookie| cookie.partition_key.is_some()) {
            return Ok(all);
        }
        // Firefox does not say which of them are partitioned: those that only the top page's partition has.
        let mut found = all;
        for top in tops {
            let Ok(url) = url::Url::parse(&top) else { continue };
            for cookie in self.cookies_of(Some(&top)).await? {
                let is_own = cookie.applies_to(&url) || url.host_str() == Some(cookie.domain.trim_start_matches('.'));
                let known = found.iter_mut().find(|known| **known == cookie).filter(|_| !is_own);
                if let Some(known) = known {
                    *known = cookies::partitioned(cookie, &top);
                }
            }
        }
        Ok(found)
    }

    async fn cookies_of(&self, top: Option<&str>) -> Result<Vec<Cookie>, BrowserError> {
        let params = json!({ "partition": cookies::partition_of(&self.id, top) });
        let answer = self.line.socket.send(None, "storage.getCookies", &params).await?;
        Ok(answer["cookies"].as_array().map(|all| all.iter().map(cookies::read).collect()).unwrap_or_default())
    }

    async fn set_cookies(&self, cookies: &[Cookie]) -> Result<(), BrowserError> {
        let setting: Vec<_> = cookies
            .iter()
            .map(|cookie| self.line.socket.send(None, "storage.setCookie", &cookies::write(cookie, &self.id)))
            .collect();
        for (cookie, answer) in cookies.iter().zip(join_all(setting).await) {
            answer.map_err(|error| match error {
                BrowserError::Protocol { message, .. } => BrowserError::Protocol {
                    command: "set_cookie".to_owned(),
                    message: format!("`{}` of {}: {message}", cookie.name, cookie.domain),
                },
                error => error,
            })?;
        }
        Ok(())
    }

    /// Forgets every cookie.
    pub(super) async fn clear_cookies(&self) -> Result<Value, BrowserError> {
        let params = json!({ "partition": cookies::partition_of(&self.id, None) });
        self.line.socket.send(None, "storage.deleteCookies", &params).await
    }

    pub(super) fn pages(&self) -> Vec<Arc<PageInner>> {
        self.lock_pages().clone()
    }

    pub(super) fn remove_page(&self, target: &str) {
        self.lock_pages().retain(|page| page.target != target);
    }

    pub(super) fn note_visit(&self, origin: String, top: Option<String>) {
        self.lock_visited().insert(Visited { top, origin });
    }

    pub(super) fn visited(&self) -> Vec<Visited> {
        self.lock_visited().iter().cloned().collect()
    }

    fn lock_pages(&self) -> MutexGuard<'_, Vec<Arc<PageInner>>> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_visited(&self) -> MutexGuard<'_, BTreeSet<Visited>> {
        self.visited.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
