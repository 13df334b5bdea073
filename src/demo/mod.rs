//! The embedded demonstration application: [`Demo`] serves it on the loopback interface.
//!
//! Something to test on a fresh machine: a login, a second origin, late elements, a form with
//! every control, and counters that prove what a browser asked for. It keeps its state in memory
//! and imports nothing of ours.

mod accounts;
mod api;
mod login;
mod memory;
mod network;
mod origin;
mod pages;
mod routes;
mod server;
#[cfg(test)]
mod tests;

pub use server::{Demo, DemoError};
