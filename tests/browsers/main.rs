//! Tests on real browsers, one file for each thing a user would name. Most runs hold several `it`s,
//! each named by what it shows, since a browser costs more than a test.
//!
//! A machine without Chromium's headless shell and chromedriver fails them: `cargo run -- install`.
//! Those of `grid.rs` need Java and npm too.

mod actions;
mod assertions;
mod bad_input;
mod bidi;
mod cleanup;
mod demo;
mod dialogs;
mod firefox;
mod gate;
mod grid;
#[path = "../harness/mod.rs"]
#[expect(dead_code, reason = "the crate of the tests without a browser uses the rest")]
mod harness;
mod isolation;
mod locators;
mod losing;
mod on_demo;
mod our_specs;
mod projects;
mod readiness;
mod retry;
mod selenium_grid;
mod session_accounts;
mod session_codes;
mod session_databases;
mod session_define;
mod session_kept;
mod session_lifecycle;
mod session_nesting;
mod session_report;
mod session_scope;
mod session_sharing;
mod session_storage;
mod session_stress;
mod session_users;
mod session_verify;
mod session_write_back;
mod silent;
mod snapshots;
mod webkit;
mod workers;
