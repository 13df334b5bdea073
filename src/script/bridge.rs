//! [`Bridge`]: the one place where a script thread blocks on asynchronous work.
//!
//! While it blocks it hands out callbacks (a dialog to answer), and it wakes up when the time is
//! over or the run is stopped.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::time::Instant;

use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};

use crate::browser::{Callback, CallbackSender};

/// Where a script thread and the asynchronous world meet.
pub(crate) struct Bridge {
    handle: Handle,
    callbacks: RefCell<mpsc::UnboundedReceiver<Callback>>,
    sender: CallbackSender,
    stop: watch::Receiver<bool>,
}

/// Why a blocked script thread goes on.
pub(crate) enum Woken<T> {
    /// The work is done.
    Done(T),
    /// The browser asks something; block again afterwards.
    Callback(Callback),
    /// The time is over.
    Deadline,
    /// The run was stopped.
    Stopped,
}

impl Bridge {
    /// A bridge to the runtime of `handle`; `stop` turns true when the run is stopped.
    pub(crate) fn new(handle: Handle, stop: watch::Receiver<bool>) -> Self {
        let (sender, callbacks) = mpsc::unbounded_channel();
        Self { handle, callbacks: RefCell::new(callbacks), sender, stop }
    }

    /// Where contexts send their callbacks.
    pub(crate) fn callback_sender(&self) -> CallbackSender {
        self.sender.clone()
    }

    /// Blocks until `work` is done or something else must be seen to.
    pub(crate) fn block<T>(&self, mut work: Pin<&mut impl Future<Output = T>>, until: Instant) -> Woken<T> {
        let mut callbacks = self.callbacks.borrow_mut();
        let mut stop = self.stop.clone();
        self.handle.block_on(async {
            tokio::select! {
                biased;
                value = work.as_mut() => Woken::Done(value),
                Some(callback) = callbacks.recv() => Woken::Callback(callback),
                () = stopped(&mut stop) => Woken::Stopped,
                () = tokio::time::sleep_until(until.into()) => Woken::Deadline,
            }
        })
    }

    /// Blocks on clean-up work, which neither a stop nor a deadline of the script ends.
    pub(crate) fn finish<T>(&self, work: impl Future<Output = T>) -> T {
        self.handle.block_on(work)
    }

    /// Goes on beside the script.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) -> tokio::task::JoinHandle<()> {
        self.handle.spawn(work)
    }

    /// The run was stopped.
    pub(crate) fn is_stopped(&self) -> bool {
        *self.stop.borrow()
    }

    /// Throws away what the browser asked and nobody answers any more.
    pub(crate) fn drop_callbacks(&self) {
        while self.callbacks.borrow_mut().try_recv().is_ok() {}
    }
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    if stop.wait_for(|stopped| *stopped).await.is_err() {
        // Nobody can stop the run any more.
        std::future::pending::<()>().await;
    }
}
