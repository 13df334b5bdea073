//! Which spec files there are ([`find_specs`]) and which of their tests are wanted ([`select`]);
//! what earlier runs came to ([`History`]) and what has changed since ([`affected`]).
//!
//! No script is run here: `script` collects the tests of the files, and they come back as data.

mod changed;
mod error;
mod filter;
mod find;
mod history;
mod ignored;
mod tags;

pub use changed::{Affected, ChangedError, affected};
pub use error::DiscoveryError;
pub use filter::{FilterError, Selected, select};
pub use find::{SpecFile, find_specs, find_support};
pub use history::{History, HistoryError, News};
pub use tags::{TagError, TagExpression};
