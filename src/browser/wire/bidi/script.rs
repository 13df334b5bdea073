//! Functions in the page, in a sandbox of ours where the page library lives too: what a page overrides
//! does not reach it, and a page does not see it.
//!
//! Measured: when a document goes away under a function, Chromium answers with an error, and Firefox
//! (153) never answers. So whoever waits for an answer looks at the realms as well.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};
use serde_json::{Value, json};

use super::browser::text;
use super::page::PageInner;
use crate::browser::page::LibraryError;
use crate::browser::{BrowserError, page_library};

/// Name of the sandbox.
pub(super) const SANDBOX: &str = "runner";

/// The library answers within its own timeout; this is for the way there and back.
const SLACK: Duration = Duration::from_millis(500);

/// A function to call, and where.
pub(super) struct Call<'a> {
    pub(super) function: &'a str,
    /// Local values of the protocol.
    pub(super) args: Value,
    /// The frame; the main one with `None`.
    pub(super) frame: Option<&'a str>,
}

impl<'a> Call<'a> {
    /// Without arguments, in the main frame.
    pub(super) fn new(function: &'a str) -> Self {
        Self { function, args: json!([]), frame: None }
    }
}

impl PageInner {
    pub(super) async fn library(&self, command: &Value, timeout: Duration) -> Result<Value, LibraryError> {
        let asking = async {
            loop {
                let answer = self.run(command).await?;
                if answer["need_accessible"] == true {
                    self.give_accessible().await?;
                } else if answer["need_tree"] != true {
                    return Ok(answer);
                }
                // No command has the browser keep its accessibility tree. The library asks for that once
                // in a document; asked again, it does without.
            }
        };
        let result = self.within(timeout + SLACK, asking).await;
        result.unwrap_or_else(|| Err(BrowserError::timed_out("the page", timeout).into()))
    }

    async fn run(&self, command: &Value) -> Result<Value, LibraryError> {
        let realm = self.library_realm().await?;
        let run = "async (command) => JSON.stringify(await runner.run(JSON.parse(command)))";
        let params = json!({
            "functionDeclaration": run, "target": { "realm": realm }, "awaitPromise": true,
            "arguments": [{ "type": "string", "value": command.to_string() }],
        });
        let answer = self.line.socket.send(None, "script.callFunction", &params);
        let gone = self.wait(|state| (state.realms.library.as_ref() != Some(&realm)).then_some(()));
        let answer = match select(answer, pin!(gone)).await {
            Either::Left((answer, _)) => answered(answer)?,
            Either::Right((Ok(()), _)) => return Err(LibraryError::DocumentGone),
            Either::Right((Err(error), _)) => return Err(error.into()),
        };
        serde_json::from_str(answer["value"].as_str().unwrap_or_default()).map_err(|error| {
            BrowserError::Protocol { command: "page library".to_owned(), message: error.to_string() }.into()
        })
    }

    /// The sandbox of the present document, with the page library in it.
    async fn library_realm(&self) -> Result<String, BrowserError> {
        if let Some(realm) = self.read(|state| state.realms.library.clone().filter(|_| state.realms.has_library)) {
            return Ok(realm);
        }
        let install = format!("() => {{ if (!globalThis.runner) {{\n{}\n}} }}", page_library());
        loop {
            let (_, realm) = self.insist(&Call::new(&install)).await?;
            let is_present = self.update(|state| {
                // One that is gone again already was forgotten before this answer was read.
                state.realms.has_library = state.realms.library.as_ref() == Some(&realm);
                state.realms.has_library
            });
            if is_present {
                return Ok(realm);
            }
        }
    }

    /// A function that answers at once and does no harm when it runs twice, in whichever document is
    /// there.
    pub(super) async fn ask(&self, function: &str, timeout: Duration) -> Result<Value, BrowserError> {
        let asking = async { self.insist(&Call::new(function)).await.map(|(value, _)| value) };
        self.within(timeout, asking).await.unwrap_or_else(|| Err(BrowserError::timed_out("the page", timeout)))
    }

