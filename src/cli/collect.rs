//! What `run` and `list` share: find files and evaluate them.

use std::sync::Arc;

use crate::config::Settings;
use crate::discovery::{SpecFile, find_specs, find_support};
use crate::event::EventSink;
use crate::redact::Redactor;
use crate::schedule::{Collected, Run, RunSetup};

use super::error::CliError;

/// Spec files, and a run that will evaluate them.
pub(super) struct Found {
    /// The files.
    pub(super) specs: Vec<SpecFile>,
    /// The run, with no worker yet.
    pub(super) run: Run,
    /// What masks the secrets its scripts learn of.
    pub(super) redactor: Redactor,
}

/// Finds the files of a run.
pub(super) fn find(settings: &Arc<Settings>, events: EventSink) -> Result<Found, CliError> {
    let specs = find_specs(settings)?;
    let support = find_support(settings)?.into_iter().map(|file| (file.path, file.absolute)).collect();
    let redactor = Redactor::new();
    let setup = RunSetup { settings: settings.clone(), events, redactor: redactor.clone(), support };
    Ok(Found { specs, run: Run::new(setup), redactor })
}

impl Found {
    /// Evaluates the files.
    pub(super) async fn collect(&mut self) -> Result<Collected, CliError> {
        let files: Vec<_> = self.specs.iter().map(|file| (file.path.clone(), file.absolute.clone())).collect();
        Ok(self.run.collect(&files).await?)
    }
}
