//! [`Worker`]: a script thread with its host, driven by messages. It ends when its channel closes.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc;
use std::thread::JoinHandle;

use tokio::sync::mpsc::UnboundedSender;

use crate::model::{SpecPath, WorkerId};
use crate::script::{Host, HostSetup};

use super::error::ScheduleError;
use super::message::{FromWorker, ToWorker};

/// Script threads evaluate nested closures on the stack: they get more than the usual 2 MiB.
const STACK: usize = 16 * 1024 * 1024;

/// The dispatcher's end of a worker.
#[derive(Debug)]
pub(crate) struct Worker {
    sender: Option<mpsc::Sender<ToWorker>>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Starts a worker, which loads the support scripts and then waits for messages.
    pub(crate) fn start(
        setup: HostSetup,
        support: Vec<(SpecPath, PathBuf)>,
        tell: UnboundedSender<FromWorker>,
    ) -> Result<Self, ScheduleError> {
        let (sender, receiver) = mpsc::channel();
        let worker = setup.worker;
        let thread = std::thread::Builder::new()
            .name(format!("worker {worker}"))
            .stack_size(STACK)
            .spawn(move || {
                let panic = live(setup, &support, &receiver, &tell).err();
                // Nobody listens any more when the run is over; then nobody needs to know.
                let _ = tell.send(FromWorker::Gone { worker, panic });
            })
            .map_err(ScheduleError::Thread)?;
        Ok(Self { sender: Some(sender), thread: Some(thread) })
    }

    /// Sends a message; one to a worker that is gone is told by its `Gone`.
    pub(crate) fn send(&self, message: ToWorker) {
        if let Some(sender) = &self.sender {
            // See above: `Gone` is on its way.
            let _ = sender.send(message);
        }
    }

    /// Lets it end what it has open and go.
    pub(crate) fn release(&mut self) {
        self.sender = None;
    }

    /// Waits until its thread has ended. Blocks.
    pub(crate) fn join(mut self) {
        self.release();
        if let Some(thread) = self.thread.take() {
            // A panic was told by `Gone`.
            let _ = thread.join();
        }
    }
}

/// The worker's life; its error is the text of a panic.
fn live(
    setup: HostSetup,
    support: &[(SpecPath, PathBuf)],
    messages: &mpsc::Receiver<ToWorker>,
    tell: &UnboundedSender<FromWorker>,
) -> Result<(), String> {
    let worker = setup.worker;
    // Timers and tasks made on this thread belong to the process's runtime.
    let handle = setup.handle.clone();
    let _runtime = handle.enter();
    let mut host = Host::new(setup);
    let lived = catch_unwind(AssertUnwindSafe(|| {
        let errors = support.iter().filter_map(|(path, absolute)| host.load_support(path, absolute).err()).collect();
        let mut goes_on = tell.send(FromWorker::Loaded { worker, errors }).is_ok();
        while goes_on && let Ok(message) = messages.recv() {
            goes_on = answer(&mut host, worker, message, tell);
        }
    }));
    // Whatever happened, browser and driver are stopped.
    let ended = catch_unwind(AssertUnwindSafe(|| host.shut_down()));
    lived.and(ended).map_err(|panic| panic_text(&*panic))
}

fn answer(host: &mut Host, worker: WorkerId, message: ToWorker, tell: &UnboundedSender<FromWorker>) -> bool {
    match message {
        ToWorker::Collect { path, absolute } => {
            let tests = host.collect(&path, &absolute);
            tell.send(FromWorker::Collected { tests }).is_ok()
        }
        ToWorker::Run(order) => {
            let report = Box::new(host.run(&order));
            tell.send(FromWorker::Finished { worker, report }).is_ok()
        }
        ToWorker::Leave { spec, suites } => {
            host.leave(&spec, &suites);
            true
        }
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no text".to_owned())
}
