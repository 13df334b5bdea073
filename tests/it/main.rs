//! End-to-end tests of the binary without a browser, one file for each thing a user would name.
//!
//! What needs a browser is in `tests/browsers`. Here are the command line, the configuration,
//! specs that cannot run, and what a lying, silent or dying driver leads to.

mod architecture;
mod bad_spec;
mod check;
mod command_line;
mod doctor;
mod documentation;
mod driver_fault;
mod fake_driver;
#[path = "../harness/mod.rs"]
#[expect(dead_code, reason = "the crate of the real browsers uses the rest")]
mod harness;
mod last_failed;
mod list;
mod merge_reports;
mod only_changed;
mod projects;
mod remote;
mod repeat;
mod shard;
mod shuffle;
