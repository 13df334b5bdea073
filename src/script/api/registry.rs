//! Registers every family with an engine.

use rhai::Engine;

use crate::script::error::Thrown;
use crate::script::values::RegexValue;

use super::{
    action, along, custom, dialog, element_script, expect, expect_cookie, expect_screenshot, expect_snapshot,
    expect_value, files, input, locator, page, pointer, request, session, structure, surroundings, totp, value,
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
    surroundings::register(engine);
    totp::register(engine);
}

/// The keys a function's options may have; `None` where it takes none, or is not told of here.
pub(crate) fn option_keys(function: &str) -> Option<Vec<&'static str>> {
    let all = [
        action::option_keys(),
        along::option_keys(),
        pointer::option_keys(),
        input::option_keys(),
        expect::option_keys(),
        expect_screenshot::option_keys(),
        expect_snapshot::option_keys(),
        structure::option_keys(),
        value::option_keys(),
        page::option_keys(),
        locator::option_keys(),
    ];
    // A name may be that of several functions: `press` of a locator and of the keyboard.
    let mut keys: Vec<&'static str> =
        all.into_iter().flatten().filter(|(name, _)| *name == function).flat_map(|(_, keys)| keys).copied().collect();
    keys.sort_unstable();
    keys.dedup();
    (!keys.is_empty()).then_some(keys)
}
