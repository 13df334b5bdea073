//! Pointer and key input, as W3C actions. The steps between two pauses go out in one message.
//!
//! Input that opens a dialog gets its answer only after the dialog is closed: the call returns when it
//! opens, and `settle` waits for the rest.

use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};
use serde_json::{Value, json};

use super::page::PageInner;
use super::script::{SANDBOX, is_document_gone};
use crate::browser::BrowserError;
use crate::browser::page::{KeyStep, PointerStep};
use crate::browser::wire::socket::Answer;
use crate::browser::wire::webdriver::{key_actions, pointer_actions};

/// Inserts text where the focus is, inside a frame of the same origin too, as one `input` event.
const INSERT_TEXT: &str = "(text) => {
    let target = document;
    while (target.activeElement && target.activeElement.contentDocument) target = target.activeElement.contentDocument;
    return target.execCommand('insertText', false, text);
}";

/// How long input that has left its page may take to be answered.
const LEFT: Duration = Duration::from_secs(1);

impl PageInner {
    pub(super) async fn pointer(&self, steps: &[PointerStep]) -> Result<(), BrowserError> {
        // What comes after a pause is sent once the browser has answered what came before: it may have to
        // begin something beside the input (a drag).
        for part in steps.split_inclusive(|step| matches!(step, PointerStep::Pause(_))) {
            self.perform(&pointer_actions(part)).await?;
        }
        Ok(())
    }

    pub(super) async fn keys(&self, steps: &[KeyStep]) -> Result<(), BrowserError> {
        self.perform(&key_actions(steps)).await
    }

    async fn perform(&self, actions: &Value) -> Result<(), BrowserError> {
        let params = json!({ "context": self.target, "actions": actions });
        self.delivered(self.line.socket.send(None, "input.performActions", &params)).await.map(drop)
    }

    pub(super) async fn insert_text(&self, text: &str) -> Result<(), BrowserError> {
        let params = json!({
            "functionDeclaration": INSERT_TEXT, "arguments": [{ "type": "string", "value": text }],
            "target": { "context": self.target, "sandbox": SANDBOX }, "awaitPromise": false,
        });
        let answer = self.delivered(self.line.socket.send(None, "script.callFunction", &params)).await?;
        if answer.is_some_and(|answer| answer["result"]["value"] == false) {
            return Err(BrowserError::Protocol {
                command: "insert_text".to_owned(),
                message: "nothing that takes text has the focus".to_owned(),
            });
        }
        Ok(())
    }

    /// Waits until the page has taken the input, or has opened a dialog because of it.
    async fn delivered(&self, mut answer: Answer) -> Result<Option<Value>, BrowserError> {
        let commits = self.commits();
        let taken = {
            let other = pin!(self.wait(|state| {
                (state.has_dialog || state.navigation.commits() != commits).then_some(state.has_dialog)
            }));
            match select(&mut answer, other).await {
                Either::Left((result, _)) => Some(result),
                Either::Right((Ok(true), _)) => None,
                // The page was left or closed under it.
                Either::Right(_) => match tokio::time::timeout(LEFT, &mut answer).await {
                    Ok(result) => Some(result),
                    Err(_) => return self.check_lost().map(|()| None),
                },
            }
        };
        match taken {
            None => {
                self.update(|state| state.late = Some(answer));
                self.check_lost().map(|()| None)
            }
            Some(Ok(answer)) => Ok(Some(answer)),
            // Input that closed or left its own page has done what it should.
            Some(Err(BrowserError::Closed { .. })) => self.check_lost().map(|()| None),
            Some(Err(error)) if is_document_gone(&error) => self.check_lost().map(|()| None),
            Some(Err(error)) => Err(error),
        }
    }

    fn check_lost(&self) -> Result<(), BrowserError> {
        match self.check_alive() {
            Err(error @ BrowserError::Lost { .. }) => Err(error),
            _ => Ok(()),
        }
    }
}
