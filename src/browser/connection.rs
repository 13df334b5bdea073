//! [`Browser`]: a live browser, opened by `WebDriver`, and the wire that carries its commands.
//!
//! This file joins `driver` and `wire`, which do not know each other.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::OnceCell;
use url::Url;

use crate::clock::Deadline;
use crate::config::{BrowserName, BrowserSettings, WireName};

use super::callback::CallbackSender;
use super::capability::Capability;
use super::context::{Context, ContextOptions};
use super::driver::{
    DriverProcess, Located, Output, browser_socket, capabilities, check_versions, last_words, locate, locate_browser,
    usual_cause, wire_for,
};
use super::endpoint::Endpoint;
use super::error::BrowserError;
use super::opener::{Opener, Pending};
use super::pulse::Pulse;
use super::wire::bidi::BidiBrowser;
use super::wire::classic::ClassicBrowser;
use super::wire::devtools::DevtoolsBrowser;
use super::wire::verbs::{self, BrowserWire, ContextWire};
use super::wire::webdriver::WebDriver;

/// How long a driver of ours may take to end a session before its processes are killed.
const DELETE_OWN: Duration = Duration::from_secs(2);

/// How long somebody else's driver may take to end a session.
const DELETE_REMOTE: Duration = Duration::from_secs(10);

/// A live browser. Clones share it; [`Browser::close`] ends it for all.
#[derive(Clone, Debug)]
pub struct Browser(Arc<Live>);

#[derive(Debug)]
struct Live {
    info: BrowserInfo,
    /// Which browser was asked for.
    kind: BrowserName,
    wire: BrowserWire,
    /// The `WebDriver` session the browser was opened with; the classic wire keeps its own.
    session: Option<WebDriver>,
    /// Looks after that session where its driver is not ours.
    pulse: Mutex<Option<Pulse>>,
    driver: Option<DriverProcess>,
    output: Output,
    closed: OnceCell<()>,
}

/// What a browser is, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrowserInfo {
    /// `chrome-headless-shell`, `firefox`.
    pub name: String,
    /// `156.0.8078.79`.
    pub version: String,
    /// The wire in use.
    pub wire: WireName,
}

impl Browser {
    /// Finds and starts driver and browser (or connects to the one given) and opens a session.
    ///
    /// # Errors
    /// [`BrowserError::Start`] with everything that helps: what was looked for, versions that do
    /// not fit, the browser's own output.
    #[cfg(test)]
    pub(in crate::browser) async fn open(settings: &BrowserSettings) -> Result<Self, BrowserError> {
        Self::open_or_leave(settings, &Pending::default()).await
    }

    /// The same; a request for a session that nobody waits for any more, where the future is dropped,
    /// is left to `pending`.
    ///
    /// # Errors
    /// As above, and [`BrowserError::NoSlot`].
    pub async fn open_or_leave(settings: &BrowserSettings, pending: &Pending) -> Result<Self, BrowserError> {
        match &settings.webdriver_url {
            Some(url) => open_at(settings, url, pending).await,
            None => open_own(settings).await,
        }
    }

    /// Name, version, wire.
    pub fn info(&self) -> BrowserInfo {
        self.0.info.clone()
    }

    /// A fresh context may have to wait for a slot that others have: that is nobody's fault here.
    pub fn waits_for_slots(&self) -> bool {
        self.0.driver.is_none() && self.0.info.wire == WireName::Classic
    }

    /// Whether it can do something.
    pub fn can(&self, capability: Capability) -> bool {
        let Live { info, kind, .. } = &*self.0;
        verbs::capabilities(info.wire).contains(&capability) && !verbs::lacking(*kind).contains(&capability)
    }

    /// A fresh context with nothing in it and no page yet; dialogs and the like go to `callbacks`.
    ///
    /// # Errors
    /// When the browser is lost.
    pub async fn open_context(
        &self,
        options: &ContextOptions,
        callbacks: CallbackSender,
    ) -> Result<Context, BrowserError> {
        let context = match &self.0.wire {
            BrowserWire::Devtools(browser) => browser.open_context(options, callbacks).await.map(ContextWire::Devtools),
            BrowserWire::Bidi(browser) => browser.open_context(options, callbacks).await.map(ContextWire::Bidi),
            BrowserWire::Classic(browser) => browser.open_context(options, callbacks).await.map(ContextWire::Classic),
        };
        let output = &self.0.output;
        context.map(|wire| Context::new(wire, output.clone())).map_err(|error| output.explain(error))
    }

    /// Ends session, browser and driver, and waits until their processes are gone. Never fails:
    /// what does not end by itself is killed with its process group.
    pub async fn close(&self) {
        self.0.closed.get_or_init(|| self.0.end()).await;
    }

