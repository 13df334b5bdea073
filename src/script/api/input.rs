//! `keyboard` and `mouse`: raw input that goes to whatever has the focus, or lies under the pointer.
//! Nothing is waited for before it.

use std::time::Duration;

use rhai::{Dynamic, Engine, Map, NativeCallContext};

use crate::browser::{Button, KeyInput, MouseInput};
use crate::outcome::Failure;
use crate::script::acting::{button, given_number, typed};
use crate::script::error::{Raw, throw};
use crate::script::handles::{KeyboardValue, MouseValue, function};
use crate::script::options::Options;
use crate::script::world::{Call, World};

const DELAY: &[&str] = &["delay"];
const BUTTON: &[&str] = &["button"];
const CLICK: &[&str] = &["button", "click_count", "delay"];
const MOVE: &[&str] = &["steps"];

/// A function of the keyboard with one text.
struct KeyFunction {
    name: &'static str,
    parameter: &'static str,
    options: &'static [&'static str],
    doc: &'static str,
    input: fn(String, Duration) -> KeyInput,
}

const KEYBOARD: &[KeyFunction] = &[
    KeyFunction {
        name: "press",
        parameter: "keys: string",
        options: DELAY,
        doc: "Presses a key or a chord where the focus is.",
        input: |keys, delay| KeyInput::Press { keys, delay },
    },
    KeyFunction {
        name: "type_text",
        parameter: "text: string",
        options: DELAY,
        doc: "Types key by key where the focus is.",
        input: |text, delay| KeyInput::Type { text, delay },
    },
    KeyFunction {
        name: "insert_text",
        parameter: "text: string",
        options: &[],
        doc: "Inserts a text where the focus is, as an input method does: one `input` event and no key events.",
        input: |text, _| KeyInput::Insert(text),
    },
    KeyFunction {
        name: "down",
        parameter: "key: string",
        options: &[],
        doc: "Holds a key down until `up`; a modifier holds for the mouse too.",
        input: |key, _| KeyInput::Down(key),
    },
    KeyFunction {
        name: "up",
        parameter: "key: string",
        options: &[],
        doc: "Lets a key go that `down` holds.",
        input: |key, _| KeyInput::Up(key),
    },
];

pub(super) fn register(engine: &mut Engine) {
    engine
        .register_type_with_name::<KeyboardValue>("Keyboard")
        .register_fn("to_string", |_: &mut KeyboardValue| "keyboard".to_owned())
        .register_type_with_name::<MouseValue>("Mouse")
        .register_fn("to_string", |_: &mut MouseValue| "mouse".to_owned());
    for key in KEYBOARD {
        function(key.name, &["this: keyboard", key.parameter], key.doc).register_into_engine(
            engine,
            move |context: NativeCallContext, _: &mut KeyboardValue, text: Dynamic| {
                press(&context, key, &text, Map::new())
            },
        );
        if !key.options.is_empty() {
            function(key.name, &["this: keyboard", key.parameter, "options: map"], key.doc).register_into_engine(
                engine,
                move |context: NativeCallContext, _: &mut KeyboardValue, text: Dynamic, options: Map| {
                    press(&context, key, &text, options)
                },
            );
        }
    }
    register_mouse(engine);
}

fn press(context: &NativeCallContext, key: &KeyFunction, text: &Dynamic, options: Map) -> Raw<()> {
    let world = World::of(context);
    let options = Options::new(key.name, options, key.options).map_err(throw)?;
    let delay = options.duration("delay").map_err(throw)?.unwrap_or(Duration::ZERO);
    let text = typed(text, key.name).map_err(throw)?;
    let call = Call::new(context, format!("keyboard.{}({text:?})", key.name));
    let input = (key.input)(text, delay);
    let page = world.page(&call)?;
    let timeout = world.settings.timeouts.action;
    world.wait(&call, async move { page.keyboard(&input, timeout).await })
}

/// A function of the mouse with a point.
struct PointFunction {
    name: &'static str,
    options: &'static [&'static str],
    doc: &'static str,
    make: fn((f64, f64), &Options) -> Made,
}

/// A function of the mouse without one.
type ButtonFunction = (&'static str, &'static str, fn(Button) -> MouseInput);

type Made = Result<MouseInput, Failure>;

