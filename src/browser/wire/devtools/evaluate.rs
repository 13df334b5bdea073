//! `evaluate`: a script's own JavaScript, in the page's world.
//!
//! The text may be an expression, statements, or a function to call. What looks as if it could be
//! a function or an object literal is compiled in parentheses first, which runs nothing.

use std::time::Duration;

use serde_json::{Value, json};

use super::library::is_document_gone;
use super::page::PageInner;
use crate::browser::BrowserError;
use crate::browser::wire::expression::{SOURCE, TO_JSON, may_be_function_or_object, wrapped};

impl PageInner {
    pub(super) async fn evaluate(
        &self,
        script: &str,
        args: &[Value],
        timeout: Duration,
    ) -> Result<Value, BrowserError> {
        if let Some(answer) = self.within(timeout, self.evaluated(script, args)).await {
            return answer;
        }
        // An endless loop would block everything after it.
        self.session.post("Runtime.terminateExecution", &json!({}));
        Err(BrowserError::timed_out("evaluate", timeout))
    }

    async fn evaluated(&self, script: &str, args: &[Value]) -> Result<Value, BrowserError> {
        let is_wrapped = may_be_function_or_object(script) && self.compiles(&wrapped(script)).await?;
        let shift = u32::from(is_wrapped);
        let source = if is_wrapped { wrapped(script) } else { format!("{script}\n//# sourceURL={SOURCE}") };
        let params = json!({ "expression": source, "awaitPromise": true, "userGesture": true });
        let mut result = self.result_of("Runtime.evaluate", &params, shift).await?;
        if result["type"] == "function" {
            let args: Vec<Value> = args.iter().map(|arg| json!({ "value": arg })).collect();
            let params = json!({
                "functionDeclaration": "function (...args) { return this(...args); }",
                "objectId": result["objectId"], "arguments": args, "awaitPromise": true, "userGesture": true,
            });
            result = self.result_of("Runtime.callFunctionOn", &params, shift).await?;
        }
        self.to_json(result).await
    }

    /// A primitive is in the answer already; an object is asked for its JSON.
    async fn to_json(&self, mut result: Value) -> Result<Value, BrowserError> {
        if let Some(text) = result["unserializableValue"].as_str() {
            if text == "-0" {
                return Ok(json!(0));
            }
            let kind = if text.ends_with('n') { "a BigInt" } else { text };
            let message = format!("TypeError: the result is {kind}, which is not JSON");
            return Err(BrowserError::Javascript { message, line: None, column: None });
        }
        if result["objectId"].is_null() {
            return Ok(result["value"].take());
        }
        let id = result["objectId"].take();
        let params = json!({ "functionDeclaration": TO_JSON, "objectId": id, "returnByValue": true });
        let answer = self.result_of("Runtime.callFunctionOn", &params, 0).await;
        self.session.post("Runtime.releaseObject", &json!({ "objectId": id }));
        // Where it went wrong inside our own function is of no use to anybody.
        answer.map(|mut result| result["value"].take()).map_err(|error| match error {
            BrowserError::Javascript { message, .. } => BrowserError::Javascript { message, line: None, column: None },
            other => other,
        })
    }

    async fn result_of(&self, method: &'static str, params: &Value, shift: u32) -> Result<Value, BrowserError> {
        let mut answer = match self.session.send(method, params).await {
            Err(BrowserError::Protocol { message, .. }) if is_document_gone(&message) => {
                let message = "the page navigated away while the script ran".to_owned();
                return Err(BrowserError::Javascript { message, line: None, column: None });
            }
            other => other?,
        };
        if answer["exceptionDetails"].is_null() { Ok(answer["result"].take()) } else { Err(thrown_by(&answer, shift)) }
    }

    async fn compiles(&self, source: &str) -> Result<bool, BrowserError> {
        let params = json!({ "expression": source, "sourceURL": SOURCE, "persistScript": false });
        let answer = self.session.send("Runtime.compileScript", &params).await?;
        Ok(answer["exceptionDetails"].is_null())
    }
}

/// An exception of our own script, whatever its line.
pub(super) fn thrown(details: &Value) -> BrowserError {
    BrowserError::Javascript { message: message_of(details), line: None, column: None }
}

fn thrown_by(answer: &Value, shift: u32) -> BrowserError {
    let details = &answer["exceptionDetails"];
    let (line, column) = place_in_source(details).unzip();
    // The parenthesis in front of the first line is ours.
    let column = column.map(|column| if line == Some(1) { column.saturating_sub(shift).max(1) } else { column });
    BrowserError::Javascript { message: message_of(details), line, column }
}

/// First line of what was thrown: `TypeError: x is not a function`.
pub(super) fn message_of(details: &Value) -> String {
    let exception = &details["exception"];
    if let Some(description) = exception["description"].as_str() {
        // A message may have several lines; the stack begins at the first `    at `.
        let end = description.find("\n    at ").unwrap_or(description.len());
        return description[..end].to_owned();
    }
    match &exception["value"] {
        Value::Null => details["text"].as_str().unwrap_or("an error without a message").to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Line and column, from 1, of the innermost place inside the text given to `evaluate`.
fn place_in_source(details: &Value) -> Option<(u32, u32)> {
    let number = |value: &Value| value.as_u64().and_then(|n| u32::try_from(n + 1).ok());
    let frames = details["stackTrace"]["callFrames"].as_array();
    if let Some(frame) = frames.and_then(|frames| frames.iter().find(|frame| frame["url"] == SOURCE)) {
        return number(&frame["lineNumber"]).zip(number(&frame["columnNumber"]));
    }
    if details["url"] == SOURCE {
        return number(&details["lineNumber"]).zip(number(&details["columnNumber"]));
    }
    // A rejected promise has its place only in the text of its stack.
    let stack = details["exception"]["description"].as_str()?;
    let place = stack.split(&format!("{SOURCE}:")).nth(1)?;
    let mut numbers = place.split(|c: char| !c.is_ascii_digit()).map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}
