//! [`Page`]: one tab, and what can be done in it.

use std::time::Duration;

use serde_json::Value;

use super::action::{ActOptions, Action, Reading};
use super::condition::{Check, Checked};
use super::error::BrowserError;
use super::locator::Locator;

/// One tab. Clones share it.
#[derive(Clone, Debug)]
pub struct Page {}

/// What to take a picture of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScreenshotOptions {
    /// The whole page instead of the viewport.
    pub full_page: bool,
    /// This part of the viewport.
    pub clip: Option<ClipArea>,
    /// This element.
    pub element: Option<Locator>,
}

/// A rectangle in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClipArea {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

impl Page {
    /// Opens an absolute address and waits for its load event.
    pub async fn navigate(&self, _url: &str, _timeout: Duration) -> Result<(), BrowserError> {
        todo!()
    }

    /// Loads the page again.
    pub async fn reload(&self, _timeout: Duration) -> Result<(), BrowserError> {
        todo!()
    }

    /// One step back (-1) or forward (1) in its history. False where there is no such page.
    pub async fn go(&self, _delta: i32, _timeout: Duration) -> Result<bool, BrowserError> {
        todo!()
    }

    /// Its address.
    pub async fn url(&self) -> Result<String, BrowserError> {
        todo!()
    }

    /// Its title.
    pub async fn title(&self) -> Result<String, BrowserError> {
        todo!()
    }

    /// Its HTML as it stands.
    pub async fn content(&self) -> Result<String, BrowserError> {
        todo!()
    }

    /// Replaces the document, runs its scripts, waits for its load.
    pub async fn set_content(&self, _html: &str, _timeout: Duration) -> Result<(), BrowserError> {
        todo!()
    }

    /// Back to `about:blank`.
    pub async fn blank(&self) -> Result<(), BrowserError> {
        todo!()
    }

    /// An expression or a function with arguments; a promise is awaited; undefined is null.
    pub async fn evaluate(&self, _script: &str, _args: &[Value], _timeout: Duration) -> Result<Value, BrowserError> {
        todo!()
    }

    /// PNG bytes.
    pub async fn screenshot(&self, _options: &ScreenshotOptions, _timeout: Duration) -> Result<Vec<u8>, BrowserError> {
        todo!()
    }

    /// Sets the size of the viewport in CSS pixels.
    pub async fn set_viewport(&self, _width: u32, _height: u32) -> Result<(), BrowserError> {
        todo!()
    }

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

    /// Uncaught errors of the page's scripts since it was opened, oldest first, the last twenty.
    pub fn errors(&self) -> Vec<String> {
        todo!()
    }

    /// It was closed.
    pub fn is_closed(&self) -> bool {
        todo!()
    }
}

/// What the page library and the input pipeline of a wire give to `element.rs`; not for anybody above.
impl Page {
    /// Calls the page library (`page/*.js`), which is there in every document, in a world of its
    /// own where the wire has one: `await runner.run(command)`. The answer is JSON.
    ///
    /// # Errors
    /// [`LibraryError::DocumentGone`] when the document was replaced meanwhile: ask again.
    pub(in crate::browser) async fn library(
        &self,
        _command: &Value,
        _timeout: Duration,
    ) -> Result<Value, LibraryError> {
        todo!()
    }

    /// Sends pointer input in one message (or as few as the wire can).
    pub(in crate::browser) async fn pointer(&self, _steps: &[PointerStep]) -> Result<(), BrowserError> {
        todo!()
    }

    /// Sends key input.
    pub(in crate::browser) async fn keys(&self, _steps: &[KeyStep]) -> Result<(), BrowserError> {
        todo!()
    }

    /// Inserts text at the caret as an input method would: one `input` event, no key events.
    pub(in crate::browser) async fn insert_text(&self, _text: &str) -> Result<(), BrowserError> {
        todo!()
    }

    /// After input: where it has started a navigation of the main frame, waits until that is
    /// committed (the new document is there) or has failed, at most `timeout`. Returns at once
    /// where there is none.
    pub(in crate::browser) async fn settle(&self, _timeout: Duration) -> Result<(), BrowserError> {
        todo!()
    }
}

/// Why the page library gave no answer.
#[derive(Debug)]
pub(in crate::browser) enum LibraryError {
    /// The document was replaced under the call.
    DocumentGone,
    /// Anything else.
    Browser(BrowserError),
}

impl From<BrowserError> for LibraryError {
    fn from(error: BrowserError) -> Self {
        Self::Browser(error)
    }
}

/// One piece of pointer input, in CSS pixels of the main frame's viewport.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::browser) enum PointerStep {
    /// Moves there.
    Move {
        /// From the left.
        x: f64,
        /// From the top.
        y: f64,
        /// Keys held: bits 1 Alt, 2 Control, 4 Meta, 8 Shift.
        modifiers: u8,
    },
    /// Presses a button where the pointer was last moved to.
    Press {
        /// Which.
        button: super::action::Button,
        /// 1 for the first click, 2 for the second of a double click.
        count: u32,
        /// Keys held.
        modifiers: u8,
    },
    /// Releases it.
    Release {
        /// Which.
        button: super::action::Button,
        /// As in the press.
        count: u32,
        /// Keys held.
        modifiers: u8,
    },
}

/// One piece of key input.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::browser) enum KeyStep {
    /// Key down (with its text, where it makes one) .
    Down(Key),
    /// Key up.
    Up(Key),
    /// Waits between keys (`delay`).
    Pause(Duration),
}

/// A key as UI Events names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::browser) struct Key {
    /// `KeyboardEvent.key`: `a`, `Enter`.
    pub(in crate::browser) key: String,
    /// `KeyboardEvent.code`: `KeyA`, `Enter`; empty for characters no US keyboard has.
    pub(in crate::browser) code: String,
    /// `keyCode` of old (Windows virtual key code).
    pub(in crate::browser) key_code: u32,
    /// Text the key inserts; `None` for a key that inserts none.
    pub(in crate::browser) text: Option<String>,
    /// `KeyboardEvent.location`.
    pub(in crate::browser) location: u32,
    /// Modifiers held, this one included on key down: bits 1 Alt, 2 Control, 4 Meta, 8 Shift.
    pub(in crate::browser) modifiers: u8,
}
