//! [`Watched`]: what events have told about a page. Events change it in order on the reading task;
//! whoever waits looks at it and waits for its next change. Nothing polls.

use std::future::Future;
use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use crate::browser::BrowserError;

/// A state, and the news that it has changed.
pub(super) struct Watched<S> {
    state: Mutex<S>,
    changes: watch::Sender<u64>,
}

impl<S: Default> Default for Watched<S> {
    fn default() -> Self {
        Self { state: Mutex::default(), changes: watch::Sender::new(0) }
    }
}

impl<S> Watched<S> {
    /// Looks at the state.
    pub(super) fn read<T>(&self, look: impl FnOnce(&S) -> T) -> T {
        look(&self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the state, and wakes whoever waits for a change.
    pub(super) fn update<T>(&self, change: impl FnOnce(&mut S) -> T) -> T {
        let result = change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
        self.changes.send_modify(|version| *version += 1);
        result
    }

    /// Waits until `look` sees what it wants, as long as `check_alive` has nothing against it.
    pub(super) async fn wait<T>(
        &self,
        look: impl Fn(&S) -> Option<T>,
        check_alive: impl Fn() -> Result<(), BrowserError>,
    ) -> Result<T, BrowserError> {
        let mut changes = self.changes.subscribe();
        loop {
            if let Some(seen) = self.read(&look) {
                return Ok(seen);
            }
            check_alive()?;
            // The sender lives in `self`.
            let _ = changes.changed().await;
        }
    }

    /// Runs `work` for at most `limit`, on a clock that stands still while `is_halted`.
    pub(super) async fn within<T>(
        &self,
        limit: Duration,
        is_halted: impl Fn(&S) -> bool,
        work: impl Future<Output = T>,
    ) -> Option<T> {
        let mut work = pin!(work);
        let mut changes = self.changes.subscribe();
        let mut left = limit;
        loop {
            let is_halted = self.read(&is_halted);
            let since = Instant::now();
            tokio::select! {
                biased;
                done = &mut work => return Some(done),
                () = tokio::time::sleep(left), if !is_halted => return None,
                _ = changes.changed() => {}
            }
            if !is_halted {
                left = left.saturating_sub(since.elapsed());
            }
        }
    }
}
