//! [`Page`]: one tab, and what can be done in it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;

use super::action::{ActOptions, Action, Reading};
use super::driver::Output;
use super::error::BrowserError;
use super::locator::Locator;
use super::wire::verbs::{PageWire, on_wire};
use crate::clock::Deadline;

pub(in crate::browser) use super::input::{Key, KeyStep, PointerStep};
pub(in crate::browser) use super::wire::verbs::LibraryError;

/// One tab. Clones share it.
#[derive(Clone, Debug)]
pub struct Page {
    wire: PageWire,
    output: Output,
    hand: Arc<Mutex<Hand>>,
}

/// Where the mouse was moved last, and which modifiers `keyboard.down` holds.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::browser) struct Hand {
    /// From the left of the viewport, in CSS pixels.
    pub(in crate::browser) x: f64,
    /// From its top.
    pub(in crate::browser) y: f64,
    /// Bits 1 Alt, 2 Control, 4 Meta, 8 Shift.
    pub(in crate::browser) modifiers: u8,
}

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
    /// A page of a wire; `output` is what its driver says.
    pub(in crate::browser) fn new(wire: PageWire, output: Output) -> Self {
        Self { wire, output, hand: Arc::default() }
    }

    /// Opens an absolute address and waits for its load event.
    pub async fn navigate(&self, url: &str, timeout: Duration) -> Result<(), BrowserError> {
        on_wire!(PageWire, &self.wire, page => page.navigate(url, timeout).await)
            .map_err(|error| self.output.explain(error))
    }

    /// Loads the page again.
    pub async fn reload(&self, timeout: Duration) -> Result<(), BrowserError> {
        on_wire!(PageWire, &self.wire, page => page.reload(timeout).await).map_err(|error| self.output.explain(error))
    }

    /// One step back (-1) or forward (1) in its history. False where there is no such page.
    pub async fn go(&self, delta: i32, timeout: Duration) -> Result<bool, BrowserError> {
        on_wire!(PageWire, &self.wire, page => page.go(delta, timeout).await)
            .map_err(|error| self.output.explain(error))
    }

    /// Its address.
    pub async fn url(&self) -> Result<String, BrowserError> {
        on_wire!(PageWire, &self.wire, page => page.url().await).map_err(|error| self.output.explain(error))
    }

    /// Its title.
    pub async fn title(&self) -> Result<String, BrowserError> {
        on_wire!(PageWire, &self.wire, page => page.title().await).map_err(|error| self.output.explain(error))
    }

    /// Its HTML as it stands.
    pub async fn content(&self) -> Result<String, BrowserError> {
        on_wire!(PageWire, &self.wire, page => page.content().await).map_err(|error| self.output.explain(error))
    }

    /// Replaces the document, runs its scripts, waits for its load.
    pub async fn set_content(&self, html: &str, timeout: Duration) -> Result<(), BrowserError> {
        on_wire!(PageWire, &self.wire, page => page.set_content(html, timeout).await)
            .map_err(|error| self.output.explain(error))
    }

    /// Back to `about:blank`.
    pub async fn blank(&self) -> Result<(), BrowserError> {
        on_wire!(PageWire, &self.wire, page => page.blank().await).map_err(|error| self.output.explain(error))
    }

    /// An expression or a function with arguments; a promise is awaited; undefined is null.
    pub async fn evaluate(&self, script: &str, args: &[Value], timeout: Duration) -> Result<Value, BrowserError> {
        on_wire!(PageWire, &self.wire, page => page.evaluate(script, args, timeout).await)
            .map_err(|error| self.output.explain(error))
    }

    /// PNG bytes.
    pub async fn screenshot(&self, options: &ScreenshotOptions, timeout: Duration) -> Result<Vec<u8>, BrowserError> {
        let result = match (&self.wire, &options.element) {
            (wire, None) => on_wire!(PageWire, wire, page => page.screenshot(options, timeout).await),
            (_, Some(element)) => return self.screenshot_element(element, timeout).await,
        };
        result.map_err(|error| self.output.explain(error))
    }

    /// Brings the element into view and takes the part of the viewport it covers.
    async fn screenshot_element(&self, element: &Locator, timeout: Duration) -> Result<Vec<u8>, BrowserError> {
        let deadline = Deadline::after(timeout);
        self.act(element, &Action::ScrollIntoView, ActOptions { force: false, no_wait_after: true, timeout }).await?;
        let found = self.read(element, &Reading::BoundingBox, deadline.remaining()).await?;
        let side = |name: &str| found[name].as_f64();
        let (Some(x), Some(y), Some(width), Some(height)) = (side("x"), side("y"), side("width"), side("height"))
        else {
            return Err(BrowserError::Protocol {
                command: "screenshot".to_owned(),
                message: "the element has no box to take a picture of".to_owned(),
            });
        };
        let options = ScreenshotOptions { clip: Some(ClipArea { x, y, width, height }), ..Default::default() };
        Box::pin(self.screenshot(&options, deadline.remaining())).await
    }

    /// Sets the size of the viewport in CSS pixels.
    pub async fn set_viewport(&self, width: u32, height: u32) -> Result<(), BrowserError> {
        on_wire!(PageWire, &self.wire, page => page.set_viewport(width, height).await)
            .map_err(|error| self.output.explain(error))
    }

    /// Uncaught errors of the page's scripts since it was opened, oldest first, the last twenty.
    pub fn errors(&self) -> Vec<String> {
        on_wire!(PageWire, &self.wire, page => page.errors())
    }

    /// It was closed.
    pub fn is_closed(&self) -> bool {
        on_wire!(PageWire, &self.wire, page => page.is_closed())
    }
}

