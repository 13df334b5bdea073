//! Dialogs: the script is asked, and its answer given to the browser.

use std::sync::Arc;

use serde_json::{Value, json};

use super::frames::text;
use super::page::PageInner;
use crate::browser::wire::dialog::{Dialog, ask, kind_of};
use crate::browser::{DialogAnswer, DialogKind};

impl PageInner {
    /// `Page.javascriptDialogOpening`.
    pub(super) fn dialog_opened(self: &Arc<Self>, params: &Value) {
        let kind = kind_of(&params["type"]);
        let is_leaving = self.update(|state| {
            state.has_dialog = true;
            state.is_leaving
        });
        if is_leaving && kind == DialogKind::BeforeUnload {
            self.answer_dialog(&DialogAnswer::Accept(None));
            return;
        }
        let (message, default_value) = (text(&params["message"]), text(&params["defaultPrompt"]));
        let answer = ask(&self.callbacks, Dialog { kind, message, default_value, url: text(&params["url"]) });
        let page = Arc::clone(self);
        tokio::spawn(async move { page.answer_dialog(&answer.await) });
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
