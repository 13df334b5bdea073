//! `define_assertion` and `define_command`: support scripts add to the language.

use rhai::{Engine, FnPtr, Map, NativeCallContext};

use crate::script::closure::Closure;
use crate::script::custom::{Custom, CustomKind};
use crate::script::error::{Raw, misuse, throw};
use crate::script::handles::function;
use crate::script::options::Options;
use crate::script::world::World;

pub(super) fn register(engine: &mut Engine) {
    function(
        "define_assertion",
        &["name: string", "body: function"],
        "Adds an assertion: `expect(x).name(...)` calls `body` with `x` and the arguments, until it gives `true` or \
         nothing, where `x` is a locator or a page. It may give `#{ pass, message, expected, found }`. Support scripts only.",
    )
    .register_into_engine(engine, |context: NativeCallContext, name: &str, body: FnPtr| {
        define(&context, name, CustomKind::Assertion, body)
    });
    let doc = "Adds a command that is shown as a step. Support scripts only. With `on: \"locator\"` or `on: \"page\"` \
               it is called on one, which `body` is given first.";
    function("define_command", &["name: string", "body: function"], doc)
        .register_into_engine(engine, |context: NativeCallContext, name: &str, body: FnPtr| {
            define(&context, name, CustomKind::Command, body)
        });
    function("define_command", &["name: string", "options: map", "body: function"], doc).register_into_engine(
        engine,
        |context: NativeCallContext, name: &str, options: Map, body: FnPtr| -> Raw<()> {
            let options = Options::new("define_command", options, &["on"]).map_err(throw)?;
            let kind = match options.text("on").map_err(throw)?.as_deref() {
                None => CustomKind::Command,
                Some("locator") => CustomKind::LocatorCommand,
                Some("page") => CustomKind::PageCommand,
                Some(_) => return Err(throw(options.wrong("on", "\"locator\" or \"page\""))),
            };
            define(&context, name, kind, body)
        },
    );
}

fn define(context: &NativeCallContext, name: &str, kind: CustomKind, body: FnPtr) -> Raw<()> {
    let world = World::of(context);
    let is_support = world.collecting.borrow().as_ref().is_some_and(|collecting| collecting.is_support);
    if !is_support {
        let definer = if kind == CustomKind::Assertion { "define_assertion" } else { "define_command" };
        return Err(throw(
            misuse(format!("`{definer}` stands in a support script, at its top"))
                .advise("move it to a file in `support/`; a function of the spec's own needs no definition"),
        ));
    }
    let body = Closure::keep(context, body);
    let parameters = body.arity().unwrap_or(0);
    let custom = Custom { name: name.to_owned(), kind, body, parameters };
    world.custom.define(context.engine(), custom).map_err(throw)
}
