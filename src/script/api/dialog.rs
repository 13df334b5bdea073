//! `on_dialog(|d| ...)`: [`Dialog`] is what its handler is given.

use std::cell::RefCell;
use std::rc::Rc;

use rhai::{Engine, FnPtr, NativeCallContext};

use crate::browser::{DialogAnswer, DialogRequest};
use crate::script::closure::Closure;
use crate::script::error::Raw;
use crate::script::handles::function;
use crate::script::world::{Call, World};

/// An open dialog.
#[derive(Clone, Debug)]
pub(crate) struct Dialog {
    kind: &'static str,
    message: String,
    default_value: String,
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

    fn say(&self, answer: DialogAnswer) {
        *self.answer.borrow_mut() = Some(answer);
    }
}

pub(super) fn register(engine: &mut Engine) {
    engine
        .register_type_with_name::<Dialog>("Dialog")
        .register_get("kind", |dialog: &mut Dialog| dialog.kind)
        .register_get("message", |dialog: &mut Dialog| dialog.message.clone())
        .register_get("default_value", |dialog: &mut Dialog| dialog.default_value.clone());
    function("accept", &["this: dialog"], "Answers OK.")
        .register_into_engine(engine, |dialog: &mut Dialog| dialog.say(DialogAnswer::Accept(None)));
    function("accept", &["this: dialog", "text: string"], "Answers a prompt with a text.").register_into_engine(
        engine,
        |dialog: &mut Dialog, text: &str| {
            dialog.say(DialogAnswer::Accept(Some(text.to_owned())));
        },
    );
    function("dismiss", &["this: dialog"], "Answers Cancel.")
        .register_into_engine(engine, |dialog: &mut Dialog| dialog.say(DialogAnswer::Dismiss));
    function(
        "on_dialog",
        &["handler: function"],
        "Answers every dialog of this test from now on: `on_dialog(|d| d.accept())`.",
    )
    .register_into_engine(engine, |context: NativeCallContext, handler: FnPtr| -> Raw<()> {
        let world = World::of(&context);
        let activity = world.activity_of(&Call::new(&context, "on_dialog"))?;
        *activity.dialog_handler.borrow_mut() = Some(Closure::keep(&context, handler));
        Ok(())
    });
}
