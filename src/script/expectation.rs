//! [`Expectation`]: what `expect(x)` gives; shared by assertions that are retried and those that
//! are judged once.

use rhai::Dynamic;

use crate::browser::TextMatch;
use crate::outcome::Failure;

use super::values::{RegexValue, shown};

/// What `expect` gives.
#[derive(Clone, Debug)]
pub(crate) struct Expectation {
    /// What was given to it.
    pub(crate) subject: Dynamic,
    /// `.not` stands in front.
    pub(crate) negated: bool,
    /// The message given as its second argument.
    pub(crate) message: Option<String>,
}

/// How an argument is written: strings in quotes, regexes as calls.
pub(crate) fn argument_text(value: &Dynamic) -> String {
    match value.read_lock::<RegexValue>() {
        Some(regex) => TextMatch::Regex { source: regex.source.clone(), flags: regex.flags.clone() }.to_string(),
        None => shown(value),
    }
}

/// The failure with the message given to `expect`, where there is one.
pub(crate) fn worded(mut failure: Failure, expectation: &Expectation) -> Failure {
    if let Some(message) = &expectation.message {
        let title = std::mem::replace(&mut failure.title, message.clone());
        failure.details.insert(0, title);
    }
    failure
}
