//! The wires: protocols that carry commands to a browser, behind one set of verbs.
//!
//! `verbs.rs` has the enum that stands for whichever wire serves, and the table of who can what.
//! The wires do not import one another, and nothing above `browser` names one.

pub(in crate::browser) mod bidi;
pub(in crate::browser) mod classic;
mod connector;
mod cookies;
pub(in crate::browser) mod devtools;
mod dialog;
mod document;
mod expression;
pub(in crate::browser) mod network_error;
mod origin;
mod origin_storage;
mod page_errors;
mod prompt;
mod socket;
pub(in crate::browser) mod verbs;
mod watched;
pub(in crate::browser) mod webdriver;
