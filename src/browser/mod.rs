//! Browsers: opened by `WebDriver`, driven over the best wire the driver offers.
//!
//! Start with [`Browser`] (connection), then [`Context`] and [`Page`]. fantoccini's types end
//! here, and nothing above this folder knows which wire served it.

mod action;
mod callback;
mod capability;
mod condition;
mod connection;
mod context;
mod driver;
mod element;
mod endpoint;
mod error;
mod hand;
mod input;
mod keyboard;
mod library;
mod locator;
mod opener;
mod page;
mod pointed;
mod pulse;
mod refusal;
mod state;
mod survey;
mod wire;

pub use action::{ActOptions, Action, Button, FileData, Modifier, OptionChoice, Reading, ScrollPlace};
pub use callback::{Callback, CallbackSender, DialogAnswer, DialogKind, DialogRequest};
pub use capability::Capability;
pub use condition::{Check, Checked, Condition, StorageArea, Subject};
pub use connection::{Browser, BrowserInfo};
pub use context::{Captured, Context, ContextOptions, Restored};
pub(crate) use driver::find_program;
pub use driver::kill_everything;
pub use error::{BrowserError, NotReady};
pub use hand::{DragOptions, KeyInput, MouseInput};
pub(in crate::browser) use library::page_library;
pub use locator::{Axis, Excluded, Locator, LocatorPart, RoleOptions, TextMatch};
pub use opener::Pending;
pub use page::{ClipArea, Page, ScreenshotOptions};
pub use state::{Cookie, OriginStorage, SameSite, State};
pub use survey::{Program, Survey, can_over, is_lacking, survey, wires_of};
