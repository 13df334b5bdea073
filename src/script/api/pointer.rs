//! What is done with the pointer beside clicking: `wheel`, `drag_to`, `scroll_to`.

use rhai::{Dynamic, Engine, Map, NativeCallContext};

use crate::browser::{Action, DragOptions, Locator, LocatorPart, ScrollPlace};
use crate::outcome::Failure;
use crate::script::acting::{ACT, given_number, modifiers, position};
use crate::script::error::{Raw, misuse, throw};
use crate::script::handles::{LocatorValue, PageValue, function};
use crate::script::options::Options;
use crate::script::values::{described, number};
use crate::script::world::{Call, World};

const WHEEL: &[&str] = &["timeout", "force", "no_wait_after", "modifiers", "position"];
const DRAG: &[&str] = &["timeout", "force", "no_wait_after", "source_position", "target_position", "steps"];

/// Moves the page sees between the two ends of a drag where nothing is said.
const DRAG_STEPS: u32 = 4;

pub(super) fn register(engine: &mut Engine) {
    register_wheel(engine);
    register_drag(engine);
    register_scroll(engine);
}

fn register_wheel(engine: &mut Engine) {
    let doc = "Turns the mouse wheel over the element, by pixels to the right and down.";
    function("wheel", &["this: locator", "dx: number", "dy: number"], doc).register_into_engine(
        engine,
        |context: NativeCallContext, locator: &mut LocatorValue, dx: Dynamic, dy: Dynamic| {
            wheel(&context, locator, (&dx, &dy), Map::new())
        },
    );
    function("wheel", &["this: locator", "dx: number", "dy: number", "options: map"], doc).register_into_engine(
        engine,
        |context: NativeCallContext, locator: &mut LocatorValue, dx: Dynamic, dy: Dynamic, options: Map| {
            wheel(&context, locator, (&dx, &dy), options)
        },
    );
}

fn wheel(context: &NativeCallContext, locator: &LocatorValue, (dx, dy): (&Dynamic, &Dynamic), options: Map) -> Raw<()> {
    let options = Options::new("wheel", options, WHEEL).map_err(throw)?;
    let text = format!("wheel({dx}, {dy})");
    let action = Action::Wheel {
        dx: given_number(dx, "wheel").map_err(throw)?,
        dy: given_number(dy, "wheel").map_err(throw)?,
        modifiers: modifiers(&options).map_err(throw)?,
        position: position(&options, "position").map_err(throw)?,
    };
    World::of(context).act(context, locator, &action, (&options, &text))
}

fn register_drag(engine: &mut Engine) {
    let doc = "Takes the element with the mouse, moves it over another one and lets it go. `source_position` and \
               `target_position` are `#{ x, y }`; `steps` is how many moves the page sees on the way.";
    function("drag_to", &["this: locator", "target: locator"], doc).register_into_engine(
        engine,
        |context: NativeCallContext, locator: &mut LocatorValue, target: LocatorValue| {
            drag(&context, locator, &target, Map::new())
        },
    );
    function("drag_to", &["this: locator", "target: locator", "options: map"], doc).register_into_engine(
        engine,
        |context: NativeCallContext, locator: &mut LocatorValue, target: LocatorValue, options: Map| {
            drag(&context, locator, &target, options)
        },
    );
}

fn drag(context: &NativeCallContext, locator: &LocatorValue, target: &LocatorValue, options: Map) -> Raw<()> {
    let world = World::of(context);
    let options = Options::new("drag_to", options, DRAG).map_err(throw)?;
    let call = Call::new(context, format!("{}.drag_to({})", locator.locator, target.locator));
    let drag = DragOptions {
        source_position: position(&options, "source_position").map_err(throw)?,
        target_position: position(&options, "target_position").map_err(throw)?,
        steps: options.count("steps").map_err(throw)?.unwrap_or(DRAG_STEPS),
        act: world.act_options(&options).map_err(throw)?,
    };
    let (from, to, page) = world.where_born(&call, (locator.born, "locator"), || {
        Ok((world.locate(&call, locator)?, world.locate(&call, target)?, world.page(&call)?))
    })?;
    world.wait(&call, async move { page.drag(&from, &to, drag).await })
}

