//! Pointer and key input, through the browser's own input pipeline.
//!
//! The steps of one call go out in one write. Input that opens a dialog gets its answer only after
//! the dialog is closed: the call returns when it opens, and `settle` waits for the rest.

use std::pin::pin;

use futures_util::future::{Either, join_all, select};
use serde_json::{Value, json};

use super::page::PageInner;
use crate::browser::page::{Key, KeyStep, PointerStep};
use crate::browser::wire::socket::Answer;
use crate::browser::{BrowserError, Button};

const ALT_CONTROL_META: u8 = 1 | 2 | 4;
const KEYPAD: u32 = 3;

/// Where the pointer is, and what it holds down.
#[derive(Clone, Copy, Default)]
pub(super) struct Pointer {
    x: f64,
    y: f64,
    held: u8,
}

impl Pointer {
    /// Moves it along and gives the messages for it.
    fn step(&mut self, step: &PointerStep) -> Vec<(&'static str, Value)> {
        let mouse = |message| vec![("Input.dispatchMouseEvent", message)];
        match *step {
            PointerStep::Wheel { x, y, dx, dy, modifiers } => {
                (self.x, self.y) = (x, y);
                let mut message = self.message("mouseWheel", ("none", 0), modifiers);
                (message["deltaX"], message["deltaY"]) = (json!(dx), json!(dy));
                mouse(message)
            }
            PointerStep::Tap { x, y, modifiers } => {
                let touch = |kind: &str, points: Value| {
                    let message = json!({ "type": kind, "touchPoints": points, "modifiers": modifiers });
                    ("Input.dispatchTouchEvent", message)
                };
                vec![touch("touchStart", json!([{ "x": x, "y": y }])), touch("touchEnd", json!([]))]
            }
            PointerStep::Pause(_) => Vec::new(),
            PointerStep::Move { x, y, modifiers } => {
                (self.x, self.y) = (x, y);
                let held = [(1, "left"), (2, "right"), (4, "middle")].into_iter().find(|(bit, _)| self.held & bit != 0);
                let button = held.map_or("none", |(_, name)| name);
                mouse(self.message("mouseMoved", (button, 0), modifiers))
            }
            PointerStep::Press { button, count, modifiers } => {
                self.held |= bit(button);
                mouse(self.message("mousePressed", (name(button), count), modifiers))
            }
            PointerStep::Release { button, count, modifiers } => {
                self.held &= !bit(button);
                mouse(self.message("mouseReleased", (name(button), count), modifiers))
            }
        }
    }

    fn message(&self, kind: &str, (button, count): (&str, u32), modifiers: u8) -> Value {
        json!({
            "type": kind, "x": self.x, "y": self.y, "button": button, "buttons": self.held,
            "clickCount": count, "modifiers": modifiers, "pointerType": "mouse",
        })
    }
}

fn bit(button: Button) -> u8 {
    match button {
        Button::Left => 1,
        Button::Right => 2,
        Button::Middle => 4,
    }
}

fn name(button: Button) -> &'static str {
    match button {
        Button::Left => "left",
        Button::Right => "right",
        Button::Middle => "middle",
    }
}

impl PageInner {
    pub(super) async fn pointer(&self, steps: &[PointerStep]) -> Result<(), BrowserError> {
        let mut answers = Vec::new();
        for step in steps {
            if let PointerStep::Pause(time) = step {
                self.delivered(std::mem::take(&mut answers)).await?;
                tokio::time::sleep(*time).await;
            }
            let messages = self.update(|state| state.pointer.step(step));
            answers.extend(messages.iter().map(|(method, message)| self.session.send(method, message)));
        }
        self.delivered(answers).await
    }

    pub(super) async fn keys(&self, steps: &[KeyStep]) -> Result<(), BrowserError> {
        let mut answers = Vec::new();
        for step in steps {
            match step {
                KeyStep::Down(key) => answers.push(self.session.send("Input.dispatchKeyEvent", &key_down(key))),
                KeyStep::Up(key) => answers.push(self.session.send("Input.dispatchKeyEvent", &key_event("keyUp", key))),
                KeyStep::Pause(time) => {
                    self.delivered(std::mem::take(&mut answers)).await?;
                    tokio::time::sleep(*time).await;
                }
            }
        }
        self.delivered(answers).await
    }

    pub(super) async fn insert_text(&self, text: &str) -> Result<(), BrowserError> {
        self.delivered(vec![self.session.send("Input.insertText", &json!({ "text": text }))]).await
    }

    /// Waits until the page has taken the input, or has opened a dialog because of it.
    async fn delivered(&self, answers: Vec<Answer>) -> Result<(), BrowserError> {
        let mut answers = answers;
        let taken = {
            let all = pin!(join_all(answers.iter_mut()));
            let dialog = pin!(self.wait(|state| state.has_dialog.then_some(())));
            match select(all, dialog).await {
                Either::Left((results, _)) => Some(results),
                Either::Right(_) => None,
            }
        };
        let Some(results) = taken else {
            // An answer that came meanwhile cannot be asked again, and has nothing to say.
            self.update(|state| state.late = answers.into_iter().filter(|answer| !answer.is_done()).collect());
            return self.check_lost();
        };
        // Input that closed its own page has done what it should.
        match results.into_iter().find_map(Result::err) {
            None | Some(BrowserError::Closed { .. }) => self.check_lost(),
            Some(error) => Err(error),
        }
    }

    fn check_lost(&self) -> Result<(), BrowserError> {
        match self.check_alive() {
            Err(error @ BrowserError::Lost { .. }) => Err(error),
            _ => Ok(()),
        }
    }
}

fn key_down(key: &Key) -> Value {
    let text = key.text.as_deref().filter(|text| !text.is_empty() && key.modifiers & ALT_CONTROL_META == 0);
    let Some(text) = text else {
        return key_event("rawKeyDown", key);
    };
    let text = if text == "\n" { "\r" } else { text };
    let mut event = key_event("keyDown", key);
    event["text"] = Value::from(text);
    event["unmodifiedText"] = Value::from(text);
    event
}

fn key_event(kind: &str, key: &Key) -> Value {
    json!({
        "type": kind, "key": key.key, "code": key.code, "windowsVirtualKeyCode": key.key_code,
        "location": key.location, "modifiers": key.modifiers, "isKeypad": key.location == KEYPAD,
        "commands": if kind == "rawKeyDown" { editing_commands(key) } else { &[] },
    })
}

/// Editing shortcuts that macOS does outside the page; elsewhere Chromium does them itself.
fn editing_commands(key: &Key) -> &'static [&'static str] {
    if !cfg!(target_os = "macos") || key.modifiers & 4 == 0 {
        return &[];
    }
    match (key.code.as_str(), key.modifiers & 8 != 0) {
        ("KeyA", false) => &["selectAll"],
        ("KeyC", false) => &["copy"],
        ("KeyX", false) => &["cut"],
        ("KeyV", false) => &["paste"],
        ("KeyZ", false) => &["undo"],
        ("KeyZ", true) => &["redo"],
        _ => &[],
    }
}
