//! Actions on elements, and what is read from them.

use std::time::Duration;

use rhai::{Array, Dynamic, Engine, Map, NativeCallContext};

use crate::browser::{Action, Button, OptionChoice, Reading};
use crate::outcome::Failure;
use crate::script::acting::{ACT, button, modifiers, position, typed};
use crate::script::error::{Raw, misuse, throw};
use crate::script::handles::{LocatorValue, function};
use crate::script::options::Options;
use crate::script::values::{described, from_json, shown};
use crate::script::world::{Call, World};

const POINTER: &[&str] = &["timeout", "force", "no_wait_after", "modifiers", "position"];
const CLICK: &[&str] =
    &["timeout", "force", "no_wait_after", "modifiers", "position", "button", "click_count", "delay"];
const DOUBLE_CLICK: &[&str] = &["timeout", "force", "no_wait_after", "modifiers", "position", "button", "delay"];
const RIGHT_CLICK: &[&str] = &["timeout", "force", "no_wait_after", "modifiers", "position", "delay"];
const TYPING: &[&str] = &["timeout", "force", "no_wait_after", "delay"];
const READING: &[&str] = &["timeout"];

/// An action without an argument of its own.
struct Plain {
    name: &'static str,
    options: &'static [&'static str],
    doc: &'static str,
    action: fn(&Options) -> Result<Action, Failure>,
}

const PLAIN_ACTIONS: &[Plain] = &[
    Plain {
        name: "click",
        options: CLICK,
        doc: "Clicks in the middle of the element.",
        action: |o| click(o, Button::Left, 1),
    },
    Plain { name: "dblclick", options: DOUBLE_CLICK, doc: "Clicks twice.", action: |o| click(o, Button::Left, 2) },
    Plain {
        name: "right_click",
        options: RIGHT_CLICK,
        doc: "Clicks with the right button.",
        action: |o| click(o, Button::Right, 1),
    },
    Plain {
        name: "hover",
        options: POINTER,
        doc: "Moves the pointer over the element.",
        action: |o| Ok(Action::Hover { modifiers: modifiers(o)?, position: position(o, "position")? }),
    },
    Plain {
        name: "tap",
        options: POINTER,
        doc: "Touches the element with a finger.",
        action: |o| Ok(Action::Tap { modifiers: modifiers(o)?, position: position(o, "position")? }),
    },
    Plain { name: "clear", options: ACT, doc: "Empties a text control.", action: |_| Ok(Action::Clear) },
    Plain {
        name: "check",
        options: ACT,
        doc: "Ticks a checkbox, radio button or switch; does nothing where it is ticked.",
        action: |_| Ok(Action::SetChecked { checked: true }),
    },
    Plain {
        name: "uncheck",
        options: ACT,
        doc: "Unticks a checkbox or switch; does nothing where it is not ticked.",
        action: |_| Ok(Action::SetChecked { checked: false }),
    },
    Plain { name: "focus", options: ACT, doc: "Gives the element the focus.", action: |_| Ok(Action::Focus) },
    Plain { name: "blur", options: ACT, doc: "Takes the focus away from the element.", action: |_| Ok(Action::Blur) },
    Plain {
        name: "scroll_into_view",
        options: ACT,
        doc: "Scrolls until the element is in view.",
        action: |_| Ok(Action::ScrollIntoView),
    },
];

/// An action with one argument.
struct WithValue {
    name: &'static str,
    parameter: &'static str,
    options: &'static [&'static str],
    doc: &'static str,
    action: fn(&Dynamic, &Options) -> Result<Action, Failure>,
}

