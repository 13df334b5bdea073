//! [`ClassicContext`]: a `WebDriver` session as a context. What it keeps is `storage.rs`' business.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use url::Url;

use super::cookies::{belongs_to, from_driver, holds_for_path, is_same, to_driver};
use super::page::ClassicPage;
use super::session::Session;
use crate::browser::context::{Captured, Restored};
use crate::browser::error::BrowserError;
use crate::browser::state::{Cookie, State};
use crate::browser::wire::webdriver::Fault;

/// How long ending a session may take.
const CLOSE: Duration = Duration::from_secs(5);

/// A context: one `WebDriver` session. Clones share it.
#[derive(Clone, Debug)]
pub(in crate::browser) struct ClassicContext(Arc<Session>);

impl ClassicContext {
    pub(super) fn new(session: Arc<Session>) -> Self {
        Self(session)
    }

    /// Drivers begin with a page of their own (`data:,`) and a window of their own size.
    pub(super) async fn prepare(&self, viewport: (u32, u32)) -> Result<(), BrowserError> {
        let fault = |fault: Fault| fault.into_error("open a context");
        let session = &self.0;
        if session.ask("url").await.map_err(fault)? != "about:blank" {
            session.navigate("about:blank", session.navigation_timeout).await.map_err(fault)?;
        }
        session.set_viewport(viewport.0, viewport.1).await.map_err(fault)
    }

    /// See `Context::page`.
    #[expect(clippy::unused_async, reason = "the other wires open one here")]
    pub(in crate::browser) async fn page(&self) -> Result<ClassicPage, BrowserError> {
        if self.0.is_closed() {
            return Err(BrowserError::Closed { what: "context" });
        }
        Ok(ClassicPage::new(Arc::clone(&self.0)))
    }

    /// See `Context::cookies`. Without an address, those of the page's own domain: no other can be
    /// seen. For an address elsewhere, goes there in a second tab.
    pub(in crate::browser) async fn cookies(&self, url: Option<&str>) -> Result<Vec<Cookie>, BrowserError> {
        let fault = |fault: Fault| fault.into_error("cookies");
        let Some(url) = url.and_then(|url| Url::parse(url).ok()) else {
            return self.0.cookies_here().await.map_err(fault);
        };
        let host = url.host_str().unwrap_or_default();
        let cookies = if self.0.host_here().await.map_err(fault)?.as_deref() == Some(host) {
            self.0.cookies_here().await
        } else {
            self.0.cookies_beside(&url).await
        };
        let is_sent = |cookie: &Cookie| {
            belongs_to(cookie, host)
                && holds_for_path(cookie, url.path())
                && (!cookie.secure || url.scheme() == "https" || host == "localhost")
        };
        Ok(cookies.map_err(fault)?.into_iter().filter(is_sent).collect())
    }

    /// See `Context::set_cookies`. For another domain than the page's, goes there in a second tab.
    pub(in crate::browser) async fn set_cookies(&self, cookies: &[Cookie]) -> Result<(), BrowserError> {
        let fault = |fault: Fault| fault.into_error("set_cookie");
        let host = self.0.host_here().await.map_err(fault)?;
        let (here, elsewhere): (Vec<_>, Vec<_>) =
            cookies.iter().cloned().partition(|cookie| host.as_deref().is_some_and(|host| belongs_to(cookie, host)));
        self.0.add_cookies(&here).await.map_err(fault)?;
        if elsewhere.is_empty() {
            return Ok(());
        }
        let state = State { cookies: elsewhere, storage: Vec::new() };
        let tab = self.0.open_tab().await.map_err(fault)?;
        let result = self.0.put(&state).await;
        self.0.close_tab(&tab).await.map_err(fault)?;
        let put = result.map_err(fault)?;
        match put.refused.first() {
            None => Ok(()),
            Some(reason) => Err(BrowserError::Unsupported {
                what: format!("setting a cookie there ({reason})"),
                browser: self.0.label(),
                capability: "session.all_domains",
                alternatives: Some("visit a page of that domain first".to_owned()),
            }),
        }
    }

    /// See `Context::remove_cookies`. Those of other domains that were visited in a second tab.
    pub(in crate::browser) async fn remove_cookies(&self, matching: &[Cookie]) -> Result<(), BrowserError> {
        let fault = |fault: Fault| fault.into_error("remove_cookie");
        let host = self.0.host_here().await.map_err(fault)?;
        let (here, elsewhere): (Vec<_>, Vec<_>) =
            matching.iter().cloned().partition(|cookie| host.as_deref().is_some_and(|host| belongs_to(cookie, host)));
        self.0.remove_here(&here).await.map_err(fault)?;
        self.0.remove_beside(&elsewhere).await.map_err(fault)
    }

    /// See `Context::arrive`.
    pub(in crate::browser) async fn arrive(&self) -> Result<(), BrowserError> {
        self.0.arrive().await.map_err(|fault| fault.into_error("arrive"))
    }

