//! Pointer and key input as W3C actions: one request for all steps. Pure; `page.rs` sends them.

use std::time::Duration;

use serde_json::{Value, json};

use crate::browser::action::Button;
use crate::browser::page::{Key, KeyStep, PointerStep};

/// Modifier bits and the characters `WebDriver` has for them.
const MODIFIERS: [(u8, &str); 4] = [(1, "\u{e00a}"), (2, "\u{e009}"), (4, "\u{e03d}"), (8, "\u{e008}")];

/// Keys without a character, by `KeyboardEvent.code`.
const NAMED: &[(&str, &str)] = &[
    ("Backspace", "\u{e003}"),
    ("Tab", "\u{e004}"),
    ("Enter", "\u{e007}"),
    ("NumpadEnter", "\u{e006}"),
    ("ShiftLeft", "\u{e008}"),
    ("ShiftRight", "\u{e050}"),
    ("ControlLeft", "\u{e009}"),
    ("ControlRight", "\u{e051}"),
    ("AltLeft", "\u{e00a}"),
    ("AltRight", "\u{e052}"),
    ("MetaLeft", "\u{e03d}"),
    ("MetaRight", "\u{e053}"),
    ("Pause", "\u{e00b}"),
    ("Escape", "\u{e00c}"),
    ("Space", " "),
    ("PageUp", "\u{e00e}"),
    ("PageDown", "\u{e00f}"),
    ("End", "\u{e010}"),
    ("Home", "\u{e011}"),
    ("ArrowLeft", "\u{e012}"),
    ("ArrowUp", "\u{e013}"),
    ("ArrowRight", "\u{e014}"),
    ("ArrowDown", "\u{e015}"),
    ("Insert", "\u{e016}"),
    ("Delete", "\u{e017}"),
    ("F1", "\u{e031}"),
    ("F2", "\u{e032}"),
    ("F3", "\u{e033}"),
    ("F4", "\u{e034}"),
    ("F5", "\u{e035}"),
    ("F6", "\u{e036}"),
    ("F7", "\u{e037}"),
    ("F8", "\u{e038}"),
    ("F9", "\u{e039}"),
    ("F10", "\u{e03a}"),
    ("F11", "\u{e03b}"),
    ("F12", "\u{e03c}"),
];

/// The `actions` of a request for pointer input; modifiers are held by a keyboard beside the mouse.
pub(in crate::browser::wire) fn pointer_actions(steps: &[PointerStep]) -> Value {
    let mut ticks = Ticks::default();
    let mut held = 0;
    for step in steps {
        let wanted = match *step {
            PointerStep::Move { modifiers, .. }
            | PointerStep::Press { modifiers, .. }
            | PointerStep::Release { modifiers, .. }
            | PointerStep::Wheel { modifiers, .. }
            | PointerStep::Tap { modifiers, .. } => modifiers,
            PointerStep::Pause(_) => held,
        };
        ticks.hold(held, wanted);
        held = wanted;
        match *step {
            PointerStep::Move { x, y, .. } => ticks.add(Source::Mouse, moved(x, y)),
            PointerStep::Press { button, .. } => {
                ticks.add(Source::Mouse, json!({ "type": "pointerDown", "button": button_number(button) }));
            }
            PointerStep::Release { button, .. } => {
                ticks.add(Source::Mouse, json!({ "type": "pointerUp", "button": button_number(button) }));
            }
            PointerStep::Wheel { x, y, dx, dy, .. } => ticks.add(
                Source::Wheel,
                json!({ "type": "scroll", "x": whole(x), "y": whole(y), "deltaX": whole(dx), "deltaY": whole(dy),
                        "origin": "viewport", "duration": 0 }),
            ),
            PointerStep::Tap { x, y, .. } => {
                ticks.add(Source::Finger, moved(x, y));
                ticks.add(Source::Finger, json!({ "type": "pointerDown", "button": 0 }));
                ticks.add(Source::Finger, json!({ "type": "pointerUp", "button": 0 }));
            }
            PointerStep::Pause(time) => ticks.add(Source::Mouse, pause(time)),
        }
    }
    ticks.hold(held, 0);
    ticks.into_actions()
}

fn moved(x: f64, y: f64) -> Value {
    json!({ "type": "pointerMove", "x": x, "y": y, "origin": "viewport", "duration": 0 })
}

#[expect(clippy::cast_possible_truncation, reason = "pixels of a viewport; the cast saturates")]
fn whole(pixels: f64) -> i64 {
    pixels.round() as i64
}

/// What gives input; in each tick one of them acts and the others rest.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Keyboard,
    Mouse,
    Wheel,
    Finger,
}

impl Source {
    const ALL: [Self; 4] = [Self::Keyboard, Self::Mouse, Self::Wheel, Self::Finger];

