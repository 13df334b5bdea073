//! `runner merge-reports`: the reports of shards, or of other runs, as one.

use std::io;
use std::path::{Path, PathBuf};

use crate::config::Settings;
use crate::event::EventSink;
use crate::report::json::{JsonReport, MergeError, Merged, NamedReport, merge};
use crate::report::{self, ReportError, Screen};

use super::error::CliError;
use super::exit::{Circumstances, ExitCode};
use super::recorder::Recorder;

/// Reports cannot be joined.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MergeFilesError {
    /// A file cannot be read.
    #[error("cannot read `{}`", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A folder is not a report.
    #[error("`{}` is a folder", path.display())]
    IsFolder {
        /// The folder.
        path: PathBuf,
    },
    /// A file is something else, or written by a newer runner.
    #[error("`{}` cannot be merged", path.display())]
    NoReport {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: ReportError,
    },
    /// The files do not belong together.
    #[error(transparent)]
    Merge(#[from] MergeError),
}

impl MergeFilesError {
    /// Further lines.
    pub(super) fn details(&self) -> Vec<String> {
        match self {
            Self::Merge(error) => error.details(),
            Self::Unreadable { .. } | Self::IsFolder { .. } | Self::NoReport { .. } => Vec::new(),
        }
    }

    /// What to try.
    pub(super) fn advice(&self) -> Option<String> {
        match self {
            Self::Merge(error) => error.advice(),
            Self::IsFolder { path } => Some(format!("`{}`", path.join("*.json").display())),
            Self::NoReport { source: ReportError::NotAReport { .. }, .. } => {
                Some("a file written with `--report-json FILE`".to_owned())
            }
            Self::Unreadable { .. } | Self::NoReport { .. } => None,
        }
    }
}

/// Joins the files and reports them as one run.
pub(crate) fn run(mut settings: Settings, files: &[PathBuf], screen: Screen) -> Result<ExitCode, CliError> {
    let reports = files.iter().map(|file| read(file)).collect::<Result<Vec<_>, _>>()?;
    let Merged { events, summary } = merge(reports).map_err(MergeFilesError::from)?;
    // Every test has been shown by its own run; what matters now is what it all came to.
    settings.quiet = !settings.verbose;
    let recorder = Recorder::default();
    let (sink, reporting) = report::open(&settings, screen)?.start();
    let sink: EventSink = recorder.before(sink);
    for event in events {
        sink.send(event);
    }
    let report_errors = reporting.finish();
    let circumstances = Circumstances {
        failures_outside: recorder.failures_outside(),
        may_be_empty: settings.selection.pass_with_no_tests,
    };
    let mut codes = ExitCode::of_run(&summary, circumstances);
    for error in report_errors {
        CliError::Report(error).show();
        codes.push(ExitCode::CouldNotRun);
    }
    if let Err(error) = recorder.write_history(&settings, None) {
        CliError::History(error).show();
        codes.push(ExitCode::CouldNotRun);
    }
    Ok(ExitCode::worst(codes))
}

fn read(path: &Path) -> Result<NamedReport, MergeFilesError> {
    if path.is_dir() {
        return Err(MergeFilesError::IsFolder { path: path.to_owned() });
    }
    let text = std::fs::read_to_string(path)
        .map_err(|source| MergeFilesError::Unreadable { path: path.to_owned(), source })?;
    let report =
        JsonReport::parse(&text).map_err(|source| MergeFilesError::NoReport { path: path.to_owned(), source })?;
    Ok(NamedReport { name: path.display().to_string(), report })
}
