//! [`ScriptError`]: a file that cannot be used; and [`Thrown`], the value our functions throw.

use std::rc::Rc;

use rhai::{Dynamic, EvalAltResult, Position};

use crate::outcome::{Failure, FailureKind};

/// A spec or support file that cannot be collected.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}: {}", file, failure.title)]
pub struct ScriptError {
    /// The file, relative to the project root.
    pub file: String,
    /// What is wrong with it.
    pub failure: Box<Failure>,
}

/// What a function of the script API gives.
pub(crate) type Raw<T> = Result<T, Box<EvalAltResult>>;

/// What our functions throw. A script that catches it sees its text and `message`.
#[derive(Clone, Debug)]
pub(crate) struct Thrown {
    /// The failure, without the frames of the scripts it will pass through.
    pub(crate) failure: Rc<Failure>,
    /// What it does to the attempt.
    pub(crate) effect: Effect,
}

/// What a thrown value does to the attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// An ordinary failure; a script may catch it.
    Fail,
    /// The attempt is over: no script can catch it.
    Abort(Abort),
}

/// Why an attempt is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Abort {
    /// Its time is over.
    Deadline,
    /// The engine stopped a script that was computing; the world knows why.
    Halted,
    /// The run was stopped.
    Interrupted,
    /// `skip()` was called; the failure's title is the reason.
    Skipped,
    /// The browser is gone.
    Lost,
}

/// An error a script may catch.
pub(crate) fn throw(failure: Failure) -> Box<EvalAltResult> {
    let thrown = Thrown { failure: Rc::new(failure), effect: Effect::Fail };
    Box::new(EvalAltResult::ErrorRuntime(Dynamic::from(thrown), Position::NONE))
}

/// An error that ends the attempt.
pub(crate) fn abort(failure: Failure, why: Abort) -> Box<EvalAltResult> {
    let thrown = Thrown { failure: Rc::new(failure), effect: Effect::Abort(why) };
    Box::new(EvalAltResult::ErrorTerminated(Dynamic::from(thrown), Position::NONE))
}

/// The script itself is wrong.
pub(crate) fn misuse(title: impl Into<String>) -> Failure {
    Failure::new(FailureKind::Script, title)
}
