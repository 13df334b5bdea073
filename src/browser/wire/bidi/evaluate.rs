//! `evaluate`: a script's own JavaScript, in the page's own realm.
//!
//! The text may be an expression, statements, or a function to call. What looks as if it could be a
//! function or an object literal is compiled in parentheses first, inside a function that nobody calls.

use std::time::Duration;

use serde_json::{Value, json};

use super::browser::text;
use super::page::PageInner;
use super::script::is_document_gone;
use crate::browser::BrowserError;
use crate::browser::wire::expression::{SOURCE, TO_JSON, may_be_function_or_object, wrapped};

impl PageInner {
    pub(super) async fn evaluate(
        &self,
        script: &str,
        args: &[Value],
        timeout: Duration,
    ) -> Result<Value, BrowserError> {
        let evaluating = self.evaluated(script, args);
        self.within(timeout, evaluating).await.unwrap_or_else(|| Err(BrowserError::timed_out("evaluate", timeout)))
    }

    async fn evaluated(&self, script: &str, args: &[Value]) -> Result<Value, BrowserError> {
        let realm = self.wait(|state| state.realms.page.clone()).await?;
        let is_wrapped = may_be_function_or_object(script) && self.compiles(&realm, script).await?;
        let shift = u64::from(is_wrapped);
        let source = if is_wrapped { wrapped(script) } else { format!("{script}\n//# sourceURL={SOURCE}") };
        let options = json!({ "maxObjectDepth": 0, "maxDomDepth": 0 });
        let params = json!({
            "expression": source, "target": { "realm": realm }, "awaitPromise": true, "userActivation": true,
            "resultOwnership": "root", "serializationOptions": options,
        });
        let mut result = self.result_of(&realm, "script.evaluate", &params, shift).await?;
        if result["type"] == "function" {
            let args: Vec<Value> = args.iter().map(local_value).collect();
            let params = json!({
                "functionDeclaration": "function (...args) { return this(...args); }",
                "this": { "handle": result["handle"] }, "arguments": args, "target": { "realm": realm },
                "awaitPromise": true, "userActivation": true, "resultOwnership": "root", "serializationOptions": options,
            });
            result = self.result_of(&realm, "script.callFunction", &params, shift).await?;
        }
        self.to_json(&realm, result).await
    }

    /// A primitive is in the answer already; an object is asked for its JSON.
    async fn to_json(&self, realm: &str, mut result: Value) -> Result<Value, BrowserError> {
        let not_json = |kind: &str| BrowserError::Javascript {
            message: format!("TypeError: the result is {kind}, which is not JSON"),
            line: None,
            column: None,
        };
        match result["type"].as_str().unwrap_or_default() {
            "undefined" | "null" | "symbol" | "function" => return Ok(Value::Null),
            "string" | "boolean" => return Ok(result["value"].take()),
            "number" => {
                return match result["value"].take() {
                    Value::String(text) if text == "-0" => Ok(json!(0)),
                    Value::String(text) => Err(not_json(&text)),
                    number => Ok(number),
                };
            }
            "bigint" => return Err(not_json("a BigInt")),
            _ => {}
        }
        let handle = result["handle"].take();
        let function = format!("function () {{ return JSON.stringify(({TO_JSON}).call(this)); }}");
        let params = json!({
            "functionDeclaration": function, "this": { "handle": handle }, "target": { "realm": realm },
            "awaitPromise": false,
        });
        let answer = self.result_of(realm, "script.callFunction", &params, 0).await;
        self.line.socket.post(None, "script.disown", &json!({ "handles": [handle], "target": { "realm": realm } }));
        match answer {
            Ok(answer) => Ok(serde_json::from_str(answer["value"].as_str().unwrap_or("null")).unwrap_or(Value::Null)),
            // Where it went wrong inside our own function is of no use to anybody.
            Err(BrowserError::Javascript { message, .. }) => {
                Err(BrowserError::Javascript { message, line: None, column: None })
            }
            Err(other) => Err(other),
        }
    }

