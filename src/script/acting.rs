//! What every action of the script API shares: the options they all take, and the way to the page.

use rhai::{Dynamic, NativeCallContext};

use crate::browser::{ActOptions, Action, Button, Modifier};
use crate::outcome::Failure;

use super::error::{Raw, misuse, throw};
use super::handles::LocatorValue;
use super::options::Options;
use super::values::{described, number};
use super::world::{Call, World};

/// Options of every action.
pub(crate) const ACT: &[&str] = &["timeout", "force", "no_wait_after"];

impl World {
    /// Does `action` to the element; `text` is the call as the script would write it.
    pub(crate) fn act(
        &self,
        context: &NativeCallContext,
        locator: &LocatorValue,
        action: &Action,
        (options, text): (&Options, &str),
    ) -> Raw<()> {
        let call = Call::new(context, format!("{}.{text}", locator.locator));
        let options = self.act_options(options).map_err(throw)?;
        let (found, page) = self.locate_on(&call, locator)?;
        self.wait(&call, async move { page.act(&found, action, options).await })
    }

    /// How an action is done, by its options.
    pub(crate) fn act_options(&self, options: &Options) -> Result<ActOptions, Failure> {
        Ok(ActOptions {
            force: options.flag("force")?.unwrap_or(false),
            no_wait_after: options.flag("no_wait_after")?.unwrap_or(false),
            timeout: options.duration("timeout")?.unwrap_or(self.settings.timeouts.action),
        })
    }
}

/// `modifiers`: keys held during the action.
pub(crate) fn modifiers(options: &Options) -> Result<Vec<Modifier>, Failure> {
    let names = options.texts("modifiers")?.unwrap_or_default();
    names
        .iter()
        .map(|name| match name.as_str() {
            "Alt" => Ok(Modifier::Alt),
            "Control" => Ok(Modifier::Control),
            "Meta" => Ok(Modifier::Meta),
            "Shift" => Ok(Modifier::Shift),
            "ControlOrMeta" => Ok(Modifier::ControlOrMeta),
            _ => Err(options.wrong("modifiers", "names of `Alt Control Meta Shift ControlOrMeta`")),
        })
        .collect()
}

/// A place in the element: `#{ x, y }`.
pub(crate) fn position(options: &Options, key: &str) -> Result<Option<(f64, f64)>, Failure> {
    let Some(map) = options.map(key)? else { return Ok(None) };
    let number = |key: &str| map.get(key).and_then(number);
    match (number("x"), number("y")) {
        (Some(x), Some(y)) if map.len() == 2 => Ok(Some((x, y))),
        _ => Err(options.wrong(key, "`#{ x, y }` in pixels from the element's top left corner")),
    }
}

/// `button`: which button of the mouse.
pub(crate) fn button(options: &Options) -> Result<Option<Button>, Failure> {
    match options.text("button")?.as_deref() {
        None => Ok(None),
        Some("left") => Ok(Some(Button::Left)),
        Some("middle") => Ok(Some(Button::Middle)),
        Some("right") => Ok(Some(Button::Right)),
        Some(_) => Err(options.wrong("button", "\"left\", \"middle\" or \"right\"")),
    }
}

/// What is typed: a string, or a number as people would write it.
pub(crate) fn typed(value: &Dynamic, name: &str) -> Result<String, Failure> {
    if value.is_string() || value.is_int() || value.is_float() || value.is_char() {
        return Ok(value.to_string());
    }
    Err(misuse(format!("`{name}` takes a string, not {}", described(value))))
}

/// A number that `name` was given.
pub(crate) fn given_number(value: &Dynamic, name: &str) -> Result<f64, Failure> {
    number(value).ok_or_else(|| misuse(format!("`{name}` takes a number of pixels, not {}", described(value))))
}
