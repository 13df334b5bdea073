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
pub(super) fn pointer_actions(steps: &[PointerStep]) -> Value {
    let mut pointer = Vec::new();
    let mut keyboard = Vec::new();
    let mut held = 0;
    for step in steps {
        let (action, wanted) = match step {
            PointerStep::Move { x, y, modifiers } => {
                let to = json!({ "type": "pointerMove", "x": x, "y": y, "origin": "viewport", "duration": 0 });
                (to, *modifiers)
            }
            PointerStep::Press { button, modifiers, .. } => {
                (json!({ "type": "pointerDown", "button": button_number(*button) }), *modifiers)
            }
            PointerStep::Release { button, modifiers, .. } => {
                (json!({ "type": "pointerUp", "button": button_number(*button) }), *modifiers)
            }
        };
        hold(&mut pointer, &mut keyboard, held, wanted);
        held = wanted;
        pointer.push(action);
        keyboard.push(pause(Duration::ZERO));
    }
    hold(&mut pointer, &mut keyboard, held, 0);
    let mouse = json!({
        "type": "pointer", "id": "mouse", "parameters": { "pointerType": "mouse" }, "actions": pointer,
    });
    if keyboard.iter().all(|action| action["type"] == "pause") {
        return json!([mouse]);
    }
    json!([{ "type": "key", "id": "keyboard", "actions": keyboard }, mouse])
}

/// The `actions` of a request for key input.
pub(super) fn key_actions(steps: &[KeyStep]) -> Value {
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

/// One tick for each modifier that changes, in which the mouse rests.
fn hold(pointer: &mut Vec<Value>, keyboard: &mut Vec<Value>, held: u8, wanted: u8) {
    for (bit, character) in MODIFIERS {
        let kind = match (held & bit != 0, wanted & bit != 0) {
            (false, true) => "keyDown",
            (true, false) => "keyUp",
            _ => continue,
        };
        keyboard.push(json!({ "type": kind, "value": character }));
        pointer.push(pause(Duration::ZERO));
    }
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
