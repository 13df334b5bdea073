//! Verbs over classic `WebDriver`, through fantoccini: the wire every driver has.
//!
//! [`WebDriver`] (client) is one session; a fresh context is a new one. It sees one origin at a
//! time, so cookies and storage are taken and put by going there. Vendor commands are not used.

mod actions;
mod browser;
mod client;
mod context;
mod cookies;
mod dialog;
mod fault;
mod page;
mod picture;
mod script;
mod session;
mod storage;

#[cfg(test)]
mod tests;

pub(in crate::browser) use browser::ClassicBrowser;
pub(in crate::browser) use client::WebDriver;
pub(in crate::browser) use context::ClassicContext;
pub(in crate::browser) use page::ClassicPage;
