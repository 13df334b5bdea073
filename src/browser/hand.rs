//! Raw input without an element: [`Page::keyboard`] and [`Page::mouse`]; and a drag from one element
//! to another ([`Page::drag`]).

use std::time::Duration;

use super::action::{ActOptions, Action, Button, Reading};
use super::error::BrowserError;
use super::keyboard::{key_down, key_up, keys_while, type_text};
use super::locator::Locator;
use super::page::{KeyStep, Page, PointerStep};
use crate::clock::Deadline;

/// Input of the keyboard; it goes to what has the focus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyInput {
    /// Presses a key or a chord, and lets it go.
    Press {
        /// As in `press`.
        keys: String,
        /// Time between down and up.
        delay: Duration,
    },
    /// Holds a key down.
    Down(String),
    /// Lets it go.
    Up(String),
    /// Types key by key.
    Type {
        /// The characters.
        text: String,
        /// Time between keys.
        delay: Duration,
    },
    /// Inserts a text at once, without key events.
    Insert(String),
}

/// Input of the mouse, in CSS pixels of the viewport.
#[derive(Clone, Debug, PartialEq)]
pub enum MouseInput {
    /// Moves to a point, in a number of steps.
    Move {
        /// From the left.
        x: f64,
        /// From the top.
        y: f64,
        /// How many moves the page sees.
        steps: u32,
    },
    /// Presses a button.
    Down(Button),
    /// Releases it.
    Up(Button),
    /// Moves to a point and clicks there.
    Click {
        /// From the left.
        x: f64,
        /// From the top.
        y: f64,
        /// Which button.
        button: Button,
        /// 2 for a double click.
        count: u32,
        /// Time between press and release.
        delay: Duration,
    },
    /// Turns the wheel, by CSS pixels to the right and down.
    Wheel {
        /// To the right.
        dx: f64,
        /// Down.
        dy: f64,
    },
}

/// How an element is dragged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DragOptions {
    /// Where it is taken, from its top left corner.
    pub source_position: Option<(f64, f64)>,
    /// Where it is dropped, from the target's top left corner.
    pub target_position: Option<(f64, f64)>,
    /// How many moves the page sees on the way.
    pub steps: u32,
    /// As for other actions, for both ends.
    pub act: ActOptions,
}

impl Page {
    /// Gives input to what has the focus, and waits for a navigation it starts.
    ///
    /// # Errors
    /// When a key has no such name, or the browser is lost.
    pub async fn keyboard(&self, input: &KeyInput, timeout: Duration) -> Result<(), BrowserError> {
        let named = |name: &str, result: Result<(KeyStep, u8), String>| {
            result.map_err(|reason| BrowserError::InvalidKeys { keys: name.to_owned(), reason })
        };
        let held = self.hand().modifiers;
        match input {
            KeyInput::Press { keys, delay } => {
                let steps = keys_while(keys, held, *delay)
                    .map_err(|reason| BrowserError::InvalidKeys { keys: keys.clone(), reason })?;
                self.keys(&steps).await?;
            }
            KeyInput::Down(name) => {
                let (step, held) = named(name, key_down(name, held))?;
                self.hold_modifiers(held);
                self.keys(&[step]).await?;
            }
            KeyInput::Up(name) => {
                let (step, held) = named(name, key_up(name, held))?;
                self.hold_modifiers(held);
                self.keys(&[step]).await?;
            }
            KeyInput::Type { text, delay } => self.keys(&type_text(text, *delay)).await?,
            KeyInput::Insert(text) => self.insert_text(text).await?,
        }
        self.settle(timeout).await
    }

