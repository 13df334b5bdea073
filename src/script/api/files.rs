//! `set_files` and `drop_files`.

use rhai::{Dynamic, Engine, Map, NativeCallContext};

use crate::browser::Action;
use crate::script::acting::{ACT, position};
use crate::script::error::{Raw, throw};
use crate::script::handles::{LocatorValue, function};
use crate::script::options::Options;
use crate::script::values::described;
use crate::script::world::World;

const DROP: &[&str] = &["timeout", "force", "no_wait_after", "position"];

pub(super) fn register(engine: &mut Engine) {
    let kinds = "Each is a path (beside the spec, or in `fixtures/`) or `#{ name, content, media_type }`; \
                 give one or an array.";
    let doc = format!("Puts files into a file input, in place of what is in it; `[]` empties it. {kinds}");
    function("set_files", &["this: locator", "files: string, map or array"], &doc).register_into_engine(
        engine,
        |context: NativeCallContext, locator: &mut LocatorValue, files: Dynamic| {
            set_files(&context, locator, &files, Map::new())
        },
    );
    function("set_files", &["this: locator", "files: string, map or array", "options: map"], &doc)
        .register_into_engine(
            engine,
            |context: NativeCallContext, locator: &mut LocatorValue, files: Dynamic, options: Map| {
                set_files(&context, locator, &files, options)
            },
        );
    let doc = format!("Drops files on the element, as from outside of the browser. {kinds}");
    function("drop_files", &["this: locator", "files: string, map or array"], &doc).register_into_engine(
        engine,
        |context: NativeCallContext, locator: &mut LocatorValue, files: Dynamic| {
            drop_files(&context, locator, &files, Map::new())
        },
    );
    function("drop_files", &["this: locator", "files: string, map or array", "options: map"], &doc)
        .register_into_engine(
            engine,
            |context: NativeCallContext, locator: &mut LocatorValue, files: Dynamic, options: Map| {
                drop_files(&context, locator, &files, options)
            },
        );
}

fn set_files(context: &NativeCallContext, locator: &LocatorValue, value: &Dynamic, options: Map) -> Raw<()> {
    let world = World::of(context);
    let options = Options::new("set_files", options, ACT).map_err(throw)?;
    let files = world.files_of(context.call_source().unwrap_or_default(), value, "set_files").map_err(throw)?;
    let text = format!("set_files({})", named(value));
    world.act(context, locator, &Action::SetFiles { files }, (&options, &text))
}

fn drop_files(context: &NativeCallContext, locator: &LocatorValue, value: &Dynamic, options: Map) -> Raw<()> {
    let world = World::of(context);
    let options = Options::new("drop_files", options, DROP).map_err(throw)?;
    let files = world.files_of(context.call_source().unwrap_or_default(), value, "drop_files").map_err(throw)?;
    let position = position(&options, "position").map_err(throw)?;
    let text = format!("drop_files({})", named(value));
    world.act(context, locator, &Action::DropFiles { files, position }, (&options, &text))
}

/// The files as a message names them: without their content.
fn named(value: &Dynamic) -> String {
    if value.is_string() { format!("{:?}", value.to_string()) } else { described(value) }
}
