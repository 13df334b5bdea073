//! Dialogs: classic `WebDriver` tells of one only by refusing the next command ([`Session::answer_dialog`]).
//!
//! It does not tell what kind of dialog is open, nor the default text of a prompt: every one is
//! of an unknown kind (`dialog.kind` is the capability).

use std::time::Duration;

use serde_json::json;

use super::session::Session;
use crate::browser::callback::{DialogAnswer, DialogKind};
use crate::browser::wire::dialog::{Dialog, ask};
use crate::browser::wire::webdriver::Fault;

/// The driver itself answers these; the page is not asked.
const TIMEOUT: Duration = Duration::from_secs(5);

impl Session {
    /// Has the script answer the dialog that is open. False where there is none.
    pub(super) async fn answer_dialog(&self) -> Result<bool, Fault> {
        let text = match self.driver.ask("alert/text", TIMEOUT).await {
            Ok(text) => text,
            Err(Fault::Refused { code: "no such alert", .. }) => return Ok(false),
            Err(fault) => return Err(fault),
        };
        let dialog = Dialog {
            kind: DialogKind::Unknown,
            message: text.as_str().unwrap_or_default().to_owned(),
            default_value: String::new(),
            url: self.last_url(),
        };
        match ask(&self.callbacks, dialog).await {
            DialogAnswer::Accept(text) => self.accept_dialog(text).await,
            DialogAnswer::Dismiss => self.close_dialog("alert/dismiss").await,
        }?;
        Ok(true)
    }

    async fn accept_dialog(&self, text: Option<String>) -> Result<(), Fault> {
        if let Some(text) = text {
            match self.driver.post("alert/text", json!({ "text": text }), TIMEOUT).await {
                // An alert has no place for a text; the other wires pass over it as well.
                Ok(_) | Err(Fault::Refused { code: "element not interactable", .. }) => {}
                Err(fault) => return Err(fault),
            }
        }
        self.close_dialog("alert/accept").await
    }

    async fn close_dialog(&self, command: &str) -> Result<(), Fault> {
        match self.driver.post(command, json!({}), TIMEOUT).await {
            // The page may have been closed or left meanwhile, and the dialog with it.
            Ok(_) | Err(Fault::Refused { code: "no such alert", .. }) => Ok(()),
            Err(fault) => Err(fault),
        }
    }
}
