//! `runner` runs browser end-to-end tests written in Rhai.
//!
//! The map of this crate is `src/README.md`. `main.rs` calls [`cli::main`]; everything else is
//! reached from there.

#![warn(missing_docs)]

pub mod browser;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod discovery;
pub mod event;
pub mod model;
pub mod outcome;
pub mod redact;
pub mod report;
pub mod schedule;
pub mod script;
pub mod server;
pub mod session;
pub mod suggest;