/// What the page library and the input pipeline of a wire give to `element.rs`; not for anybody above.
impl Page {
    /// Calls the page library (`page/*.js`), which is there in every document, in a world of its
    /// own where the wire has one: `await runner.run(command)`. The answer is JSON.
    ///
    /// # Errors
    /// [`LibraryError::DocumentGone`] when the document was replaced meanwhile: ask again.
    pub(in crate::browser) async fn library(&self, command: &Value, timeout: Duration) -> Result<Value, LibraryError> {
        let result = on_wire!(PageWire, &self.wire, page => page.library(command, timeout).await);
        result.map_err(|error| match error {
            LibraryError::Browser(error) => LibraryError::Browser(self.output.explain(error)),
            LibraryError::DocumentGone => LibraryError::DocumentGone,
        })
    }

    /// What the mouse and the keyboard were left with.
    pub(in crate::browser) fn hand(&self) -> Hand {
        *self.hand.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes which modifiers are held from now on.
    pub(in crate::browser) fn hold_modifiers(&self, modifiers: u8) {
        self.hand.lock().unwrap_or_else(PoisonError::into_inner).modifiers = modifiers;
    }

    /// Sends pointer input in one message (or as few as the wire can).
    pub(in crate::browser) async fn pointer(&self, steps: &[PointerStep]) -> Result<(), BrowserError> {
        for step in steps {
            if let PointerStep::Move { x, y, .. } | PointerStep::Wheel { x, y, .. } = *step {
                let mut hand = self.hand.lock().unwrap_or_else(PoisonError::into_inner);
                (hand.x, hand.y) = (x, y);
            }
        }
        on_wire!(PageWire, &self.wire, page => page.pointer(steps).await).map_err(|error| self.output.explain(error))
    }

    /// Sends key input.
    pub(in crate::browser) async fn keys(&self, steps: &[KeyStep]) -> Result<(), BrowserError> {
        on_wire!(PageWire, &self.wire, page => page.keys(steps).await).map_err(|error| self.output.explain(error))
    }

    /// Inserts text at the caret as an input method would: one `input` event, no key events.
    pub(in crate::browser) async fn insert_text(&self, text: &str) -> Result<(), BrowserError> {
        on_wire!(PageWire, &self.wire, page => page.insert_text(text).await).map_err(|error| self.output.explain(error))
    }

    /// After input: where it has started a navigation of the main frame, waits until that is
    /// committed (the new document is there) or has failed, at most `timeout`. Returns at once
    /// where there is none.
    pub(in crate::browser) async fn settle(&self, timeout: Duration) -> Result<(), BrowserError> {
        on_wire!(PageWire, &self.wire, page => page.settle(timeout).await).map_err(|error| self.output.explain(error))
    }
}
