//! [`BidiPage`]: one tab, and [`PageInner`], what is known about it from its events.

use std::future::Future;
use std::sync::{Arc, Weak};
use std::time::Duration;

use serde_json::{Value, json};

use super::browser::Line;
use super::context::ContextInner;
use super::evaluate::message_of;
use super::frames::Frames;
use super::navigation::Navigation;
use super::script::Realms;
use crate::browser::page::{KeyStep, LibraryError, PointerStep};
use crate::browser::wire::document::{HTML, picture};
use crate::browser::wire::origin_storage::StandIn;
use crate::browser::wire::page_errors::PageErrors;
use crate::browser::wire::socket::Answer;
use crate::browser::wire::watched::Watched;
use crate::browser::{BrowserError, CallbackSender, ScreenshotOptions};

/// One tab. Clones share it.
#[derive(Clone)]
pub(in crate::browser) struct BidiPage {
    inner: Arc<PageInner>,
}

impl std::fmt::Debug for BidiPage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BidiPage").field("target", &self.inner.target).finish_non_exhaustive()
    }
}

impl BidiPage {
    pub(super) fn new(inner: Arc<PageInner>) -> Self {
        Self { inner }
    }

    /// Opens an absolute address and waits for its load event.
    pub(in crate::browser) async fn navigate(&self, url: &str, timeout: Duration) -> Result<(), BrowserError> {
        self.inner.navigate(url, timeout).await
    }

    /// Loads the page again.
    pub(in crate::browser) async fn reload(&self, timeout: Duration) -> Result<(), BrowserError> {
        self.inner.reload(timeout).await
    }

    /// One step in its history. False where there is no such page.
    pub(in crate::browser) async fn go(&self, delta: i32, timeout: Duration) -> Result<bool, BrowserError> {
        self.inner.go(delta, timeout).await
    }

    /// Back to `about:blank`; a page that asks before it is left is not asked.
    pub(in crate::browser) async fn blank(&self) -> Result<(), BrowserError> {
        self.inner.update(|state| state.is_leaving = true);
        let result = self.inner.navigate("about:blank", self.inner.navigation_timeout()).await;
        self.inner.update(|state| state.is_leaving = false);
        result
    }

    /// Its address; of an error page, the one that could not be reached.
    pub(in crate::browser) async fn url(&self) -> Result<String, BrowserError> {
        if let Some(url) = self.inner.read(|state| state.navigation.unreachable()) {
            return Ok(url);
        }
        self.text("() => location.href").await
    }

    /// Its title.
    pub(in crate::browser) async fn title(&self) -> Result<String, BrowserError> {
        self.text("() => document.title").await
    }

    /// Its HTML as it stands.
    pub(in crate::browser) async fn content(&self) -> Result<String, BrowserError> {
        self.text(&format!("() => {HTML}")).await
    }

    async fn text(&self, function: &str) -> Result<String, BrowserError> {
        let value = self.inner.ask(function, self.inner.navigation_timeout()).await?;
        Ok(value["value"].as_str().unwrap_or_default().to_owned())
    }

    /// Replaces the document, runs its scripts, waits for its load.
    pub(in crate::browser) async fn set_content(&self, html: &str, timeout: Duration) -> Result<(), BrowserError> {
        self.inner.set_content(html, timeout).await
    }

    /// An expression or a function with arguments, in the page's own realm.
    pub(in crate::browser) async fn evaluate(
        &self,
        script: &str,
        args: &[Value],
        timeout: Duration,
    ) -> Result<Value, BrowserError> {
        self.inner.evaluate(script, args, timeout).await
    }

    /// PNG bytes of the viewport, of `clip` in it, or of the full page. Elements: give their box.
    pub(in crate::browser) async fn screenshot(
        &self,
        options: &ScreenshotOptions,
        timeout: Duration,
    ) -> Result<Vec<u8>, BrowserError> {
        let taking = self.inner.screenshot(options);
        self.inner
            .within(timeout, taking)
            .await
            .unwrap_or_else(|| Err(BrowserError::timed_out("a screenshot", timeout)))
    }

    /// Sets the size of the viewport in CSS pixels.
    pub(in crate::browser) async fn set_viewport(&self, width: u32, height: u32) -> Result<(), BrowserError> {
        let params = self.inner.viewport((width, height));
        self.inner.line.socket.send(None, "browsingContext.setViewport", &params).await.map(drop)
    }

    /// `await runner.run(command)` in the library's sandbox. See the contract in `browser/page.rs`.
    pub(in crate::browser) async fn library(&self, command: &Value, timeout: Duration) -> Result<Value, LibraryError> {
        self.inner.library(command, timeout).await
    }

    /// Pointer input, in one message.
    pub(in crate::browser) async fn pointer(&self, steps: &[PointerStep]) -> Result<(), BrowserError> {
        self.inner.pointer(steps).await
    }

    /// Key input.
    pub(in crate::browser) async fn keys(&self, steps: &[KeyStep]) -> Result<(), BrowserError> {
        self.inner.keys(steps).await
    }

    /// Text as from an input method.
    pub(in crate::browser) async fn insert_text(&self, text: &str) -> Result<(), BrowserError> {
        self.inner.insert_text(text).await
    }

