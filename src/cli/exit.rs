//! [`ExitCode`]: what the process tells its caller.

use crate::outcome::{RunSummary, StopReason};

/// What the process tells its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitCode {
    /// Every test passed, or the command did what it was asked to.
    Passed = 0,
    /// Tests failed.
    Failed = 1,
    /// Wrong usage or configuration, or a script that does not compile.
    Usage = 2,
    /// The tests could not run: no driver, browser or server.
    CouldNotRun = 3,
    /// There was no test to run.
    NoTests = 4,
    /// Ctrl-C (SIGINT).
    Interrupted = 130,
    /// SIGTERM.
    Terminated = 143,
}

impl ExitCode {
    /// From the one that matters most to the one that matters least.
    const PRECEDENCE: [Self; 7] = [
        Self::Interrupted,
        Self::Terminated,
        Self::Usage,
        Self::CouldNotRun,
        Self::Failed,
        Self::NoTests,
        Self::Passed,
    ];

    /// The code that matters most where several apply; `Passed` where none does.
    pub fn worst(codes: impl IntoIterator<Item = Self>) -> Self {
        let codes: Vec<_> = codes.into_iter().collect();
        Self::PRECEDENCE.into_iter().find(|code| codes.contains(code)).unwrap_or(Self::Passed)
    }

    /// Every code that applies to a run; the worst one is the process's.
    pub(super) fn of_run(summary: &RunSummary, circumstances: Circumstances) -> Vec<Self> {
        let mut codes = vec![Self::Passed];
        match summary.stopped {
            Some(StopReason::Interrupted) => codes.push(Self::Interrupted),
            Some(StopReason::Terminated) => codes.push(Self::Terminated),
            Some(StopReason::Infrastructure(_)) => codes.push(Self::CouldNotRun),
            Some(StopReason::GlobalTimeout(_) | StopReason::MaxFailures(_)) => codes.push(Self::Failed),
            None => {}
        }
        if summary.broken_specs > 0 {
            codes.push(Self::Usage);
        }
        if summary.infrastructure_failures > 0 {
            codes.push(Self::CouldNotRun);
        }
        if summary.counts.failed > 0 || circumstances.failures_outside > 0 {
            codes.push(Self::Failed);
        }
        if summary.counts.total() == 0 && !circumstances.may_be_empty {
            codes.push(Self::NoTests);
        }
        codes
    }
}

/// What decides about the exit code beside the summary.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Circumstances {
    /// Failures outside any test.
    pub(super) failures_outside: usize,
    /// A run without tests is no failure.
    pub(super) may_be_empty: bool,
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        // The numbers are written beside the variants and all fit.
        Self::from(code as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::ExitCode::{self, *};
    use super::*;

    #[test]
    fn the_code_that_matters_most_wins() {
        let check = |codes: &[ExitCode], expected| assert_eq!(ExitCode::worst(codes.iter().copied()), expected);
        check(&[], Passed);
        check(&[Passed, NoTests], NoTests);
        check(&[NoTests, Failed], Failed);
        check(&[Failed, CouldNotRun], CouldNotRun);
        check(&[CouldNotRun, Usage, Failed], Usage);
        check(&[Usage, Interrupted], Interrupted);
        check(&[Terminated, Usage], Terminated);
    }

    #[track_caller]
    fn check_run(summary: &RunSummary, expected: ExitCode) {
        assert_eq!(ExitCode::worst(ExitCode::of_run(summary, Circumstances::default())), expected);
    }

    #[test]
    fn the_summary_decides_the_exit_code() {
        let mut summary = RunSummary::default();
        check_run(&summary, ExitCode::NoTests);
        summary.counts.passed = 1;
        check_run(&summary, Passed);
        summary.counts.flaky = 1;
        check_run(&summary, Passed);
        summary.counts.failed = 1;
        check_run(&summary, ExitCode::Failed);
        summary.infrastructure_failures = 1;
        check_run(&summary, ExitCode::CouldNotRun);
        summary.broken_specs = 1;
        check_run(&summary, ExitCode::Usage);
        summary.stopped = Some(StopReason::Interrupted);
        check_run(&summary, ExitCode::Interrupted);
    }
}
