//! [`Spare`]: a context that is opened ahead, with its page, while a test runs in another one.
//!
//! A page takes the browser a new process, which is the longest part of a short test.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::task::JoinHandle;

use super::context::DevtoolsContext;
use crate::browser::{CallbackSender, ContextOptions};

/// At most one context that nobody has asked for yet.
#[derive(Debug, Default)]
pub(super) struct Spare {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    waiting: Option<Waiting>,
    has_served: bool,
}

/// A context that is being opened, and for whom.
#[derive(Debug)]
struct Waiting {
    options: ContextOptions,
    callbacks: CallbackSender,
    opening: JoinHandle<Option<DevtoolsContext>>,
}

impl Spare {
    /// The context that was opened ahead, where it is as it is wanted now.
    pub(super) async fn take(&self, options: &ContextOptions, callbacks: &CallbackSender) -> Option<DevtoolsContext> {
        let Waiting { options: made_with, callbacks: made_for, opening } = self.lock().waiting.take()?;
        if made_with == *options && made_for.same_channel(callbacks) {
            // One that could not be opened is opened again, by who can tell why not.
            return opening.await.ok().flatten();
        }
        tokio::spawn(async move {
            if let Ok(Some(context)) = opening.await {
                context.close().await;
            }
        });
        None
    }

    /// Opens the next one by `open`, but not for the first who asks: a run of one test needs no other.
    pub(super) fn open_next<F>(&self, options: &ContextOptions, callbacks: &CallbackSender, open: F)
    where
        F: Future<Output = Option<DevtoolsContext>> + Send + 'static,
    {
        let mut state = self.lock();
        if std::mem::replace(&mut state.has_served, true) && state.waiting.is_none() {
            let opening = tokio::spawn(open);
            state.waiting = Some(Waiting { options: options.clone(), callbacks: callbacks.clone(), opening });
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