    async fn result_of(
        &self,
        realm: &str,
        method: &'static str,
        params: &Value,
        shift: u64,
    ) -> Result<Value, BrowserError> {
        let answer = self.line.socket.send(None, method, params);
        match self.unless_gone(realm, answer).await {
            Some(Ok(mut answer)) if answer["type"] == "success" => Ok(answer["result"].take()),
            Some(Ok(answer)) => Err(thrown(&answer["exceptionDetails"], shift)),
            Some(Err(error)) if !is_document_gone(&error) => Err(error),
            Some(Err(_)) | None => {
                if let Err(error @ BrowserError::Lost { .. }) = self.check_alive() {
                    return Err(error);
                }
                let message = "the page navigated away while the script ran".to_owned();
                Err(BrowserError::Javascript { message, line: None, column: None })
            }
        }
    }

    async fn compiles(&self, realm: &str, script: &str) -> Result<bool, BrowserError> {
        let inside = format!("() => ({}\n)", script.trim_end().trim_end_matches(';'));
        let params = json!({ "expression": inside, "target": { "realm": realm }, "awaitPromise": false });
        match self.result_of(realm, "script.evaluate", &params, 0).await {
            Ok(_) => Ok(true),
            Err(BrowserError::Javascript { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// A JSON value as an argument of the protocol.
fn local_value(value: &Value) -> Value {
    match value {
        Value::Null => json!({ "type": "null" }),
        Value::Bool(value) => json!({ "type": "boolean", "value": value }),
        Value::Number(value) => json!({ "type": "number", "value": value }),
        Value::String(value) => json!({ "type": "string", "value": value }),
        Value::Array(items) => json!({ "type": "array", "value": items.iter().map(local_value).collect::<Vec<_>>() }),
        Value::Object(entries) => {
            let entries: Vec<Value> = entries.iter().map(|(key, value)| json!([key, local_value(value)])).collect();
            json!({ "type": "object", "value": entries })
        }
    }
}

fn thrown(details: &Value, shift: u64) -> BrowserError {
    let (line, column) = place_in_source(details, shift).unzip();
    BrowserError::Javascript { message: message_of(details), line, column }
}

/// First part of what was thrown: `TypeError: x is not a function`.
pub(super) fn message_of(details: &Value) -> String {
    match &details["exception"]["value"] {
        Value::String(text) if details["exception"]["type"] == "string" => text.clone(),
        _ => text(&details["text"]),
    }
}

/// Line and column, from 1, of the innermost place inside the text given to `evaluate`.
fn place_in_source(details: &Value, shift: u64) -> Option<(u32, u32)> {
    let frames = details["stackTrace"]["callFrames"].as_array()?;
    let frame = frames.iter().find(|frame| frame["url"] == SOURCE)?;
    let (line, column) = (frame["lineNumber"].as_u64()?, frame["columnNumber"].as_u64()?);
    // The parenthesis in front of the first line is ours.
    let column = if line == 0 { column.saturating_sub(shift) } else { column };
    Some((u32::try_from(line + 1).ok()?, u32::try_from(column + 1).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_counts_from_one_and_without_our_parenthesis() {
        let details = |line: u64, column: u64| {
            let frames = json!([{ "url": "app.js", "lineNumber": 1, "columnNumber": 1 },
                { "url": SOURCE, "lineNumber": line, "columnNumber": column }]);
            json!({ "stackTrace": { "callFrames": frames } })
        };
        assert_eq!(place_in_source(&details(0, 5), 1), Some((1, 5)));
        assert_eq!(place_in_source(&details(2, 5), 1), Some((3, 6)));
        assert_eq!(place_in_source(&json!({ "stackTrace": { "callFrames": [] } }), 0), None);
    }

    #[test]
    fn arguments_are_values_of_the_protocol() {
        let expected = json!({ "type": "object", "value": [["a", { "type": "array", "value": [
            { "type": "number", "value": 1 }, { "type": "null" }] }]] });
        assert_eq!(local_value(&json!({ "a": [1, null] })), expected);
    }
}
