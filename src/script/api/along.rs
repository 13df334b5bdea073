//! From elements to those beside them: `parent`, `children`, `next_all`; and `and`, `or`, `not`.

use rhai::{Dynamic, Engine, Map, NativeCallContext};

use crate::browser::{Axis, Excluded, LocatorPart};
use crate::outcome::Failure;
use crate::script::error::{Raw, misuse, throw};
use crate::script::handles::{LocatorValue, function};
use crate::script::options::Options;
use crate::script::values::described;

/// A function that goes from elements to others.
struct Step {
    name: &'static str,
    axis: Axis,
    takes: Takes,
    doc: &'static str,
}

/// What such a function may be given.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    /// A selector, without which it says nothing.
    Selector,
    /// A selector, or nothing.
    Filter,
    /// A selector, or nothing; and `stop_at`.
    FilterAndStop,
}

/// Not `until`, which Rhai reserves.
const STOP: &[&str] = &["stop_at"];

const STEPS: &[Step] = &[
    Step { name: "parent", axis: Axis::Parent, takes: Takes::Filter, doc: "The element around each match." },
    Step {
        name: "ancestors",
        axis: Axis::Ancestors,
        takes: Takes::FilterAndStop,
        doc: "All elements around each match, outermost first.",
    },
    Step {
        name: "parents",
        axis: Axis::Ancestors,
        takes: Takes::FilterAndStop,
        doc: "All elements around each match, outermost first; another name of `ancestors`.",
    },
    Step {
        name: "closest",
        axis: Axis::Closest,
        takes: Takes::Selector,
        doc: "Each match itself, or the nearest element around it, that matches the selector.",
    },
    Step {
        name: "children",
        axis: Axis::Children,
        takes: Takes::Filter,
        doc: "The elements directly inside each match.",
    },
    Step { name: "siblings", axis: Axis::Siblings, takes: Takes::Filter, doc: "The elements beside each match." },
    Step { name: "next", axis: Axis::Next, takes: Takes::Filter, doc: "The element directly after each match." },
    Step {
        name: "next_all",
        axis: Axis::NextAll,
        takes: Takes::FilterAndStop,
        doc: "All elements after each match that have the same parent.",
    },
    Step { name: "prev", axis: Axis::Prev, takes: Takes::Filter, doc: "The element directly before each match." },
    Step {
        name: "prev_all",
        axis: Axis::PrevAll,
        takes: Takes::FilterAndStop,
        doc: "All elements before each match that have the same parent.",
    },
];

pub(super) fn register(engine: &mut Engine) {
    for step in STEPS {
        register_step(engine, step);
    }
    register_set(engine, "and", "Keeps the matches that the other locator finds too.", |other| {
        Ok(LocatorPart::And { other: found(&other, "and")? })
    });
    register_set(
        engine,
        "or",
        "Adds what the other locator finds: for one of two things that may be there.",
        |other| Ok(LocatorPart::Or { other: found(&other, "or")? }),
    );
    register_set(engine, "not", "Leaves out the matches that a selector or another locator finds.", |other| {
        Ok(LocatorPart::Not {
            other: if other.is_string() {
                Excluded::Css(other.to_string())
            } else {
                Excluded::Found(found(&other, "not")?)
            },
        })
    });
}

fn register_step(engine: &mut Engine, step: &'static Step) {
    let doc = match step.takes {
        Takes::Selector => step.doc.to_owned(),
        Takes::Filter | Takes::FilterAndStop => format!("{} A selector keeps those that match it.", step.doc),
    };
    if step.takes != Takes::Selector {
        function(step.name, &["this: locator"], step.doc)
            .register_into_engine(engine, move |base: &mut LocatorValue| along(base, step, None, None));
    }
    function(step.name, &["this: locator", "css: string"], &doc)
        .register_into_engine(engine, move |base: &mut LocatorValue, css: &str| {
            along(base, step, Some(css.to_owned()), None)
        });
    if step.takes != Takes::FilterAndStop {
        return;
    }
    let doc = format!("{} `stop_at: css` stops before the first that matches.", step.doc);
    function(step.name, &["this: locator", "options: map"], &doc).register_into_engine(
        engine,
        move |base: &mut LocatorValue, options: Map| -> Raw<LocatorValue> {
            Ok(along(base, step, None, stop_at(step, options).map_err(throw)?))
        },
    );
    function(step.name, &["this: locator", "css: string", "options: map"], &doc).register_into_engine(
        engine,
        move |base: &mut LocatorValue, css: &str, options: Map| -> Raw<LocatorValue> {
            Ok(along(base, step, Some(css.to_owned()), stop_at(step, options).map_err(throw)?))
        },
    );
}

fn along(base: &LocatorValue, step: &Step, css: Option<String>, until: Option<String>) -> LocatorValue {
    base.then(LocatorPart::Along { axis: step.axis, css, until })
}

fn stop_at(step: &Step, options: Map) -> Result<Option<String>, Failure> {
    Options::new(step.name, options, STOP)?.text("stop_at")
}

fn register_set(engine: &mut Engine, name: &'static str, doc: &str, part: fn(Dynamic) -> Result<LocatorPart, Failure>) {
    let parameter = if name == "not" { "other: string or locator" } else { "other: locator" };
    function(name, &["this: locator", parameter], doc).register_into_engine(
        engine,
        move |_context: NativeCallContext, base: &mut LocatorValue, other: Dynamic| -> Raw<LocatorValue> {
            Ok(base.then(part(other).map_err(throw)?))
        },
    );
}

fn found(other: &Dynamic, name: &str) -> Result<crate::browser::Locator, Failure> {
    match other.read_lock::<LocatorValue>() {
        Some(locator) => Ok(locator.locator.clone()),
        None => Err(misuse(format!("`{name}` takes a locator, not {}", described(other)))),
    }
}

/// Options of each function here, for the check and the reference.
pub(super) fn option_keys() -> Vec<(&'static str, &'static [&'static str])> {
    STEPS.iter().filter(|step| step.takes == Takes::FilterAndStop).map(|step| (step.name, STOP)).collect()
}