const VALUE_ACTIONS: &[WithValue] = &[
    WithValue {
        name: "fill",
        parameter: "value: string",
        options: ACT,
        doc: "Replaces the value of a text control; works on number, range, date and colour too.",
        action: |value, _| Ok(Action::Fill { value: typed(value, "fill")? }),
    },
    WithValue {
        name: "type_text",
        parameter: "text: string",
        options: TYPING,
        doc: "Types key by key. The element must be enabled and editable.",
        action: |value, options| {
            let delay = options.duration("delay")?.unwrap_or(Duration::ZERO);
            Ok(Action::TypeText { text: typed(value, "type_text")?, delay })
        },
    },
    WithValue {
        name: "press",
        parameter: "keys: string",
        options: TYPING,
        doc: "Presses a key or a chord: `Enter`, `Control+A`, `ControlOrMeta+Shift+T`.",
        action: |value, options| {
            let delay = options.duration("delay")?.unwrap_or(Duration::ZERO);
            Ok(Action::Press { keys: typed(value, "press")?, delay })
        },
    },
    WithValue {
        name: "set_checked",
        parameter: "checked: boolean",
        options: ACT,
        doc: "Ticks or unticks a checkbox, radio button or switch.",
        action: |value, _| match value.as_bool() {
            Ok(checked) => Ok(Action::SetChecked { checked }),
            Err(_) => Err(misuse(format!("`set_checked` takes `true` or `false`, not {}", described(value)))),
        },
    },
    WithValue {
        name: "select_option",
        parameter: "choice: string, map or array",
        options: ACT,
        doc: "Chooses options of a `<select>`: by text or value, `#{ value }`, `#{ label }` or `#{ index }`; an array for several.",
        action: |value, _| Ok(Action::SelectOption { choices: choices(value)? }),
    },
];

pub(super) fn register(engine: &mut Engine) {
    for plain in PLAIN_ACTIONS {
        function(plain.name, &["this: locator"], plain.doc).register_into_engine(
            engine,
            move |context: NativeCallContext, locator: &mut LocatorValue| {
                act_plain(&context, locator, plain, Map::new())
            },
        );
        function(plain.name, &["this: locator", "options: map"], plain.doc).register_into_engine(
            engine,
            move |context: NativeCallContext, locator: &mut LocatorValue, options: Map| {
                act_plain(&context, locator, plain, options)
            },
        );
    }
    for action in VALUE_ACTIONS {
        function(action.name, &["this: locator", action.parameter], action.doc).register_into_engine(
            engine,
            move |context: NativeCallContext, locator: &mut LocatorValue, value: Dynamic| {
                act_value(&context, locator, action, &value, Map::new())
            },
        );
        function(action.name, &["this: locator", action.parameter, "options: map"], action.doc).register_into_engine(
            engine,
            move |context: NativeCallContext, locator: &mut LocatorValue, value: Dynamic, options: Map| {
                act_value(&context, locator, action, &value, options)
            },
        );
    }
    register_readers(engine);
}

fn act_plain(context: &NativeCallContext, locator: &LocatorValue, plain: &Plain, options: Map) -> Raw<()> {
    let options = Options::new(plain.name, options, plain.options).map_err(throw)?;
    let action = (plain.action)(&options).map_err(throw)?;
    World::of(context).act(context, locator, &action, (&options, &format!("{}()", plain.name)))
}

fn act_value(
    context: &NativeCallContext,
    locator: &LocatorValue,
    with_value: &WithValue,
    value: &Dynamic,
    options: Map,
) -> Raw<()> {
    let options = Options::new(with_value.name, options, with_value.options).map_err(throw)?;
    let action = (with_value.action)(value, &options).map_err(throw)?;
    let text = format!("{}({})", with_value.name, shown(value));
    World::of(context).act(context, locator, &action, (&options, &text))
}

/// What is read, and whether the name takes an argument.
struct Reader {
    name: &'static str,
    doc: &'static str,
    reading: fn() -> Reading,
}

const READERS: &[Reader] = &[
    Reader { name: "text", doc: "Its `textContent`.", reading: || Reading::Text },
    Reader { name: "inner_text", doc: "Its text as rendered.", reading: || Reading::InnerText },
    Reader { name: "inner_html", doc: "Its inner HTML.", reading: || Reading::InnerHtml },
    Reader { name: "value", doc: "The value of a control.", reading: || Reading::Value },
    Reader {
        name: "bounding_box",
        doc: "`x y width height` in CSS pixels; `()` where it has no box.",
        reading: || Reading::BoundingBox,
    },
    Reader { name: "count", doc: "How many elements match now. Does not wait.", reading: || Reading::Count },
    Reader {
        name: "all_texts",
        doc: "The text of every match there is now. Does not wait.",
        reading: || Reading::AllTexts,
    },
    Reader {
        name: "is_visible",
        doc: "Whether it is there and visible now. Does not wait.",
        reading: || Reading::IsVisible,
    },
    Reader {
        name: "is_hidden",
        doc: "Whether it is hidden or not there now. Does not wait.",
        reading: || Reading::IsHidden,
    },
    Reader { name: "is_enabled", doc: "Whether it is enabled.", reading: || Reading::IsEnabled },
    Reader { name: "is_checked", doc: "Whether it is ticked.", reading: || Reading::IsChecked },
    Reader { name: "is_editable", doc: "Whether it takes text.", reading: || Reading::IsEditable },
];

