//! `runner [PATHS]`: find, collect, select, schedule, report.

use std::io::{self, Write as _};

use crate::config::Settings;

use super::error::CliError;
use super::exit::ExitCode;

/// Runs the tests.
#[expect(clippy::unused_async, reason = "the scheduler it will call is async")]
pub(crate) async fn run(settings: Settings) -> Result<ExitCode, CliError> {
    let what = "say that this is not built";
    writeln!(io::stderr(), "not built: {} paths", settings.paths.len())
        .map_err(|source| CliError::Process { what, source })?;
    Ok(ExitCode::CouldNotRun)
}
