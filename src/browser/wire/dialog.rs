//! Asking the script what to do with a dialog ([`ask`]). Telling the browser is the wires' business.

use std::future::Future;

use serde_json::Value;
use tokio::sync::oneshot;

use crate::browser::{Callback, CallbackSender, DialogAnswer, DialogKind, DialogRequest};

/// A dialog that has opened.
pub(super) struct Dialog {
    pub(super) kind: DialogKind,
    pub(super) message: String,
    /// What a prompt begins with.
    pub(super) default_value: String,
    /// Address of the page.
    pub(super) url: String,
}

/// The kind by the word that `DevTools` and `BiDi` have for it.
pub(super) fn kind_of(word: &Value) -> DialogKind {
    match word.as_str() {
        Some("confirm") => DialogKind::Confirm,
        Some("prompt") => DialogKind::Prompt,
        Some("beforeunload") => DialogKind::BeforeUnload,
        _ => DialogKind::Alert,
    }
}

/// Asks now; the future is the answer, the usual one where nobody gives any.
pub(super) fn ask(callbacks: &CallbackSender, dialog: Dialog) -> impl Future<Output = DialogAnswer> + Send + use<> {
    let Dialog { kind, message, default_value, url } = dialog;
    let (reply, answer) = oneshot::channel();
    // With nobody to ask, the request and its `reply` are dropped.
    drop(callbacks.send(Callback::Dialog(DialogRequest { kind, message, default_value, url, reply })));
    async move {
        answer.await.unwrap_or(match kind {
            // Staying would keep whoever navigates waiting.
            DialogKind::BeforeUnload => DialogAnswer::Accept(None),
            _ => DialogAnswer::Dismiss,
        })
    }
}
