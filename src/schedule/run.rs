//! [`Run`]: starts workers, collects specs with the first ones, runs the plan, stops everything.

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
    /// Settings of the run as a whole.
    pub settings: Arc<Settings>,
    /// Settings in which tests run: one for each project, at least one.
    pub projects: Vec<Arc<Settings>>,
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

impl Collected {
    /// What is wrong with a spec in each project is told once.
    fn add_broken(&mut self, error: ScriptError) {
        let is_told = |told: &ScriptError| told.file == error.file && told.failure == error.failure;
        if !self.broken_specs.iter().any(is_told) {
            self.broken_specs.push(error);
        }
    }
}

/// A run, from its first worker to its last.
pub struct Run {
    setup: RunSetup,
    handle: Handle,
    /// The sessions of each project: what logs in to one is nothing to the others.
    stores: Vec<SessionStore>,
    stop: watch::Sender<bool>,
    stops: mpsc::UnboundedReceiver<StopReason>,
    tell: mpsc::UnboundedSender<FromWorker>,
    told: mpsc::UnboundedReceiver<FromWorker>,
    seats: Vec<Seat>,
    living: usize,
}

/// A worker's place: when its worker is gone, another one may take it, also for another project.
struct Seat {
    worker: Worker,
    /// Its place among the projects.
    project: usize,
    state: SeatState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SeatState {
    /// Its worker loads the support scripts.
    Loading,
    /// Its worker can be given something.
    Ready,
    /// Its worker was let go, or is gone.
    Leaving,
}

fn new_cache(settings: &Settings) -> SessionCache {
    let project = settings.project.as_ref().map(|project| format!(" in project {project}")).unwrap_or_default();
    let circumstances = Circumstances {
        browser: format!("{}{project}", settings.browser.name),
        base_url: settings.base_url.as_ref().map(ToString::to_string).unwrap_or_default(),
    };
    SessionCache::new(settings.session_cache.folder.clone(), circumstances)
}

impl Run {
    /// A run with no worker yet. From now on signals stop it.
    pub fn new(setup: RunSetup) -> Self {
        let (tell, told) = mpsc::unbounded_channel();
        let stops = interrupt::watch(setup.settings.global_timeout);
        let shared = SessionStore::new();
        let stores = setup.projects.iter().map(|settings| shared.beside(new_cache(settings))).collect();
        Self {
            setup,
            handle: Handle::current(),
            stores,
            stop: watch::channel(false).0,
            stops,
            tell,
            told,
            seats: Vec::new(),
            living: 0,
        }
    }

    /// Starts a worker for a project in a seat that is free, or in a new one behind the last.
    fn start_worker(&mut self, seat: usize, project: usize) -> Result<(), ScheduleError> {
        let setup = HostSetup {
            settings: self.setup.projects[project].clone(),
            redactor: self.setup.redactor.clone(),
            events: self.setup.events.clone(),
            worker: WorkerId(seat + 1),
            store: self.stores[project].clone(),
            handle: self.handle.clone(),
            stop: self.stop.subscribe(),
        };
        let worker = Worker::start(setup, self.setup.support.clone(), self.tell.clone())?;
        self.living += 1;
        let new = Seat { worker, project, state: SeatState::Loading };
        match self.seats.get_mut(seat) {
            Some(old) => std::mem::replace(old, new).worker.join(),
            None => self.seats.push(new),
        }
        Ok(())
    }

    /// Evaluates every spec: those of each project on a worker of its own, which keeps them for its
    /// tests.
    ///
    /// # Errors
    /// When there is no worker to do it.
    pub async fn collect(&mut self, specs: &[Vec<(SpecPath, PathBuf)>]) -> Result<Collected, ScheduleError> {
        let mut collected = Collected::default();
        for (project, specs) in specs.iter().enumerate() {
            self.start_worker(project, project)?;
            self.collect_on(project, specs, &mut collected).await?;
            if collected.stopped.is_some() || !collected.broken_support.is_empty() {
                break;
            }
        }
        Ok(collected)
    }