    /// After input: waits for a navigation it started. See `navigation.rs`.
    pub(in crate::browser) async fn settle(&self, timeout: Duration) -> Result<(), BrowserError> {
        self.inner.settle(timeout).await
    }

    /// Uncaught errors of its scripts, oldest first.
    pub(in crate::browser) fn errors(&self) -> Vec<String> {
        self.inner.read(|state| state.errors.all())
    }

    /// It was closed.
    pub(in crate::browser) fn is_closed(&self) -> bool {
        self.inner.read(|state| state.is_gone)
    }
}

/// A page as the wire knows it.
pub(super) struct PageInner {
    pub(super) line: Arc<Line>,
    /// Id of its browsing context.
    pub(super) target: String,
    pub(super) context: Weak<ContextInner>,
    pub(super) callbacks: CallbackSender,
    watched: Watched<PageState>,
}

/// What its events told.
#[derive(Default)]
pub(super) struct PageState {
    pub(super) navigation: Navigation,
    pub(super) frames: Frames,
    pub(super) realms: Realms,
    /// The answer to input that a dialog held back.
    pub(super) late: Option<Answer>,
    pub(super) errors: PageErrors,
    pub(super) has_dialog: bool,
    /// We leave the page ourselves: `beforeunload` is not asked.
    pub(super) is_leaving: bool,
    /// Every request is answered by us, by these documents (a capture visits origins).
    pub(super) stand_in: Option<StandIn>,
    pub(super) is_gone: bool,
}

impl PageInner {
    pub(super) fn new(line: Arc<Line>, target: String, context: &Arc<ContextInner>) -> Arc<Self> {
        Arc::new(Self {
            line,
            target,
            context: Arc::downgrade(context),
            callbacks: context.setup.callbacks.clone(),
            watched: Watched::default(),
        })
    }

    /// Looks at the state.
    pub(super) fn read<T>(&self, look: impl FnOnce(&PageState) -> T) -> T {
        self.watched.read(look)
    }

    /// Changes the state, and wakes whoever waits for a change.
    pub(super) fn update<T>(&self, change: impl FnOnce(&mut PageState) -> T) -> T {
        self.watched.update(change)
    }

    /// Waits until `look` sees what it wants; a page that is gone is an error.
    pub(super) async fn wait<T>(&self, look: impl Fn(&PageState) -> Option<T>) -> Result<T, BrowserError> {
        self.watched.wait(look, || self.check_alive()).await
    }

    /// Runs `work` for at most `limit`. While a dialog is open the clock stands still: the script
    /// is being asked what to do with it.
    pub(super) async fn within<T>(&self, limit: Duration, work: impl Future<Output = T>) -> Option<T> {
        self.watched.within(limit, |state| state.has_dialog, work).await
    }

    /// An error where the page is closed or the browser is lost.
    pub(super) fn check_alive(&self) -> Result<(), BrowserError> {
        if let Some(reason) = self.line.socket.loss() {
            return Err(BrowserError::Lost { reason, output: Vec::new() });
        }
        if self.read(|state| state.is_gone) { Err(BrowserError::Closed { what: "page" }) } else { Ok(()) }
    }

    /// It was closed, or the browser is gone.
    pub(super) fn gone(&self) {
        self.update(|state| {
            state.is_gone = true;
            state.has_dialog = false;
        });
        if let Some(context) = self.context.upgrade() {
            context.remove_page(&self.target);
        }
    }

    pub(super) fn navigation_timeout(&self) -> Duration {
        self.context.upgrade().map_or(Duration::from_secs(15), |context| context.setup.options.navigation_timeout)
    }

    /// How many documents its main frame has had.
    pub(super) fn commits(&self) -> u64 {
        self.read(|state| state.navigation.commits())
    }

    /// Keeps an uncaught error of the page as one line.
    pub(super) fn note_error(&self, params: &Value) {
        const PREFIXES: [&str; 3] = ["uncaught exception: ", "Uncaught (in promise) ", "Uncaught "];
        let said = message_of(params);
        let message = PREFIXES.iter().fold(said.as_str(), |text, prefix| text.strip_prefix(prefix).unwrap_or(text));
        let frame = &params["stackTrace"]["callFrames"][0];
        let url = frame["url"].as_str().unwrap_or_default();
        let line = frame["lineNumber"].as_u64().unwrap_or_default();
        self.update(|state| state.errors.note(message, url, line));
    }

    /// The command for the size of its viewport.
    pub(super) fn viewport(&self, (width, height): (u32, u32)) -> Value {
        json!({ "context": self.target, "viewport": { "width": width, "height": height }, "devicePixelRatio": 1 })
    }

    async fn screenshot(&self, options: &ScreenshotOptions) -> Result<Vec<u8>, BrowserError> {
        let origin = if options.full_page { "document" } else { "viewport" };
        let mut params = json!({ "context": self.target, "origin": origin });
        if let Some(clip) = options.clip.filter(|_| !options.full_page) {
            params["clip"] =
                json!({ "type": "box", "x": clip.x, "y": clip.y, "width": clip.width, "height": clip.height });
        }
        let answer = self.line.socket.send(None, "browsingContext.captureScreenshot", &params).await?;
        picture(&answer["data"])
    }
}
