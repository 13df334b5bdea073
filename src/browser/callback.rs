//! What a browser asks of the script while a command waits: [`Callback`]. The script thread
//! answers; until it does, the browser's side is held.

use tokio::sync::{mpsc, oneshot};

/// Where a context sends what it asks of the script.
pub type CallbackSender = mpsc::UnboundedSender<Callback>;

/// A question to the script.
#[derive(Debug)]
pub enum Callback {
    /// A dialog is open.
    Dialog(DialogRequest),
}

/// An open `alert`, `confirm`, `prompt` or `beforeunload`.
#[derive(Debug)]
pub struct DialogRequest {
    /// Which kind.
    pub kind: DialogKind,
    /// Its text.
    pub message: String,
    /// The text a `prompt` starts with.
    pub default_value: String,
    /// Address of the page that opened it.
    pub url: String,
    /// The answer; dropped unanswered, the dialog is dismissed.
    pub reply: oneshot::Sender<DialogAnswer>,
}

/// Which kind of dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DialogKind {
    /// `alert()`.
    Alert,
    /// `confirm()`.
    Confirm,
    /// `prompt()`.
    Prompt,
    /// Leaving the page asks first.
    BeforeUnload,
    /// The browser does not tell (`dialog.kind`).
    Unknown,
}

impl DialogKind {
    /// The word people use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Alert => "alert",
            Self::Confirm => "confirm",
            Self::Prompt => "prompt",
            Self::BeforeUnload => "beforeunload",
            Self::Unknown => "dialog",
        }
    }
}

/// What to do with a dialog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DialogAnswer {
    /// OK, with a text for a `prompt`.
    Accept(Option<String>),
    /// Cancel.
    Dismiss,
}
