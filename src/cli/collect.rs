//! What `run` and `list` share: find files and evaluate them.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::config::Settings;
use crate::discovery::{SpecFile, find_specs, find_support};
use crate::event::EventSink;
use crate::redact::Redactor;
use crate::schedule::{Collected, Run, RunSetup};

use super::error::CliError;

/// Spec files, and a run that will evaluate them.
pub(super) struct Found {
    /// The settings in which tests run, each with its files: those of each project, or of the run.
    pub(super) parts: Vec<Part>,
    /// The run, with no worker yet.
    pub(super) run: Run,
    /// What masks the secrets its scripts learn of.
    pub(super) redactor: Redactor,
}

/// Settings in which tests run, and the files they come from.
pub(super) struct Part {
    pub(super) settings: Arc<Settings>,
    pub(super) specs: Vec<SpecFile>,
}

/// Finds the files of a run.
pub(super) fn find(settings: &Arc<Settings>, events: EventSink) -> Result<Found, CliError> {
    let part = |settings: Arc<Settings>| Ok(Part { specs: find_specs(&settings)?, settings });
    let parts = settings.runs().into_iter().map(part).collect::<Result<Vec<_>, CliError>>()?;
    let support = find_support(settings)?.into_iter().map(|file| (file.path, file.absolute)).collect();
    let redactor = Redactor::new();
    let projects = settings.runs();
    for secret in projects.iter().flat_map(|settings| &settings.browser.secrets) {
        redactor.add(secret.expose());
    }
    let setup = RunSetup { settings: settings.clone(), projects, events, redactor: redactor.clone(), support };
    Ok(Found { parts, run: Run::new(setup), redactor })
}

impl Found {
    /// Evaluates the files.
    pub(super) async fn collect(&mut self) -> Result<Collected, CliError> {
        let files = |part: &Part| part.specs.iter().map(|file| (file.path.clone(), file.absolute.clone())).collect();
        let files: Vec<Vec<_>> = self.parts.iter().map(files).collect();
        Ok(self.run.collect(&files).await?)
    }

    /// How many files there are.
    pub(super) fn spec_count(&self) -> usize {
        let files: BTreeSet<_> = self.parts.iter().flat_map(|part| &part.specs).collect();
        files.len()
    }
}
