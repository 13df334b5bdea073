//! [`Dispatcher`]: the one owner of a run's state. It hands out tests, decides about retries, and
//! stops. Workers tell it what happened; nobody shares anything with it.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::event::{EventSink, PlanIndex, RunEvent};
use crate::model::{Mode, ProjectName, SpecRun, SuiteIndex, WorkerId};
use crate::outcome::{Attempt, Failure, FailureKind, Outcome, RunSummary, Status, StopReason};
use crate::script::{AttemptOrder, AttemptReport};

use super::message::ToWorker;
use super::plan::{Job, Plan};
use super::retry::{Next, after};

/// Limits that the dispatcher keeps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Retries where a test says nothing.
    pub(crate) retries: u32,
    /// Stop after this many failed tests.
    pub(crate) max_failures: Option<u32>,
}

/// What a worker is doing.
#[derive(Debug)]
struct Running {
    job: VecDeque<PlanIndex>,
    test: PlanIndex,
    attempts: Vec<Attempt>,
    /// How many attempts of the run had ended when the last one was handed out.
    ended_before: u64,
}

/// The state of a run.
pub(crate) struct Dispatcher {
    plan: Plan,
    limits: Limits,
    events: EventSink,
    queue: VecDeque<Job>,
    running: HashMap<WorkerId, Running>,
    /// Whose tests each worker runs; those of no project where nothing is said.
    homes: HashMap<WorkerId, ProjectName>,
    /// Projects whose browser cannot be had: nothing of theirs is handed out.
    without_browser: HashSet<ProjectName>,
    /// Tests of each suite that have not been handed out.
    waiting: HashMap<(SpecRun, SuiteIndex), usize>,
    is_finished: Vec<bool>,
    /// Attempts of tests that were given back.
    given_back: HashMap<PlanIndex, Vec<Attempt>>,
    /// How many attempts have ended on a browser.
    ended: u64,
    summary: RunSummary,
}

impl Dispatcher {
    /// A run of `plan` with nothing handed out. Tests that are not to run are finished at once.
    pub(crate) fn new(plan: Plan, limits: Limits, events: EventSink) -> Self {
        let queue: VecDeque<Job> = plan.jobs.iter().cloned().collect();
        let mut waiting = HashMap::new();
        for test in queue.iter().flat_map(|job| &job.tests) {
            let case = &plan.tests[test.0];
            for suite in &case.suites {
                *waiting.entry((case.id.spec_run(), *suite)).or_insert(0) += 1;
            }
        }
        let is_finished = vec![false; plan.tests.len()];
        let mut new = Self {
            plan,
            limits,
            events,
            queue,
            running: HashMap::new(),
            homes: HashMap::new(),
            without_browser: HashSet::new(),
            waiting,
            is_finished,
            given_back: HashMap::new(),
            ended: 0,
            summary: RunSummary::default(),
        };
        new.skip();
        new
    }

    fn skip(&mut self) {
        for index in 0..self.plan.tests.len() {
            let reason = match &self.plan.tests[index].mode {
                Mode::Skip(reason) => reason.clone(),
                Mode::Fixme(reason) => {
                    Some(reason.as_ref().map_or("fixme".to_owned(), |reason| format!("fixme: {reason}")))
                }
                Mode::Run | Mode::Fails => continue,
            };
            self.finish(PlanIndex(index), Status::Skipped, &[], reason);
        }
    }

    /// Something is running or waiting.
    pub(crate) fn is_busy(&self) -> bool {
        !self.running.is_empty() || self.has_waiting()
    }

    /// Something waits for a worker.
    pub(crate) fn has_waiting(&self) -> bool {
        self.summary.stopped.is_none() && !self.queue.is_empty()
    }

    /// How many workers can have something to do.
    pub(crate) fn jobs(&self) -> usize {
        self.queue.len()
    }

    /// From now on the worker runs tests of this project.
    pub(crate) fn settle(&mut self, worker: WorkerId, project: Option<ProjectName>) {
        match project {
            Some(project) => self.homes.insert(worker, project),
            None => self.homes.remove(&worker),
        };
    }

    /// How many jobs of a project wait for a worker.
    pub(crate) fn waiting_in(&self, project: Option<&ProjectName>) -> usize {
        if self.has_waiting() { self.queue.iter().filter(|job| self.project_of(job) == project).count() } else { 0 }
    }

    fn project_of(&self, job: &Job) -> Option<&ProjectName> {
        self.plan.tests[job.tests[0].0].id.project.as_ref()
    }

    /// What an idle worker is to do; nothing when there is nothing left for it.
    pub(crate) fn next(&mut self, worker: WorkerId) -> Option<ToWorker> {
        if self.summary.stopped.is_some() {
            return None;
        }
        let home = self.homes.get(&worker);
        let place = self.queue.iter().position(|job| self.project_of(job) == home)?;
        let mut job: VecDeque<PlanIndex> = self.queue.remove(place)?.tests.into();
        let test = job.pop_front().expect("a job is never empty");
        Some(self.start(worker, job, test))
    }

