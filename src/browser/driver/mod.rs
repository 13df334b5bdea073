//! Drivers: found ([`locate`]), checked against the browser ([`version`]), started, and stopped on
//! every path with everything they started ([`DriverProcess`], [`kill_everything`]).
//!
//! What is said to a driver once it runs is the wires' business.

mod causes;
mod debugger;
mod display;
mod group;
mod locate;
mod options;
mod output;
mod port;
mod process;
mod version;
mod words;

#[cfg(test)]
mod tests;

pub(in crate::browser) use causes::usual_cause;
pub(in crate::browser) use debugger::browser_socket;
pub use group::kill_everything;
pub(crate) use locate::find_program;
pub(in crate::browser) use locate::{Located, locate, locate_browser, located_driver};
pub(in crate::browser) use options::{capabilities, wire_for};
pub(in crate::browser) use output::Output;
pub(in crate::browser) use process::DriverProcess;
pub(in crate::browser) use version::{check_versions, version_text};
pub(in crate::browser) use words::last_words;
