//! Calls [`runner::cli`] and exits with its code.
fn main() {}
