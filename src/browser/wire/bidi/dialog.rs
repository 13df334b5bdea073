//! Dialogs: the script is asked, and its answer given to the browser.

use std::sync::Arc;

use serde_json::{Value, json};

use super::browser::text;
use super::page::PageInner;
use crate::browser::wire::dialog::{Dialog, ask, kind_of};
use crate::browser::{DialogAnswer, DialogKind};

impl PageInner {
    /// `browsingContext.userPromptOpened`.
    pub(super) fn dialog_opened(self: &Arc<Self>, params: &Value) {
        let kind = kind_of(&params["type"]);
        let (is_leaving, url) = self.update(|state| {
            state.has_dialog = true;
            (state.is_leaving, state.navigation.url().to_owned())
        });
        if params["handler"] == "accept" || params["handler"] == "dismiss" {
            // The browser answers it itself, as somebody's own capabilities have told it.
            return;
        }
        if is_leaving && kind == DialogKind::BeforeUnload {
            self.answer_dialog(&DialogAnswer::Accept(None));
            return;
        }
        let (message, default_value) = (text(&params["message"]), text(&params["defaultValue"]));
        let answer = ask(&self.callbacks, Dialog { kind, message, default_value, url });
        let page = Arc::clone(self);
        tokio::spawn(async move { page.answer_dialog(&answer.await) });
    }

    fn answer_dialog(&self, answer: &DialogAnswer) {
        let mut params = json!({ "context": self.target, "accept": matches!(answer, DialogAnswer::Accept(_)) });
        if let DialogAnswer::Accept(Some(text)) = answer {
            params["userText"] = Value::from(text.as_str());
        }
        self.line.socket.post(None, "browsingContext.handleUserPrompt", &params);
    }
}
