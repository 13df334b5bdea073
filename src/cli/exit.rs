//! [`ExitCode`]: what the process tells its caller.

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
}
