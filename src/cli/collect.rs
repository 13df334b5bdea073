//! What `run` and `list` share: find files, evaluate them, choose tests.

use std::sync::Arc;

use crate::config::Settings;
use crate::discovery::{Selected, SpecFile, find_specs, find_support, select};
use crate::event::EventSink;
use crate::model::TestCase;
use crate::redact::Redactor;
use crate::schedule::{Collected, PlannedSpec, Run, RunSetup};

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

    /// Chooses among what was collected.
    pub(super) fn choose(&self, collected: &Collected, settings: &Settings) -> Result<Chosen, CliError> {
        let all: Vec<&TestCase> = collected.specs.iter().flat_map(|(_, _, tests)| tests).collect();
        let all: Vec<TestCase> = all.into_iter().cloned().collect();
        let Selected { indices, left_out, warnings, .. } = select(&all, &settings.selection, &self.specs)?;
        let mut slots: Vec<Option<TestCase>> = all.into_iter().map(Some).collect();
        let tests = indices.into_iter().filter_map(|index| slots[index].take()).collect();
        let specs = collected
            .specs
            .iter()
            .map(|(path, absolute, tests)| PlannedSpec {
                path: path.clone(),
                absolute: absolute.clone(),
                tests: tests.iter().map(|test| test.id.clone()).collect(),
            })
            .collect();
        Ok(Chosen { tests, specs, left_out, warnings })
    }
}

/// Tests that were chosen, in plan order.
#[derive(Default)]
pub(super) struct Chosen {
    pub(super) tests: Vec<TestCase>,
    pub(super) specs: Vec<PlannedSpec>,
    pub(super) left_out: usize,
    pub(super) warnings: Vec<String>,
}
