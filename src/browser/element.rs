//! What is done to elements, read from them and asserted of them: [`Page::act`], [`Page::read`],
//! [`Page::check`].
//!
//! The page library finds, waits and prepares in one call; real input follows. A document that is
//! replaced under a call is asked again, in the time that is left.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Serialize;
use serde_json::{Value, json};

use super::action::{ActOptions, Action, Button, Modifier, Reading};
use super::condition::{Check, Checked, Subject};
use super::error::{BrowserError, NotReady};
use super::keyboard::{keys_of, keys_while, modifier_bits, type_text};
use super::locator::Locator;
use super::page::{KeyStep, LibraryError, Page, PointerStep};
use crate::clock::Deadline;

impl Page {
    /// Waits until the one element is ready for `action`, then does it with real input. Where the
    /// action starts a navigation, waits until that is committed.
    pub async fn act(&self, locator: &Locator, action: &Action, options: ActOptions) -> Result<(), BrowserError> {
        // A wrong key name is told before anything is waited for.
        let keys = keys_for(action)?;
        let asked = Asked { page: self, locator, what: action.name(), deadline: Deadline::after(options.timeout) };
        let command = json!({ "do": "act", "action": plain(action), "force": options.force });
        let prepared = asked.answer(command).await?;
        match prepared["then"].as_str() {
            Some("pointer") => {
                let steps = pointer_steps(action, &prepared["point"], self.hand().modifiers);
                self.pointer(&steps).await?;
            }
            Some("insert") => self.insert_text(inserted_text(action)).await?,
            Some("delete") => self.keys(&keys_of("Delete").expect("Delete is a key")).await?,
            Some("keys") => self.keys(&keys).await?,
            _ => {}
        }
        if !options.no_wait_after {
            self.settle(asked.deadline.remaining()).await?;
        }
        if matches!(action, Action::SetChecked { .. }) && prepared["then"] == "pointer" {
            asked.answer(json!({ "do": "confirm", "action": plain(action) })).await?;
        }
        Ok(())
    }

    /// Waits until the one element is ready for `action`; where its pointer input would go.
    pub(in crate::browser) async fn place_of(
        &self,
        locator: &Locator,
        action: &Action,
        options: ActOptions,
    ) -> Result<(f64, f64), BrowserError> {
        let asked = Asked { page: self, locator, what: action.name(), deadline: Deadline::after(options.timeout) };
        let command = json!({ "do": "act", "action": plain(action), "force": options.force });
        let prepared = asked.answer(command).await?;
        let side = |name: &str| prepared["point"][name].as_f64().unwrap_or_default();
        Ok((side("x"), side("y")))
    }

    /// Reads from the one element, waiting until it is there (but for what `Reading` says does not).
    pub async fn read(&self, locator: &Locator, reading: &Reading, timeout: Duration) -> Result<Value, BrowserError> {
        let asked = Asked { page: self, locator, what: reading.name(), deadline: Deadline::after(timeout) };
        let mut answer = asked.answer(json!({ "do": "read", "reading": plain(reading) })).await?;
        Ok(answer["value"].take())
    }

    /// Waits until a condition holds, inside the page; not holding is an answer, not an error.
    pub async fn check(&self, check: &Check, timeout: Duration) -> Result<Checked, BrowserError> {
        let nothing = Locator::default();
        let locator = match &check.subject {
            Subject::Element(locator) | Subject::Each(locator) => locator,
            Subject::Page => &nothing,
        };
        let asked = Asked { page: self, locator, what: "expect", deadline: Deadline::after(timeout) };
        let answer = match asked.answer(json!({ "do": "check", "check": plain(check) })).await {
            Err(BrowserError::Timeout { command, .. }) => json!({ "held": false, "found": command, "notes": [] }),
            answer => answer?,
        };
        Ok(Checked {
            held: answer["held"] == true,
            found: text(&answer["found"]),
            waited: asked.waited(),
            notes: texts(&answer["notes"]),
        })
    }
}

/// A question to the page library about a locator.
struct Asked<'a> {
    page: &'a Page,
    locator: &'a Locator,
    what: &'static str,
    deadline: Deadline,
}