const AT_POINT: &[PointFunction] = &[
    PointFunction {
        name: "move_to",
        options: MOVE,
        doc: "Moves the mouse to a point of the viewport; `steps` is how many moves the page sees.",
        make: |(x, y), options| Ok(MouseInput::Move { x, y, steps: options.count("steps")?.unwrap_or(1) }),
    },
    PointFunction {
        name: "click",
        options: CLICK,
        doc: "Clicks at a point of the viewport.",
        make: |point, options| clicked(point, options, 1),
    },
    PointFunction {
        name: "dblclick",
        options: CLICK,
        doc: "Clicks twice at a point of the viewport.",
        make: |point, options| clicked(point, options, 2),
    },
    PointFunction {
        name: "wheel",
        options: &[],
        doc: "Turns the wheel where the mouse is, by pixels to the right and down.",
        make: |(dx, dy), _| Ok(MouseInput::Wheel { dx, dy }),
    },
];

const BUTTONS: &[ButtonFunction] = &[
    ("down", "Presses a button of the mouse where it is.", MouseInput::Down),
    ("up", "Releases a button of the mouse.", MouseInput::Up),
];

fn register_mouse(engine: &mut Engine) {
    for point in AT_POINT {
        let parameters = if point.name == "wheel" { ["dx: number", "dy: number"] } else { ["x: number", "y: number"] };
        function(point.name, &["this: mouse", parameters[0], parameters[1]], point.doc).register_into_engine(
            engine,
            move |context: NativeCallContext, _: &mut MouseValue, x: Dynamic, y: Dynamic| {
                at_point(&context, point, (&x, &y), Map::new())
            },
        );
        if !point.options.is_empty() {
            function(point.name, &["this: mouse", parameters[0], parameters[1], "options: map"], point.doc)
                .register_into_engine(
                    engine,
                    move |context: NativeCallContext, _: &mut MouseValue, x: Dynamic, y: Dynamic, options: Map| {
                        at_point(&context, point, (&x, &y), options)
                    },
                );
        }
    }
    for (name, doc, make) in BUTTONS {
        function(name, &["this: mouse"], doc)
            .register_into_engine(engine, move |context: NativeCallContext, _: &mut MouseValue| {
                with_button(&context, (name, *make), Map::new())
            });
        function(name, &["this: mouse", "options: map"], doc).register_into_engine(
            engine,
            move |context: NativeCallContext, _: &mut MouseValue, options: Map| {
                with_button(&context, (name, *make), options)
            },
        );
    }
}

fn clicked((x, y): (f64, f64), options: &Options, count: u32) -> Made {
    Ok(MouseInput::Click {
        x,
        y,
        button: button(options)?.unwrap_or_default(),
        count: options.count("click_count")?.unwrap_or(count),
        delay: options.duration("delay")?.unwrap_or(Duration::ZERO),
    })
}

fn at_point(
    context: &NativeCallContext,
    function: &PointFunction,
    (x, y): (&Dynamic, &Dynamic),
    options: Map,
) -> Raw<()> {
    let name = function.name;
    let options = Options::new(name, options, function.options).map_err(throw)?;
    let point = (given_number(x, name).map_err(throw)?, given_number(y, name).map_err(throw)?);
    let input = (function.make)(point, &options).map_err(throw)?;
    move_mouse(context, &input, format!("mouse.{name}({x}, {y})"))
}

fn with_button(context: &NativeCallContext, (name, make): (&str, fn(Button) -> MouseInput), options: Map) -> Raw<()> {
    let options = Options::new(name, options, BUTTON).map_err(throw)?;
    let input = make(button(&options).map_err(throw)?.unwrap_or_default());
    move_mouse(context, &input, format!("mouse.{name}()"))
}

fn move_mouse(context: &NativeCallContext, input: &MouseInput, text: String) -> Raw<()> {
    let world = World::of(context);
    let call = Call::new(context, text);
    let page = world.page(&call)?;
    let timeout = world.settings.timeouts.action;
    world.wait(&call, async move { page.mouse(input, timeout).await })
}

/// Options of each function here, for the check and the reference.
pub(super) fn option_keys() -> Vec<(&'static str, &'static [&'static str])> {
    let keyboard = KEYBOARD.iter().map(|key| (key.name, key.options));
    let mouse = AT_POINT.iter().map(|point| (point.name, point.options));
    keyboard.chain(mouse).chain(BUTTONS.iter().map(|(name, ..)| (*name, BUTTON))).collect()
}
