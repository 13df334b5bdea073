//! Settings: defaults, `runner.toml`, environment and flags become one complete [`Settings`].
//!
//! Nobody below this folder asks where a value came from.

mod settings;

pub use settings::{
    BrowserName, BrowserSettings, ColorChoice, Isolation, Parallel, Reports, Selection, ServerSettings, Settings,
    Timeouts, WireName,
};
