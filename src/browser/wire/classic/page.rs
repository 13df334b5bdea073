//! [`ClassicPage`]: the page of a session. Every verb is one `WebDriver` command, or a job in the page.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::picture;
use super::script::Answer;
use super::session::{MARGIN, Session};
use crate::browser::error::BrowserError;
use crate::browser::page::ScreenshotOptions;
use crate::browser::page::{KeyStep, PointerStep};
use crate::browser::wire::document;
use crate::browser::wire::network_error;
use crate::browser::wire::verbs::LibraryError;
use crate::browser::wire::webdriver::{Fault, key_actions, pointer_actions};
use crate::clock::Deadline;

/// How long a page that said it is leaving may still be there: a link to a download leaves nothing.
const LEAVING: Duration = Duration::from_secs(1);

/// Between two looks at a page that is leaving.
const LOOK: Duration = Duration::from_millis(15);

/// Its doctype and its root, as they stand.
const DOCUMENT_HTML: &str = "(document.doctype ? new XMLSerializer().serializeToString(document.doctype) + '\\n' : '') \
                             + document.documentElement.outerHTML";

/// Serialising a document is one answer; a page that takes longer is stuck.
const DOCUMENT_TIMEOUT: Duration = Duration::from_secs(10);

/// Writes a document in place of the one there, and waits for its load event.
const SET_CONTENT: &str = "(state, html) => new Promise((resolve) => {
    state.library = null;
    document.open();
    state.listen();
    document.write(html);
    document.close();
    if (document.readyState === 'complete') resolve(true);
    else window.addEventListener('load', () => resolve(true), { once: true });
})";

/// Inserts text where the focus is, inside a frame of the same origin too, as one `input` event.
const INSERT_TEXT: &str = "let target = document;
    while (target.activeElement && target.activeElement.contentDocument) target = target.activeElement.contentDocument;
    return target.execCommand('insertText', false, arguments[0]);";

/// Marks the document with a number and notes moves inside it, so that a step through the history
/// is seen. A page that comes back from the browser's cache may have an older number.
const MARK: &str = "const state = { moved: false, number: arguments[0] };
    window.addEventListener('popstate', () => { state.moved = true; }, { once: true });
    Object.defineProperty(window, Symbol.for('runner.mark'), { value: state, configurable: true });
    return location.href;";

const MOVED: &str = "const state = window[Symbol.for('runner.mark')];
    return { moved: !state || state.moved || state.number !== arguments[0], href: location.href };";

const LEAVING_NOW: &str = "const state = window[Symbol.for('runner.classic')];
    return { leaving: Boolean(state && state.leaving), href: location.href };";

/// Asked from a task of its own: a form that was just sent leaves in the next one.
const ARRIVED: &str = "const done = arguments[arguments.length - 1];
    setTimeout(() => {
        const state = window[Symbol.for('runner.classic')];
        done(!(state && state.leaving) && document.readyState === 'complete');
    });";

const STAYED: &str = "const state = window[Symbol.for('runner.classic')];
    if (state) state.leaving = false;
    return true;";

/// The page of a session. Clones share it.
#[derive(Clone, Debug)]
pub(in crate::browser) struct ClassicPage(Arc<Session>);

impl ClassicPage {
    pub(super) fn new(session: Arc<Session>) -> Self {
        Self(session)
    }

    /// See `Page::navigate`.
    pub(in crate::browser) async fn navigate(&self, url: &str, timeout: Duration) -> Result<(), BrowserError> {
        self.0.navigate(url, timeout).await.map_err(|fault| navigation_error(fault, url, timeout))
    }

    /// See `Page::reload`.
    pub(in crate::browser) async fn reload(&self, timeout: Duration) -> Result<(), BrowserError> {
        let url = self.0.last_url();
        let result = self.0.move_page("refresh", json!({}), timeout).await;
        result.map_err(|fault| navigation_error(fault, &url, timeout))
    }

    /// See `Page::go`.
    pub(in crate::browser) async fn go(&self, delta: i32, timeout: Duration) -> Result<bool, BrowserError> {
        let command = if delta < 0 { "back" } else { "forward" };
        let session = &self.0;
        let fault = |fault: Fault| navigation_error(fault, &session.last_url(), timeout);
        let mark = session.next_job();
        session.execute(MARK, json!([mark])).await.map_err(fault)?;
        session.move_page(command, json!({}), timeout).await.map_err(fault)?;
        let found = session.execute(MOVED, json!([mark])).await.map_err(fault)?;
        session.note_url(found["href"].as_str().unwrap_or_default());
        Ok(found["moved"] == true)
    }

    /// See `Page::url`.
    pub(in crate::browser) async fn url(&self) -> Result<String, BrowserError> {
        let url = self.0.ask("url").await.map_err(|fault| fault.into_error("url"))?;
        let url = url.as_str().unwrap_or_default().to_owned();
        self.0.note_url(&url);
        Ok(url)
    }

