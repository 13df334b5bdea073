//! What came of a test. A failed test is data ([`Failure`]), never an `Err`.
//!
//! Deciding about retries is `schedule`'s business; the flaky rule stands here because the
//! reports need it too.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::Location;

/// The end of one attempt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The body and its hooks went through.
    Passed,
    /// Something did not hold.
    Failed(Box<Failure>),
    /// Did not run, or said `skip` at run time.
    Skipped(Option<String>),
    /// Stopped from outside before it ended.
    Interrupted,
}

/// One try at a test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    /// From 1; infrastructure reruns count here too.
    pub number: u32,
    /// How it ended.
    pub outcome: Outcome,
    /// Wall time with hooks, without waiting for another worker's session.
    pub duration: Duration,
    /// The browser, driver or node was lost: the test runs again without using a retry.
    pub is_infrastructure: bool,
}

/// A test's final state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Passed at the first try (or failed as `fails` expects).
    Passed,
    /// Failed first, passed on a retry.
    Flaky,
    /// Failed at the last try.
    Failed,
    /// Was not run because the spec, a capability or the script said so.
    Skipped,
    /// Was to run, but the run ended before (stopped early, interrupted).
    NotRun,
}

impl Status {
    /// The flaky rule: the last attempt decides, and a pass after a failure of the test's own
    /// (not of the infrastructure) is flaky.
    pub fn of(attempts: &[Attempt]) -> Self {
        let Some(last) = attempts.last() else {
            return Self::NotRun;
        };
        match last.outcome {
            Outcome::Passed => {
                let failed_before = attempts
                    .iter()
                    .any(|attempt| !attempt.is_infrastructure && matches!(attempt.outcome, Outcome::Failed(_)));
                if failed_before { Self::Flaky } else { Self::Passed }
            }
            Outcome::Failed(_) => Self::Failed,
            Outcome::Skipped(_) => Self::Skipped,
            Outcome::Interrupted => Self::NotRun,
        }
    }
}

/// How a use of a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionStatus {
    /// Made for the first time.
    Created,
    /// Put back from what was saved.
    Restored,
    /// Put back, found invalid, made again.
    Recreated,
    /// Could not be made.
    Failed,
}

impl SessionStatus {
    /// The word people see.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Restored => "restored",
            Self::Recreated => "recreated",
            Self::Failed => "failed",
        }
    }
}

/// What kind of thing went wrong; decides the exit code and the headline's colour, not the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// An `expect` or `assert` did not hold.
    Assertion,
    /// An action could not be done: the element was not ready, not there, or not alone.
    Action,
    /// The test, hook or verify ran out of time.
    Timeout,
    /// The script itself is wrong: unknown function, wrong argument, a thrown error.
    Script,
    /// A session could not be made or used.
    Session,
    /// The page, the application or the network answered with an error.
    Page,
    /// The browser cannot do this.
    Unsupported,
    /// The browser, driver or node was lost.
    Infrastructure,
}

/// Everything a person needs to know about a failure; how it looks is the reports' business.
///
/// Every text is redacted before it is put here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    /// What kind of thing went wrong.
    pub kind: FailureKind,
    /// One line, lower case, no final period: "expected `get(\"h1\")` to have text".
    pub title: String,
    /// What should have been, where there is such a thing.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub expected: Option<String>,
    /// What was there instead.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub found: Option<String>,
    /// How long we waited for it; whole milliseconds where it is stored.
    #[serde(rename = "waited_ms", with = "millis", skip_serializing_if = "Option::is_none", default)]
    pub waited: Option<Duration>,
    /// More lines: the elements that matched, the browser's own words, a definition's place.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub details: Vec<String>,
    /// What to try.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub advice: Option<String>,
    /// Where: the innermost call first, the line of the spec last.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub frames: Vec<Frame>,
    /// Circumstances, innermost first: "in the `before_each` hook", "while creating session `admin`".
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub during: Vec<String>,
    /// The failure that led to this one: a verify's, or that of the worker who made the session.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cause: Option<Box<Failure>>,
    /// Failures of the clean-up after this one (`after_each`, closing the page). Both are kept.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub also: Vec<Failure>,
    /// Files written for this failure.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub artifacts: Vec<Artifact>,
}

