//! Calls of the page library (`page/*.js`), which lives in an isolated world of every document.

use std::time::Duration;

use serde_json::{Value, json};

use super::evaluate::thrown;
use super::page::PageInner;
use crate::browser::BrowserError;
use crate::browser::page::LibraryError;

/// The library answers within its own timeout; this is for the way there and back.
const SLACK: Duration = Duration::from_millis(500);

impl PageInner {
    pub(super) async fn library(&self, command: &Value, timeout: Duration) -> Result<Value, LibraryError> {
        let call = format!("runner.run({command})");
        let answer = self.in_world_once(&call, timeout + SLACK).await?;
        if answer["need_accessible"] == true {
            let giving = self.within(timeout, self.give_accessible()).await;
            giving.unwrap_or_else(|| Err(BrowserError::timed_out("computed roles and names", timeout).into()))?;
            return Ok(answer);
        }
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
        enabled.unwrap_or_else(|| Err(BrowserError::timed_out("the page", timeout)))?;
        self.in_world_once(&call, timeout + SLACK).await
    }

    /// Gives the library role and name of the elements it needs them of, for a browser that was
    /// started without `computedRole` in its pages. Four round trips, whatever their number.
    async fn give_accessible(&self) -> Result<(), LibraryError> {
        const GROUP: &str = "runner.accessible";
        let world = self.wait(|state| state.frames.world(&self.target)).await?;
        let session = &world.session;
        let pending = json!({
            "expression": "runner.pendingElements()", "uniqueContextId": world.id, "objectGroup": GROUP,
        });
        let list = answered(session.send("Runtime.evaluate", &pending).await)?["result"]["objectId"].take();
        let properties = json!({ "objectId": list, "ownProperties": true });
        let properties = answered(session.send("Runtime.getProperties", &properties).await)?;
        self.update(|state| state.keeps_tree = true);
        // Without a kept tree the browser would make one for each element.
        let enabled = self.session.send("Accessibility.enable", &json!({}));
        let asked: Vec<_> = elements_in(&properties)
            .map(|id| {
                let element = json!({ "objectId": id, "fetchRelatives": false });
                session.send("Accessibility.getPartialAXTree", &element)
            })
            .collect();
        answered(enabled.await)?;
        let mut infos = Vec::new();
        for answer in asked {
            match answer.await {
                Ok(answer) => infos.push(role_and_name(&answer["nodes"][0])),
                Err(error @ (BrowserError::Lost { .. } | BrowserError::Closed { .. })) => return Err(error.into()),
                // It has left the document, and has no role any more.
                Err(_) => infos.push(json!({ "role": "", "name": "" })),
            }
        }
        let give = json!({
            "objectId": list, "arguments": [{ "value": infos }],
            "functionDeclaration": "function (infos) { runner.giveAccessible([...this], infos); }",
        });
        let given = answered(session.send("Runtime.callFunctionOn", &give).await);
        session.post("Runtime.releaseObjectGroup", &json!({ "objectGroup": GROUP }));
        given.map(drop)
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
        self.within(timeout, asking).await.unwrap_or_else(|| Err(BrowserError::timed_out("the page", timeout)))
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
        self.within(timeout, asking).await.unwrap_or_else(|| Err(BrowserError::timed_out("the page", timeout).into()))
    }
}

/// The answer, with a document that went away told apart.
fn answered(answer: Result<Value, BrowserError>) -> Result<Value, LibraryError> {
    answer.map_err(|error| match error {
        BrowserError::Protocol { message, .. } if is_document_gone(&message) => LibraryError::DocumentGone,
        error => error.into(),
    })
}

/// Ids of the elements of an array, in its order.
fn elements_in(properties: &Value) -> impl Iterator<Item = &Value> {
    let all = properties["result"].as_array().into_iter().flatten();
    all.filter(|property| property["name"].as_str().is_some_and(|name| name.parse::<u32>().is_ok()))
        .map(|property| &property["value"]["objectId"])
}

/// Of a node of the accessibility tree, with nothing for one that is ignored.
fn role_and_name(node: &Value) -> Value {
    let text = |key: &str| node[key]["value"].as_str().unwrap_or_default();
    json!({ "role": text("role"), "name": text("name") })
}

/// The browser's ways to say that the document was replaced under a call.
pub(super) fn is_document_gone(message: &str) -> bool {
    const WAYS: [&str; 7] = [
        "uniqueContextId not found",
        "Cannot find context",
        "context was destroyed",
        "Inspected target navigated",
        "Promise was collected",
        "Cannot find default execution context",
        "Could not find object with given id",
    ];
    WAYS.iter().any(|way| message.contains(way))
}
