//! [`Fault`]: what came back instead of an answer. fantoccini's errors end here.

use std::error::Error;
use std::io::{self, ErrorKind};
use std::time::Duration;

use fantoccini::error::{CmdError, ErrorStatus};

use crate::browser::error::BrowserError;

/// Why a command has no answer.
#[derive(Clone, Debug)]
pub(in crate::browser::wire) enum Fault {
    /// Driver or browser are gone.
    Lost(String),
    /// The page was closed.
    Closed,
    /// A dialog is open.
    Dialog,
    /// Nothing came in the time we gave it.
    Timeout {
        /// How long.
        waited: Duration,
    },
    /// The driver's own error.
    Refused {
        /// The error code of `WebDriver`.
        code: &'static str,
        /// The driver's words.
        message: String,
    },
}

/// What chromedriver says under `unknown error` when the browser is gone.
const GONE: &[&str] = &["chrome not reachable", "disconnected", "cannot connect to", "tab crashed", "session deleted"];

/// What drivers say when the document was replaced under a command.
const REPLACED: &[&str] = &[
    "document unloaded",
    "unloaded while",
    "was unloaded",
    "target navigated",
    "target detached",
    "aborted by navigation",
    "navigation detected",
    "execution context",
    "Cannot find context",
    "frame detached",
    "browsing context",
];

impl Fault {
    /// The document was replaced under the command.
    pub(in crate::browser::wire) fn is_document_gone(&self) -> bool {
        match self {
            Self::Refused { code: "stale element reference" | "detached shadow root" | "no such frame", .. } => true,
            _ => self.is_overtaken(),
        }
    }

    /// A navigation came between; the command may be given again.
    pub(in crate::browser::wire) fn is_overtaken(&self) -> bool {
        match self {
            Self::Refused { message, .. } => REPLACED.iter().any(|words| message.contains(words)),
            _ => false,
        }
    }

    /// The driver gave up waiting: for a script, or for a page to load.
    pub(in crate::browser::wire) fn is_drivers_timeout(&self) -> bool {
        matches!(self, Self::Refused { code: "script timeout" | "timeout", .. })
    }

    /// As an error of the command people called.
    pub(in crate::browser::wire) fn into_error(self, command: &str) -> BrowserError {
        match self {
            Self::Lost(reason) => BrowserError::Lost { reason, output: Vec::new() },
            Self::Closed => BrowserError::Closed { what: "page" },
            Self::Dialog => BrowserError::Protocol {
                command: command.to_owned(),
                message: "dialogs of the page do not stop opening".to_owned(),
            },
            Self::Timeout { waited } => BrowserError::timed_out(command, waited),
            Self::Refused { code, message } if message.is_empty() => {
                BrowserError::Protocol { command: command.to_owned(), message: code.to_owned() }
            }
            Self::Refused { message, .. } => BrowserError::Protocol { command: command.to_owned(), message },
        }
    }

    /// There is no answer, because the connection to the driver failed.
    fn silent(error: &(dyn Error + 'static)) -> Self {
        Self::Lost(match Self::io_kind(error) {
            Some(ErrorKind::ConnectionRefused) => "the driver is gone".to_owned(),
            Some(ErrorKind::ConnectionReset | ErrorKind::UnexpectedEof | ErrorKind::BrokenPipe) => {
                "the driver closed the connection".to_owned()
            }
            _ if Self::chain(error).contains("connection closed") => "the driver closed the connection".to_owned(),
            _ => format!("the driver does not answer any more ({})", Self::chain(error)),
        })
    }

    /// What the operating system says is the innermost reason.
    pub(in crate::browser::wire) fn io_kind(error: &(dyn Error + 'static)) -> Option<ErrorKind> {
        let mut innermost = error;
        while let Some(source) = innermost.source() {
            innermost = source;
        }
        innermost.downcast_ref::<io::Error>().map(io::Error::kind)
    }

    /// A driver's message without the session details and addresses it adds.
    pub(in crate::browser::wire) fn words(message: &str) -> String {
        let lines = message.lines().filter(|line| !line.trim_start().starts_with("(Session info"));
        let text = lines.map(str::trim_end).collect::<Vec<_>>().join("\n");
        let text = text.trim();
        let prefixes = ["unknown error: ", "javascript error: ", "session not created: ", "timeout: "];
        prefixes.iter().fold(text, |text, prefix| text.strip_prefix(prefix).unwrap_or(text)).to_owned()
    }

    /// An error and what it came from, the innermost reason last.
    pub(in crate::browser::wire) fn chain(error: &dyn Error) -> String {
        let mut texts = vec![error.to_string()];
        let mut source = error.source();
        while let Some(error) = source {
            let text = error.to_string();
            if texts.last() != Some(&text) {
                texts.push(text);
            }
            source = error.source();
        }
        texts.join(": ")
    }
}

impl From<CmdError> for Fault {
    fn from(error: CmdError) -> Self {
        match error {
            CmdError::Standard(error) => match error.error {
                ErrorStatus::UnexpectedAlertOpen => Self::Dialog,
                ErrorStatus::InvalidSessionId => Self::Lost("the browser closed the connection".to_owned()),
                ErrorStatus::NoSuchWindow => Self::Closed,
                // All that `WebKitWebDriver` (2.50) says when its browser is gone under a command.
                ErrorStatus::UnknownError if error.message.trim().is_empty() => {
                    Self::Lost("the browser closed the connection".to_owned())
                }
                ref status => {
                    let message = Self::words(&error.message);
                    if GONE.iter().any(|words| message.contains(words)) {
                        return Self::Lost(message.lines().next().unwrap_or_default().to_owned());
                    }
                    Self::Refused { code: status.description(), message }
                }
            },
            CmdError::Failed(error) => Self::silent(&error),
            CmdError::FailedC(error) => Self::silent(&error),
            CmdError::Lost(error) => Self::silent(&error),
            // Codes outside the standard, such as chromedriver's `disconnected` and `aborted by navigation`.
            CmdError::NotW3C(serde_json::Value::String(code)) if GONE.contains(&code.as_str()) => Self::Lost(code),
            // A Grid whose node is gone: `{"message": "Connection failure"}`, and no code.
            CmdError::NotW3C(serde_json::Value::Object(answer)) if !answer.contains_key("error") => {
                let words = answer.get("message").and_then(serde_json::Value::as_str).unwrap_or("no reason was given");
                Self::Lost(format!("the Grid does not reach it any more ({words})"))
            }
            CmdError::NotW3C(serde_json::Value::String(code)) => Self::Refused { code: "unknown error", message: code },
            other => Self::Refused { code: "unknown error", message: Self::chain(&other) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_outside_the_standard_are_a_loss_only_where_they_say_so() {
        let fault = |code: &str| Fault::from(CmdError::NotW3C(code.into()));
        assert!(matches!(fault("disconnected"), Fault::Lost(_)));
        assert!(matches!(fault("chrome not reachable"), Fault::Lost(_)));
        assert!(fault("aborted by navigation").is_overtaken());
        assert!(!fault("something new").is_overtaken());
        assert!(matches!(fault("something new"), Fault::Refused { .. }));
    }

    #[test]
    fn drivers_messages_lose_what_nobody_needs() {
        let check = |message: &str, expected: &str| assert_eq!(Fault::words(message), expected);
        check("unknown error: net::ERR_X\n  (Session info: chrome=156.0)", "net::ERR_X");
        check(
            "session not created: Chrome failed to start: exited normally.",
            "Chrome failed to start: exited normally.",
        );
        check("plain", "plain");
    }
}
