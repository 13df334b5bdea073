//! `on_dialog(|d| ...)`, and what its handler can say.

use rhai::{Engine, FnPtr, NativeCallContext};

use crate::browser::DialogAnswer;
use crate::script::closure::Closure;
use crate::script::dialog::Dialog;
use crate::script::error::Raw;
use crate::script::handles::function;
use crate::script::world::{Call, World};

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
