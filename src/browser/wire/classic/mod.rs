//! Verbs over classic `WebDriver`, through fantoccini: the wire every driver has.
//!
//! A context is a session of its own (`webdriver/client.rs`). It sees one origin at a
//! time, so cookies and storage are taken and put by going there. Vendor commands are not used.

mod browser;
mod context;
mod cookies;
mod dialog;
mod page;
mod picture;
mod script;
mod session;
mod storage;

#[cfg(test)]
mod tests;

pub(in crate::browser) use browser::ClassicBrowser;
pub(in crate::browser) use context::ClassicContext;
pub(in crate::browser) use page::ClassicPage;