    /// See `Page::title`.
    pub(in crate::browser) async fn title(&self) -> Result<String, BrowserError> {
        let title = self.0.ask("title").await.map_err(|fault| fault.into_error("title"))?;
        Ok(title.as_str().unwrap_or_default().to_owned())
    }

    /// See `Page::content`.
    pub(in crate::browser) async fn content(&self) -> Result<String, BrowserError> {
        let html = self.0.evaluate(DOCUMENT_HTML, &[], DOCUMENT_TIMEOUT).await?;
        Ok(html.as_str().unwrap_or_default().to_owned())
    }

    /// See `Page::set_content`.
    pub(in crate::browser) async fn set_content(&self, html: &str, timeout: Duration) -> Result<(), BrowserError> {
        match self.0.run_job(SET_CONTENT, &Value::from(html), Deadline::after(timeout)).await {
            // A script of the new document may have gone elsewhere at once: it was loaded all the same.
            Ok(Answer::Value(_) | Answer::Gone) => Ok(()),
            Ok(Answer::Thrown { message, .. } | Answer::Unparsed(message)) => {
                Err(BrowserError::Protocol { command: "set_content".to_owned(), message })
            }
            Ok(Answer::Missing) => unreachable!("only the page library answers that it is missing"),
            Err(fault) => Err(navigation_error(fault, "the content given", timeout)),
        }
    }

    /// See `Page::blank`.
    pub(in crate::browser) async fn blank(&self) -> Result<(), BrowserError> {
        self.navigate("about:blank", self.0.navigation_timeout).await
    }

    /// See `Page::evaluate`.
    pub(in crate::browser) async fn evaluate(
        &self,
        script: &str,
        args: &[Value],
        timeout: Duration,
    ) -> Result<Value, BrowserError> {
        self.0.evaluate(script, args, timeout).await
    }

    /// See `Page::screenshot`. The element's box is in `clip` already.
    pub(in crate::browser) async fn screenshot(
        &self,
        options: &ScreenshotOptions,
        _timeout: Duration,
    ) -> Result<Vec<u8>, BrowserError> {
        if options.full_page {
            return Err(BrowserError::Unsupported {
                what: "a full-page screenshot".to_owned(),
                browser: self.0.label(),
                capability: "screenshot.full_page",
                alternatives: Some("take one of the viewport, or of an element".to_owned()),
            });
        }
        let fault = |fault: Fault| fault.into_error("screenshot");
        let protocol = |message: String| BrowserError::Protocol { command: "screenshot".to_owned(), message };
        let answer = self.0.ask("screenshot").await.map_err(fault)?;
        let png = document::picture(&answer)?;
        let Some(clip) = options.clip else { return Ok(png) };
        let width = self.0.execute("return window.innerWidth;", json!([])).await.map_err(fault)?;
        picture::cut(&png, clip, width.as_f64().unwrap_or_default()).map_err(protocol)
    }

    /// See `Page::set_viewport`.
    pub(in crate::browser) async fn set_viewport(&self, width: u32, height: u32) -> Result<(), BrowserError> {
        self.0.set_viewport(width, height).await.map_err(|fault| fault.into_error("set_viewport"))
    }

    /// See `Page::library`.
    pub(in crate::browser) async fn library(&self, command: &Value, timeout: Duration) -> Result<Value, LibraryError> {
        self.0.library(command, timeout).await
    }

    /// See `Page::pointer`.
    pub(in crate::browser) async fn pointer(&self, steps: &[PointerStep]) -> Result<(), BrowserError> {
        self.perform(pointer_actions(steps)).await
    }

    /// See `Page::keys`.
    pub(in crate::browser) async fn keys(&self, steps: &[KeyStep]) -> Result<(), BrowserError> {
        self.perform(key_actions(steps)).await
    }

    /// Input is never repeated: a dialog in its way is one that it has opened itself, and `settle`
    /// has that answered.
    async fn perform(&self, actions: Value) -> Result<(), BrowserError> {
        self.0.check_open().map_err(|fault| fault.into_error("input"))?;
        let timeout = self.0.page_load() + MARGIN;
        match self.0.driver.post("actions", json!({ "actions": actions }), timeout).await {
            Ok(_) | Err(Fault::Dialog) => Ok(()),
            // The input has closed or replaced what it went to, which it may.
            Err(fault) if fault.is_document_gone() => Ok(()),
            Err(fault) => Err(fault.into_error("input")),
        }
    }

    /// See `Page::insert_text`.
    pub(in crate::browser) async fn insert_text(&self, text: &str) -> Result<(), BrowserError> {
        let fault = |fault: Fault| fault.into_error("insert_text");
        self.0.check_open().map_err(fault)?;
        let body = json!({ "script": INSERT_TEXT, "args": [text] });
        match self.0.driver.post("execute/sync", body, self.0.page_load() + MARGIN).await {
            Ok(Value::Bool(false)) => Err(BrowserError::Protocol {
                command: "insert_text".to_owned(),
                message: "nothing that takes text has the focus".to_owned(),
            }),
            // Null or a refusal: a dialog was opened by a listener; `settle` has it answered.
            Ok(_) | Err(Fault::Dialog) => Ok(()),
            Err(error) if error.is_document_gone() => Ok(()),
            Err(error) => Err(fault(error)),
        }
    }