    /// The driver of ours behind it, for tests that harm it.
    #[cfg(test)]
    pub(in crate::browser) fn driver(&self) -> Option<&DriverProcess> {
        self.0.driver.as_ref()
    }
}

impl Live {
    async fn end(&self) {
        let patience = if self.driver.is_some() { DELETE_OWN } else { DELETE_REMOTE };
        self.pulse.lock().unwrap_or_else(PoisonError::into_inner).take();
        // A Grid takes 20 s to end a session whose socket is still open: the wire goes first.
        match &self.wire {
            BrowserWire::Devtools(browser) => browser.close(),
            BrowserWire::Bidi(browser) => browser.close(),
            BrowserWire::Classic(browser) => browser.close().await,
        }
        if let Some(session) = &self.session {
            session.delete(patience).await;
        }
        if let Some(driver) = &self.driver {
            driver.stop().await;
        }
    }
}

/// A `WebDriver` session that was opened, before it has a wire.
struct Opened {
    opener: Opener,
    session: WebDriver,
    driver: Option<DriverProcess>,
}

/// With a driver and a browser of this machine.
async fn open_own(settings: &BrowserSettings) -> Result<Browser, BrowserError> {
    let located = locate(settings)?;
    // Both versions are asked for while the browser starts: a pair that does not fit is rare, and
    // then the message about versions matters more than the driver's.
    let (versions, opened) = tokio::join!(check_versions(&located, settings.start_timeout), start(settings, &located));
    match (versions, opened) {
        (Ok(()), opened) => choose_wire(settings, opened?).await,
        (Err(mismatch), Err(_)) => Err(mismatch),
        (Err(mismatch), Ok(opened)) => {
            opened.session.delete(DELETE_OWN).await;
            if let Some(driver) = opened.driver {
                driver.stop().await;
            }
            Err(mismatch)
        }
    }
}

async fn start(settings: &BrowserSettings, located: &Located) -> Result<Opened, BrowserError> {
    let deadline = Deadline::after(settings.start_timeout);
    let process = DriverProcess::start(located, settings.start_timeout).await?;
    let wanted = capabilities(settings, located.browser.as_deref());
    let opener = Opener::own(Endpoint::own(process.url().clone()), wanted);
    match opener.open(deadline.remaining()).await {
        Ok(session) => Ok(Opened { opener, session, driver: Some(process) }),
        Err(no) => {
            process.stop().await;
            let reason = no.refusal.words;
            let mut details = vec![format!("driver: {}", located.driver.display())];
            details.extend(located.browser.iter().map(|browser| format!("browser: {}", browser.display())));
            details.extend(reason.lines().skip(1).map(str::to_owned));
            let mut said = process.output().lines();
            details.extend(said.iter().cloned());
            let words = match &located.browser {
                Some(browser) => last_words(browser, opener.wanted()).await,
                None => Vec::new(),
            };
            said.extend(words.iter().cloned());
            let advice = usual_cause(&reason, &said.join("\n"));
            if !words.is_empty() {
                details.push("started alone, it says:".to_owned());
                details.extend(words.iter().map(|line| format!("  {line}")));
            }
            Err(start_error(format!("the browser did not start: {}", in_short(&reason)), details).advised(advice))
        }
    }
}

/// With a driver or Grid that runs already.
async fn open_at(settings: &BrowserSettings, url: &Url, pending: &Pending) -> Result<Browser, BrowserError> {
    // A driver of this machine is to use the browser we would use with a driver of our own.
    let binary = if settings.is_elsewhere() { settings.binary.clone() } else { locate_browser(settings) };
    let wanted = capabilities(settings, binary.as_deref());
    let opener = Opener::remote(Endpoint::remote(url.clone(), settings), wanted, pending.clone());
    match opener.open(settings.start_timeout).await {
        Ok(session) => choose_wire(settings, Opened { opener, session, driver: None }).await,
        Err(no) => Err(no.into_error(opener.endpoint())),
    }
}

