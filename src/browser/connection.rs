//! [`Browser`]: a live browser, opened by WebDriver, and the wire that carries its commands.

use crate::config::{BrowserSettings, WireName};

use super::callback::CallbackSender;
use super::capability::Capability;
use super::context::{Context, ContextOptions};
use super::error::BrowserError;

/// A live browser. Clones share it; [`Browser::close`] ends it for all.
#[derive(Clone, Debug)]
pub struct Browser {}

/// What a browser is, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrowserInfo {
    /// `chrome-headless-shell`, `firefox`.
    pub name: String,
    /// `156.0.8078.79`.
    pub version: String,
    /// The wire in use.
    pub wire: WireName,
}

impl Browser {
    /// Finds and starts driver and browser (or connects to the one given) and opens a session.
    ///
    /// # Errors
    /// [`BrowserError::Start`] with everything that helps: what was looked for, versions that do
    /// not fit, the browser's own output.
    pub async fn open(_settings: &BrowserSettings) -> Result<Self, BrowserError> {
        todo!()
    }

    /// Name, version, wire.
    pub fn info(&self) -> BrowserInfo {
        todo!()
    }

    /// Whether it can do something.
    pub fn can(&self, _capability: Capability) -> bool {
        todo!()
    }

    /// A fresh context with nothing in it and no page yet; dialogs and the like go to `callbacks`.
    ///
    /// # Errors
    /// When the browser is lost.
    pub async fn open_context(
        &self,
        _options: &ContextOptions,
        _callbacks: CallbackSender,
    ) -> Result<Context, BrowserError> {
        todo!()
    }

    /// Ends session, browser and driver, and waits until their processes are gone. Never fails:
    /// what does not end by itself is killed with its process group.
    pub async fn close(&self) {
        todo!()
    }
}

/// Ends every browser and driver of this process at once, without waiting.
pub fn kill_everything() {
    todo!()
}