impl Failure {
    /// A failure with a title and nothing else yet.
    pub fn new(kind: FailureKind, title: impl Into<String>) -> Self {
        Self {
            kind,
            title: title.into(),
            expected: None,
            found: None,
            waited: None,
            details: Vec::new(),
            advice: None,
            frames: Vec::new(),
            during: Vec::new(),
            cause: None,
            also: Vec::new(),
            artifacts: Vec::new(),
        }
    }

    /// With advice.
    #[must_use]
    pub fn advise(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }

    /// With one more line of detail.
    #[must_use]
    pub fn detail(mut self, line: impl Into<String>) -> Self {
        self.details.push(line.into());
        self
    }

    /// The place in the spec itself: the outermost frame.
    pub fn location(&self) -> Option<&Location> {
        self.frames.last().map(|frame| &frame.location)
    }
}

/// One call on the way to a failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// Where the call stands.
    pub location: Location,
    /// The named function the place is in; `None` at top level and in closures.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub function: Option<String>,
    /// Lines of source around the place, for the code frame; empty where they are not shown.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub excerpt: Vec<SourceLine>,
}

/// A line of a script, as it stood when it ran.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceLine {
    /// Line number, from 1.
    pub number: u32,
    /// The line without its end.
    pub text: String,
}

/// A file that belongs to an attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artifact {
    /// What it is called: "screenshot", or the name given to `screenshot(name)`.
    pub name: String,
    /// Where it lies, relative to the working directory where that is shorter.
    pub path: PathBuf,
    /// Its media type, e.g. `image/png`.
    pub media_type: String,
}

/// How many tests ended in which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Passed at the first try.
    pub passed: usize,
    /// Passed on a retry.
    pub flaky: usize,
    /// Failed.
    pub failed: usize,
    /// Skipped.
    pub skipped: usize,
    /// Never ran.
    pub not_run: usize,
}

impl Counts {
    /// Counts one more test.
    pub fn add(&mut self, status: Status) {
        match status {
            Status::Passed => self.passed += 1,
            Status::Flaky => self.flaky += 1,
            Status::Failed => self.failed += 1,
            Status::Skipped => self.skipped += 1,
            Status::NotRun => self.not_run += 1,
        }
    }

    /// All tests counted.
    pub fn total(&self) -> usize {
        self.passed + self.flaky + self.failed + self.skipped + self.not_run
    }
}

/// Why a run ended before its last test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopReason {
    /// `-x` or `--max-failures`: this many tests failed.
    MaxFailures(u32),
    /// `--global-timeout` ran out.
    GlobalTimeout(Duration),
    /// Ctrl-C (SIGINT).
    Interrupted,
    /// SIGTERM.
    Terminated,
    /// No browser could be had any more; the text says why.
    Infrastructure(String),
}

/// What a whole run came to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RunSummary {
    /// How many tests ended in which way.
    pub counts: Counts,
    /// Wall time of the run.
    pub duration: Duration,
    /// Specs and support files that could not be collected.
    pub broken_specs: usize,
    /// A test ended in an infrastructure failure after its reruns.
    pub infrastructure_failures: usize,
    /// Why the run ended early, where it did.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub stopped: Option<StopReason>,
}

/// A duration as whole milliseconds, which every reader of a report understands.
mod millis {
    use std::time::Duration;

    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    #[expect(clippy::ref_option, reason = "serde gives the field by reference")]
    pub(super) fn serialize<S: Serializer>(duration: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
        duration.map(|duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
        Ok(Option::<u64>::deserialize(deserializer)?.map(Duration::from_millis))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(outcome: Outcome, is_infrastructure: bool) -> Attempt {
        Attempt { number: 1, outcome, duration: Duration::ZERO, is_infrastructure }
    }

    fn failed() -> Outcome {
        Outcome::Failed(Box::new(Failure::new(FailureKind::Assertion, "x")))
    }

    #[test]
    fn the_last_attempt_decides() {
        assert_eq!(Status::of(&[]), Status::NotRun);
        assert_eq!(Status::of(&[attempt(failed(), false), attempt(failed(), false)]), Status::Failed);
        assert_eq!(Status::of(&[attempt(failed(), false), attempt(Outcome::Passed, false)]), Status::Flaky);
    }

    #[test]
    fn a_lost_browser_does_not_make_a_test_flaky() {
        assert_eq!(Status::of(&[attempt(failed(), true), attempt(Outcome::Passed, false)]), Status::Passed);
    }
}