    fn described(self, actions: Vec<Value>) -> Value {
        match self {
            Self::Keyboard => json!({ "type": "key", "id": "keyboard", "actions": actions }),
            Self::Wheel => json!({ "type": "wheel", "id": "wheel", "actions": actions }),
            Self::Mouse | Self::Finger => {
                let (id, kind) = if self == Self::Mouse { ("mouse", "mouse") } else { ("finger", "touch") };
                json!({ "type": "pointer", "id": id, "parameters": { "pointerType": kind }, "actions": actions })
            }
        }
    }
}

#[derive(Default)]
struct Ticks(Vec<(Source, Value)>);

impl Ticks {
    fn add(&mut self, source: Source, action: Value) {
        self.0.push((source, action));
    }

    /// One tick for each modifier that changes.
    fn hold(&mut self, held: u8, wanted: u8) {
        for (bit, character) in MODIFIERS {
            let kind = match (held & bit != 0, wanted & bit != 0) {
                (false, true) => "keyDown",
                (true, false) => "keyUp",
                _ => continue,
            };
            self.add(Source::Keyboard, json!({ "type": kind, "value": character }));
        }
    }

    fn into_actions(self) -> Value {
        let used = Source::ALL.into_iter().filter(|source| self.0.iter().any(|(other, _)| other == source));
        used.map(|source| {
            let actions = self.0.iter().map(
                |(other, action)| {
                    if *other == source { action.clone() } else { pause(Duration::ZERO) }
                },
            );
            source.described(actions.collect())
        })
        .collect()
    }
}

/// The `actions` of a request for key input.
pub(in crate::browser::wire) fn key_actions(steps: &[KeyStep]) -> Value {
    let actions: Vec<Value> = steps
        .iter()
        .map(|step| match step {
            KeyStep::Down(key) => json!({ "type": "keyDown", "value": character(key) }),
            KeyStep::Up(key) => json!({ "type": "keyUp", "value": character(key) }),
            KeyStep::Pause(time) => pause(*time),
        })
        .collect();
    json!([{ "type": "key", "id": "keyboard", "actions": actions }])
}

fn pause(time: Duration) -> Value {
    json!({ "type": "pause", "duration": time.as_millis() })
}

fn button_number(button: Button) -> u8 {
    match button {
        Button::Left => 0,
        Button::Middle => 1,
        Button::Right => 2,
    }
}

fn character(key: &Key) -> &str {
    NAMED.iter().find(|(code, _)| *code == key.code).map_or(key.key.as_str(), |(_, character)| character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modifiers_are_held_around_the_click_and_let_go() {
        let steps = [
            PointerStep::Move { x: 1.5, y: 2.0, modifiers: 2 },
            PointerStep::Press { button: Button::Left, count: 1, modifiers: 2 },
            PointerStep::Release { button: Button::Left, count: 1, modifiers: 2 },
        ];
        let actions = pointer_actions(&steps);
        let kinds = |index: usize| -> Vec<String> {
            let list = actions[index]["actions"].as_array().unwrap();
            list.iter().map(|action| action["type"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(kinds(0), ["keyDown", "pause", "pause", "pause", "keyUp"]);
        assert_eq!(kinds(1), ["pause", "pointerMove", "pointerDown", "pointerUp", "pause"]);
    }

    #[test]
    fn a_wheel_and_a_finger_are_sources_of_their_own() {
        let actions = pointer_actions(&[
            PointerStep::Wheel { x: 1.0, y: 2.0, dx: 0.0, dy: 30.0, modifiers: 0 },
            PointerStep::Tap { x: 1.0, y: 2.0, modifiers: 0 },
        ]);
        let kinds: Vec<_> = actions.as_array().unwrap().iter().map(|source| source["id"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["wheel", "finger"]);
        assert_eq!(actions[0]["actions"][0]["deltaY"], 30);
        assert_eq!(actions[1]["parameters"]["pointerType"], "touch");
        assert_eq!(actions[1]["actions"].as_array().map(Vec::len), Some(4));
    }

    #[test]
    fn a_plain_click_needs_no_keyboard() {
        let actions = pointer_actions(&[PointerStep::Move { x: 0.0, y: 0.0, modifiers: 0 }]);
        assert_eq!(actions.as_array().map(Vec::len), Some(1));
    }

    #[test]
    fn keys_without_a_character_have_one_of_webdriver() {
        let key = |key: &str, code: &str| Key {
            key: key.to_owned(),
            code: code.to_owned(),
            key_code: 0,
            text: None,
            location: 0,
            modifiers: 0,
        };
        assert_eq!(character(&key("Enter", "Enter")), "\u{e007}");
        assert_eq!(character(&key("a", "KeyA")), "a");
        assert_eq!(character(&key("é", "")), "é");
    }
}
