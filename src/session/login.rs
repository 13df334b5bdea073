//! [`Login`]: what a session needs done in a browser and in a script. Implemented by `script`,
//! which knows both; called by `acquire`, which knows the order.

use std::future::Future;
use std::pin::Pin;

use serde_json::Value;

use crate::browser::{Captured, Restored, State};
use crate::outcome::Failure;

/// The parts of a session's use, in the terms of its rules.
pub trait Login {
    /// Blank page, clear context.
    fn clear(&mut self) -> Result<(), LoginError>;
    /// The `before` callback; nothing where there is none.
    fn before(&mut self) -> Result<(), LoginError>;
    /// The `steps`; what they return, as plain data.
    fn steps(&mut self) -> Result<Value, LoginError>;
    /// Waits for a navigation in flight, such as a login that goes on when the steps are over.
    fn settle(&mut self) -> Result<(), LoginError>;
    /// The `verify` callback on what is in the context now.
    fn verify(&mut self) -> Result<Verdict, LoginError>;
    /// The `after` callback; nothing where there is none.
    fn after(&mut self) -> Result<(), LoginError>;
    /// Takes the context's state.
    fn capture(&mut self) -> Result<Captured, LoginError>;
    /// Puts a state into the cleared context.
    fn restore(&mut self, state: &State) -> Result<Restored, LoginError>;
    /// Blank page at the end (not with `isolation: "none"`).
    fn blank(&mut self) -> Result<(), LoginError>;
    /// Tells people something that ends nothing.
    fn warn(&mut self, text: &str);
    /// Waits for another worker or process; the time is not charged to the test.
    fn wait(&mut self, turn: Pin<Box<dyn Future<Output = ()> + Send + '_>>) -> Result<(), LoginError>;
}

/// What `verify` says.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// The session is good; also where there is no `verify`.
    Yes,
    /// It returned `false`, threw, or something in it failed.
    No(Box<Failure>),
}

/// Why a part of a login did not go through.
#[derive(Clone, Debug, PartialEq)]
pub enum LoginError {
    /// It failed; that is an answer about the session.
    Failed(Box<Failure>),
    /// The attempt itself is over: out of time, interrupted, browser lost. Says nothing about the
    /// session; whoever waits for it takes over.
    Aborted(Box<Failure>),
}

impl LoginError {
    /// The failure inside.
    pub fn into_failure(self) -> Box<Failure> {
        match self {
            Self::Failed(failure) | Self::Aborted(failure) => failure,
        }
    }
}
