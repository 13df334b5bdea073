//! [`DevtoolsBrowser`]: the browser's own session, which sees targets come and go.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use serde_json::{Value, json};

use super::context::{ContextInner, ContextSetup, DevtoolsContext};
use super::session::Session;
use super::spare::Spare;
use crate::browser::endpoint::SocketAddress;
use crate::browser::wire::socket::{Listener, Socket};
use crate::browser::{BrowserError, CallbackSender, ContextOptions, page_library};

/// A browser reached over its `DevTools` socket. Clones share it.
#[derive(Clone, Debug)]
pub(in crate::browser) struct DevtoolsBrowser {
    socket: Socket,
    contexts: Arc<Contexts>,
    library: &'static str,
    spare: Option<Arc<Spare>>,
}

/// Our contexts by their id. Pages of others (the driver's own) are let go.
#[derive(Debug, Default)]
struct Contexts {
    open: Mutex<HashMap<String, Weak<ContextInner>>>,
}

impl DevtoolsBrowser {
    /// Connects to the browser's socket (`webSocketDebuggerUrl` of `/json/version`).
    ///
    /// # Errors
    /// [`BrowserError::Start`] when nobody answers there.
    pub(in crate::browser) async fn connect(address: &SocketAddress) -> Result<Self, BrowserError> {
        Self::connect_with(address, page_library()).await
    }

    /// The same, with another page library.
    pub(super) async fn connect_with(address: &SocketAddress, library: &'static str) -> Result<Self, BrowserError> {
        let socket = Socket::connect(address).await?;
        let contexts = Arc::new(Contexts::default());
        socket.listen("", Arc::new(TargetListener { socket: socket.clone(), contexts: Arc::clone(&contexts) }));
        // New pages, pop-ups too, wait for us before their first script.
        let attach = json!({
            "autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true,
            "filter": [{ "type": "page" }, { "exclude": true }],
        });
        socket.send(None, "Target.setAutoAttach", &attach).await?;
        Ok(Self { socket, contexts, library, spare: None })
    }

    /// From the second context on, another one is opened ahead. Not for people who watch: they would
    /// see an empty window.
    pub(in crate::browser) fn opening_ahead(mut self) -> Self {
        self.spare = Some(Arc::default());
        self
    }

    /// A fresh context.
    pub(in crate::browser) async fn open_context(
        &self,
        options: &ContextOptions,
        callbacks: CallbackSender,
    ) -> Result<DevtoolsContext, BrowserError> {
        let Some(spare) = &self.spare else { return self.create_context(options, callbacks).await };
        let context = match spare.take(options, &callbacks).await {
            Some(context) => context,
            None => self.create_context(options, callbacks.clone()).await?,
        };
        let (browser, wanted, sender) = (self.clone(), options.clone(), callbacks.clone());
        spare.open_next(options, &callbacks, async move {
            let context = browser.create_context(&wanted, sender).await.ok()?;
            context.page().await.ok()?;
            Some(context)
        });
        Ok(context)
    }

    async fn create_context(
        &self,
        options: &ContextOptions,
        callbacks: CallbackSender,
    ) -> Result<DevtoolsContext, BrowserError> {
        let create = json!({ "disposeOnDetach": true });
        let answer = self.socket.send(None, "Target.createBrowserContext", &create).await?;
        let id = answer["browserContextId"].as_str().unwrap_or_default().to_owned();
        let setup = ContextSetup { options: options.clone(), callbacks, library: self.library };
        let context = DevtoolsContext::new(self.socket.clone(), id.clone(), setup);
        let mut open = self.contexts.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|_, context| context.strong_count() > 0);
        open.insert(id, Arc::downgrade(context.inner()));
        Ok(context)
    }

    /// It is gone, as somebody else has found out.
    pub(in crate::browser) fn lose(&self, reason: &str) {
        self.socket.lose(reason);
    }

    /// Closes the socket, and with it our contexts. The browser goes on.
    pub(in crate::browser) fn close(&self) {
        self.socket.close();
    }
}

struct TargetListener {
    socket: Socket,
    contexts: Arc<Contexts>,
}

impl TargetListener {
    fn attached(&self, params: &Value) {
        let target = &params["targetInfo"];
        let session = Session::new(self.socket.clone(), params["sessionId"].as_str().unwrap_or_default());
        let context = target["browserContextId"].as_str().and_then(|id| {
            self.contexts.open.lock().unwrap_or_else(PoisonError::into_inner).get(id).and_then(Weak::upgrade)
        });
        if let Some(context) = context {
            context.adopt(session, target);
        } else {
            session.post("Runtime.runIfWaitingForDebugger", &json!({}));
            self.socket.post(None, "Target.detachFromTarget", &json!({ "sessionId": session.id() }));
        }
    }
}

impl Listener for TargetListener {
    fn event(&self, method: &str, params: Value) {
        match method {
            "Target.attachedToTarget" => self.attached(&params),
            "Target.detachedFromTarget" => self.socket.end_session(params["sessionId"].as_str().unwrap_or_default()),
            _ => {}
        }
    }

    fn ended(&self) {}
}
