//! State on classic `WebDriver`: it sees the origin of the page alone, so cookies and storage of
//! others are taken and put by going there, and each such request is named in the notes.
//!
//! Origins a redirect only passed through are not known to it, nor are third-party frames.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};
use url::Url;

use super::cookies::{belongs_to, host_of, is_same};
use super::session::{Session, origin_of};
use crate::browser::context::{Captured, Restored};
use crate::browser::state::{Cookie, OriginStorage, State};
use crate::browser::wire::network_error;
use crate::browser::wire::origin_storage::CLEAR_EVERYTHING;
use crate::browser::wire::webdriver::Fault;

/// Documents of an origin, the most harmless first: `/` runs the application's scripts, but a server
/// that answers nothing at all for the other leaves no document of its origin.
const DOORS: [&str; 2] = ["/robots.txt", "/"];

const READ: &str = "const take = (storage) => Object.entries(storage).map(([key, value]) => [key, String(value)]);
    try {
        return { origin: location.origin, local: take(localStorage), session: take(sessionStorage) };
    } catch {
        return { origin: 'null', local: [], session: [] };
    }";

const WRITE: &str =
    "const put = (storage, entries) => { for (const [key, value] of entries) storage.setItem(key, value); };
    put(localStorage, arguments[0]);
    put(sessionStorage, arguments[1]);
    return true;";

/// What putting a state came to.
#[derive(Debug, Default)]
pub(super) struct Put {
    /// Requests made for it.
    pub(super) notes: Vec<String>,
    /// What could not be put, and why.
    pub(super) refused: Vec<String>,
}

impl Session {
    /// Takes the state by going from origin to origin in the page itself, which ends blank when it
    /// had to leave: `sessionStorage` belongs to the tab.
    pub(super) async fn capture_in_page(&self) -> Result<Captured, Fault> {
        let mut captured = Captured::default();
        let here = self.take(&mut captured).await?;
        let others = self.visited_but(here.as_deref());
        self.take_all(&others, &mut captured).await?;
        if !others.is_empty() {
            self.navigate("about:blank", self.navigation_timeout).await?;
        }
        Ok(captured)
    }

    /// Takes the state without leaving the page: other origins in a second tab, whose
    /// `sessionStorage` is not the page's.
    pub(super) async fn capture_beside_page(&self) -> Result<Captured, Fault> {
        let mut captured = Captured::default();
        let here = self.take(&mut captured).await?;
        let others = self.visited_but(here.as_deref());
        if !others.is_empty() {
            let tab = self.open_tab().await?;
            let result = self.take_all(&others, &mut captured).await;
            self.close_tab(&tab).await?;
            result?;
        }
        Ok(captured)
    }

    /// Puts a state by going from origin to origin, and ends blank.
    pub(super) async fn restore(&self, state: &State) -> Result<Restored, Fault> {
        let put = self.put(state).await?;
        if !put.notes.is_empty() {
            self.navigate("about:blank", self.navigation_timeout).await?;
        }
        let mut notes = put.notes;
        notes.extend(put.refused);
        Ok(Restored { notes, ..Restored::default() })
    }

    /// Empties everything of every origin visited: the page's in place, others in a second tab.
    pub(super) async fn clear(&self) -> Result<(), Fault> {
        let here = self.execute(READ, json!([])).await?;
        let here = here["origin"].as_str().map(str::to_owned);
        self.clear_here().await?;
        let others = self.visited_but(here.as_deref());
        if !others.is_empty() {
            let tab = self.open_tab().await?;
            let mut result = Ok(());
            for origin in &others {
                result = match self.enter(origin).await {
                    Ok(Ok(_)) => self.clear_here().await,
                    Ok(Err(_)) => Ok(()),
                    Err(fault) => Err(fault),
                };
                if result.is_err() {
                    break;
                }
            }
            self.close_tab(&tab).await?;
            result?;
        }
        self.forget_visits();
        Ok(())
    }

    /// Puts a state where the page now is allowed to go anywhere.
    pub(super) async fn put(&self, state: &State) -> Result<Put, Fault> {
        let mut put = Put::default();
        let mut left: Vec<Cookie> = state.cookies.clone();
        for storage in &state.storage {
            if storage.top_origin.is_some() {
                put.refused
                    .push(format!("the storage of {} as a third-party frame cannot be put here", storage.origin));
                continue;
            }
            let host = Url::parse(&storage.origin).ok().and_then(|url| url.host_str().map(str::to_owned));
            let (cookies, others) =
                left.into_iter().partition(|cookie| host.as_deref().is_some_and(|host| belongs_to(cookie, host)));
            left = others;
            self.put_origin(storage, &cookies, &mut put).await?;
        }
        while let Some(cookie) = left.first() {
            let scheme = if cookie.secure { "https" } else { "http" };
            let host = host_of(cookie).to_owned();
            let origin = format!("{scheme}://{host}");
            let (cookies, others): (Vec<_>, Vec<_>) =
                left.into_iter().partition(|cookie| belongs_to(cookie, &host) || host_of(cookie) == host);
            left = others;
            let storage = OriginStorage {
                origin,
                top_origin: None,
                local: Vec::new(),
                session: Vec::new(),
                databases: Vec::new(),
            };
            self.put_origin(&storage, &cookies, &mut put).await?;
        }
        Ok(put)
    }