    async fn collect_on(
        &mut self,
        seat: usize,
        specs: &[(SpecPath, PathBuf)],
        collected: &mut Collected,
    ) -> Result<(), ScheduleError> {
        match self.told.recv().await {
            Some(FromWorker::Loaded { errors, .. }) => collected.broken_support = errors,
            _ => return Err(ScheduleError::WorkerGone),
        }
        self.seats[seat].state = SeatState::Ready;
        if !collected.broken_support.is_empty() {
            return Ok(());
        }
        for (path, absolute) in specs {
            self.seats[seat].worker.send(ToWorker::Collect { path: path.clone(), absolute: absolute.clone() });
        }
        for (path, absolute) in specs {
            let message = tokio::select! {
                message = self.told.recv() => message,
                Some(reason) = self.stops.recv() => {
                    self.stop.send_replace(true);
                    collected.stopped = Some(reason);
                    return Ok(());
                }
            };
            match message {
                Some(FromWorker::Collected { tests: Ok(tests), .. }) => {
                    collected.specs.push((path.clone(), absolute.clone(), tests));
                }
                Some(FromWorker::Collected { tests: Err(error), .. }) => collected.add_broken(error),
                _ => return Err(ScheduleError::WorkerGone),
            }
        }
        Ok(())
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
        self.seat_workers(&mut dispatcher, wanted)?;
        while dispatcher.is_busy() && self.living > 0 {
            tokio::select! {
                Some(message) = self.told.recv() => self.hear(&mut dispatcher, message, wanted)?,
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

    /// Gives the workers that have collected something to do, lets the others go, and starts as many
    /// as are wanted.
    fn seat_workers(&mut self, dispatcher: &mut Dispatcher, wanted: usize) -> Result<(), ScheduleError> {
        for seat in 0..self.seats.len() {
            let message = if seat < wanted { self.next_for(dispatcher, seat) } else { None };
            self.give(WorkerId(seat + 1), message.into_iter().collect());
        }
        for seat in self.seats.len()..wanted {
            let Some(project) = self.neediest(dispatcher) else { break };
            self.start_worker(seat, project)?;
        }
        Ok(())
    }

    /// What the worker in a seat is to do, which runs tests of its own project only.
    fn next_for(&self, dispatcher: &mut Dispatcher, seat: usize) -> Option<ToWorker> {
        let worker = WorkerId(seat + 1);
        dispatcher.settle(worker, self.setup.projects[self.seats[seat].project].project.clone());
        dispatcher.next(worker)
    }

    /// The project that needs one more worker most: it has most waiting jobs for each of its workers,
    /// and more than are on their way to it.
    fn neediest(&self, dispatcher: &Dispatcher) -> Option<usize> {
        let count = |project, is: fn(SeatState) -> bool| {
            self.seats.iter().filter(|seat| seat.project == project && is(seat.state)).count()
        };
        let need = |project: usize| {
            let waiting = dispatcher.waiting_in(self.setup.projects[project].project.as_ref());
            let is_more = waiting > count(project, |state| state == SeatState::Loading);
            // In thousandths of a job.
            is_more.then(|| waiting * 1000 / (count(project, |state| state != SeatState::Leaving) + 1))
        };
        let needs = (0..self.setup.projects.len()).filter_map(|project| Some((need(project)?, project)));
        needs.max_by_key(|(need, project)| (*need, std::cmp::Reverse(*project))).map(|(_, project)| project)
    }

    fn stop_for(dispatcher: &mut Dispatcher, reason: StopReason) {
        let is_signal = matches!(reason, StopReason::Interrupted | StopReason::Terminated);
        if is_signal && dispatcher.is_stopped() {
            // Asked twice: nobody wants to wait for a tidy end.
            crate::browser::kill_everything();
        }
        dispatcher.stop(reason);
    }

    fn hear(&mut self, dispatcher: &mut Dispatcher, message: FromWorker, wanted: usize) -> Result<(), ScheduleError> {
        match message {
            FromWorker::Loaded { worker, .. } => {
                self.seats[worker.0 - 1].state = SeatState::Ready;
                let message = self.next_for(dispatcher, worker.0 - 1);
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
                let seat = worker.0 - 1;
                self.seats[seat].state = SeatState::Leaving;
                // Its browser has ended: the next one may be another project's.
                if seat < wanted
                    && let Some(project) = self.neediest(dispatcher)
                {
                    self.start_worker(seat, project)?;
                }
            }
        }
        Ok(())
    }

    /// Sends messages to a worker; one that gets no test is not needed any more, and ends its browser.
    fn give(&mut self, worker: WorkerId, messages: Vec<ToWorker>) {
        let goes_on = messages.iter().any(|message| matches!(message, ToWorker::Run(_)));
        let seat = &mut self.seats[worker.0 - 1];
        for message in messages {
            seat.worker.send(message);
        }
        if !goes_on {
            seat.worker.release();
            seat.state = SeatState::Leaving;
        }
    }

    /// Lets the workers end what they have open, and waits for them; a signal meanwhile makes it short.
    async fn end(&mut self, dispatcher: &mut Dispatcher) {
        for seat in &mut self.seats {
            seat.worker.release();
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
        for seat in self.seats.drain(..) {
            seat.worker.join();
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
