//! Settings: defaults, `runner.toml`, environment and flags become one complete [`Settings`].
//!
//! Nobody below this folder asks where a value came from.

mod browsers;
mod choice;
mod document;
mod error;
mod file;
mod layer;
mod limits;
mod origin;
mod outputs;
mod paths;
mod profile;
mod project;
mod remote;
mod resolve;
mod section;
mod selection;
mod server;
mod settings;
mod shard;
mod timeouts;

pub use browsers::{BrowserName, BrowserSettings, WireName};
pub use error::ConfigError;
pub use layer::Layer;
pub use limits::{Isolation, Parallel, Workers};
pub use origin::{Given, Origin, Place};
pub use outputs::{ColorChoice, Reports, SessionCacheSettings};
pub(crate) use paths::absolute;
pub use resolve::{Surroundings, resolve};
pub use selection::Selection;
pub use server::ServerSettings;
pub use settings::Settings;
pub use shard::Shard;
pub use timeouts::Timeouts;
