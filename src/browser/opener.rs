//! [`Opener`]: opens `WebDriver` sessions, asking again while that is worth it: of a driver of ours, while
//! its only slot is taken. The queue of one that runs elsewhere is left in an orderly way.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Map, Value};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::endpoint::Endpoint;
use super::error::BrowserError;
use super::refusal::{Refusal, RefusalKind, pause, soon};
use super::wire::webdriver::WebDriver;
use crate::clock::{Deadline, human_duration};

/// No Grid keeps a request in its queue for longer.
const LONGEST: Duration = Duration::from_secs(3600);

/// How long a session that nobody wants any more may take to end.
const DELETE: Duration = Duration::from_secs(10);

/// How long requests that nobody waits for may take when everything else is over: our own sessions
/// have just ended, so a Grid that queued them for our sake answers at once.
const SETTLE: Duration = Duration::from_secs(10);

/// Requests for sessions that nobody waits for any more. A Grid does not notice that a client is
/// gone: it would start a browser for nobody. So they are waited for, and what they bring is ended.
#[derive(Clone, Debug, Default)]
pub struct Pending(Arc<Mutex<Vec<JoinHandle<()>>>>);

impl Pending {
    fn add(&self, request: JoinHandle<()>) {
        let mut requests = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        requests.retain(|request| !request.is_finished());
        requests.push(request);
    }

    /// Waits until all are answered and ended, and says how many were not in time.
    pub async fn settle(&self) -> usize {
        let requests = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let deadline = Deadline::after(SETTLE);
        let mut unanswered = 0;
        for mut request in requests {
            if tokio::time::timeout(deadline.remaining(), &mut request).await.is_err() {
                request.abort();
                unanswered += 1;
            }
        }
        unanswered
    }
}

/// Opens sessions with the same capabilities at the same place. Clones share what is pending.
#[derive(Clone, Debug)]
pub(in crate::browser) struct Opener {
    endpoint: Endpoint,
    wanted: Arc<Map<String, Value>>,
    /// Somebody else's driver: its slots are shared, and it may not be there at the moment.
    pending: Option<Pending>,
}

/// What kept an [`Opener`] from a session.
#[derive(Debug)]
pub(in crate::browser) struct NotOpened {
    /// The last no.
    pub(in crate::browser) refusal: Refusal,
    /// From the first question to the last answer.
    waited: Duration,
    /// How often each answer was given.
    answers: BTreeMap<String, u32>,
}

impl Opener {
    /// At a driver of ours.
    pub(in crate::browser) fn own(endpoint: Endpoint, wanted: Map<String, Value>) -> Self {
        Self { endpoint, wanted: Arc::new(wanted), pending: None }
    }

    /// At somebody else's, leaving requests nobody waits for to `pending`.
    pub(in crate::browser) fn remote(endpoint: Endpoint, wanted: Map<String, Value>, pending: Pending) -> Self {
        Self { endpoint, wanted: Arc::new(wanted), pending: Some(pending) }
    }

    /// It is somebody else's driver that is asked.
    pub(in crate::browser) fn is_remote(&self) -> bool {
        self.pending.is_some()
    }

    /// Where it opens them.
    pub(in crate::browser) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// The capabilities it asks for.
    pub(in crate::browser) fn wanted(&self) -> &Map<String, Value> {
        &self.wanted
    }

    /// Opens one in at most `limit`.
    pub(in crate::browser) async fn open(&self, limit: Duration) -> Result<WebDriver, NotOpened> {
        let started = Instant::now();
        let deadline = Deadline::after(limit);
        let mut answers = BTreeMap::new();
        // Since when it has been saying no in this way, and how often.
        let (mut kind, mut since, mut asked) = (None, started, 0);
        loop {
            let mut refusal = match self.ask(deadline).await {
                Ok(session) => return Ok(session),
                Err(refusal) => refusal,
            };
            if refusal.kind == RefusalKind::Final && self.is_remote() {
                self.look_closer(&mut refusal).await;
            }
            if kind.replace(refusal.kind) != Some(refusal.kind) {
                (since, asked) = (Instant::now(), 0);
            }
            asked += 1;
            *answers.entry(refusal.headline().to_owned()).or_insert(0) += 1;
            let pause = if self.is_remote() { pause(asked) } else { soon(asked) };
            if since.elapsed() + pause > self.patience(refusal.kind, limit) || pause > deadline.remaining() {
                return Err(NotOpened { refusal, waited: started.elapsed(), answers });
            }
            tokio::time::sleep(pause).await;
        }
    }

