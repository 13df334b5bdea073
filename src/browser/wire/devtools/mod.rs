//! The `DevTools` wire: Chromium's own protocol over its browser socket.
//!
//! [`DevtoolsBrowser`] opens a [`DevtoolsContext`], which opens a [`DevtoolsPage`]. Every target
//! has a session of its own on the one socket; new targets wait until they are set up.

mod browser;
mod context;
mod cookies;
mod dialog;
mod evaluate;
mod frames;
mod input;
mod library;
mod navigation;
mod page;
mod seed;
mod session;
mod setup;
mod spare;
mod storage;
#[cfg(test)]
mod tests;

pub(in crate::browser) use browser::DevtoolsBrowser;
pub(in crate::browser) use context::DevtoolsContext;
pub(in crate::browser) use page::DevtoolsPage;