    /// Its value as the protocol has it, and its realm; again where the document goes away under it.
    async fn insist(&self, call: &Call<'_>) -> Result<(Value, String), BrowserError> {
        loop {
            let commits = self.commits();
            let asking = self.line.socket.send(None, "script.callFunction", &self.params(call));
            let overtaken = self.wait(|state| (state.navigation.commits() != commits).then_some(()));
            match select(asking, pin!(overtaken)).await {
                Either::Left((Ok(answer), _)) => {
                    let realm = text(&answer["realm"]);
                    match answered(Ok(answer)) {
                        Ok(value) => return Ok((value, realm)),
                        Err(LibraryError::DocumentGone) => {}
                        Err(LibraryError::Browser(error)) => return Err(error),
                    }
                }
                Either::Left((Err(error), _)) if is_document_gone(&error) => {
                    self.check_alive()?;
                    tokio::task::yield_now().await;
                }
                Either::Left((Err(error), _)) | Either::Right((Err(error), _)) => return Err(error),
                Either::Right((Ok(()), _)) => {}
            }
        }
    }

    /// One call; a document that goes away under it is an error.
    pub(super) async fn call(&self, call: &Call<'_>) -> Result<Value, LibraryError> {
        let commits = self.commits();
        let asking = self.line.socket.send(None, "script.callFunction", &self.params(call));
        let overtaken = self.wait(|state| (state.navigation.commits() != commits).then_some(()));
        match select(asking, pin!(overtaken)).await {
            Either::Left((answer, _)) => answered(answer),
            Either::Right((Ok(()), _)) => Err(LibraryError::DocumentGone),
            Either::Right((Err(error), _)) => Err(error.into()),
        }
    }

    fn params(&self, call: &Call<'_>) -> Value {
        json!({
            "functionDeclaration": call.function, "arguments": call.args, "awaitPromise": true,
            "target": { "context": call.frame.unwrap_or(&self.target), "sandbox": SANDBOX },
            "serializationOptions": { "maxDomDepth": 0 },
        })
    }

    /// A new document, frame or sandbox of the page: whether it is one we keep track of.
    pub(super) fn realm_created(&self, params: &Value) -> bool {
        if params["context"] != self.target.as_str() || params["type"] != "window" {
            return false;
        }
        let realm = Some(text(&params["realm"]));
        match params["sandbox"].as_str() {
            None => self.update(|state| state.realms.page = realm),
            Some(SANDBOX) => self.update(|state| {
                state.realms.library = realm;
                state.realms.has_library = false;
            }),
            Some(_) => return false,
        }
        true
    }

    pub(super) fn realm_destroyed(&self, realm: &str) {
        self.update(|state| {
            let is_it = |known: &Option<String>| known.as_deref() == Some(realm);
            if is_it(&state.realms.page) {
                state.realms.page = None;
            }
            if is_it(&state.realms.library) {
                state.realms.library = None;
                state.realms.has_library = false;
            }
        });
    }

    /// Waits for `answer`, but not beyond the realm it comes from.
    pub(super) async fn unless_gone<T>(&self, realm: &str, answer: impl Future<Output = T>) -> Option<T> {
        let gone = pin!(self.wait(|state| (state.realms.page.as_deref() != Some(realm)).then_some(())));
        match select(pin!(answer), gone).await {
            Either::Left((answer, _)) => Some(answer),
            Either::Right(_) => None,
        }
    }
}

/// Where scripts of a page run.
#[derive(Default)]
pub(super) struct Realms {
    /// The page's own, in its present document.
    pub(super) page: Option<String>,
    /// Our sandbox beside it.
    library: Option<String>,
    /// The page library is in it.
    has_library: bool,
}

/// The value of an answer, with a document that went away told apart.
fn answered(answer: Result<Value, BrowserError>) -> Result<Value, LibraryError> {
    match answer {
        Ok(mut answer) if answer["type"] == "success" => Ok(answer["result"].take()),
        Ok(answer) => Err(BrowserError::Protocol {
            command: "page library".to_owned(),
            message: text(&answer["exceptionDetails"]["text"]),
        }
        .into()),
        Err(error) if is_document_gone(&error) => Err(LibraryError::DocumentGone),
        Err(error) => Err(error.into()),
    }
}

/// The browsers' ways to say that the document was replaced under a call.
pub(super) fn is_document_gone(error: &BrowserError) -> bool {
    const WAYS: [&str; 9] = [
        "no such frame",
        "no such handle",
        "no such node",
        "Cannot find context",
        "context was destroyed",
        "target navigated",
        "Promise was collected",
        "destroyed before query",
        "AbortError",
    ];
    matches!(error, BrowserError::Protocol { message, .. } if WAYS.iter().any(|way| message.contains(way)))
}
