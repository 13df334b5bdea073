//! [`Refusal`]: why a driver or Grid opened no session, and whether it is worth asking again.

use std::fmt;
use std::time::Duration;

/// Why there is no session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::browser) struct Refusal {
    /// What kind of no it is.
    pub(in crate::browser) kind: RefusalKind,
    /// The words of the driver, or ours where it said none; the headline first.
    pub(in crate::browser) words: String,
}

/// What kind of no it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::browser) enum RefusalKind {
    /// Nobody answers: not started yet, or a wrong address.
    Unreachable,
    /// No answer in the time that was given.
    Silent,
    /// Every slot is taken, or what has one free cannot be reached at the moment.
    Busy,
    /// The driver tried and did not succeed: another node may.
    Failed,
    /// It will say the same again: the request itself is wrong, or nobody there speaks `WebDriver`.
    Final,
}

/// What a Grid, or a driver that takes one session at a time, says while it has no room.
const BUSY: &[&str] = &[
    "request timed out",
    "connectexception",
    "connection refused",
    "connection failure",
    "connection reset",
    "already started",
    "maximum number of active sessions",
    "queue",
    "no free slot",
    "too many requests",
    "parallel",
    "temporarily unavailable",
    "unable to create new service",
];

/// What will not change by asking again.
const FINAL: &[&str] = &[
    "only supports",
    "no nodes support",
    "does not support",
    "no matching capabilities",
    "unrecognized",
    "cannot parse capability",
    "cannot find",
    "invalid",
    "credentials",
    "unauthorized",
    "forbidden",
];

impl Refusal {
    /// Of this kind, in these words.
    pub(in crate::browser) fn new(kind: RefusalKind, words: impl Into<String>) -> Self {
        Self { kind, words: words.into() }
    }

    /// What a driver said about a session it did not create.
    pub(in crate::browser) fn by_driver(words: String) -> Self {
        let text = words.to_lowercase();
        let says = |known: &[&str]| known.iter().any(|known| text.contains(known));
        let kind = if says(BUSY) {
            RefusalKind::Busy
        } else if says(FINAL) {
            RefusalKind::Final
        } else {
            RefusalKind::Failed
        };
        Self { kind, words }
    }

    /// Its first line.
    pub(in crate::browser) fn headline(&self) -> &str {
        self.words.lines().next().unwrap_or_default()
    }

    /// Its further lines.
    pub(in crate::browser) fn details(&self) -> Vec<String> {
        self.words.lines().skip(1).map(str::to_owned).collect()
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

impl RefusalKind {
    /// How long it is worth asking, of the `limit` for a session: a Grid that restarts is back in
    /// seconds, and a wrong address stays wrong; a slot becomes free when another test is done.
    pub(in crate::browser) fn patience(self, limit: Duration) -> Duration {
        match self {
            Self::Unreachable => limit.min(Duration::from_secs(10)),
            Self::Failed => limit.min(Duration::from_secs(20)),
            Self::Silent | Self::Busy => limit,
            Self::Final => Duration::ZERO,
        }
    }
}

/// The pause before asking again, after `asked` refusals: short at first, for a slot that is free in a
/// moment; never so long that a free slot stays empty.
pub(in crate::browser) fn pause(asked: u32) -> Duration {
    Duration::from_millis(250).saturating_mul(1 << asked.saturating_sub(1).min(4)).min(Duration::from_secs(3))
}

/// The same for a driver of ours, whose slot is free in a moment.
pub(in crate::browser) fn soon(asked: u32) -> Duration {
    Duration::from_millis(10).saturating_mul(1 << asked.saturating_sub(1).min(6))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_decide_whether_to_ask_again() {
        let check = |words: &str, kind| assert_eq!(Refusal::by_driver(words.to_owned()).kind, kind, "{words}");
        check("Could not start a new session. java.net.ConnectException", RefusalKind::Busy);
        check("New session request timed out", RefusalKind::Busy);
        check("Session is already started", RefusalKind::Busy);
        check("Chrome failed to start: exited normally.", RefusalKind::Failed);
        check("This version of ChromeDriver only supports Chrome version 1", RefusalKind::Final);
        check("Could not start a new session. No nodes support the capabilities in the request", RefusalKind::Final);
    }

    #[test]
    fn pauses_grow_and_stay_short() {
        let pauses: Vec<u128> = [1, 2, 3, 4, 5, 6, 100].map(|asked| pause(asked).as_millis()).into();
        assert_eq!(pauses, [250, 500, 1000, 2000, 3000, 3000, 3000]);
    }
}
