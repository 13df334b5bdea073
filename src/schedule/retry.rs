//! What follows an attempt. Pure.

use crate::outcome::{Attempt, Outcome};

/// Reruns after the browser was lost, outside the test's retries.
pub(crate) const INFRASTRUCTURE_RERUNS: usize = 2;

/// What follows an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// The test has its result.
    Done,
    /// Another attempt, as one of its retries.
    Retry,
    /// Another attempt, because the last one says nothing about the test.
    Rerun,
}

/// Decides it from all attempts so far.
pub(crate) fn after(attempts: &[Attempt], retries: u32) -> Next {
    let Some(last) = attempts.last() else { return Next::Done };
    if !matches!(last.outcome, Outcome::Failed(_)) {
        return Next::Done;
    }
    if last.is_infrastructure {
        let losses = attempts.iter().filter(|attempt| attempt.is_infrastructure).count();
        return if losses <= INFRASTRUCTURE_RERUNS { Next::Rerun } else { Next::Done };
    }
    let own = attempts.iter().filter(|attempt| !attempt.is_infrastructure).count();
    if own <= retries as usize { Next::Retry } else { Next::Done }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::outcome::{Failure, FailureKind};

    fn failed(is_infrastructure: bool) -> Attempt {
        let failure = Failure::new(FailureKind::Assertion, "x");
        Attempt { number: 1, outcome: Outcome::Failed(Box::new(failure)), duration: Duration::ZERO, is_infrastructure }
    }

    #[test]
    fn retries_are_for_the_tests_own_failures() {
        assert_eq!(after(&[failed(false)], 0), Next::Done);
        assert_eq!(after(&[failed(false)], 1), Next::Retry);
        assert_eq!(after(&[failed(false), failed(false)], 1), Next::Done);
        assert_eq!(after(&[failed(true), failed(false)], 1), Next::Retry);
    }

    #[test]
    fn a_lost_browser_is_made_good_twice() {
        assert_eq!(after(&[failed(true)], 0), Next::Rerun);
        assert_eq!(after(&[failed(true), failed(true)], 0), Next::Rerun);
        assert_eq!(after(&[failed(true), failed(true), failed(true)], 0), Next::Done);
    }

    #[test]
    fn what_passed_is_done() {
        let passed = Attempt { outcome: Outcome::Passed, ..failed(false) };
        assert_eq!(after(&[passed], 3), Next::Done);
    }
}
