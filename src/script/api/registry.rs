//! Registers every family with an engine.

use rhai::Engine;

use crate::script::error::Thrown;
use crate::script::values::RegexValue;

use super::{
    action, along, custom, dialog, element_script, expect, expect_cookie, expect_screenshot, expect_snapshot,
    expect_value, files, input, locator, page, pointer, request, session, structure, totp, value,
};

/// Makes the whole script API known to `engine`.
pub(crate) fn register(engine: &mut Engine) {
    engine
        .register_type_with_name::<Thrown>("Failure")
        .register_get("message", |thrown: &mut Thrown| thrown.failure.title.clone())
        .register_fn("to_string", |thrown: &mut Thrown| thrown.failure.title.clone())
        .register_type_with_name::<RegexValue>("Regex")
        .register_fn("to_string", |regex: &mut RegexValue| format!("regex({:?})", regex.source));
    structure::register(engine);
    page::register(engine);
    locator::register(engine);
    along::register(engine);
    action::register(engine);
    pointer::register(engine);
    files::register(engine);
    element_script::register(engine);
    input::register(engine);
    expect::register(engine);
    expect_value::register(engine);
    expect_cookie::register(engine);
    expect_snapshot::register(engine);
    expect_screenshot::register(engine);
    custom::register(engine);
    session::register(engine);
    dialog::register(engine);
    request::register(engine);
    value::register(engine);
    totp::register(engine);
}
