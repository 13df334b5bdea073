//! [`Closure`]: a script function kept for later, with all it needs to run: the functions,
//! imports and constants that were in force where it was written.

use std::rc::Rc;

use rhai::{Dynamic, Engine, FnPtr, FuncArgs, GlobalRuntimeState, NativeCallContext, Position};

use crate::model::Location;

use super::error::Raw;
use super::values::{described, to_json};

/// The most arguments any of our callbacks is given.
const MOST_ARGUMENTS: usize = 8;

/// A script function kept for later.
#[derive(Clone)]
pub(crate) struct Closure {
    pointer: FnPtr,
    global: Rc<GlobalRuntimeState>,
    /// Where the call that was given it stands.
    pub(crate) site: Location,
}

impl Closure {
    /// Keeps `pointer`, which the call behind `context` was given.
    pub(crate) fn keep(context: &NativeCallContext, pointer: FnPtr) -> Self {
        let mut global = context.global_runtime_state().clone();
        // It will be called from outside any script: depth is counted from there.
        global.level = 0;
        Self { pointer, global: Rc::new(global), site: call_site(context) }
    }

    /// Runs it. The frame of this call itself is not the script's, and has no position.
    pub(crate) fn run(&self, engine: &Engine, arguments: impl FuncArgs) -> Raw<Dynamic> {
        let context = NativeCallContext::new_with_all_fields(
            engine,
            "callback",
            self.global.source(),
            &self.global,
            Position::NONE,
        );
        self.pointer.call_within_context(&context, arguments)
    }

    /// The name of the function: the same for the same place in a script.
    pub(crate) fn name(&self) -> &str {
        self.pointer.fn_name()
    }

    /// How many arguments it is called with, where that is known.
    pub(crate) fn arity(&self) -> Option<usize> {
        let all = self.parameters();
        let is_known = !all.is_empty() || self.pointer.curry().is_empty();
        is_known.then(|| all.len().saturating_sub(self.pointer.curry().len()))
    }

    /// Variables captured from around the closure, by name, with their values as text.
    pub(crate) fn captured(&self) -> Vec<(String, String)> {
        let names = self.parameters();
        self.pointer
            .iter_curry()
            .enumerate()
            .map(|(index, value)| {
                let name = names.get(index).cloned().unwrap_or_else(|| format!("captured value {}", index + 1));
                let value = value.flatten_clone();
                (name, to_json(&value).map_or_else(|_| described(&value), |json| json.to_string()))
            })
            .collect()
    }
}

impl Closure {
    /// The names of the function's parameters; the captured variables come first.
    fn parameters(&self) -> Vec<String> {
        // A module is asked by name and number of parameters; the latter is not known here.
        let most = self.pointer.curry().len() + MOST_ARGUMENTS;
        let definition =
            self.global.lib.iter().find_map(|module| {
                (0..=most).rev().find_map(|count| module.get_script_fn(self.pointer.fn_name(), count))
            });
        definition.map(|definition| definition.params.iter().map(ToString::to_string).collect()).unwrap_or_default()
    }
}

impl std::fmt::Debug for Closure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Closure({} at {})", self.name(), self.site)
    }
}

/// Where the script calls the native function behind `context`.
pub(crate) fn call_site(context: &NativeCallContext) -> Location {
    let position = context.call_position();
    location(context.call_source().unwrap_or_default(), position)
}

/// A script engine's position as a location.
pub(crate) fn location(source: &str, position: Position) -> Location {
    let number = |value: Option<usize>| value.and_then(|value| u32::try_from(value).ok()).unwrap_or(0);
    Location::new(source, number(position.line()), number(position.position()))
}
