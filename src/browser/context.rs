//! [`Context`]: an isolated set of cookies and storage, with its pages.

use std::time::Duration;

use super::driver::Output;
use super::error::BrowserError;
use super::page::Page;
use super::state::{Cookie, State};
use super::wire::verbs::{ContextWire, PageWire, on_wire};

/// How a context is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContextOptions {
    /// Size of its pages in CSS pixels.
    pub viewport: (u32, u32),
    /// For opening pages and capturing.
    pub navigation_timeout: Duration,
}

/// An isolated set of cookies and storage. Clones share it.
#[derive(Clone, Debug)]
pub struct Context {
    wire: ContextWire,
    output: Output,
}

/// What a capture gave.
#[derive(Clone, Debug, Default)]
pub struct Captured {
    /// Cookies and storage.
    pub state: State,
    /// Lines for the step: "asked `http://a.test` by navigating there".
    pub notes: Vec<String>,
}

/// What a restore did.
#[derive(Clone, Debug, Default)]
pub struct Restored {
    /// Lines for the step: requests made on a wire that cannot restore silently.
    pub notes: Vec<String>,
    /// What could not be put.
    pub problems: Vec<String>,
}

impl Context {
    /// A context of a wire; `output` is what its driver says.
    pub(in crate::browser) fn new(wire: ContextWire, output: Output) -> Self {
        Self { wire, output }
    }

    /// The context's page; opens a blank one where there is none.
    pub async fn page(&self) -> Result<Page, BrowserError> {
        let page = match &self.wire {
            ContextWire::Devtools(context) => context.page().await.map(PageWire::Devtools),
            ContextWire::Bidi(context) => context.page().await.map(PageWire::Bidi),
            ContextWire::Classic(context) => context.page().await.map(PageWire::Classic),
        };
        page.map(|page| Page::new(page, self.output.clone())).map_err(|error| self.output.explain(error))
    }

    /// Cookies that would be sent to `url`; of all domains with `None`.
    pub async fn cookies(&self, url: Option<&str>) -> Result<Vec<Cookie>, BrowserError> {
        on_wire!(ContextWire, &self.wire, context => context.cookies(url).await)
            .map_err(|error| self.output.explain(error))
    }

    /// Puts cookies, replacing those of the same name, domain and path.
    pub async fn set_cookies(&self, cookies: &[Cookie]) -> Result<(), BrowserError> {
        on_wire!(ContextWire, &self.wire, context => context.set_cookies(cookies).await)
            .map_err(|error| self.output.explain(error))
    }

    /// Removes a cookie.
    pub async fn remove_cookies(&self, matching: &[Cookie]) -> Result<(), BrowserError> {
        on_wire!(ContextWire, &self.wire, context => context.remove_cookies(matching).await)
            .map_err(|error| self.output.explain(error))
    }

    /// Waits for a navigation in flight and its load, as [`Context::capture`] does first.
    pub async fn arrive(&self) -> Result<(), BrowserError> {
        on_wire!(ContextWire, &self.wire, context => context.arrive().await).map_err(|error| self.output.explain(error))
    }

    /// Cookies of all domains, and storage of every origin visited in this context. Waits for a
    /// navigation in flight first. May leave the page blank where `may_leave_page` is true.
    pub async fn capture(&self, may_leave_page: bool) -> Result<Captured, BrowserError> {
        on_wire!(ContextWire, &self.wire, context => context.capture(may_leave_page).await)
            .map_err(|error| self.output.explain(error))
    }

    /// Puts a state into a context that has visited nothing: before any page script runs, exactly
    /// once for each origin, without a request where the wire can.
    pub async fn restore(&self, state: &State) -> Result<Restored, BrowserError> {
        on_wire!(ContextWire, &self.wire, context => context.restore(state).await)
            .map_err(|error| self.output.explain(error))
    }

    /// Empties cookies and all storage of every origin, in place, pages kept (`isolation: "none"`).
    pub async fn clear(&self) -> Result<(), BrowserError> {
        on_wire!(ContextWire, &self.wire, context => context.clear().await).map_err(|error| self.output.explain(error))
    }

    /// Closes its pages and forgets its data. Errors are of no use to anybody: it is gone either way.
    pub async fn close(&self) {
        on_wire!(ContextWire, &self.wire, context => context.close().await);
    }
}
