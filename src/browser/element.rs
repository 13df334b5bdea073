//! What is done to elements and read from them.

use std::time::Duration;

use serde_json::Value;

use super::action::{ActOptions, Action, Reading};
use super::condition::{Check, Checked};
use super::error::BrowserError;
use super::locator::Locator;
use super::page::Page;

#[expect(clippy::unused_async, reason = "stands in for the real actions")]
impl Page {
    /// Waits until the one element is ready for `action`, then does it with real input. Where the
    /// action starts a navigation, waits until that is committed.
    pub async fn act(&self, _locator: &Locator, _action: &Action, _options: ActOptions) -> Result<(), BrowserError> {
        todo!()
    }

    /// Reads from the one element, waiting until it is there (but for what `Reading` says does not).
    pub async fn read(
        &self,
        _locator: &Locator,
        _reading: &Reading,
        _timeout: Duration,
    ) -> Result<Value, BrowserError> {
        todo!()
    }

    /// Waits until a condition holds, inside the page; not holding is an answer, not an error.
    pub async fn check(&self, _check: &Check, _timeout: Duration) -> Result<Checked, BrowserError> {
        todo!()
    }
}
