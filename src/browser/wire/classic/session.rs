//! [`Session`]: a `WebDriver` session as a context and its page share it. Answers dialogs between
//! commands, remembers the origins that were visited, keeps the page-load limit.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use url::Url;

use crate::browser::callback::CallbackSender;
use crate::browser::context::ContextOptions;
use crate::browser::wire::webdriver::Fault;
use crate::browser::wire::webdriver::WebDriver;

/// More dialogs or navigations in a row than this are a page that never stops.
const MOST_REPEATS: usize = 50;

/// Time on top of what the driver was told: its own limit must come first, as it says more.
pub(super) const MARGIN: Duration = Duration::from_secs(5);

/// Small commands that do not wait for the page's scripts.
pub(super) const SMALL: Duration = Duration::from_secs(20);

/// A `WebDriver` session.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) driver: WebDriver,
    pub(super) callbacks: CallbackSender,
    pub(super) navigation_timeout: Duration,
    is_closed: AtomicBool,
    jobs: AtomicU64,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    url: String,
    origins: BTreeSet<String>,
    page_load: Option<Duration>,
    doors: HashMap<String, &'static str>,
}

impl Session {
    /// Over an open session.
    pub(super) fn new(driver: WebDriver, callbacks: CallbackSender, options: &ContextOptions) -> Self {
        Self {
            driver,
            callbacks,
            navigation_timeout: options.navigation_timeout,
            is_closed: AtomicBool::new(false),
            jobs: AtomicU64::new(0),
            seen: Mutex::default(),
        }
    }

    /// A command without a body, repeated when a dialog or a navigation was in its way.
    pub(super) async fn ask(&self, path: &str) -> Result<Value, Fault> {
        self.check_open()?;
        let mut last = Fault::Dialog;
        for _ in 0..MOST_REPEATS {
            match self.driver.ask(path, SMALL + self.page_load()).await {
                Err(Fault::Dialog) => {
                    self.answer_dialog().await?;
                }
                Err(fault) if fault.is_overtaken() => last = fault,
                answer => return answer,
            }
        }
        Err(last)
    }

    /// A command with a body, repeated when a dialog was in its way.
    pub(super) async fn post(&self, path: &str, body: Value) -> Result<Value, Fault> {
        self.check_open()?;
        for _ in 0..MOST_REPEATS {
            match self.driver.post(path, body.clone(), SMALL + self.page_load()).await {
                Err(Fault::Dialog) => self.answer_dialog().await?,
                answer => return answer,
            };
        }
        Err(Fault::Dialog)
    }

    /// A script that answers at once and does no harm when it runs twice.
    pub(super) async fn execute(&self, script: &str, args: Value) -> Result<Value, Fault> {
        self.check_open()?;
        let mut last = Fault::Dialog;
        for _ in 0..MOST_REPEATS {
            match self.post("execute/sync", json!({ "script": script, "args": args })).await {
                Err(fault) if fault.is_overtaken() => last = fault,
                Err(fault) => return Err(fault),
                // A null is a dialog that opened under the script: none of ours answers null.
                Ok(answer) if !answer.is_null() || !self.answer_dialog().await? => return Ok(answer),
                Ok(_) => {}
            }
        }
        Err(last)
    }

    /// Limits how long the driver waits for a page to load, for this and the next commands.
    pub(super) async fn limit_page_load(&self, limit: Duration) -> Result<(), Fault> {
        if self.seen().page_load == Some(limit) {
            return Ok(());
        }
        let millis = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
        self.post("timeouts", json!({ "pageLoad": millis })).await?;
        self.seen().page_load = Some(limit);
        Ok(())
    }

    /// The page was seen at this address.
    pub(super) fn note_url(&self, url: &str) {
        let mut seen = self.seen();
        if seen.url != url {
            url.clone_into(&mut seen.url);
            if let Some(origin) = origin_of(url) {
                seen.origins.insert(origin);
            }
        }
    }

    /// Where the page was seen last.
    pub(super) fn last_url(&self) -> String {
        self.seen().url.clone()
    }

    /// Origins the page was seen at.
    pub(super) fn visited(&self) -> BTreeSet<String> {
        self.seen().origins.clone()
    }

    /// Nothing is kept for any origin any more.
    pub(super) fn forget_visits(&self) {
        let mut seen = self.seen();
        seen.origins.clear();
        seen.url.clear();
    }

    /// The path of an origin that served us a document, where one is known.
    pub(super) fn door(&self, origin: &str) -> Option<&'static str> {
        self.seen().doors.get(origin).copied()
    }

    /// This path of an origin serves a document.
    pub(super) fn note_door(&self, origin: &str, path: &'static str) {
        self.seen().doors.insert(origin.to_owned(), path);
    }

    /// A number no other job of this session has.
    pub(super) fn next_job(&self) -> u64 {
        self.jobs.fetch_add(1, Ordering::Relaxed)
    }

    /// Browser and version, for messages: `firefox 140.2 (classic)`.
    pub(super) fn label(&self) -> String {
        let text = |key| self.driver.capability(key).and_then(Value::as_str).unwrap_or("unknown");
        format!("{} {} (classic)", text("browserName"), text("browserVersion"))
    }

    /// It was closed.
    pub(super) fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::SeqCst)
    }

    /// Ends the session, once.
    pub(super) async fn close(&self, timeout: Duration) {
        if !self.is_closed.swap(true, Ordering::SeqCst) {
            self.driver.delete(timeout).await;
        }
    }

    pub(super) fn check_open(&self) -> Result<(), Fault> {
        if self.is_closed() { Err(Fault::Closed) } else { Ok(()) }
    }

    /// A driver waits for a page in flight before nearly every command, so every limit includes it.
    pub(super) fn page_load(&self) -> Duration {
        self.seen().page_load.unwrap_or(self.navigation_timeout)
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The origin of an address that can keep cookies and storage.
pub(super) fn origin_of(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.origin().ascii_serialization())
}