    /// See `Page::settle`. chromedriver itself waits for a page in flight before it runs the script
    /// here; other drivers are asked again until the page that said it is leaving has gone.
    pub(in crate::browser) async fn settle(&self, timeout: Duration) -> Result<(), BrowserError> {
        let deadline = Deadline::after(timeout.min(LEAVING));
        loop {
            match self.0.execute(LEAVING_NOW, json!([])).await {
                Ok(found) => {
                    self.0.note_url(found["href"].as_str().unwrap_or_default());
                    if found["leaving"] != true {
                        return Ok(());
                    }
                }
                Err(fault) if fault.is_document_gone() => {}
                Err(fault) => return Err(fault.into_error("settle")),
            }
            if deadline.is_over() {
                let stayed = self.0.execute(STAYED, json!([])).await;
                return stayed.map(drop).map_err(|fault| fault.into_error("settle"));
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// See `Page::errors`: classic `WebDriver` does not tell of them (`page.errors`).
    #[expect(clippy::unused_self, reason = "the other wires know some")]
    pub(in crate::browser) fn errors(&self) -> Vec<String> {
        Vec::new()
    }

    /// See `Page::is_closed`.
    pub(in crate::browser) fn is_closed(&self) -> bool {
        self.0.is_closed()
    }
}

impl Session {
    /// Waits until the page goes nowhere and is loaded, at most as long as a navigation may take.
    pub(super) async fn arrive(&self) -> Result<(), Fault> {
        let deadline = Deadline::after(self.navigation_timeout);
        loop {
            match self.post("execute/async", json!({ "script": ARRIVED, "args": [] })).await {
                Ok(found) if found == true => return Ok(()),
                Ok(_) => {}
                Err(fault) if fault.is_document_gone() => {}
                Err(fault) => return Err(fault),
            }
            if deadline.is_over() {
                return Ok(());
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Opens an address, waiting for its load event.
    pub(super) async fn navigate(&self, url: &str, timeout: Duration) -> Result<(), Fault> {
        self.move_page("url", json!({ "url": url }), timeout).await?;
        self.note_url(url);
        Ok(())
    }

    /// A command that replaces the document.
    async fn move_page(&self, command: &str, body: Value, timeout: Duration) -> Result<(), Fault> {
        self.check_open()?;
        self.limit_page_load(timeout).await?;
        // A dialog that is open now would refuse the command; one that refuses it from here on was
        // opened by the new page, and the command must not be repeated for it.
        for _ in 0..2 {
            match self.driver.post(command, body.clone(), timeout + MARGIN).await {
                Err(Fault::Dialog) if self.answer_dialog().await? => {}
                Err(Fault::Dialog) => return Ok(()),
                answer => return answer.map(drop),
            }
        }
        Ok(())
    }

    /// Sizes the window so that the viewport gets the size wanted.
    pub(super) async fn set_viewport(&self, width: u32, height: u32) -> Result<(), Fault> {
        const INNER: &str = "return { width: window.innerWidth, height: window.innerHeight };";
        // The second time only where the window manager or a scroll bar has taken a part.
        for _ in 0..2 {
            let inner = self.execute(INNER, json!([])).await?;
            let (inner_width, inner_height) = (number(&inner["width"]), number(&inner["height"]));
            if (inner_width, inner_height) == (i64::from(width), i64::from(height)) {
                return Ok(());
            }
            let outer = self.ask("window/rect").await?;
            let rect = json!({
                "width": number(&outer["width"]) + i64::from(width) - inner_width,
                "height": number(&outer["height"]) + i64::from(height) - inner_height,
            });
            self.post("window/rect", rect).await?;
        }
        Ok(())
    }
}

fn number(value: &Value) -> i64 {
    value.as_i64().unwrap_or_default()
}

fn navigation_error(fault: Fault, url: &str, waited: Duration) -> BrowserError {
    let url = url.to_owned();
    match fault {
        fault if fault.is_drivers_timeout() => BrowserError::NavigationTimeout {
            url,
            waited,
            progress: "its load event did not come; a request may still be open".to_owned(),
        },
        Fault::Timeout { waited } => {
            BrowserError::NavigationTimeout { url, waited, progress: "the driver does not answer".to_owned() }
        }
        Fault::Refused { code: "insecure certificate", .. } => {
            BrowserError::Navigation { url, reason: "its certificate is not valid".to_owned() }
        }
        Fault::Refused { code: "invalid argument", .. } => {
            BrowserError::Navigation { url, reason: "it is not an address a browser can open".to_owned() }
        }
        Fault::Refused { message, .. } => BrowserError::Navigation { url, reason: network_error::in_words(&message) },
        fault => fault.into_error("visit"),
    }
}
