//! [`CliError`]: the sum of the folders' errors, how it is shown, and the code it ends with.

use std::error::Error as _;
use std::io::{self, Write as _};

use console::Style;

use crate::config::{ConfigError, Origin};
use crate::demo::DemoError;
use crate::discovery::{ChangedError, DiscoveryError, FilterError, HistoryError};
use crate::redact::Steady;
use crate::report::ReportError;
use crate::schedule::ScheduleError;
use crate::suggest::closest;

use super::args::command_names;
use super::exit::ExitCode;
use super::init::InitError;
use super::install::InstallError;
use super::merge::MergeFilesError;
use super::sessions::SessionsError;

/// Why a command ended before it could do its work.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// There are no spec files.
    #[error(transparent)]
    Discovery(#[from] DiscoveryError),
    /// There are no tests to run.
    #[error(transparent)]
    Filter(#[from] FilterError),
    /// What has changed cannot be told.
    #[error(transparent)]
    Changed(#[from] ChangedError),
    /// The history of earlier runs cannot be used.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// Reports cannot be joined.
    #[error(transparent)]
    Merge(#[from] MergeFilesError),
    /// The demonstration application cannot be served.
    #[error(transparent)]
    Demo(#[from] DemoError),
    /// The first project cannot be written.
    #[error(transparent)]
    Init(#[from] InitError),
    /// The browser cannot be installed.
    #[error(transparent)]
    Install(#[from] InstallError),
    /// A report cannot be made.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// Kept sessions cannot be shown, cleared or carried.
    #[error(transparent)]
    Sessions(#[from] SessionsError),
    /// No worker could be had.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    /// The process itself lacks something: its working directory, threads, signals.
    #[error("cannot {what}")]
    Process {
        /// What it cannot do.
        what: &'static str,
        /// Why.
        source: io::Error,
    },
}

impl CliError {
    /// The code to exit with.
    pub(crate) fn code(&self) -> ExitCode {
        match self {
            Self::Config(_)
            | Self::Init(_)
            | Self::Changed(_)
            | Self::History(_)
            | Self::Merge(_)
            | Self::Sessions(_) => ExitCode::Usage,
            Self::Discovery(error) => match error {
                DiscoveryError::NoSpecs { .. } => ExitCode::NoTests,
                DiscoveryError::NotASpec { .. }
                | DiscoveryError::IsSupport { .. }
                | DiscoveryError::Unreadable { .. } => ExitCode::Usage,
            },
            Self::Filter(error) => match error {
                FilterError::Tags(_) | FilterError::OnlyForbidden { .. } => ExitCode::Usage,
                FilterError::NoTestAtLine { .. }
                | FilterError::NoTests { .. }
                | FilterError::NothingSelected { .. } => ExitCode::NoTests,
            },
            Self::Demo(_) | Self::Install(_) | Self::Report(_) | Self::Schedule(_) | Self::Process { .. } => {
                ExitCode::CouldNotRun
            }
        }
    }

    /// Shows the error on stderr: what, where, and what to try.
    pub(super) fn show(&self) {
        let red = Style::new().for_stderr().red().bold();
        let bold = Style::new().for_stderr().bold();
        let mut text = format!("{} {}\n", red.apply_to("error:"), self.with_sources());
        for line in self.details() {
            text.extend(["  ", &line, "\n"]);
        }
        if let Some(advice) = self.advice() {
            text.extend([&format!("  {} ", bold.apply_to("try:")), &advice, "\n"]);
        }
        let text = Steady::of_process().apply(&text);
        // With stderr gone there is nobody left to tell; the exit code still does.
        let _ = io::stderr().write_all(text.as_bytes());
    }

    fn details(&self) -> Vec<String> {
        match self {
            Self::Config(error) => error.details(),
            Self::Discovery(error) => error.details(),
            Self::Filter(error) => error.details(),
            Self::Changed(error) => error.details(),
            Self::Merge(error) => error.details(),
            Self::Install(error) => error.details(),
            Self::Sessions(error) => error.details(),
            Self::History(_)
            | Self::Demo(_)
            | Self::Init(_)
            | Self::Report(_)
            | Self::Schedule(_)
            | Self::Process { .. } => Vec::new(),
        }
    }

    fn advice(&self) -> Option<String> {
        match self {
            Self::Config(error) => error.advice().or_else(|| near_command(error)),
            Self::Discovery(error) => error.advice(),
            Self::Filter(error) => error.advice(),
            Self::Changed(error) => error.advice(),
            Self::Merge(error) => error.advice(),
            Self::History(error) => error.advice(),
            Self::Install(error) => error.advice(),
            Self::Sessions(error) => error.advice(),
            Self::Demo(_) | Self::Init(_) | Self::Report(_) | Self::Schedule(_) | Self::Process { .. } => None,
        }
    }

    /// The error and what led to it, in one line.
    fn with_sources(&self) -> String {
        let mut text = self.to_string();
        let mut source = self.source();
        while let Some(error) = source {
            text.push_str(": ");
            text.push_str(&plain(&error.to_string()));
            source = error.source();
        }
        text
    }
}

/// `runner instal` is a path that does not exist, and was meant as a command.
fn near_command(error: &ConfigError) -> Option<String> {
    let ConfigError::NoSuchPath { origin: Origin::Argument, path, .. } = error else { return None };
    let names = command_names();
    closest(path, names.iter().map(String::as_str)).map(|name| format!("the command `runner {name}`"))
}

/// An error of the operating system in our style: lower case, without its number.
fn plain(text: &str) -> String {
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut characters = text.chars();
    characters.next().map(|first| first.to_lowercase().chain(characters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_follow_in_one_line() {
        let source = io::Error::from_raw_os_error(2);
        let error = CliError::Config(ConfigError::Unreadable { path: "runner.toml".into(), source });
        assert_eq!(error.with_sources(), "cannot read `runner.toml`: no such file or directory");
        assert_eq!(error.code(), ExitCode::Usage);
    }

    #[test]
    fn a_command_with_a_typo_is_recognised() {
        let missing = |path: &str| {
            CliError::Config(ConfigError::NoSuchPath { origin: Origin::Argument, path: path.into(), near: Vec::new() })
        };
        assert_eq!(missing("instal").advice().unwrap(), "the command `runner install`");
        assert_eq!(missing("elsewhere").advice(), None);
    }

    #[test]
    fn nothing_to_run_has_its_own_code() {
        assert_eq!(CliError::from(DiscoveryError::NoSpecs { looked_at: Vec::new() }).code(), ExitCode::NoTests);
        assert_eq!(CliError::from(FilterError::NoTests { specs: 1 }).code(), ExitCode::NoTests);
    }
}