/// Name, what it does, and what it reads of a name.
type NamedReader = (&'static str, &'static str, fn(String) -> Reading);

/// Readers with a name as their argument.
const NAMED_READERS: &[NamedReader] = &[
    ("attr", "An attribute; `()` where it is absent.", |name| Reading::Attribute { name }),
    ("prop", "A JavaScript property, as plain data.", |name| Reading::Property { name }),
    ("css", "A computed style property.", |name| Reading::Css { name }),
];

fn register_readers(engine: &mut Engine) {
    for reader in READERS {
        function(reader.name, &["this: locator"], reader.doc).register_into_engine(
            engine,
            move |context: NativeCallContext, locator: &mut LocatorValue| {
                read(&context, locator, &(reader.reading)(), &format!("{}()", reader.name), Map::new())
            },
        );
        function(reader.name, &["this: locator", "options: map"], reader.doc).register_into_engine(
            engine,
            move |context: NativeCallContext, locator: &mut LocatorValue, options: Map| {
                read(&context, locator, &(reader.reading)(), &format!("{}()", reader.name), options)
            },
        );
    }
    for (name, doc, reading) in NAMED_READERS {
        function(name, &["this: locator", "name: string"], doc).register_into_engine(
            engine,
            move |context: NativeCallContext, locator: &mut LocatorValue, of: &str| {
                read(&context, locator, &reading(of.to_owned()), &format!("{name}({of:?})"), Map::new())
            },
        );
    }
}

fn read(
    context: &NativeCallContext,
    locator: &LocatorValue,
    reading: &Reading,
    text: &str,
    options: Map,
) -> Raw<Dynamic> {
    let world = World::of(context);
    let name = text.split('(').next().unwrap_or(text);
    let options = Options::new(name, options, READING).map_err(throw)?;
    let timeout = options.duration("timeout").map_err(throw)?.unwrap_or(world.settings.timeouts.action);
    let call = Call::new(context, format!("{}.{text}", locator.locator));
    let (found, page) = world.locate_on(&call, locator)?;
    let value = world.wait(&call, async move { page.read(&found, reading, timeout).await })?;
    Ok(from_json(&value))
}

fn click(options: &Options, usual: Button, count: u32) -> Result<Action, Failure> {
    Ok(Action::Click {
        button: button(options)?.unwrap_or(usual),
        count: options.count("click_count")?.unwrap_or(count),
        modifiers: modifiers(options)?,
        position: position(options, "position")?,
        delay: options.duration("delay")?.unwrap_or(Duration::ZERO),
    })
}

fn choices(value: &Dynamic) -> Result<Vec<OptionChoice>, Failure> {
    if let Some(items) = value.read_lock::<Array>() {
        return items.iter().map(choice).collect();
    }
    Ok(vec![choice(value)?])
}

fn choice(value: &Dynamic) -> Result<OptionChoice, Failure> {
    if value.is_string() || value.is_int() {
        return Ok(OptionChoice::TextOrValue(value.to_string()));
    }
    if let Some(map) = value.read_lock::<Map>() {
        let options = Options::new("select_option", map.clone(), &["value", "label", "index"])?;
        if let Some(text) = options.text("value")? {
            return Ok(OptionChoice::Value(text));
        }
        if let Some(text) = options.text("label")? {
            return Ok(OptionChoice::Label(text));
        }
        if let Some(index) = options.count("index")? {
            return Ok(OptionChoice::Index(index));
        }
    }
    Err(misuse(format!(
        "`select_option` takes a text, `#{{ value }}`, `#{{ label }}`, `#{{ index }}` or an array of these, not {}",
        described(value)
    )))
}

/// Options of each function here, for the check and the reference.
pub(super) fn option_keys() -> Vec<(&'static str, &'static [&'static str])> {
    let plain = PLAIN_ACTIONS.iter().map(|action| (action.name, action.options));
    let valued = VALUE_ACTIONS.iter().filter(|action| action.name != "select_option");
    plain.chain(valued.map(|action| (action.name, action.options))).collect()
}
