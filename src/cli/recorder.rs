//! [`Recorder`]: listens to a run for what its exit code and later runs need to know.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::config::Settings;
use crate::discovery::{History, HistoryError, News};
use crate::event::{EventSink, RunEvent};
use crate::model::{TestCase, TestId};
use crate::outcome::Status;

/// What was heard so far. Clones share it.
#[derive(Clone, Debug, Default)]
pub(super) struct Recorder(Arc<Mutex<Heard>>);

#[derive(Debug, Default)]
struct Heard {
    tests: Arc<[TestCase]>,
    finished: Vec<(usize, Status, Duration)>,
    broken: Vec<String>,
    failures_outside: usize,
}

impl Recorder {
    /// Takes in one event.
    pub(super) fn hear(&self, event: &RunEvent) {
        let mut heard = self.lock();
        match event {
            RunEvent::RunStarted(start) => heard.tests = start.tests.clone(),
            RunEvent::CollectionFailed { file, .. } => heard.broken.push(file.clone()),
            RunEvent::TestFinished { test, status, duration, .. } => heard.finished.push((test.0, *status, *duration)),
            RunEvent::RunFailure { .. } => heard.failures_outside += 1,
            RunEvent::ServerReady { .. }
            | RunEvent::BrowserReady { .. }
            | RunEvent::TestStarted { .. }
            | RunEvent::Step { .. }
            | RunEvent::Log { .. }
            | RunEvent::ArtifactWritten { .. }
            | RunEvent::AttemptFinished { .. }
            | RunEvent::TestGivenBack { .. }
            | RunEvent::Warning { .. }
            | RunEvent::RunFinished(_) => {}
        }
    }

    /// A sink that listens, and hands on to `sink`.
    pub(super) fn before(&self, sink: EventSink) -> EventSink {
        let recorder = self.clone();
        EventSink::new(move |event| {
            recorder.hear(&event);
            sink.send(event);
        })
    }

    /// Failures outside any test.
    pub(super) fn failures_outside(&self) -> usize {
        self.lock().failures_outside
    }

    /// Adds what was heard to the history. `known` are all tests of the collected specs, where that
    /// is known. A run that came to nothing leaves no file.
    pub(super) fn write_history(
        &self,
        settings: &Settings,
        known: Option<HashSet<TestId>>,
    ) -> Result<(), HistoryError> {
        let news = {
            let heard = self.lock();
            let finished = heard.finished.iter().map(|(index, status, duration)| {
                let id = heard.tests[*index].id.clone();
                (id, *status, *duration)
            });
            News { known, finished: finished.collect(), broken: heard.broken.clone() }
        };
        if news.finished.is_empty() && news.broken.is_empty() {
            return Ok(());
        }
        let mut history = History::open(&settings.history)?.unwrap_or_default();
        history.add(&news, &settings.root);
        history.write(&settings.history)
    }

    fn lock(&self) -> MutexGuard<'_, Heard> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
