//! Dialogs: the script is asked, and its answer given to the browser.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::frames::text;
use super::page::PageInner;
use crate::browser::{Callback, DialogAnswer, DialogKind, DialogRequest};

impl PageInner {
    /// `Page.javascriptDialogOpening`.
    pub(super) fn dialog_opened(self: &Arc<Self>, params: &Value) {
        let kind = match params["type"].as_str() {
            Some("confirm") => DialogKind::Confirm,
            Some("prompt") => DialogKind::Prompt,
            Some("beforeunload") => DialogKind::BeforeUnload,
            _ => DialogKind::Alert,
        };
        let is_leaving = self.update(|state| {
            state.has_dialog = true;
            state.is_leaving
        });
        if is_leaving && kind == DialogKind::BeforeUnload {
            self.answer_dialog(&DialogAnswer::Accept(None));
            return;
        }
        let (reply, answer) = oneshot::channel();
        let request = DialogRequest {
            kind,
            message: text(&params["message"]),
            default_value: text(&params["defaultPrompt"]),
            url: text(&params["url"]),
            reply,
        };
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
        let params = match answer {
            DialogAnswer::Accept(Some(text)) => json!({ "accept": true, "promptText": text }),
            DialogAnswer::Accept(None) => json!({ "accept": true }),
            DialogAnswer::Dismiss => json!({ "accept": false }),
        };
        self.session.post("Page.handleJavaScriptDialog", &params);
    }
}