    async fn put_origin(&self, storage: &OriginStorage, cookies: &[Cookie], put: &mut Put) -> Result<(), Fault> {
        let url = match self.enter(&storage.origin).await? {
            Ok(url) => url,
            Err(reason) => {
                put.refused.push(format!("could not go to {}: {reason}", storage.origin));
                return Ok(());
            }
        };
        for cookie in cookies {
            match self.add_cookies(std::slice::from_ref(cookie)).await {
                Err(Fault::Refused { message, .. }) => {
                    put.refused.push(format!("cookie `{}` of {} was refused: {message}", cookie.name, cookie.domain));
                }
                result => result?,
            }
        }
        self.execute(WRITE, json!([storage.local, storage.session])).await?;
        put.notes.push(format!("asked {url} to put its cookies and storage"));
        Ok(())
    }

    /// Takes what the page's origin keeps; the origin, where it has one.
    async fn take(&self, captured: &mut Captured) -> Result<Option<String>, Fault> {
        let found = self.execute(READ, json!([])).await?;
        let Some(origin) = found["origin"].as_str().filter(|origin| origin_of(origin).is_some()) else {
            return Ok(None);
        };
        let cookies = self.cookies_here().await?;
        let entries = |key: &str| serde_json::from_value(found[key].clone()).unwrap_or_default();
        let storage = OriginStorage {
            origin: origin.to_owned(),
            top_origin: None,
            local: entries("local"),
            session: entries("session"),
            databases: Vec::new(),
        };
        // An origin that keeps only cookies is kept too: a cookie does not tell its port, and a
        // restore has to go there.
        if !(cookies.is_empty() && storage.local.is_empty() && storage.session.is_empty()) {
            captured.state.storage.push(storage);
        }
        for cookie in cookies {
            if !captured.state.cookies.iter().any(|known| is_same(known, &cookie)) {
                captured.state.cookies.push(cookie);
            }
        }
        Ok(Some(origin.to_owned()))
    }

    async fn take_all(&self, origins: &BTreeSet<String>, captured: &mut Captured) -> Result<(), Fault> {
        for origin in origins {
            match self.enter(origin).await? {
                Ok(url) => {
                    self.take(captured).await?;
                    captured.notes.push(format!("asked {url} to take its cookies and storage"));
                }
                Err(reason) => captured.notes.push(format!("could not go to {origin}: {reason}")),
            }
        }
        Ok(())
    }

    async fn clear_here(&self) -> Result<(), Fault> {
        self.driver.remove("cookie", self.page_load() + Duration::from_secs(5)).await?;
        let script =
            format!("const done = arguments[arguments.length - 1]; ({CLEAR_EVERYTHING})().then(() => done(true));");
        self.post("execute/async", json!({ "script": script, "args": [] })).await?;
        Ok(())
    }

    fn visited_but(&self, here: Option<&str>) -> BTreeSet<String> {
        let mut origins = self.visited();
        if let Some(here) = here {
            origins.remove(here);
        }
        origins
    }

    /// Goes to a document of `origin`: its address, or why there is none.
    pub(super) async fn enter(&self, origin: &str) -> Result<Result<String, String>, Fault> {
        let known = self.door(origin);
        let mut reason = String::new();
        for path in DOORS.into_iter().filter(|path| known.is_none_or(|known| known == *path)) {
            let url = format!("{origin}{path}");
            match self.navigate(&url, self.navigation_timeout).await {
                Ok(()) => {}
                Err(Fault::Refused { message, .. }) => {
                    reason = network_error::in_words(&message);
                    continue;
                }
                Err(fault) => return Err(fault),
            }
            let found = self.execute(READ, json!([])).await?;
            if found["origin"].as_str() == Some(origin) {
                self.note_door(origin, path);
                return Ok(Ok(url));
            }
            reason = match found["origin"].as_str() {
                Some("null") | None => "it answers without a document".to_owned(),
                Some(other) => format!("it sends on to {other}"),
            };
        }
        Ok(Err(reason))
    }

    /// Opens a second tab and goes on in it; gives the first one for [`Session::close_tab`].
    pub(super) async fn open_tab(&self) -> Result<Value, Fault> {
        let first = self.ask("window").await?;
        let tab = self.post("window/new", json!({ "type": "tab" })).await?;
        self.post("window", json!({ "handle": tab["handle"] })).await?;
        Ok(first)
    }

    /// Closes the second tab and goes on in the first.
    pub(super) async fn close_tab(&self, first: &Value) -> Result<(), Fault> {
        self.check_open()?;
        self.driver.remove("window", self.page_load() + Duration::from_secs(5)).await?;
        self.post("window", json!({ "handle": first })).await?;
        Ok(())
    }
}
