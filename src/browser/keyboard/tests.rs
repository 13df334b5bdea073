//! Chords and typed text, as key steps.

use std::time::Duration;

use super::{ALT, CONTROL, SHIFT, keys_of, modifier_bits, type_text};
use crate::browser::action::Modifier;
use crate::browser::page::KeyStep;

/// `+Shift a^ -a`: what is pressed and released, with text and modifiers.
fn show(steps: &[KeyStep]) -> String {
    let modifiers = |bits: u8| {
        let names = [(ALT, 'a'), (CONTROL, 'c'), (4, 'm'), (SHIFT, 's')];
        names.iter().filter(|(bit, _)| bits & bit != 0).map(|(_, name)| *name).collect::<String>()
    };
    let lines = steps.iter().map(|step| match step {
        KeyStep::Down(key) => {
            let text = key.text.as_ref().map_or(String::new(), |text| format!("={text:?}"));
            format!("+{}/{}{text}[{}]", key.key, key.code, modifiers(key.modifiers))
        }
        KeyStep::Up(key) => format!("-{}[{}]", key.key, modifiers(key.modifiers)),
        KeyStep::Pause(delay) => format!("{delay:?}"),
    });
    lines.collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn check(chord: &str, expected: &str) {
    assert_eq!(show(&keys_of(chord).unwrap()), expected, "{chord}");
}

#[track_caller]
fn check_error(chord: &str, expected: &str) {
    assert_eq!(keys_of(chord).unwrap_err(), expected, "{chord}");
}

#[test]
fn single_keys() {
    check("a", "+a/KeyA=\"a\"[] -a[]");
    check("A", "+A/KeyA=\"A\"[] -A[]");
    check("KeyA", "+a/KeyA=\"a\"[] -a[]");
    check("Enter", "+Enter/Enter=\"\\r\"[] -Enter[]");
    check("Tab", "+Tab/Tab[] -Tab[]");
    check("F12", "+F12/F12[] -F12[]");
    check("Space", "+ /Space=\" \"[] - []");
    check("?", "+?/Slash=\"?\"[] -?[]");
    check("é", "+é/=\"é\"[] -é[]");
    check("+", "++/Equal=\"+\"[] -+[]");
    check("Shift", "+Shift/ShiftLeft[s] -Shift[]");
}

#[test]
fn chords() {
    check("Control+a", "+Control/ControlLeft[c] +a/KeyA[c] -a[c] -Control[]");
    check("Shift+a", "+Shift/ShiftLeft[s] +A/KeyA=\"A\"[s] -A[s] -Shift[]");
    check("Shift+1", "+Shift/ShiftLeft[s] +!/Digit1=\"!\"[s] -![s] -Shift[]");
    check("Control+Shift+T", "+Control/ControlLeft[c] +Shift/ShiftLeft[cs] +T/KeyT[cs] -T[cs] -Shift[c] -Control[]");
    check("Control++", "+Control/ControlLeft[c] ++/Equal[c] -+[c] -Control[]");
    check("Alt+ArrowLeft", "+Alt/AltLeft[a] +ArrowLeft/ArrowLeft[a] -ArrowLeft[a] -Alt[]");
}

#[test]
fn names_nobody_knows() {
    check_error("", "it names no key; write `Enter`, `a` or `Control+A`");
    check_error("Control+", "`Control+` ends with `+`, without the key that is pressed");
    check_error("enter", "no key is named `enter`; did you mean `Enter`?");
    check_error("Ctrl+a", "no key is named `Ctrl`; did you mean `Control`?");
    check_error("ArowDown", "no key is named `ArowDown`; did you mean `ArrowDown`?");
    check_error("Up", "no key is named `Up`; did you mean `ArrowUp`?");
    check_error("hello", "no key is named `hello`; a text is typed with `type_text` or `fill`");
    check_error("F13", "no key is named `F13`; a text is typed with `type_text` or `fill`");
}

#[test]
fn texts() {
    assert_eq!(
        show(&type_text("aB\n", Duration::from_millis(5))),
        "+a/KeyA=\"a\"[] -a[] 5ms +B/KeyB=\"B\"[] -B[] 5ms +Enter/Enter=\"\\r\"[] -Enter[]"
    );
    assert_eq!(show(&type_text("日", Duration::ZERO)), "+日/=\"日\"[] -日[]");
    assert_eq!(type_text("", Duration::ZERO), []);
}

#[test]
fn held_during_a_click() {
    assert_eq!(modifier_bits(&[Modifier::Alt, Modifier::Shift]), ALT | SHIFT);
    assert_eq!(modifier_bits(&[]), 0);
}
