//! [`DevtoolsContext`]: a browser context, its pages, its cookies, and what was visited in it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use super::cookies;
use super::page::{DevtoolsPage, PageInner};
use super::seed::Seeds;
use super::session::Session;
use crate::browser::wire::cookies::sent_to;
use crate::browser::wire::origin_storage::Visited;
use crate::browser::wire::socket::Socket;
use crate::browser::{BrowserError, CallbackSender, Captured, ContextOptions, Cookie, Restored, State};

/// Disposing of a context answers at once; a browser that does not is lost anyway.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// An isolated set of cookies and storage. Clones share it.
#[derive(Clone)]
pub(in crate::browser) struct DevtoolsContext {
    inner: Arc<ContextInner>,
}

impl std::fmt::Debug for DevtoolsContext {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.inner.fmt(f)
    }
}

pub(super) struct ContextInner {
    pub(super) socket: Socket,
    pub(super) id: String,
    pub(super) setup: ContextSetup,
    pub(super) seeds: Arc<Seeds>,
    pages: Mutex<Vec<Arc<PageInner>>>,
    visited: Mutex<BTreeSet<Visited>>,
    opening: tokio::sync::Mutex<()>,
}

/// What its pages are made with.
pub(super) struct ContextSetup {
    pub(super) options: ContextOptions,
    pub(super) callbacks: CallbackSender,
    /// Source of the page library.
    pub(super) library: &'static str,
}

impl std::fmt::Debug for ContextInner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DevtoolsContext").field("id", &self.id).finish_non_exhaustive()
    }
}

impl DevtoolsContext {
    pub(super) fn new(socket: Socket, id: String, setup: ContextSetup) -> Self {
        let inner = ContextInner {
            socket,
            id,
            setup,
            seeds: Arc::default(),
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
    pub(in crate::browser) async fn page(&self) -> Result<DevtoolsPage, BrowserError> {
        let _alone = self.inner.opening.lock().await;
        if let Some(page) = self.inner.pages().into_iter().next() {
            page.wait(|state| state.ready.clone()).await??;
            return Ok(DevtoolsPage::new(page));
        }
        self.inner.open_page().await.map(DevtoolsPage::new)
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
        // A cookie that has expired replaces the one that is there.
        let expired: Vec<Cookie> =
            matching.iter().map(|cookie| Cookie { expires: Some(1.0), ..cookie.clone() }).collect();
        self.inner.set_cookies(&expired).await
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
        self.inner.seeds.plant(&state.storage, &self.inner.sessions());
        let (cookies, ()) = tokio::join!(self.inner.set_cookies(&state.cookies), self.inner.seeds.planted());
        cookies?;
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
        let id = json!({ "browserContextId": self.inner.id });
        let closing = self.inner.socket.send(None, "Target.disposeBrowserContext", &id);
        // It is gone either way.
        let _ = tokio::time::timeout(CLOSE_TIMEOUT, closing).await;
    }
}

impl ContextInner {
    /// A page that came to be in this context: ours, or one opened by another.
    pub(super) fn adopt(self: &Arc<Self>, session: Session, target: &Value) {
        let page = PageInner::new(session, super::frames::text(&target["targetId"]), self);
        self.lock_pages().push(Arc::clone(&page));
        page.set_up(self);
    }

    /// Opens a blank page and waits until it is set up.
    pub(super) async fn open_page(&self) -> Result<Arc<PageInner>, BrowserError> {
        let (width, height) = self.setup.options.viewport;
        let create = json!({ "url": "about:blank", "browserContextId": self.id, "width": width, "height": height });
        // The page is attached before this is answered.
        let answer = self.socket.send(None, "Target.createTarget", &create).await?;
        let target = answer["targetId"].as_str().unwrap_or_default();
        let page = self.pages().into_iter().find(|page| page.target == target);
        let page = page.ok_or(BrowserError::Closed { what: "page" })?;
        page.wait(|state| state.ready.clone()).await??;
        // Its first document is there: a navigation before that may be aborted.
        page.wait(|state| state.frames.world(&page.target)).await?;
        Ok(page)
    }

    pub(super) async fn cookies(&self) -> Result<Vec<Cookie>, BrowserError> {
        let answer = self.socket.send(None, "Storage.getCookies", &json!({ "browserContextId": self.id })).await?;
        Ok(answer["cookies"].as_array().map(|all| all.iter().map(cookies::read).collect()).unwrap_or_default())
    }

    async fn set_cookies(&self, cookies: &[Cookie]) -> Result<(), BrowserError> {
        if cookies.is_empty() {
            return Ok(());
        }
        let written: Vec<Value> = cookies.iter().map(cookies::write).collect();
        let params = json!({ "cookies": written, "browserContextId": self.id });
        self.socket.send(None, "Storage.setCookies", &params).await.map(|_| ())
    }

    pub(super) fn pages(&self) -> Vec<Arc<PageInner>> {
        self.lock_pages().clone()
    }

    /// Sessions of its pages.
    fn sessions(&self) -> Vec<Session> {
        self.lock_pages().iter().map(|page| page.session.clone()).collect()
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
