//! Starts the application under test, waits until it answers, and stops it: [`Server`].
//!
//! It does not know what the application does, and it shows nothing: what the command printed is
//! kept for the error that may need it.

mod application;
mod error;
mod group;
mod output;
mod probe;

pub use application::Server;
pub use error::ServerError;
