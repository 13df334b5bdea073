//! Rhai: specs and support scripts, what they may call, and how their failures are told.
//!
//! [`Host`] is one script thread's whole world: an engine, the support scripts, the specs it has
//! collected. rhai's types end here. A host never decides what runs next.

mod acting;
mod activity;
mod api;
mod aria;
mod artifact;
mod aside;
mod attempt;
mod baseline;
mod bridge;
mod check;
mod closure;
mod collect;
mod compare;
mod cookies;
mod custom;
mod definitions;
mod dialog;
mod difference;
mod engine;
mod error;
mod expectation;
mod failure;
mod files;
mod fingerprint;
mod handles;
mod host;
mod imports;
mod invoke;
mod kept;
mod login;
mod loops;
mod options;
mod pool;
mod reference;
mod response;
mod retrying;
mod source;
mod support;
mod tab;
mod values;
mod world;
mod write_back;

pub use attempt::{AttemptOrder, AttemptReport};
pub use check::CheckReport;
pub use error::ScriptError;
pub use host::{Host, HostSetup};
pub use reference::{definitions, reference};
