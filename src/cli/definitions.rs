//! `runner definitions`: the script API for editors, and as a page to read.

use std::io::{self, Write};
use std::path::Path;

use crate::script::{definitions, reference};

use super::error::CliError;
use super::exit::ExitCode;

/// Writes `runner.d.rhai` and `reference.md` into `folder`.
pub(crate) fn run(folder: &Path, out: &mut impl Write) -> Result<ExitCode, CliError> {
    let failed = |source: io::Error| CliError::Process { what: "write the definitions", source };
    std::fs::create_dir_all(folder).map_err(failed)?;
    for (name, text) in [("runner.d.rhai", definitions()), ("reference.md", reference())] {
        let path = folder.join(name);
        std::fs::write(&path, text).map_err(failed)?;
        writeln!(out, "wrote {}", path.display()).map_err(failed)?;
    }
    Ok(ExitCode::Passed)
}
