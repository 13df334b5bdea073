//! [`Retrying`]: doing something again until it is as wanted, where nothing tells when it changes.

use std::time::Duration;

use rhai::{Dynamic, EvalAltResult, FnPtr, NativeCallContext};

use crate::clock::Deadline;
use crate::outcome::Failure;

use super::error::Raw;
use super::world::{Call, World};

/// Between two tries: the first pause, and the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_millis(100);

/// Tries, with pauses that grow.
pub(crate) struct Retrying {
    deadline: Deadline,
    pause: Duration,
    fixed: bool,
    /// How many tries there were.
    pub(crate) tries: u32,
}

impl Retrying {
    /// Tries for `timeout`, each `interval` after the one before, or ever more seldom.
    pub(crate) fn new(timeout: Duration, interval: Option<Duration>) -> Self {
        Self {
            deadline: Deadline::after(timeout),
            pause: interval.unwrap_or(FIRST_PAUSE),
            fixed: interval.is_some(),
            tries: 1,
        }
    }

    /// Waits for the next try; false where the time is over.
    pub(crate) fn again(&mut self, world: &World, call: &Call) -> Raw<bool> {
        if self.deadline.is_over() {
            return Ok(false);
        }
        world.wait_plain(call, tokio::time::sleep(self.pause.min(self.deadline.remaining())))?;
        if !self.fixed {
            self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        }
        self.tries += 1;
        Ok(true)
    }

    /// The whole time there was.
    pub(crate) fn length(&self) -> Duration {
        self.deadline.length()
    }
}

/// What a function that is tried gave.
pub(crate) enum Tried {
    /// A value.
    Value(Dynamic),
    /// An error a script could catch: the try failed.
    Failed(Box<Failure>),
}

/// Calls a function of the script; an error that ends the attempt goes through.
pub(crate) fn try_once(world: &World, context: &NativeCallContext, function: &FnPtr) -> Raw<Tried> {
    match function.call_within_context::<Dynamic>(context, ()) {
        Ok(value) => Ok(Tried::Value(value)),
        Err(error) if !is_catchable(&error) => Err(error),
        Err(error) => {
            let source = context.call_source().unwrap_or_default();
            Ok(Tried::Failed(Box::new(world.read(&error, context.engine(), source).failure)))
        }
    }
}

/// Whether a script could catch the error: all but those that end the attempt.
pub(crate) fn is_catchable(error: &EvalAltResult) -> bool {
    error.unwrap_inner().is_catchable()
}
