//! [`Context`]: an isolated set of cookies and storage, with its pages.

use std::time::Duration;

use super::error::BrowserError;
use super::page::Page;
use super::state::{Cookie, State};

/// How a context is made.
#[derive(Clone, Debug)]
pub struct ContextOptions {
    /// Size of its pages in CSS pixels.
    pub viewport: (u32, u32),
    /// For opening pages and capturing.
    pub navigation_timeout: Duration,
}

/// An isolated set of cookies and storage. Clones share it.
#[derive(Clone, Debug)]
pub struct Context {}

/// What a capture gave.
#[derive(Clone, Debug, Default)]
pub struct Captured {
    /// Cookies and storage.
    pub state: State,
    /// Lines for the step: "asked http://a.test by navigating there".
    pub notes: Vec<String>,
}

/// What a restore did.
#[derive(Clone, Debug, Default)]
pub struct Restored {
    /// Lines for the step: requests made on a wire that cannot restore silently.
    pub notes: Vec<String>,
}

impl Context {
    /// The context's page; opens a blank one where there is none.
    pub async fn page(&self) -> Result<Page, BrowserError> {
        todo!()
    }

    /// Cookies that would be sent to `url`; of all domains with `None`.
    pub async fn cookies(&self, _url: Option<&str>) -> Result<Vec<Cookie>, BrowserError> {
        todo!()
    }

    /// Puts cookies, replacing those of the same name, domain and path.
    pub async fn set_cookies(&self, _cookies: &[Cookie]) -> Result<(), BrowserError> {
        todo!()
    }

    /// Removes a cookie.
    pub async fn remove_cookies(&self, _matching: &[Cookie]) -> Result<(), BrowserError> {
        todo!()
    }

    /// Cookies of all domains, and storage of every origin visited in this context. Waits for a
    /// navigation in flight first. May leave the page blank where `may_leave_page` is true.
    pub async fn capture(&self, _may_leave_page: bool) -> Result<Captured, BrowserError> {
        todo!()
    }

    /// Puts a state into a context that has visited nothing: before any page script runs, exactly
    /// once for each origin, without a request where the wire can.
    pub async fn restore(&self, _state: &State) -> Result<Restored, BrowserError> {
        todo!()
    }

    /// Empties cookies and all storage of every origin, in place, pages kept (`isolation: "none"`).
    pub async fn clear(&self) -> Result<(), BrowserError> {
        todo!()
    }

    /// Closes its pages and forgets its data. Errors are of no use to anybody: it is gone either way.
    pub async fn close(&self) {
        todo!()
    }
}
