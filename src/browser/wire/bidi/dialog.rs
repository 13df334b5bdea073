//! Dialogs: the script is asked, and its answer given to the browser.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::browser::text;
use super::page::PageInner;
use crate::browser::{Callback, DialogAnswer, DialogKind, DialogRequest};

impl PageInner {
    /// `browsingContext.userPromptOpened`.
    pub(super) fn dialog_opened(self: &Arc<Self>, params: &Value) {
        let kind = match params["type"].as_str() {
            Some("confirm") => DialogKind::Confirm,
            Some("prompt") => DialogKind::Prompt,
            Some("beforeunload") => DialogKind::BeforeUnload,
            _ => DialogKind::Alert,
        };
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
        let (reply, answer) = oneshot::channel();
        let (message, default_value) = (text(&params["message"]), text(&params["defaultValue"]));
        let request = DialogRequest { kind, message, default_value, url, reply };
        // Nobody listens any more where this fails; the reply is dropped with it.
        let _ = self.callbacks.send(Callback::Dialog(request));
        let page = Arc::clone(self);
        tokio::spawn(async move {
            let unanswered = |_| match kind {
                // Staying would keep whoever navigates waiting.
                DialogKind::BeforeUnload => DialogAnswer::Accept(None),
                _ => DialogAnswer::Dismiss,
            };
            let answer = answer.await.unwrap_or_else(unanswered);
            page.answer_dialog(&answer);
        });
    }

    fn answer_dialog(&self, answer: &DialogAnswer) {
        let mut params = json!({ "context": self.target, "accept": matches!(answer, DialogAnswer::Accept(_)) });
        if let DialogAnswer::Accept(Some(text)) = answer {
            params["userText"] = Value::from(text.as_str());
        }
        self.line.socket.post(None, "browsingContext.handleUserPrompt", &params);
    }
}