    /// See `Context::capture`.
    pub(in crate::browser) async fn capture(&self, may_leave_page: bool) -> Result<Captured, BrowserError> {
        self.arrive().await?;
        let captured = if may_leave_page { self.0.capture_in_page().await } else { self.0.capture_beside_page().await };
        captured.map_err(|fault| fault.into_error("capture"))
    }

    /// See `Context::restore`.
    pub(in crate::browser) async fn restore(&self, state: &State) -> Result<Restored, BrowserError> {
        self.0.restore(state).await.map_err(|fault| fault.into_error("restore"))
    }

    /// See `Context::clear`.
    pub(in crate::browser) async fn clear(&self) -> Result<(), BrowserError> {
        self.0.clear().await.map_err(|fault| fault.into_error("clear"))
    }

    /// See `Context::close`.
    pub(in crate::browser) async fn close(&self) {
        self.0.close(CLOSE).await;
    }
}

impl Session {
    /// Cookies of the page's own domain, `HttpOnly` ones included.
    pub(super) async fn cookies_here(&self) -> Result<Vec<Cookie>, Fault> {
        let cookies = self.ask("cookie").await?;
        Ok(cookies.as_array().map(|cookies| cookies.iter().map(from_driver).collect()).unwrap_or_default())
    }

    /// Puts cookies of the page's own domain.
    pub(super) async fn add_cookies(&self, cookies: &[Cookie]) -> Result<(), Fault> {
        for cookie in cookies {
            self.post("cookie", json!({ "cookie": to_driver(cookie) })).await?;
        }
        Ok(())
    }

    /// Cookies of another host than the page's: none where nothing of its site was visited.
    async fn cookies_beside(&self, url: &Url) -> Result<Vec<Cookie>, Fault> {
        let host = url.host_str().unwrap_or_default();
        let is_near = |origin: &String| host_of_origin(origin).is_some_and(|other| may_share_cookies(&other, host));
        if !self.visited().iter().any(is_near) {
            return Ok(Vec::new());
        }
        let tab = self.open_tab().await?;
        let result = match self.enter(&url.origin().ascii_serialization()).await {
            Ok(Ok(_)) => self.cookies_here().await,
            // Where no page can be had, no cookie can be read either.
            Ok(Err(_)) => Ok(Vec::new()),
            Err(fault) => Err(fault),
        };
        self.close_tab(&tab).await?;
        result
    }

    /// Removes cookies of the page's own domain.
    async fn remove_here(&self, matching: &[Cookie]) -> Result<(), Fault> {
        if matching.is_empty() {
            return Ok(());
        }
        for cookie in self.cookies_here().await? {
            if matching.iter().any(|wanted| is_same(wanted, &cookie)) {
                self.remove_cookie(&cookie.name).await?;
            }
        }
        Ok(())
    }

    /// Removes cookies of other domains than the page's, where those were visited.
    async fn remove_beside(&self, matching: &[Cookie]) -> Result<(), Fault> {
        let mut origins = self.visited();
        origins.retain(|origin| {
            let host = host_of_origin(origin).unwrap_or_default();
            matching.iter().any(|cookie| belongs_to(cookie, &host))
        });
        if origins.is_empty() {
            return Ok(());
        }
        let tab = self.open_tab().await?;
        let mut result = Ok(());
        for origin in &origins {
            result = match self.enter(origin).await {
                Ok(Ok(_)) => self.remove_here(matching).await,
                Ok(Err(_)) => Ok(()),
                Err(fault) => Err(fault),
            };
            if result.is_err() {
                break;
            }
        }
        self.close_tab(&tab).await?;
        result
    }

    /// Removes a cookie of the page's own domain.
    async fn remove_cookie(&self, name: &str) -> Result<(), Fault> {
        let name: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
        // WebDriver decodes percent signs in a path, but not `+`.
        self.check_open()?;
        let path = format!("cookie/{}", name.replace('+', "%20"));
        self.driver.remove(&path, self.page_load()).await.map(drop)
    }

    async fn host_here(&self) -> Result<Option<String>, Fault> {
        let url = self.ask("url").await?;
        Ok(url.as_str().and_then(|url| Url::parse(url).ok()).and_then(|url| url.host_str().map(str::to_owned)))
    }
}

fn host_of_origin(origin: &str) -> Option<String> {
    Url::parse(origin).ok()?.host_str().map(str::to_owned)
}

/// Whether a cookie that one host has set may be sent to the other: it is the same one, or one name
/// stands above both.
fn may_share_cookies(a: &str, b: &str) -> bool {
    let site = |host: &str| host.rsplit('.').take(2).map(str::to_owned).collect::<Vec<_>>();
    a == b || (a.parse::<std::net::IpAddr>().is_err() && a.contains('.') && site(a) == site(b))
}