/// Takes the best wire the driver offers, or the one that was asked for.
async fn choose_wire(settings: &BrowserSettings, opened: Opened) -> Result<Browser, BrowserError> {
    let Opened { opener, session, driver } = opened;
    let output = driver.as_ref().map(|driver| driver.output().clone()).unwrap_or_default();
    let text = |key: &str| session.capability(key).and_then(Value::as_str).unwrap_or("unknown").to_owned();
    let (name, version) = (text("browserName"), text("browserVersion"));
    let tried = match wire_for(settings) {
        WireName::Classic => None,
        WireName::Bidi => Some(connect_bidi(settings, opener.endpoint(), &session).await.map(BrowserWire::Bidi)),
        WireName::Devtools => {
            let devtools = connect_devtools(settings, opener.endpoint(), &session).await;
            Some(devtools.map(|devtools| {
                BrowserWire::Devtools(if settings.headed { devtools } else { devtools.opening_ahead() })
            }))
        }
    };
    let (wire, wire_name, session, refused) = match tried {
        Some(Ok(wire)) => (wire, wire_for(settings), Some(session), None),
        other => {
            let classic = ClassicBrowser::new(opener, settings.start_timeout, session);
            (BrowserWire::Classic(classic), WireName::Classic, None, other.and_then(Result::err))
        }
    };
    let info = BrowserInfo { name, version, wire: wire_name };
    let pulse = Mutex::new(if driver.is_none() { pulse_of(&wire, session.as_ref()) } else { None });
    let browser = Browser(Arc::new(Live {
        info,
        kind: settings.name,
        wire,
        session,
        pulse,
        driver,
        output,
        closed: OnceCell::new(),
    }));
    match (settings.wire, refused) {
        (Some(wire), Some(reason)) => {
            browser.close().await;
            Err(start_error(format!("the {} wire cannot be had here", name_of(wire)), vec![reason])
                .advised("leave `--wire` out, or take `--wire classic`"))
        }
        _ => Ok(browser),
    }
}

/// Looks after a session behind a socket; the classic wire sees by itself when its driver is gone.
fn pulse_of(wire: &BrowserWire, session: Option<&WebDriver>) -> Option<Pulse> {
    let session = session?.clone();
    match wire {
        BrowserWire::Devtools(browser) => {
            let browser = browser.clone();
            Some(Pulse::start(session, move |reason| browser.lose(reason)))
        }
        BrowserWire::Bidi(browser) => {
            let browser = browser.clone();
            Some(Pulse::start(session, move |reason| browser.lose(reason)))
        }
        BrowserWire::Classic(_) => None,
    }
}

fn name_of(wire: WireName) -> &'static str {
    match wire {
        WireName::Devtools => "DevTools",
        WireName::Bidi => "BiDi",
        WireName::Classic => "classic",
    }
}

/// The `BiDi` socket that the driver's answer names, or why there is none.
async fn connect_bidi(
    settings: &BrowserSettings,
    endpoint: &Endpoint,
    session: &WebDriver,
) -> Result<BidiBrowser, String> {
    let told = session.capability("webSocketUrl").and_then(Value::as_str);
    let told = told.ok_or("the driver names no BiDi socket; it is too old, or does not have one")?;
    let sockets = if settings.is_elsewhere() { endpoint.sockets(told) } else { vec![told.into()] };
    let mut refused = Vec::new();
    for socket in sockets {
        match BidiBrowser::connect(&socket, session.clone()).await {
            Ok(browser) => return Ok(browser),
            Err(error) => refused.push(format!("no BiDi at `{}`: {}", socket.url, with_details(&error))),
        }
    }
    Err(refused.join("; "))
}

/// The `DevTools` socket that the driver's answer leads to, or why there is none.
async fn connect_devtools(
    settings: &BrowserSettings,
    endpoint: &Endpoint,
    session: &WebDriver,
) -> Result<DevtoolsBrowser, String> {
    let sockets = if let Some(told) = session.capability("se:cdp").and_then(Value::as_str) {
        endpoint.sockets(told)
    } else {
        let options = ["goog:chromeOptions", "ms:edgeOptions"].iter().find_map(|key| session.capability(key));
        let address = options.and_then(|options| options["debuggerAddress"].as_str());
        let address = address.ok_or("the driver names no debugging address")?;
        if settings.is_elsewhere() {
            return Err(format!("the browser's debugging address `{address}` is on another machine"));
        }
        let socket = browser_socket(address).await.map_err(|reason| format!("no DevTools at `{address}`: {reason}"))?;
        vec![socket.as_str().into()]
    };
    let mut refused = Vec::new();
    for socket in sockets {
        match DevtoolsBrowser::connect(&socket).await {
            Ok(browser) => return Ok(browser),
            Err(error) => refused.push(format!("no DevTools at `{}`: {}", socket.url, with_details(&error))),
        }
    }
    Err(refused.join("; "))
}

/// An error and what came with it, in one line.
fn with_details(error: &BrowserError) -> String {
    match error {
        BrowserError::Start { title, details, .. } => format!("{title} ({})", details.join(", ")),
        other => other.to_string(),
    }
}

/// The first line, without the driver's hint at a log that nobody has asked it to write.
fn in_short(reason: &str) -> &str {
    let line = first_line(reason);
    line.split(". Examine ChromeDriver").next().unwrap_or(line)
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

fn start_error(title: impl Into<String>, details: Vec<String>) -> BrowserError {
    BrowserError::Start { title: title.into(), details, advice: None }
}

impl BrowserError {
    fn advised(self, text: impl Into<String>) -> Self {
        match self {
            Self::Start { title, details, .. } => Self::Start { title, details, advice: Some(text.into()) },
            other => other,
        }
    }
}