fn register_scroll(engine: &mut Engine) {
    let doc = "Scrolls what is inside the element to `\"top\"`, `\"bottom\"`, `\"left\"`, `\"right\"` or `\"center\"`.";
    function("scroll_to", &["this: locator", "place: string"], doc).register_into_engine(
        engine,
        |context: NativeCallContext, locator: &mut LocatorValue, place: &str| {
            scroll(&context, locator, side(place).map_err(throw)?, &format!("scroll_to({place:?})"))
        },
    );
    let doc = "Scrolls what is inside the element to a point: pixels, or `\"75%\"` of what can be scrolled.";
    function("scroll_to", &["this: locator", "x: number or string", "y: number or string"], doc).register_into_engine(
        engine,
        |context: NativeCallContext, locator: &mut LocatorValue, x: Dynamic, y: Dynamic| {
            scroll(&context, locator, point(&x, &y).map_err(throw)?, &format!("scroll_to({x}, {y})"))
        },
    );
    let doc = "Scrolls the page to `\"top\"`, `\"bottom\"`, `\"left\"`, `\"right\"` or `\"center\"`.";
    function("scroll_to", &["place: string"], doc).register_into_engine(
        engine,
        |context: NativeCallContext, place: &str| {
            scroll(&context, &whole_page(), side(place).map_err(throw)?, &format!("scroll_to({place:?})"))
        },
    );
    function("scroll_to", &["this: page", "place: string"], doc).register_into_engine(
        engine,
        |context: NativeCallContext, page: &mut PageValue, place: &str| {
            scroll(&context, &whole(page), side(place).map_err(throw)?, &format!("scroll_to({place:?})"))
        },
    );
    let doc = "Scrolls the page to a point: pixels, or `\"75%\"` of what can be scrolled.";
    function("scroll_to", &["x: number or string", "y: number or string"], doc).register_into_engine(
        engine,
        |context: NativeCallContext, x: Dynamic, y: Dynamic| {
            scroll(&context, &whole_page(), point(&x, &y).map_err(throw)?, &format!("scroll_to({x}, {y})"))
        },
    );
    function("scroll_to", &["this: page", "x: number or string", "y: number or string"], doc).register_into_engine(
        engine,
        |context: NativeCallContext, page: &mut PageValue, x: Dynamic, y: Dynamic| {
            scroll(&context, &whole(page), point(&x, &y).map_err(throw)?, &format!("scroll_to({x}, {y})"))
        },
    );
}

fn scroll(context: &NativeCallContext, locator: &LocatorValue, to: Target, text: &str) -> Raw<()> {
    let options = Options::new("scroll_to", Map::new(), ACT).map_err(throw)?;
    let (x, y) = to;
    World::of(context).act(context, locator, &Action::ScrollTo { x, y }, (&options, text))
}

/// Where to scroll to, in each direction.
type Target = (Option<ScrollPlace>, Option<ScrollPlace>);

fn whole_page() -> LocatorValue {
    let root = Locator::new(LocatorPart::Css { selector: ":root".to_owned() });
    LocatorValue { locator: root, born: None }
}

fn whole(page: &PageValue) -> LocatorValue {
    LocatorValue { born: page.born, ..whole_page() }
}

fn side(name: &str) -> Result<Target, Failure> {
    let percent = |part: f64| Some(ScrollPlace::Percent(part));
    match name {
        "top" => Ok((None, percent(0.0))),
        "bottom" => Ok((None, percent(100.0))),
        "left" => Ok((percent(0.0), None)),
        "right" => Ok((percent(100.0), None)),
        "center" => Ok((percent(50.0), percent(50.0))),
        other => Err(misuse(format!("`scroll_to` knows no place {other:?}"))
            .detail("places: \"top\", \"bottom\", \"left\", \"right\", \"center\"")
            .advise("or give two: `scroll_to(0, 300)`, `scroll_to(\"0%\", \"50%\")`")),
    }
}

fn point(x: &Dynamic, y: &Dynamic) -> Result<Target, Failure> {
    let place = |value: &Dynamic| {
        if let Some(pixels) = number(value) {
            return Ok(Some(ScrollPlace::Pixels(pixels)));
        }
        let text = value.to_string();
        let percent = if value.is_string() { text.strip_suffix('%').and_then(|part| part.parse().ok()) } else { None };
        percent.map(|part| Some(ScrollPlace::Percent(part))).ok_or_else(|| {
            misuse(format!("`scroll_to` takes pixels or a share such as \"50%\", not {}", described(value)))
        })
    };
    Ok((place(x)?, place(y)?))
}

/// Options of each function here, for the check and the reference.
pub(super) fn option_keys() -> Vec<(&'static str, &'static [&'static str])> {
    vec![("wheel", WHEEL), ("drag_to", DRAG)]
}
