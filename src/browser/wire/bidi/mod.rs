//! The `BiDi` wire: the W3C protocol over a socket of the driver, for Firefox, and for Chromium where
//! `DevTools` cannot be reached.
//!
//! [`BidiBrowser`] opens a [`BidiContext`] (a user context), which opens a [`BidiPage`]. All events
//! come on one socket and are given to the pages they are about (`events.rs`). Only standard commands
//! are used, but for what Chromium tells of cookies beyond the standard (`cookies.rs`).

mod browser;
mod context;
mod cookies;
mod dialog;
mod evaluate;
mod events;
mod frames;
mod input;
mod interception;
mod navigation;
mod page;
mod roles;
mod script;
mod seed;
mod storage;

pub(in crate::browser) use browser::BidiBrowser;
pub(in crate::browser) use context::BidiContext;
pub(in crate::browser) use page::BidiPage;