impl Asked<'_> {
    /// The library's answer, or its refusal as an error.
    async fn answer(&self, mut command: Value) -> Result<Value, BrowserError> {
        command["locator"] = plain(self.locator);
        command["shown"] = json!(self.locator.shown_parts());
        command["id"] = json!(ask_id());
        loop {
            let remaining = self.deadline.remaining();
            command["timeout"] = json!(remaining.as_millis());
            match self.page.library(&command, remaining).await {
                // The wire has done what was needed, or cannot; the library goes on either way.
                Ok(answer) if answer["need_tree"] == true || answer["need_accessible"] == true => {}
                Ok(answer) if answer["ok"] == false => return Err(self.refusal(&answer)),
                Ok(answer) => return Ok(answer),
                Err(LibraryError::DocumentGone) => {}
                Err(LibraryError::Browser(error)) => return Err(error),
            }
            if self.deadline.is_over() {
                let command = format!("`{}`: the page was being replaced all the time", self.what);
                return Err(BrowserError::Timeout { command, waited: self.waited() });
            }
        }
    }

    fn waited(&self) -> Duration {
        self.deadline.length().saturating_sub(self.deadline.remaining())
    }

    fn refusal(&self, answer: &Value) -> BrowserError {
        let locator = self.locator.to_string();
        match answer["kind"].as_str() {
            Some("not_ready") => BrowserError::NotReady(Box::new(NotReady {
                action: self.what.to_owned(),
                locator,
                unmet: text(&answer["unmet"]),
                found: text(&answer["found"]),
                waited: self.waited(),
                log: texts(&answer["log"]),
                advice: answer["advice"].as_str().map(str::to_owned),
            })),
            Some("not_unique") => BrowserError::NotUnique {
                locator,
                matches: texts(&answer["matches"]),
                total: answer["total"].as_u64().unwrap_or_default(),
            },
            Some("invalid") => BrowserError::InvalidLocator { locator, reason: text(&answer["reason"]) },
            _ => {
                let message = answer["reason"].as_str().or(answer["message"].as_str()).unwrap_or("no reason given");
                BrowserError::Protocol { command: format!("{} {locator}", self.what), message: message.to_owned() }
            }
        }
    }
}

/// Tells one question from the next, so that the library knows the same one when it comes again.
fn ask_id() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    since.as_nanos().to_string()
}

fn plain(value: &impl Serialize) -> Value {
    serde_json::to_value(value).expect("commands are plain data with text keys")
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().map(text).collect()
}

fn keys_for(action: &Action) -> Result<Vec<KeyStep>, BrowserError> {
    match action {
        Action::Press { keys, delay } => {
            keys_while(keys, 0, *delay).map_err(|reason| BrowserError::InvalidKeys { keys: keys.clone(), reason })
        }
        Action::TypeText { text, delay } => Ok(type_text(text, *delay)),
        _ => Ok(Vec::new()),
    }
}

fn inserted_text(action: &Action) -> &str {
    match action {
        Action::Fill { value } => value,
        _ => "",
    }
}

/// Move, press and release, as many times as it is clicked, for one message; `held` are the
/// modifiers that are down already.
fn pointer_steps(action: &Action, point: &Value, held: u8) -> Vec<PointerStep> {
    let side = |name: &str| point[name].as_f64().unwrap_or_default();
    let (x, y) = (side("x"), side("y"));
    let bits = |modifiers: &[Modifier]| modifier_bits(modifiers) | held;
    match action {
        Action::Click { button, count, modifiers, delay, .. } => {
            let modifiers = bits(modifiers);
            let mut steps = vec![PointerStep::Move { x, y, modifiers }];
            for count in 1..=*count {
                steps.push(PointerStep::Press { button: *button, count, modifiers });
                steps.extend((!delay.is_zero()).then_some(PointerStep::Pause(*delay)));
                steps.push(PointerStep::Release { button: *button, count, modifiers });
            }
            steps
        }
        Action::Hover { modifiers, .. } => vec![PointerStep::Move { x, y, modifiers: bits(modifiers) }],
        Action::Tap { modifiers, .. } => vec![PointerStep::Tap { x, y, modifiers: bits(modifiers) }],
        Action::Wheel { dx, dy, modifiers, .. } => {
            let modifiers = bits(modifiers);
            vec![PointerStep::Move { x, y, modifiers }, PointerStep::Wheel { x, y, dx: *dx, dy: *dy, modifiers }]
        }
        _ => vec![
            PointerStep::Move { x, y, modifiers: held },
            PointerStep::Press { button: Button::Left, count: 1, modifiers: held },
            PointerStep::Release { button: Button::Left, count: 1, modifiers: held },
        ],
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::{Action, Button, PointerStep, pointer_steps};
    use crate::browser::action::Modifier;

    #[test]
    fn a_double_click_is_two_presses() {
        let action = Action::Click {
            button: Button::Right,
            count: 2,
            modifiers: vec![Modifier::Shift],
            position: None,
            delay: Duration::ZERO,
        };
        let steps = pointer_steps(&action, &json!({ "x": 3.5, "y": 4 }), 0);
        let (button, modifiers) = (Button::Right, 8);
        assert_eq!(
            steps,
            [
                PointerStep::Move { x: 3.5, y: 4.0, modifiers },
                PointerStep::Press { button, count: 1, modifiers },
                PointerStep::Release { button, count: 1, modifiers },
                PointerStep::Press { button, count: 2, modifiers },
                PointerStep::Release { button, count: 2, modifiers },
            ]
        );
    }

    #[test]
    fn hovering_only_moves() {
        let action = Action::Hover { modifiers: vec![], position: None };
        let steps = pointer_steps(&action, &json!({ "x": 1, "y": 2 }), 2);
        assert_eq!(steps, [PointerStep::Move { x: 1.0, y: 2.0, modifiers: 2 }]);
    }
}
