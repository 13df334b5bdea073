//! [`Run`]: starts workers, collects specs with the first one, runs the plan, stops everything.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};

use crate::config::Settings;
use crate::event::{EventSink, RunEvent};
use crate::model::{SpecPath, TestCase, WorkerId};
use crate::outcome::{Failure, FailureKind, RunSummary, StopReason};
use crate::redact::Redactor;
use crate::script::{HostSetup, ScriptError};
use crate::session::{Circumstances, SessionCache, SessionStore};

use super::dispatcher::{Dispatcher, Limits};
use super::error::ScheduleError;
use super::interrupt;
use super::message::{FromWorker, ToWorker};
use super::plan::Plan;
use super::worker::Worker;

/// What a run is made of.
#[derive(Clone)]
pub struct RunSetup {
    /// Settings.
    pub settings: Arc<Settings>,
    /// Where events go.
    pub events: EventSink,
    /// Masks secrets.
    pub redactor: Redactor,
    /// Support scripts in the order in which they are evaluated.
    pub support: Vec<(SpecPath, PathBuf)>,
}

/// What was collected.
#[derive(Debug, Default)]
pub struct Collected {
    /// Tests by spec, in the order of the specs.
    pub specs: Vec<(SpecPath, PathBuf, Vec<TestCase>)>,
    /// Support scripts that could not be used: no spec can be relied on.
    pub broken_support: Vec<ScriptError>,
    /// Specs that could not be used.
    pub broken_specs: Vec<ScriptError>,
    /// The collection was stopped by this.
    pub stopped: Option<StopReason>,
}

/// A run, from its first worker to its last.
pub struct Run {
    setup: RunSetup,
    handle: Handle,
    store: SessionStore,
    stop: watch::Sender<bool>,
    stops: mpsc::UnboundedReceiver<StopReason>,
    tell: mpsc::UnboundedSender<FromWorker>,
    told: mpsc::UnboundedReceiver<FromWorker>,
    workers: Vec<Worker>,
    living: usize,
}

impl Run {
    /// A run with no worker yet. From now on signals stop it.
    pub fn new(setup: RunSetup) -> Self {
        let (tell, told) = mpsc::unbounded_channel();
        let stops = interrupt::watch(setup.settings.global_timeout);
        let settings = &setup.settings;
        let circumstances = Circumstances {
            browser: settings.browser.name.to_string(),
            base_url: settings.base_url.as_ref().map(ToString::to_string).unwrap_or_default(),
        };
        let cache = SessionCache::new(settings.session_cache.folder.clone(), circumstances);
        Self {
            setup,
            handle: Handle::current(),
            store: SessionStore::with_cache(cache),
            stop: watch::channel(false).0,
            stops,
            tell,
            told,
            workers: Vec::new(),
            living: 0,
        }
    }

    fn start_worker(&mut self) -> Result<WorkerId, ScheduleError> {
        let worker = WorkerId(self.workers.len() + 1);
        let setup = HostSetup {
            settings: self.setup.settings.clone(),
            redactor: self.setup.redactor.clone(),
            events: self.setup.events.clone(),
            worker,
            store: self.store.clone(),
            handle: self.handle.clone(),
            stop: self.stop.subscribe(),
        };
        self.workers.push(Worker::start(setup, self.setup.support.clone(), self.tell.clone())?);
        self.living += 1;
        Ok(worker)
    }

    /// Evaluates every spec on the first worker, which keeps them for its tests.
    ///
    /// # Errors
    /// When there is no worker to do it.
    pub async fn collect(&mut self, specs: &[(SpecPath, PathBuf)]) -> Result<Collected, ScheduleError> {
        self.start_worker()?;
        let mut collected = Collected::default();
        match self.told.recv().await {
            Some(FromWorker::Loaded { errors, .. }) => collected.broken_support = errors,
            _ => return Err(ScheduleError::WorkerGone),
        }
        if !collected.broken_support.is_empty() {
            return Ok(collected);
        }
        for (path, absolute) in specs {
            self.workers[0].send(ToWorker::Collect { path: path.clone(), absolute: absolute.clone() });
        }
        for (path, absolute) in specs {
            let message = tokio::select! {
                message = self.told.recv() => message,
                Some(reason) = self.stops.recv() => {
                    self.stop.send_replace(true);
                    collected.stopped = Some(reason);
                    return Ok(collected);
                }
            };
            match message {
                Some(FromWorker::Collected { tests: Ok(tests), .. }) => {
                    collected.specs.push((path.clone(), absolute.clone(), tests));
                }
                Some(FromWorker::Collected { tests: Err(error), .. }) => collected.broken_specs.push(error),
                _ => return Err(ScheduleError::WorkerGone),
            }
        }
        Ok(collected)
    }

