//! The wires: protocols that carry commands to a browser, behind one set of verbs.
//!
//! `verbs.rs` has the enum that stands for whichever wire serves, and the table of who can what.
//! The wires do not import one another, and nothing above `browser` names one.

pub(in crate::browser) mod bidi;
pub(in crate::browser) mod classic;
mod connector;
pub(in crate::browser) mod devtools;
mod expression;
pub(in crate::browser) mod network_error;
mod origin;
mod origin_storage;
mod prompt;
mod socket;
pub(in crate::browser) mod verbs;
pub(in crate::browser) mod webdriver;
