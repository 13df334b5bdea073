//! [`Page::evaluate_on`]: a script of the page's own world that is given an element.
//!
//! The page library finds the element, in a world of its own. It names it by an event that a
//! listener in the page's world keeps the target of; no wire needs a verb for that.

use std::time::Duration;

use serde_json::{Value, json};

use super::action::{ActOptions, Action};
use super::error::BrowserError;
use super::locator::Locator;
use super::page::Page;
use crate::clock::Deadline;

/// Keeps the target of the event of this name.
const LISTEN: &str = "(name) => {
  addEventListener(name, (event) => {
    event.stopImmediatePropagation();
    Object.defineProperty(window, Symbol.for(name), { value: event.composedPath()[0], configurable: true });
  }, { capture: true, once: true });
}";

impl Page {
    /// An expression that sees `element`, or a function of the element and the arguments.
    ///
    /// # Errors
    /// When the element does not come, or the script throws.
    pub async fn evaluate_on(
        &self,
        locator: &Locator,
        (script, args): (&str, &[Value]),
        timeout: Duration,
    ) -> Result<Value, BrowserError> {
        let deadline = Deadline::after(timeout);
        let name = event_name();
        // On one line with the script's first one, so that the lines in its errors are right.
        let start = format!(
            "async (...args) => {{ const key = Symbol.for({name:?}); const element = window[key]; \
             if (!element) return null; delete window[key]; const given = ("
        );
        let end = "\n); return [typeof given === 'function' ? await given(element, ...args) : await given]; }";
        let wrapped = format!("{start}{}{end}", script.trim().trim_end_matches(';'));
        loop {
            self.evaluate(LISTEN, &[json!(name)], deadline.remaining()).await?;
            let options = ActOptions { force: true, no_wait_after: true, timeout: deadline.remaining() };
            self.act(locator, &Action::PointOut { event: name.clone() }, options).await?;
            let answer = self.evaluate(&wrapped, args, deadline.remaining()).await;
            match answer.map_err(|error| shifted(error, start.chars().count()))? {
                Value::Array(mut result) => return Ok(result.pop().unwrap_or(Value::Null)),
                _ if deadline.is_over() => {
                    let command = "evaluate: the page was being replaced all the time".to_owned();
                    return Err(BrowserError::Timeout { command, waited: timeout });
                }
                // The document was replaced in between.
                _ => {}
            }
        }
    }
}

fn event_name() -> String {
    format!("runner-element-{:x}", fastrand::u64(..))
}

/// A column of the first line, without what stands in front of the script there.
fn shifted(error: BrowserError, by: usize) -> BrowserError {
    match error {
        BrowserError::Javascript { message, line: Some(1), column: Some(column) } => {
            let by = u32::try_from(by).unwrap_or(0);
            BrowserError::Javascript { message, line: Some(1), column: Some(column.saturating_sub(by).max(1)) }
        }
        other => other,
    }
}