    fn start(&mut self, worker: WorkerId, job: VecDeque<PlanIndex>, test: PlanIndex) -> ToWorker {
        let case = &self.plan.tests[test.0];
        for suite in &case.suites {
            if let Some(count) = self.waiting.get_mut(&(case.id.spec_run(), *suite)) {
                *count -= 1;
            }
        }
        let attempts = self.given_back.remove(&test).unwrap_or_default();
        self.running.insert(worker, Running { job, test, attempts, ended_before: 0 });
        self.order(worker)
    }

    fn order(&mut self, worker: WorkerId) -> ToWorker {
        let running = self.running.get_mut(&worker).expect("its order is asked for when it has been put there");
        running.ended_before = self.ended;
        let number = u32::try_from(running.attempts.len()).unwrap_or(u32::MAX) + 1;
        let spec = self.plan.spec_of(running.test);
        self.events.send(RunEvent::TestStarted { test: running.test, attempt: number, worker });
        ToWorker::Run(Box::new(AttemptOrder {
            test: running.test,
            id: self.plan.tests[running.test.0].id.clone(),
            number,
            is_retry: running.attempts.iter().any(|attempt| !attempt.is_infrastructure),
            spec: spec.absolute.clone(),
            expected: spec.tests.clone(),
        }))
    }

    /// An attempt ended: what the worker does next, in order. Empty: it is idle.
    pub(crate) fn finished(&mut self, worker: WorkerId, report: AttemptReport) -> Vec<ToWorker> {
        if report.lacks_slot && self.give_back(worker) {
            return Vec::new();
        }
        let Some(running) = self.running.get_mut(&worker) else { return Vec::new() };
        let test = running.test;
        self.ended += u64::from(!report.cannot_start);
        let cannot_start = report.cannot_start.then(|| reason(&report.outcome)).flatten();
        let project = self.plan.tests[test.0].id.project.clone();
        let is_given_up = project.as_ref().is_some_and(|project| self.without_browser.contains(project));
        let is_told = is_given_up || matches!(self.summary.stopped, Some(StopReason::Infrastructure(_)));
        let attempt = Attempt {
            number: u32::try_from(running.attempts.len()).unwrap_or(u32::MAX) + 1,
            // What keeps one worker from a browser keeps the others too: it is told once.
            outcome: if report.cannot_start && is_told { Outcome::Interrupted } else { report.outcome },
            duration: report.duration,
            is_infrastructure: report.is_infrastructure,
        };
        running.attempts.push(attempt.clone());
        let retries = self.plan.tests[test.0].retries.unwrap_or(self.limits.retries);
        let is_last_chance = cannot_start.is_some() || self.summary.stopped.is_some();
        let next = if is_last_chance { Next::Done } else { after(&running.attempts, retries) };
        let will_retry = next != Next::Done;
        self.events.send(RunEvent::AttemptFinished { test, worker, attempt, will_retry });
        if will_retry {
            return vec![self.order(worker)];
        }
        let running = self.running.remove(&worker).expect("it was found above");
        self.conclude(test, &running.attempts);
        let mut rest = running.job;
        match (cannot_start, project) {
            (Some(_), Some(project)) => {
                self.give_up(project);
                rest.clear();
            }
            (Some(why), None) => self.stop(StopReason::Infrastructure(why)),
            (None, _) => {}
        }
        let mut messages = self.suites_left(test);
        messages.extend(self.go_on(worker, rest));
        messages
    }

    /// A worker that got no slot gives back what it was to run, where others get on with theirs: then
    /// the slots are only taken, and sooner or later one is free. Otherwise nothing is done.
    fn give_back(&mut self, worker: WorkerId) -> bool {
        let others_get_on = self.running.len() > 1
            && self.summary.stopped.is_none()
            && self.running.get(&worker).is_some_and(|running| running.ended_before < self.ended);
        if !others_get_on {
            return false;
        }
        let Some(Running { mut job, test, attempts, .. }) = self.running.remove(&worker) else { return false };
        let case = &self.plan.tests[test.0];
        for suite in &case.suites {
            *self.waiting.entry((case.id.spec_run(), *suite)).or_insert(0) += 1;
        }
        self.events.send(RunEvent::TestGivenBack { test, worker });
        self.given_back.insert(test, attempts);
        job.push_front(test);
        self.queue.push_front(Job { tests: job.into() });
        true
    }

