//! [`Dialog`]: an open dialog, as the handler of `on_dialog` is given it.

use std::cell::RefCell;
use std::rc::Rc;

use crate::browser::{DialogAnswer, DialogRequest};

/// An open dialog.
#[derive(Clone, Debug)]
pub(crate) struct Dialog {
    pub(crate) kind: &'static str,
    pub(crate) message: String,
    pub(crate) default_value: String,
    answer: Rc<RefCell<Option<DialogAnswer>>>,
}

impl Dialog {
    /// The dialog of a request.
    pub(crate) fn new(request: &DialogRequest) -> Self {
        Self {
            kind: request.kind.as_str(),
            message: request.message.clone(),
            default_value: request.default_value.clone(),
            answer: Rc::default(),
        }
    }

    /// What the handler said; dismissed where it said nothing.
    pub(crate) fn answer(&self) -> DialogAnswer {
        self.answer.borrow_mut().take().unwrap_or(DialogAnswer::Dismiss)
    }

    /// Keeps what the handler says; the last word counts.
    pub(crate) fn say(&self, answer: DialogAnswer) {
        *self.answer.borrow_mut() = Some(answer);
    }
}
