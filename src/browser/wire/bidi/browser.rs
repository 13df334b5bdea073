//! [`BidiBrowser`]: the socket, what is asked to be told on it, and the contexts.

use std::sync::Arc;

use serde_json::{Value, json};

use super::context::{BidiContext, ContextSetup};
use super::events::Events;
use super::roles::Roles;
use crate::browser::endpoint::SocketAddress;
use crate::browser::wire::socket::Socket;
use crate::browser::wire::webdriver::WebDriver;
use crate::browser::{BrowserError, CallbackSender, ContextOptions};

/// Events of every page. Those of requests are asked for where they are needed (`interception.rs`).
const EVENTS: [&str; 14] = [
    "browsingContext.contextCreated",
    "browsingContext.contextDestroyed",
    "browsingContext.downloadWillBegin",
    "browsingContext.fragmentNavigated",
    "browsingContext.historyUpdated",
    "browsingContext.load",
    "browsingContext.navigationCommitted",
    "browsingContext.navigationFailed",
    "browsingContext.navigationStarted",
    "browsingContext.userPromptClosed",
    "browsingContext.userPromptOpened",
    "log.entryAdded",
    "script.realmCreated",
    "script.realmDestroyed",
];

/// Firefox (153) does not know it: there, such a navigation has failed.
const ABORTED: &str = "browsingContext.navigationAborted";

/// A browser reached over its driver's `BiDi` socket. Clones share it.
#[derive(Clone, Debug)]
pub(in crate::browser) struct BidiBrowser(Arc<Line>);

/// What everything of one browser shares.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) socket: Socket,
    pub(super) events: Arc<Events>,
    pub(super) roles: Roles,
}

impl BidiBrowser {
    /// Connects to the socket the driver has named (`webSocketUrl`). `session` is the `WebDriver`
    /// session it belongs to.
    ///
    /// # Errors
    /// [`BrowserError::Start`] when nobody answers there; the browser's own words when it does not
    /// know an event.
    pub(in crate::browser) async fn connect(address: &SocketAddress, session: WebDriver) -> Result<Self, BrowserError> {
        let socket = Socket::connect(address).await?;
        let events = Arc::new(Events::new(socket.clone()));
        socket.listen("", Arc::<Events>::clone(&events));
        let subscribing = socket.send(None, "session.subscribe", &json!({ "events": EVENTS }));
        socket.post(None, "session.subscribe", &json!({ "events": [ABORTED] }));
        subscribing.await?;
        Ok(Self(Arc::new(Line { socket, events, roles: Roles::new(session) })))
    }

    /// A fresh context.
    pub(in crate::browser) async fn open_context(
        &self,
        options: &ContextOptions,
        callbacks: CallbackSender,
    ) -> Result<BidiContext, BrowserError> {
        let answer = self.0.socket.send(None, "browser.createUserContext", &json!({})).await?;
        let id = answer["userContext"].as_str().unwrap_or_default().to_owned();
        let setup = ContextSetup { options: options.clone(), callbacks };
        let context = BidiContext::new(Arc::clone(&self.0), id, setup);
        self.0.events.watch(context.inner());
        Ok(context)
    }

    /// The browser is gone, as somebody else has seen.
    pub(in crate::browser) fn lose(&self, reason: &str) {
        self.0.socket.lose(reason);
    }

    /// Closes the socket. A driver takes long to end a session whose socket is open.
    pub(in crate::browser) fn close(&self) {
        self.0.socket.close();
    }
}

/// A text of an event or answer; empty where there is none.
pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