    /// How long it is worth asking, of `limit`. A driver of ours says no once and for all, but for one that
    /// takes a single session at a time (`WebKitWebDriver`, geckodriver): that may say the last one is there
    /// still, a moment after it has ended.
    fn patience(&self, kind: RefusalKind, limit: Duration) -> Duration {
        if self.is_remote() || kind == RefusalKind::Busy { kind.patience(limit) } else { Duration::ZERO }
    }

    /// Asks once. A request to somebody else's driver that is not answered in time, or whose asker goes
    /// away, is not dropped: see [`Pending`].
    async fn ask(&self, deadline: Deadline) -> Result<WebDriver, Refusal> {
        let Some(pending) = &self.pending else {
            return WebDriver::open(&self.endpoint, &self.wanted, deadline.remaining()).await;
        };
        let (tell, told) = oneshot::channel();
        let (endpoint, wanted) = (self.endpoint.clone(), Arc::clone(&self.wanted));
        pending.add(tokio::spawn(async move {
            let opened = WebDriver::open(&endpoint, &wanted, LONGEST).await;
            if let Err(Ok(unwanted)) = tell.send(opened) {
                unwanted.delete(DELETE).await;
            }
        }));
        let silent =
            || Refusal::new(RefusalKind::Silent, format!("no answer in {}", human_duration(deadline.length())));
        match tokio::time::timeout(deadline.remaining(), told).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) | Err(_) => Err(silent()),
        }
    }

    /// An answer that is no answer of a driver may be a gate's in front of it: asks what it wants.
    async fn look_closer(&self, refusal: &mut Refusal) {
        // Only the first caller in a process installs it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let Ok(client) = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build() else { return };
        let Ok(url) = self.endpoint.url().join("status") else { return };
        let headers = self.endpoint.headers().clone();
        let Ok(answer) = client.get(url).headers(headers).timeout(DELETE).send().await else { return };
        let status = answer.status();
        let word = status.canonical_reason().unwrap_or_default();
        if matches!(status.as_u16(), 401 | 403 | 407) {
            *refusal = Refusal::new(
                RefusalKind::Final,
                format!("the server there wants credentials ({} {word})", status.as_u16()),
            );
        } else if !status.is_success() && !refusal.words.contains("only supports") {
            refusal.words = format!("{}\nit answers `{} {word}`", refusal.words, status.as_u16());
        }
    }
}

impl NotOpened {
    /// As an error of a browser that was to be opened elsewhere: what it said, how often, how long.
    pub(in crate::browser) fn into_error(self, endpoint: &Endpoint) -> BrowserError {
        let Self { refusal, waited, answers } = self;
        let asked: u32 = answers.values().sum();
        let url = endpoint.url();
        let title = if waited < Duration::from_secs(1) || refusal.kind == RefusalKind::Silent {
            format!("no session at {url}: {}", refusal.headline())
        } else {
            format!("no session at {url} in {}: {}", human_duration(waited), refusal.headline())
        };
        let mut details = refusal.details();
        if asked > 1 {
            details.push(format!("it was asked {asked} times"));
            let others = answers.iter().filter(|(answer, _)| *answer != refusal.headline());
            details.extend(others.map(|(answer, count)| format!("{count} times it said: {answer}")));
        }
        let advice = Some(advice(&refusal).to_owned());
        match refusal.kind {
            RefusalKind::Busy | RefusalKind::Silent | RefusalKind::Failed => {
                BrowserError::NoSlot { title, details, advice }
            }
            RefusalKind::Unreachable | RefusalKind::Final => BrowserError::Start { title, details, advice },
        }
    }
}

fn advice(refusal: &Refusal) -> &'static str {
    if refusal.words.contains("only supports") {
        return "start a driver of the same version as its browser there";
    }
    if refusal.words.contains("wants credentials") {
        return "write them into the address (`https://user:password@host`) or into `webdriver_headers` of `[browser]`";
    }
    match refusal.kind {
        RefusalKind::Busy | RefusalKind::Silent => {
            "use fewer workers (`-j`), give the Grid more slots, or wait longer with `start_timeout` in `[browser]`"
        }
        RefusalKind::Failed => {
            "look into the log of the node that tried; `args` and `capabilities` of `[browser]` go there"
        }
        RefusalKind::Unreachable | RefusalKind::Final => {
            "check that a WebDriver server runs there and takes sessions, or leave `--webdriver-url` out"
        }
    }
}
