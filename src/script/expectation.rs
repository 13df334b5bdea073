//! [`Expectation`]: what `expect(x)` gives; shared by assertions that are retried and those that
//! are judged once.

use std::time::Duration;

use rhai::{Dynamic, FnPtr, NativeCallContext};

use crate::browser::TextMatch;
use crate::outcome::{Failure, Frame};

use super::closure::call_site;
use super::error::{Raw, throw};
use super::values::{RegexValue, shown};
use super::world::World;

/// What `expect` gives.
#[derive(Clone, Debug)]
pub(crate) struct Expectation {
    /// What was given to it.
    pub(crate) subject: Dynamic,
    /// `.not` stands in front.
    pub(crate) negated: bool,
    /// The message given as its second argument.
    pub(crate) message: Option<String>,
    /// `expect_soft`: a failure is kept, and the test goes on.
    pub(crate) is_soft: bool,
    /// `expect_poll`: the subject is what this function gives, asked again and again.
    pub(crate) poll: Option<Poll>,
}

/// What `expect_poll` asks.
#[derive(Clone, Debug)]
pub(crate) struct Poll {
    /// Gives the value.
    pub(crate) function: FnPtr,
    /// For how long.
    pub(crate) timeout: Duration,
    /// Time between two tries, where it is said.
    pub(crate) interval: Option<Duration>,
}

impl Expectation {
    /// An assertion about `subject`.
    pub(crate) fn of(subject: Dynamic) -> Self {
        Self { subject, negated: false, message: None, is_soft: false, poll: None }
    }

    /// `not ` where `.not` stands in front.
    pub(crate) fn not(&self) -> &'static str {
        if self.negated { "not " } else { "" }
    }

    /// It does not hold: an error, or, for `expect_soft`, a failure that is kept until the test ends.
    pub(crate) fn fail(&self, context: &NativeCallContext, failure: Failure) -> Raw<()> {
        let mut failure = worded(failure, self);
        match World::of(context).activity() {
            Some(activity) if self.is_soft => {
                failure.frames.push(Frame { location: call_site(context), function: None, excerpt: Vec::new() });
                activity.soft.borrow_mut().push(failure);
                Ok(())
            }
            _ => Err(throw(failure)),
        }
    }
}

/// How an argument is written: strings in quotes, regexes as calls.
pub(crate) fn argument_text(value: &Dynamic) -> String {
    match value.read_lock::<RegexValue>() {
        Some(regex) => TextMatch::Regex { source: regex.source.clone(), flags: regex.flags.clone() }.to_string(),
        None => shown(value),
    }
}

/// The failure with the message given to `expect`, where there is one.
fn worded(mut failure: Failure, expectation: &Expectation) -> Failure {
    if let Some(message) = &expectation.message {
        let title = std::mem::replace(&mut failure.title, message.clone());
        failure.details.insert(0, title);
    }
    failure
}
