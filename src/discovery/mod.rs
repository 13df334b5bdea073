//! Which spec files there are ([`find_specs`]) and which of their tests are wanted ([`select`]).
//!
//! No script is run here: `script` collects the tests of the files, and they come back as data.

mod error;
mod filter;
mod find;
mod ignored;
mod tags;

pub use error::DiscoveryError;
pub use filter::{FilterError, Selected, select};
pub use find::{SpecFile, find_specs, find_support};
pub use tags::{TagError, TagExpression};
