//! [`ClassicBrowser`]: opens contexts on a driver, each a `WebDriver` session of its own.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use super::context::ClassicContext;
use super::session::Session;
use crate::browser::callback::CallbackSender;
use crate::browser::context::ContextOptions;
use crate::browser::error::BrowserError;
use crate::browser::opener::Opener;
use crate::browser::refusal::RefusalKind;
use crate::browser::wire::webdriver::WebDriver;

/// How long a session may take to end when the whole browser does.
const CLOSE: Duration = Duration::from_secs(5);

/// A driver that takes sessions. Clones share it.
#[derive(Clone, Debug)]
pub(in crate::browser) struct ClassicBrowser(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    opener: Opener,
    /// How long a session may take to open after the first one.
    limit: Duration,
    /// The session the browser was opened with, until the first context takes it.
    first: Mutex<Option<WebDriver>>,
    open: Mutex<Vec<Weak<Session>>>,
}

impl ClassicBrowser {
    /// Over a session that `opener` has opened; further ones are opened in at most `limit`.
    pub(in crate::browser) fn new(opener: Opener, limit: Duration, first: WebDriver) -> Self {
        let first = Mutex::new(Some(first));
        Self(Arc::new(Inner { opener, limit, first, open: Mutex::new(Vec::new()) }))
    }

    /// A fresh context: the session that is there already, for the first one.
    pub(in crate::browser) async fn open_context(
        &self,
        options: &ContextOptions,
        callbacks: CallbackSender,
    ) -> Result<ClassicContext, BrowserError> {
        let first = lock(&self.0.first).take();
        let driver = match first {
            Some(driver) => driver,
            None => self.0.opener.open(self.0.limit).await.map_err(|no| match no.refusal.kind {
                RefusalKind::Busy | RefusalKind::Silent | RefusalKind::Failed if self.0.opener.is_remote() => {
                    no.into_error(self.0.opener.endpoint())
                }
                _ => {
                    let reason = format!("no further session: {}", no.refusal);
                    BrowserError::Lost { reason, output: Vec::new() }
                }
            })?,
        };
        let session = Arc::new(Session::new(driver, callbacks, options));
        {
            let mut open = lock(&self.0.open);
            open.retain(|session| session.strong_count() > 0);
            open.push(Arc::downgrade(&session));
        }
        let context = ClassicContext::new(session);
        match context.prepare(options.viewport).await {
            Ok(()) => Ok(context),
            Err(error) => {
                context.close().await;
                Err(error)
            }
        }
    }

    /// Ends every session that is still open.
    pub(in crate::browser) async fn close(&self) {
        let first = lock(&self.0.first).take();
        if let Some(first) = first {
            first.delete(CLOSE).await;
        }
        let open: Vec<_> = lock(&self.0.open).drain(..).filter_map(|session| session.upgrade()).collect();
        futures_util::future::join_all(open.iter().map(|session| session.close(CLOSE))).await;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
