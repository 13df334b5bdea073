//! [`DevtoolsPage`]: one tab, and [`PageInner`], what is known about it from its events.

use std::future::Future;
use std::sync::{Arc, Weak};
use std::time::Duration;

use serde_json::{Value, json};

use super::context::ContextInner;
use super::evaluate::message_of;
use super::frames::Frames;
use super::input::Pointer;
use super::navigation::Navigation;
use super::session::Session;
use crate::browser::page::{KeyStep, LibraryError, PointerStep};
use crate::browser::wire::document::{HTML, picture};
use crate::browser::wire::origin_storage::StandIn;
use crate::browser::wire::page_errors::PageErrors;
use crate::browser::wire::socket::Answer;
use crate::browser::wire::watched::Watched;
use crate::browser::{BrowserError, CallbackSender, ClipArea, ScreenshotOptions};

/// One tab. Clones share it.
#[derive(Clone)]
pub(in crate::browser) struct DevtoolsPage {
    inner: Arc<PageInner>,
}

impl std::fmt::Debug for DevtoolsPage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DevtoolsPage").field("target", &self.inner.target).finish_non_exhaustive()
    }
}

impl DevtoolsPage {
    pub(super) fn new(inner: Arc<PageInner>) -> Self {
        Self { inner }
    }

    #[cfg(test)]
    pub(super) fn inner(&self) -> &Arc<PageInner> {
        &self.inner
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
        let limit = self.inner.navigation_timeout();
        let result = self.inner.navigate("about:blank", limit).await;
        self.inner.update(|state| state.is_leaving = false);
        result
    }

    /// Its address.
    pub(in crate::browser) async fn url(&self) -> Result<String, BrowserError> {
        if let Some(url) = self.inner.read(|state| state.navigation.unreachable().map(str::to_owned)) {
            return Ok(url);
        }
        self.text("location.href").await
    }

    /// Its title.
    pub(in crate::browser) async fn title(&self) -> Result<String, BrowserError> {
        self.text("document.title").await
    }

    /// Its HTML as it stands.
    pub(in crate::browser) async fn content(&self) -> Result<String, BrowserError> {
        self.text(HTML).await
    }

    async fn text(&self, expression: &str) -> Result<String, BrowserError> {
        let value = self.inner.in_world(expression, self.inner.navigation_timeout()).await?;
        Ok(value.as_str().unwrap_or_default().to_owned())
    }

    /// Replaces the document, runs its scripts, waits for its load.
    pub(in crate::browser) async fn set_content(&self, html: &str, timeout: Duration) -> Result<(), BrowserError> {
        self.inner.set_content(html, timeout).await
    }

    /// An expression or a function with arguments, in the page's own world.
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
        let taking = self.inner.screenshot(options.full_page, options.clip);
        self.inner
            .within(timeout, taking)
            .await
            .unwrap_or_else(|| Err(BrowserError::timed_out("a screenshot", timeout)))
    }

    /// Sets the size of the viewport in CSS pixels.
    pub(in crate::browser) async fn set_viewport(&self, width: u32, height: u32) -> Result<(), BrowserError> {
        let metrics = viewport_metrics(width, height);
        self.inner.session.send("Emulation.setDeviceMetricsOverride", &metrics).await.map(|_| ())
    }

    /// `await runner.run(command)` in the library's world. See the contract in `browser/page.rs`.
    pub(in crate::browser) async fn library(&self, command: &Value, timeout: Duration) -> Result<Value, LibraryError> {
        self.inner.library(command, timeout).await
    }

    /// Pointer input, in one write.
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
        self.inner.read(|state| state.gone.is_some())
    }
}

/// A page as the wire knows it.
pub(super) struct PageInner {
    pub(super) session: Session,
    /// Target id, which is the id of the main frame too.
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
    pub(super) pointer: Pointer,
    /// Answers to input that a dialog held back.
    pub(super) late: Vec<Answer>,
    pub(super) errors: PageErrors,
    /// The outcome of the set-up.
    pub(super) ready: Option<Result<(), BrowserError>>,
    pub(super) has_dialog: bool,
    /// We leave the page ourselves: `beforeunload` is not asked.
    pub(super) is_leaving: bool,
    /// Every request is answered by us, by these documents (a capture visits origins).
    pub(super) stand_in: Option<StandIn>,
    /// The browser keeps the accessibility tree of this document.
    pub(super) keeps_tree: bool,
    pub(super) gone: Option<Gone>,
}

/// How a page ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Gone {
    Closed,
    Crashed,
}

impl PageInner {
    pub(super) fn new(session: Session, target: String, context: &Arc<ContextInner>) -> Arc<Self> {
        Arc::new(Self {
            session,
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

    /// An error where the page is closed, has crashed, or the browser is lost.
    pub(super) fn check_alive(&self) -> Result<(), BrowserError> {
        let lost = |reason: String| BrowserError::Lost { reason, output: Vec::new() };
        if let Some(reason) = self.session.socket().loss() {
            return Err(lost(reason));
        }
        match self.read(|state| state.gone) {
            Some(Gone::Crashed) => Err(lost("the page's process crashed".to_owned())),
            Some(Gone::Closed) => Err(BrowserError::Closed { what: "page" }),
            None => Ok(()),
        }
    }

    pub(super) fn navigation_timeout(&self) -> Duration {
        self.context.upgrade().map_or(Duration::from_secs(15), |context| context.setup.options.navigation_timeout)
    }

    /// Keeps an uncaught error of the page as one line.
    pub(super) fn note_exception(&self, params: &Value) {
        let details = &params["exceptionDetails"];
        let frame = &details["stackTrace"]["callFrames"][0];
        let url = details["url"].as_str().or_else(|| frame["url"].as_str()).unwrap_or_default();
        let line = details["lineNumber"].as_u64().unwrap_or_default();
        self.update(|state| state.errors.note(&message_of(details), url, line));
    }

    async fn screenshot(&self, is_full_page: bool, clip: Option<ClipArea>) -> Result<Vec<u8>, BrowserError> {
        let mut params = json!({ "format": "png", "optimizeForSpeed": true });
        if is_full_page || clip.is_some() {
            let metrics = self.session.send("Page.getLayoutMetrics", &json!({})).await?;
            let part = &metrics[if is_full_page { "cssContentSize" } else { "cssVisualViewport" }];
            let number = |key: &str| part[key].as_f64().unwrap_or_default();
            // A clip counts from the top of the document, ours from the top of the viewport.
            let area = match clip {
                Some(clip) if !is_full_page => {
                    json!({ "x": clip.x + number("pageX"), "y": clip.y + number("pageY"),
                            "width": clip.width, "height": clip.height, "scale": 1 })
                }
                _ => json!({ "x": 0, "y": 0, "width": number("width"), "height": number("height"), "scale": 1 }),
            };
            params["clip"] = area;
            params["captureBeyondViewport"] = Value::from(is_full_page);
        }
        let answer = self.session.send("Page.captureScreenshot", &params).await?;
        picture(&answer["data"])
    }
}

/// The viewport of a page without a window.
pub(super) fn viewport_metrics(width: u32, height: u32) -> Value {
    json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false })
}
