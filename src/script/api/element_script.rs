//! Scripts of the page's own world that are given an element: `evaluate`, `set_prop`,
//! `dispatch_event`.

use rhai::{Dynamic, Engine, Map, NativeCallContext};
use serde_json::{Value, json};

use crate::script::error::{Raw, misuse, throw};
use crate::script::handles::{LocatorValue, function};
use crate::script::options::Options;
use crate::script::values::{from_json, to_json};
use crate::script::world::{Call, World};

const TIMEOUT: &[&str] = &["timeout"];

const SET_PROPERTY: &str = "(element, name, value) => { element[name] = value; }";

/// Kinds of events by the beginning of their type (UI Events, Pointer Events, HTML).
const DISPATCH: &str = r#"(element, type, init) => {
  const kinds = [
    [/^(click|dblclick|auxclick|contextmenu|mouse)/, "MouseEvent"], [/^(pointer|gotpointer|lostpointer)/, "PointerEvent"],
    [/^key/, "KeyboardEvent"], [/^(drag|drop)/, "DragEvent"], [/^wheel$/, "WheelEvent"], [/^(focus|blur)/, "FocusEvent"],
    [/^(input|beforeinput)$/, "InputEvent"], [/^touch/, "TouchEvent"], [/^composition/, "CompositionEvent"],
    [/^submit$/, "SubmitEvent"], [/^animation/, "AnimationEvent"], [/^transition/, "TransitionEvent"],
    [/^message$/, "MessageEvent"], [/^storage$/, "StorageEvent"], [/^(copy|cut|paste)$/, "ClipboardEvent"],
  ];
  const known = kinds.find(([pattern, name]) => pattern.test(type) && name in window);
  const Kind = window[known ? known[1] : "detail" in init ? "CustomEvent" : "Event"];
  element.dispatchEvent(new Kind(type, { bubbles: true, cancelable: true, composed: true, ...init }));
}"#;

pub(super) fn register(engine: &mut Engine) {
    register_evaluate(engine);
    let doc = "Sets a JavaScript property of the element: the way around the user interface. No event follows.";
    function("set_prop", &["this: locator", "name: string", "value: plain data"], doc).register_into_engine(
        engine,
        |context: NativeCallContext, locator: &mut LocatorValue, name: &str, value: Dynamic| {
            set_prop(&context, locator, (name, &value), Map::new())
        },
    );
    function("set_prop", &["this: locator", "name: string", "value: plain data", "options: map"], doc)
        .register_into_engine(
            engine,
            |context: NativeCallContext, locator: &mut LocatorValue, name: &str, value: Dynamic, options: Map| {
                set_prop(&context, locator, (name, &value), options)
            },
        );
    let doc = "Dispatches an event made by script; real input is what `click` and `press` give. `init` are the \
               event's fields; it bubbles and can be cancelled where nothing else is said.";
    function("dispatch_event", &["this: locator", "type: string"], doc).register_into_engine(
        engine,
        |context: NativeCallContext, locator: &mut LocatorValue, kind: &str| {
            dispatch(&context, locator, (kind, Map::new()), Map::new())
        },
    );
    function("dispatch_event", &["this: locator", "type: string", "init: map"], doc).register_into_engine(
        engine,
        |context: NativeCallContext, locator: &mut LocatorValue, kind: &str, init: Map| {
            dispatch(&context, locator, (kind, init), Map::new())
        },
    );
    function("dispatch_event", &["this: locator", "type: string", "init: map", "options: map"], doc)
        .register_into_engine(
            engine,
            |context: NativeCallContext, locator: &mut LocatorValue, kind: &str, init: Map, options: Map| {
                dispatch(&context, locator, (kind, init), options)
            },
        );
}

fn register_evaluate(engine: &mut Engine) {
    let doc = "Runs JavaScript on the element: a function of the element and the arguments, or an expression that \
               sees it as `element`. A promise is awaited.";
    function("evaluate", &["this: locator", "js: string"], doc)
        .register_into_engine(engine, |context: NativeCallContext, locator: &mut LocatorValue, js: &str| {
            evaluate(&context, locator, js, &[])
        });
    function("evaluate", &["this: locator", "js: string", "argument: plain data"], doc).register_into_engine(
        engine,
        |context: NativeCallContext, locator: &mut LocatorValue, js: &str, a: Dynamic| {
            evaluate(&context, locator, js, &[a])
        },
    );
    function("evaluate", &["this: locator", "js: string", "first: plain data", "second: plain data"], doc)
        .register_into_engine(
            engine,
            |context: NativeCallContext, locator: &mut LocatorValue, js: &str, a: Dynamic, b: Dynamic| {
                evaluate(&context, locator, js, &[a, b])
            },
        );
}

fn evaluate(context: &NativeCallContext, locator: &LocatorValue, js: &str, arguments: &[Dynamic]) -> Raw<Dynamic> {
    let arguments: Vec<Value> =
        arguments.iter().map(|argument| plain(argument, "evaluate")).collect::<Result<_, _>>()?;
    let value = run(context, locator, (js, &arguments), ("evaluate(...)", Map::new()))?;
    Ok(from_json(&value))
}

fn set_prop(
    context: &NativeCallContext,
    locator: &LocatorValue,
    (name, value): (&str, &Dynamic),
    options: Map,
) -> Raw<()> {
    let arguments = [json!(name), plain(value, "set_prop")?];
    let text = format!("set_prop({name:?}, ...)");
    run(context, locator, (SET_PROPERTY, &arguments), (&text, options)).map(drop)
}

fn dispatch(context: &NativeCallContext, locator: &LocatorValue, (kind, init): (&str, Map), options: Map) -> Raw<()> {
    let arguments = [json!(kind), plain(&Dynamic::from_map(init), "dispatch_event")?];
    let text = format!("dispatch_event({kind:?})");
    run(context, locator, (DISPATCH, &arguments), (&text, options)).map(drop)
}

fn plain(value: &Dynamic, function: &str) -> Raw<Value> {
    to_json(value).map_err(|problem| throw(misuse(format!("`{function}` passes plain data: {problem}"))))
}

fn run(
    context: &NativeCallContext,
    locator: &LocatorValue,
    script: (&str, &[Value]),
    (text, options): (&str, Map),
) -> Raw<Value> {
    let world = World::of(context);
    let name = text.split('(').next().unwrap_or(text);
    let options = Options::new(name, options, TIMEOUT).map_err(throw)?;
    let timeout = options.duration("timeout").map_err(throw)?.unwrap_or(world.settings.timeouts.action);
    let call = Call::new(context, format!("{}.{text}", locator.locator));
    let (found, page) = world.locate_on(&call, locator)?;
    world.wait(&call, async move { page.evaluate_on(&found, script, timeout).await })
}
