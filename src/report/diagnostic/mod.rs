//! A failure as text, for people: the same words on the terminal, in `JUnit` and wherever a report
//! shows one. [`describe_failure`] is the whole of it, [`describe_test`] adds earlier attempts.
//!
//! It decides how a failure looks, never what it says.

mod comparison;
mod describe;
mod excerpt;
#[cfg(test)]
mod tests;

pub use describe::{describe_failure, describe_test, in_short, indent, tone};
