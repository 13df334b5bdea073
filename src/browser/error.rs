//! [`BrowserError`]: everything that can go wrong with a browser. fantoccini's errors end here.
//!
//! Each variant carries what a message needs; turning one into a `Failure` is `script`'s business.

use std::time::Duration;

/// What went wrong.
#[derive(Clone, Debug, thiserror::Error)]
pub enum BrowserError {
    /// The browser, the driver or the connection to it is gone. An infrastructure failure.
    #[error("the browser was lost: {reason}")]
    Lost {
        /// What was seen of it.
        reason: String,
        /// Last lines of the driver's and browser's own output.
        output: Vec<String>,
    },
    /// No browser or driver could be found or started. An infrastructure failure.
    #[error("{title}")]
    Start {
        /// One line.
        title: String,
        /// What was looked at, what it said.
        details: Vec<String>,
        /// The command that helps.
        advice: Option<String>,
    },
    /// A Grid had no free slot for as long as we may wait, or its node could not start a browser. An
    /// infrastructure failure, and none where others of the run have a browser.
    #[error("{title}")]
    NoSlot {
        /// One line.
        title: String,
        /// What it said, and how often.
        details: Vec<String>,
        /// What to try.
        advice: Option<String>,
    },
    /// An element did not become ready for an action.
    #[error("{0}")]
    NotReady(Box<NotReady>),
    /// Several elements match where one is needed.
    #[error("`{locator}` matches {total} elements")]
    NotUnique {
        /// The locator, as the script would write it.
        locator: String,
        /// One line for each of the first ten: `<button id="a">Save</button>`.
        matches: Vec<String>,
        /// How many there are.
        total: u64,
    },
    /// The locator cannot be understood by the browser.
    #[error("`{locator}` is not a valid locator: {reason}")]
    InvalidLocator {
        /// The locator.
        locator: String,
        /// What the browser said.
        reason: String,
    },
    /// The name of a key or a chord is wrong.
    #[error("`{keys}` cannot be pressed: {reason}")]
    InvalidKeys {
        /// As it was given.
        keys: String,
        /// What is wrong with it, and what was meant.
        reason: String,
    },
    /// A page could not be opened.
    #[error("cannot open {url}: {reason}")]
    Navigation {
        /// The address.
        url: String,
        /// `net::ERR_CONNECTION_REFUSED` in words people use: "connection refused".
        reason: String,
    },
    /// A page was not loaded in time.
    #[error("{url} was not loaded")]
    NavigationTimeout {
        /// The address.
        url: String,
        /// How long we waited.
        waited: Duration,
        /// How far it came: "no answer from the server", "answered, but still loading".
        progress: String,
    },
    /// JavaScript given to `evaluate` threw.
    #[error("{message}")]
    Javascript {
        /// What was thrown: `TypeError: x is not a function`.
        message: String,
        /// Line inside the script, from 1.
        line: Option<u32>,
        /// Column inside the script, from 1.
        column: Option<u32>,
    },
    /// This browser cannot do it.
    #[error("{what} is not possible on {browser}")]
    Unsupported {
        /// What was asked: "a full-page screenshot".
        what: String,
        /// Browser and wire: `MiniBrowser 2.50 (classic)`.
        browser: String,
        /// Name for `requires`.
        capability: &'static str,
        /// What to do instead.
        alternatives: Option<String>,
    },
    /// The page or its context was closed.
    #[error("the {what} was closed")]
    Closed {
        /// `page` or `context`.
        what: &'static str,
    },
    /// The time given to the command is over and there is nothing better to say.
    #[error("no answer to {command}")]
    Timeout {
        /// What was asked.
        command: String,
        /// How long we waited.
        waited: Duration,
    },
    /// The browser refused a command in a way nobody foresaw.
    #[error("{command}: {message}")]
    Protocol {
        /// The command.
        command: String,
        /// The browser's words.
        message: String,
    },
}

impl BrowserError {
    /// A command that got no answer in its time.
    pub(in crate::browser) fn timed_out(command: &str, waited: Duration) -> Self {
        Self::Timeout { command: command.to_owned(), waited }
    }

    /// The browser is gone; the attempt is an infrastructure failure.
    pub fn is_lost(&self) -> bool {
        matches!(self, Self::Lost { .. } | Self::Start { .. } | Self::NoSlot { .. })
    }
}

/// An element that did not become ready.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotReady {
    /// `click`.
    pub action: String,
    /// The locator, as the script would write it.
    pub locator: String,
    /// The condition that was not met: "to be visible", "to be enabled", "to exist".
    pub unmet: String,
    /// What was there instead: "it is covered by `<div id=\"veil\">`", "no element matches".
    pub found: String,
    /// How long we waited.
    pub waited: Duration,
    /// What happened meanwhile, oldest first.
    pub log: Vec<String>,
    /// What to try.
    pub advice: Option<String>,
}

impl std::fmt::Display for NotReady {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}` waited for {} {}: {}", self.action, self.locator, self.unmet, self.found)
    }
}
