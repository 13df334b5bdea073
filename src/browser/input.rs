//! Raw input as `element.rs` gives it to the wires: [`PointerStep`], [`KeyStep`], [`Key`]. Data
//! only; which key a name stands for is `keyboard.rs`' business.

use std::time::Duration;

use super::action::Button;

/// One piece of pointer input, in CSS pixels of the main frame's viewport.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::browser) enum PointerStep {
    /// Moves there.
    Move {
        /// From the left.
        x: f64,
        /// From the top.
        y: f64,
        /// Keys held: bits 1 Alt, 2 Control, 4 Meta, 8 Shift.
        modifiers: u8,
    },
    /// Presses a button where the pointer was last moved to.
    Press {
        /// Which.
        button: Button,
        /// 1 for the first click, 2 for the second of a double click.
        count: u32,
        /// Keys held.
        modifiers: u8,
    },
    /// Releases it.
    Release {
        /// Which.
        button: Button,
        /// As in the press.
        count: u32,
        /// Keys held.
        modifiers: u8,
    },
    /// Turns the wheel at a point.
    Wheel {
        /// From the left.
        x: f64,
        /// From the top.
        y: f64,
        /// CSS pixels to the right.
        dx: f64,
        /// CSS pixels down.
        dy: f64,
        /// Keys held.
        modifiers: u8,
    },
    /// Touches a point with a finger, and lets go.
    Tap {
        /// From the left.
        x: f64,
        /// From the top.
        y: f64,
        /// Keys held.
        modifiers: u8,
    },
    /// Waits between two of the others.
    Pause(Duration),
}

/// One piece of key input.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::browser) enum KeyStep {
    /// Key down (with its text, where it makes one).
    Down(Key),
    /// Key up.
    Up(Key),
    /// Waits between keys (`delay`).
    Pause(Duration),
}

/// A key as UI Events names it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "the names of `KeyboardEvent`")]
pub(in crate::browser) struct Key {
    /// `KeyboardEvent.key`: `a`, `Enter`.
    pub(in crate::browser) key: String,
    /// `KeyboardEvent.code`: `KeyA`, `Enter`; empty for characters no US keyboard has.
    pub(in crate::browser) code: String,
    /// `keyCode` of old (Windows virtual key code).
    pub(in crate::browser) key_code: u32,
    /// Text the key inserts; `None` for a key that inserts none.
    pub(in crate::browser) text: Option<String>,
    /// `KeyboardEvent.location`.
    pub(in crate::browser) location: u32,
    /// Modifiers held, this one included on key down: bits 1 Alt, 2 Control, 4 Meta, 8 Shift.
    pub(in crate::browser) modifiers: u8,
}
