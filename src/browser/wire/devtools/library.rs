//! Calls of the page library (`page/*.js`), which lives in an isolated world of every document.

use std::time::Duration;

use serde_json::{Value, json};

use super::evaluate::thrown;
use super::page::{PageInner, timed_out};
use crate::browser::BrowserError;
use crate::browser::page::LibraryError;

/// The library answers within its own timeout; this is for the way there and back.
const SLACK: Duration = Duration::from_millis(500);

impl PageInner {
    pub(super) async fn library(&self, command: &Value, timeout: Duration) -> Result<Value, LibraryError> {
        let call = format!("runner.run({command})");
        let answer = self.in_world_once(&call, timeout + SLACK).await?;
        if answer["need_tree"] != true {
            return Ok(answer);
        }
        // Questions for roles are quick only where the browser keeps its accessibility tree; it
        // is given up with the document (`setup.rs`), since keeping it costs every change.
        self.update(|state| state.keeps_tree = true);
        // Enabling alone does not make it: the tree is built when it is first asked for (measured).
        let keeping = async {
            self.session.send("Accessibility.enable", &json!({})).await?;
            self.session.send("Accessibility.getRootAXNode", &json!({})).await
        };
        let enabled = self.within(timeout, keeping).await;
        enabled.unwrap_or_else(|| Err(timed_out("the page", timeout)))?;
        self.in_world_once(&call, timeout + SLACK).await
    }

    /// Evaluates in the library's world of whichever document is there; a document that goes away
    /// under it is waited out.
    pub(super) async fn in_world(&self, expression: &str, timeout: Duration) -> Result<Value, BrowserError> {
        let asking = async {
            loop {
                match self.in_world_once(expression, timeout).await {
                    Err(LibraryError::DocumentGone) => {}
                    Err(LibraryError::Browser(error)) => return Err(error),
                    Ok(value) => return Ok(value),
                }
            }
        };
        self.within(timeout, asking).await.unwrap_or_else(|| Err(timed_out("the page", timeout)))
    }

    /// Evaluates in the library's world of the present document, waiting for one where the page is
    /// between two.
    pub(super) async fn in_world_once(&self, expression: &str, timeout: Duration) -> Result<Value, LibraryError> {
        let asking = async {
            let world = self.wait(|state| state.frames.world(&self.target)).await?;
            let params = json!({
                "expression": expression, "uniqueContextId": world.id, "awaitPromise": true, "returnByValue": true,
            });
            match world.session.send("Runtime.evaluate", &params).await {
                Ok(mut answer) if answer["exceptionDetails"].is_null() => Ok(answer["result"]["value"].take()),
                Ok(answer) => Err(LibraryError::Browser(thrown(&answer["exceptionDetails"]))),
                Err(BrowserError::Protocol { message, .. }) if is_document_gone(&message) => {
                    self.update(|state| state.frames.context_destroyed(&world.id));
                    Err(LibraryError::DocumentGone)
                }
                Err(error) => Err(LibraryError::Browser(error)),
            }
        };
        self.within(timeout, asking).await.unwrap_or_else(|| Err(timed_out("the page", timeout).into()))
    }
}

/// The browser's ways to say that the document was replaced under a call.
pub(super) fn is_document_gone(message: &str) -> bool {
    const WAYS: [&str; 6] = [
        "uniqueContextId not found",
        "Cannot find context",
        "context was destroyed",
        "Inspected target navigated",
        "Promise was collected",
        "Cannot find default execution context",
    ];
    WAYS.iter().any(|way| message.contains(way))
}