    /// Runs the plan and ends the workers. Every test of it gets a result.
    ///
    /// # Errors
    /// When no worker can be started.
    pub async fn run(mut self, plan: Plan) -> Result<RunSummary, ScheduleError> {
        let started = Instant::now();
        let limits = Limits { retries: self.setup.settings.retries, max_failures: self.setup.settings.max_failures };
        let mut dispatcher = Dispatcher::new(plan, limits, self.setup.events.clone());
        let wanted = self.setup.settings.workers.min(dispatcher.jobs());
        if wanted > 0 {
            let message = dispatcher.next(WorkerId(1));
            self.give(WorkerId(1), message.into_iter().collect());
        }
        while self.workers.len() < wanted {
            self.start_worker()?;
        }
        while dispatcher.is_busy() && self.living > 0 {
            tokio::select! {
                Some(message) = self.told.recv() => self.hear(&mut dispatcher, message)?,
                Some(reason) = self.stops.recv() => Self::stop_for(&mut dispatcher, reason),
            }
            if dispatcher.is_stopped() {
                self.stop.send_replace(true);
            }
        }
        self.end(&mut dispatcher).await;
        let mut summary = dispatcher.conclude_run();
        summary.duration = started.elapsed();
        Ok(summary)
    }

    fn stop_for(dispatcher: &mut Dispatcher, reason: StopReason) {
        let is_signal = matches!(reason, StopReason::Interrupted | StopReason::Terminated);
        if is_signal && dispatcher.is_stopped() {
            // Asked twice: nobody wants to wait for a tidy end.
            crate::browser::kill_everything();
        }
        dispatcher.stop(reason);
    }

    fn hear(&mut self, dispatcher: &mut Dispatcher, message: FromWorker) -> Result<(), ScheduleError> {
        match message {
            FromWorker::Loaded { worker, .. } => {
                let message = dispatcher.next(worker);
                self.give(worker, message.into_iter().collect());
            }
            FromWorker::Finished { worker, report } => {
                let messages = dispatcher.finished(worker, *report);
                self.give(worker, messages);
            }
            FromWorker::Collected { .. } => {}
            FromWorker::Gone { worker, panic } => {
                self.living -= 1;
                dispatcher.lost(worker, panic.as_deref().unwrap_or("its thread ended"));
                if dispatcher.has_waiting() {
                    self.start_worker()?;
                }
            }
        }
        Ok(())
    }

    /// Sends messages to a worker; one that gets no test is not needed any more, and ends its browser.
    fn give(&mut self, worker: WorkerId, messages: Vec<ToWorker>) {
        let goes_on = messages.iter().any(|message| matches!(message, ToWorker::Run(_)));
        let worker = &mut self.workers[worker.0 - 1];
        for message in messages {
            worker.send(message);
        }
        if !goes_on {
            worker.release();
        }
    }

    /// Lets the workers end what they have open, and waits for them; a signal meanwhile makes it short.
    async fn end(&mut self, dispatcher: &mut Dispatcher) {
        for worker in &mut self.workers {
            worker.release();
        }
        while self.living > 0 {
            tokio::select! {
                Some(message) = self.told.recv() => if let FromWorker::Gone { panic, .. } = message {
                    self.living -= 1;
                    if let Some(panic) = panic {
                        let failure = Failure::new(FailureKind::Infrastructure, "runner itself failed while it tidied up")
                            .detail(panic);
                        self.setup.events.send(RunEvent::RunFailure { failure: Box::new(failure) });
                    }
                },
                Some(reason) = self.stops.recv() => {
                    let again = dispatcher.is_stopped();
                    if again || matches!(reason, StopReason::Interrupted | StopReason::Terminated) {
                        self.stop.send_replace(true);
                    }
                    if again {
                        crate::browser::kill_everything();
                    }
                }
            }
        }
        for worker in self.workers.drain(..) {
            worker.join();
        }
    }

    /// Resolves when a signal or the run's time limit asks it to stop.
    pub async fn stopped(&mut self) -> StopReason {
        let reason = self.stops.recv().await;
        self.stop.send_replace(true);
        reason.unwrap_or(StopReason::Interrupted)
    }

    /// Ends a run that has nothing to run.
    pub async fn abandon(mut self) {
        let plan = Plan::new(Vec::new(), Vec::new(), self.setup.settings.parallel);
        let mut dispatcher =
            Dispatcher::new(plan, Limits { retries: 0, max_failures: None }, self.setup.events.clone());
        self.end(&mut dispatcher).await;
    }
}