    /// Without its browser no test of a project can run; those of the others can.
    fn give_up(&mut self, project: ProjectName) {
        let tests = &self.plan.tests;
        self.queue.retain(|job| tests[job.tests[0].0].id.project.as_ref() != Some(&project));
        self.without_browser.insert(project);
    }

    fn conclude(&mut self, test: PlanIndex, attempts: &[Attempt]) {
        let status = Status::of(attempts);
        let last = attempts.last();
        if status == Status::Failed && last.is_some_and(|attempt| attempt.is_infrastructure) {
            self.summary.infrastructure_failures += 1;
        }
        let why = match last.map(|attempt| &attempt.outcome) {
            Some(Outcome::Skipped(reason)) => reason.clone(),
            Some(Outcome::Interrupted) => {
                self.summary.stopped.as_ref().map(|why| why_stopped(why).to_owned()).or(self.why_given_up(test))
            }
            _ => None,
        };
        self.finish(test, status, attempts, why);
        let failed = u32::try_from(self.summary.counts.failed).unwrap_or(u32::MAX);
        if let Some(most) = self.limits.max_failures
            && failed >= most
        {
            self.stop(StopReason::MaxFailures(failed));
        }
    }

    /// Suites of `test` that have no test left to hand out: their `after_all` hooks can run.
    fn suites_left(&self, test: PlanIndex) -> Vec<ToWorker> {
        let case = &self.plan.tests[test.0];
        let suites: Vec<SuiteIndex> = case
            .suites
            .iter()
            .copied()
            .filter(|suite| self.waiting.get(&(case.id.spec_run(), *suite)) == Some(&0))
            .collect();
        if suites.is_empty() { Vec::new() } else { vec![ToWorker::Leave { spec: case.id.spec.clone(), suites }] }
    }

    fn go_on(&mut self, worker: WorkerId, mut job: VecDeque<PlanIndex>) -> Option<ToWorker> {
        if self.summary.stopped.is_some() {
            return None;
        }
        match job.pop_front() {
            Some(test) => Some(self.start(worker, job, test)),
            None => self.next(worker),
        }
    }

    /// A worker's thread ended by itself: its test failed, and the rest of its job goes back.
    pub(crate) fn lost(&mut self, worker: WorkerId, panic: &str) {
        let Some(running) = self.running.remove(&worker) else { return };
        let failure = Failure::new(FailureKind::Infrastructure, "runner itself failed while it ran this test")
            .detail(panic)
            .advise("please report this as a defect of runner");
        let attempt = Attempt {
            number: u32::try_from(running.attempts.len()).unwrap_or(u32::MAX) + 1,
            outcome: Outcome::Failed(Box::new(failure)),
            duration: std::time::Duration::ZERO,
            is_infrastructure: true,
        };
        self.events.send(RunEvent::AttemptFinished {
            test: running.test,
            worker,
            attempt: attempt.clone(),
            will_retry: false,
        });
        let attempts: Vec<Attempt> = running.attempts.into_iter().chain([attempt]).collect();
        self.conclude(running.test, &attempts);
        if !running.job.is_empty() {
            self.queue.push_front(Job { tests: running.job.into() });
        }
    }

    /// Hands out nothing more. The first reason counts.
    pub(crate) fn stop(&mut self, reason: StopReason) {
        self.summary.stopped.get_or_insert(reason);
    }

    /// The run was stopped.
    pub(crate) fn is_stopped(&self) -> bool {
        self.summary.stopped.is_some()
    }

    fn finish(&mut self, test: PlanIndex, status: Status, attempts: &[Attempt], reason: Option<String>) {
        if std::mem::replace(&mut self.is_finished[test.0], true) {
            return;
        }
        self.summary.counts.add(status);
        let duration = attempts.iter().map(|attempt| attempt.duration).sum();
        self.events.send(RunEvent::TestFinished { test, status, duration, reason });
    }

    fn why_given_up(&self, test: PlanIndex) -> Option<String> {
        let project = self.plan.tests[test.0].id.project.as_ref()?;
        self.without_browser.contains(project).then(|| "the browser of its project cannot be started".to_owned())
    }

    /// Ends the run: what has no result was not run.
    pub(crate) fn conclude_run(mut self) -> RunSummary {
        for index in 0..self.plan.tests.len() {
            let why = self.why_given_up(PlanIndex(index));
            self.finish(PlanIndex(index), Status::NotRun, &[], why);
        }
        self.summary
    }
}

/// What a test says that was running when the run was stopped.
fn why_stopped(reason: &StopReason) -> &'static str {
    match reason {
        StopReason::Interrupted => "interrupted",
        StopReason::Terminated => "told to end",
        StopReason::GlobalTimeout(_) => "the run's time was over",
        StopReason::MaxFailures(_) => "another test failed",
        StopReason::Infrastructure(_) => "the run could not go on",
    }
}

fn reason(outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::Failed(failure) => Some(failure.title.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