    /// Gives mouse input, and waits for a navigation it starts.
    ///
    /// # Errors
    /// When the browser is lost.
    pub async fn mouse(&self, input: &MouseInput, timeout: Duration) -> Result<(), BrowserError> {
        let hand = self.hand();
        let modifiers = hand.modifiers;
        let steps = match *input {
            MouseInput::Move { x, y, steps } => moves((hand.x, hand.y), (x, y), (steps, modifiers)),
            MouseInput::Down(button) => vec![PointerStep::Press { button, count: 1, modifiers }],
            MouseInput::Up(button) => vec![PointerStep::Release { button, count: 1, modifiers }],
            MouseInput::Click { x, y, button, count, delay } => {
                let mut steps = vec![PointerStep::Move { x, y, modifiers }];
                for count in 1..=count {
                    steps.push(PointerStep::Press { button, count, modifiers });
                    steps.extend((!delay.is_zero()).then_some(PointerStep::Pause(delay)));
                    steps.push(PointerStep::Release { button, count, modifiers });
                }
                steps
            }
            MouseInput::Wheel { dx, dy } => vec![PointerStep::Wheel { x: hand.x, y: hand.y, dx, dy, modifiers }],
        };
        self.pointer(&steps).await?;
        self.settle(timeout).await
    }

    /// Takes one element with the mouse, moves it over another one and lets it go.
    ///
    /// Where both are in view already, that is one message: chromedriver forgets between two which
    /// button it holds. Otherwise the target is waited for while the button is held.
    ///
    /// # Errors
    /// When one of them does not become ready; the button is released all the same.
    pub async fn drag(&self, source: &Locator, target: &Locator, options: DragOptions) -> Result<(), BrowserError> {
        let deadline = Deadline::after(options.act.timeout);
        let over = |position| Action::Hover { modifiers: Vec::new(), position };
        let within = |timeout| ActOptions { timeout, no_wait_after: true, ..options.act };
        let (from, to) = (over(options.source_position), over(options.target_position));
        self.act(source, &from, within(deadline.remaining())).await?;
        let start = self.hand();
        let modifiers = start.modifiers;
        let press = PointerStep::Press { button: Button::Left, count: 1, modifiers };
        let nudge = PointerStep::Move { x: start.x + 5.0, y: start.y + 5.0, modifiers };
        let release = PointerStep::Release { button: Button::Left, count: 1, modifiers };
        let before = self.read(source, &Reading::BoundingBox, deadline.remaining()).await?;
        let seen = self.place_of(target, &to, within(Duration::ZERO)).await.ok();
        // The target may have been scrolled to.
        let after = self.read(source, &Reading::BoundingBox, deadline.remaining()).await?;
        let way = |point: (f64, f64)| {
            // Moves without a pause between them may reach the page as one; and what is dragged over
            // answers one move later. A move to where the mouse is already is none (Chromium over BiDi).
            let moves = moves((start.x, start.y), (point.0 - 0.5, point.1), (options.steps.max(2), modifiers));
            let last = PointerStep::Move { x: point.0, y: point.1, modifiers };
            moves
                .into_iter()
                .chain([last])
                .flat_map(|step| [step, PointerStep::Pause(Duration::ZERO)])
                .collect::<Vec<_>>()
        };
        // A browser begins a drag beside the input: it must have done so before the next move.
        let pause = || PointerStep::Pause(Duration::ZERO);
        let begin = vec![press, pause(), nudge, pause()];
        match seen {
            Some(point) if before == after => {
                self.pointer(&[begin, way(point), vec![release]].concat()).await?;
            }
            _ => {
                self.act(source, &from, within(deadline.remaining())).await?;
                self.pointer(&begin).await?;
                let moved = match self.place_of(target, &to, within(deadline.remaining())).await {
                    Ok(point) => self.pointer(&way(point)).await,
                    Err(error) => Err(error),
                };
                moved.and(self.pointer(&[release]).await)?;
            }
        }
        if options.act.no_wait_after { Ok(()) } else { self.settle(deadline.remaining()).await }
    }
}

/// Points on the straight way from one place to another, the last one included.
fn moves(from: (f64, f64), to: (f64, f64), (steps, modifiers): (u32, u8)) -> Vec<PointerStep> {
    let steps = steps.max(1);
    (1..=steps)
        .map(|step| {
            let part = f64::from(step) / f64::from(steps);
            PointerStep::Move { x: from.0 + (to.0 - from.0) * part, y: from.1 + (to.1 - from.1) * part, modifiers }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_ends_where_it_leads() {
        let points: Vec<(f64, f64)> = moves((0.0, 0.0), (10.0, 4.0), (2, 0))
            .into_iter()
            .map(|step| match step {
                PointerStep::Move { x, y, .. } => (x, y),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(points, [(5.0, 2.0), (10.0, 4.0)]);
    }
}
