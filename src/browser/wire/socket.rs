//! [`Socket`]: the one websocket to a browser. Numbers messages, pairs answers with them, hands
//! events to listeners in the order they came, and fails everything at once when the browser is lost.
//!
//! Knows the envelope (`id`, `method`, `params`, an optional `sessionId`, `error`), which `DevTools`
//! and `BiDi` share; it knows no command and no event of either.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use rustls::pki_types::ServerName;
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{mpsc, oneshot};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Message, protocol::WebSocketConfig};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use super::connector::tls_config;
use super::prompt;
use crate::browser::BrowserError;
use crate::browser::endpoint::SocketAddress;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Takes the events of one session, in order, on the reading task: it must not block.
pub(in crate::browser) trait Listener: Send + Sync {
    /// An event.
    fn event(&self, method: &str, params: Value);
    /// The session ended, or the browser is gone: no event follows.
    fn ended(&self);
}

/// A connection. Clones share it.
#[derive(Clone)]
pub(in crate::browser) struct Socket {
    shared: Arc<Shared>,
}

struct Shared {
    outgoing: mpsc::UnboundedSender<Message>,
    next: AtomicU64,
    state: Mutex<State>,
    /// Why the browser is gone, once it is.
    lost: OnceLock<String>,
}

#[derive(Default)]
struct State {
    pending: HashMap<u64, Pending>,
    listeners: HashMap<String, Arc<dyn Listener>>,
}

struct Pending {
    method: &'static str,
    session: Option<Arc<str>>,
    answer: oneshot::Sender<Result<Value, BrowserError>>,
}

impl std::fmt::Debug for Socket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Socket").field("lost", &self.shared.lost.get()).finish_non_exhaustive()
    }
}

impl Socket {
    /// Connects to `ws://` or `wss://`.
    ///
    /// # Errors
    /// [`BrowserError::Start`] when nobody answers there.
    pub(in crate::browser) async fn connect(address: &SocketAddress) -> Result<Self, BrowserError> {
        let refused = |reason: String| BrowserError::Start {
            title: format!("cannot connect to the browser's socket `{}`", address.url),
            details: vec![reason],
            advice: Some("use `--wire classic` where only the driver can be reached".to_owned()),
        };
        tokio::time::timeout(CONNECT_TIMEOUT, Self::shake_hands(address))
            .await
            .map_err(|_| refused(format!("no answer within {}s", CONNECT_TIMEOUT.as_secs())))?
            .map_err(refused)
    }

    async fn shake_hands(address: &SocketAddress) -> Result<Self, String> {
        let text = |error: &dyn std::fmt::Display| error.to_string();
        let mut request = address.url.as_str().into_client_request().map_err(|error| text(&error))?;
        request.headers_mut().extend(address.headers.clone());
        let uri = request.uri().clone();
        let is_secure = uri.scheme_str() == Some("wss");
        let host = uri.host().ok_or("the address names no host")?.trim_matches(['[', ']']).to_owned();
        let port = uri.port_u16().unwrap_or(if is_secure { 443 } else { 80 });
        let stream = prompt::Stream::connect((host.as_str(), port)).await.map_err(|error| text(&error))?;
        let mut config = WebSocketConfig::default();
        // Screenshots and page contents come as one message of any size.
        config.max_message_size = None;
        config.max_frame_size = None;
        if !is_secure {
            let opened = client_async_with_config(request, stream, Some(config)).await;
            return opened.map(|(stream, _)| Self::over(stream)).map_err(|error| text(&error));
        }
        let tls = tokio_rustls::TlsConnector::from(Arc::new(tls_config("wss")?));
        let name = ServerName::try_from(host).map_err(|error| text(&error))?;
        let stream = tls.connect(name, stream).await.map_err(|error| text(&error))?;
        let opened = client_async_with_config(request, stream, Some(config)).await;
        opened.map(|(stream, _)| Self::over(stream)).map_err(|error| text(&error))
    }

    fn over<S>(stream: WebSocketStream<S>) -> Self
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let (sink, source) = stream.split();
        let (outgoing, queue) = mpsc::unbounded_channel();
        let shared =
            Arc::new(Shared { outgoing, next: AtomicU64::new(1), state: Mutex::default(), lost: OnceLock::new() });
        tokio::spawn(write(sink, queue, Arc::clone(&shared)));
        tokio::spawn(read(source, Arc::clone(&shared)));
        Self { shared }
    }

    /// Sends a command now; the future is its answer. Commands sent one after the other without
    /// awaiting go out in one write.
    pub(in crate::browser) fn send(&self, session: Option<&Arc<str>>, method: &'static str, params: &Value) -> Answer {
        let (sender, receiver) = oneshot::channel();
        let id = self.shared.next.fetch_add(1, Ordering::Relaxed);
        let pending = Pending { method, session: session.cloned(), answer: sender };
        self.shared.lock().pending.insert(id, pending);
        self.shared.transmit(id, session, method, params);
        if self.shared.lost.get().is_some() {
            // The reader may have emptied the table just before this entry was made.
            self.shared.lock().pending.remove(&id);
        }
        Answer { receiver, shared: Arc::clone(&self.shared) }
    }

    /// Sends a command whose answer, error or not, is of no use to anybody.
    pub(in crate::browser) fn post(&self, session: Option<&Arc<str>>, method: &'static str, params: &Value) {
        let id = self.shared.next.fetch_add(1, Ordering::Relaxed);
        self.shared.transmit(id, session, method, params);
    }

    /// Events of `session` go to `listener` from now on; the empty name is the connection's own.
    pub(in crate::browser) fn listen(&self, session: &str, listener: Arc<dyn Listener>) {
        self.shared.lock().listeners.insert(session.to_owned(), listener);
    }

    /// The session is over: its listener is told, its pending commands fail with `Closed`.
    pub(in crate::browser) fn end_session(&self, session: &str) {
        let (listener, orphans) = {
            let mut state = self.shared.lock();
            let ids: Vec<u64> = state
                .pending
                .iter()
                .filter(|(_, pending)| pending.session.as_deref() == Some(session))
                .map(|(id, _)| *id)
                .collect();
            let orphans: Vec<Pending> = ids.iter().filter_map(|id| state.pending.remove(id)).collect();
            (state.listeners.remove(session), orphans)
        };
        for pending in orphans {
            // Nobody waits any more where this fails.
            let _ = pending.answer.send(Err(BrowserError::Closed { what: "page" }));
        }
        if let Some(listener) = listener {
            listener.ended();
        }
    }

    /// Why the browser is gone, if it is.
    pub(in crate::browser) fn loss(&self) -> Option<String> {
        self.shared.lost.get().cloned()
    }

    /// The browser is gone, as somebody else has found out: everything fails for this reason.
    pub(in crate::browser) fn lose(&self, reason: &str) {
        self.shared.lose(reason);
    }

    /// Closes the socket; the browser goes on.
    pub(in crate::browser) fn close(&self) {
        // A closed queue means it is lost already.
        let _ = self.shared.outgoing.send(Message::Close(None));
        self.shared.lose("the connection was closed by the runner");
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn transmit(&self, id: u64, session: Option<&Arc<str>>, method: &str, params: &Value) {
        let mut message = json!({ "id": id, "method": method, "params": params });
        if let Some(session) = session {
            message["sessionId"] = Value::from(&**session);
        }
        let text = message.to_string();
        tracing::trace!(target: "runner::wire", "{text}");
        // A closed queue means the browser is lost; the answer says so.
        let _ = self.outgoing.send(Message::text(text));
    }

    fn lose(&self, reason: &str) {
        self.lost.get_or_init(|| reason.to_owned());
        let state = std::mem::take(&mut *self.lock());
        drop(state.pending);
        for listener in state.listeners.into_values() {
            listener.ended();
        }
    }

    fn receive(&self, mut message: Value) {
        if let Some(id) = message["id"].as_u64() {
            let Some(pending) = self.lock().pending.remove(&id) else { return };
            let answer = match message.get("error") {
                Some(_) => Err(refusal(pending.method, &message)),
                None => Ok(message["result"].take()),
            };
            // Nobody waits any more where this fails.
            let _ = pending.answer.send(answer);
            return;
        }
        let session = message["sessionId"].as_str().unwrap_or_default();
        let listener = self.lock().listeners.get(session).cloned();
        if let (Some(listener), Some(method)) = (listener, message["method"].as_str().map(str::to_owned)) {
            listener.event(&method, message["params"].take());
        }
    }
}

/// The error of an answer: `error` is an object (`DevTools`), or a code beside `message` (`BiDi`),
/// which the message begins with unless it says nothing.
fn refusal(method: &str, message: &Value) -> BrowserError {
    let error = &message["error"];
    let text = match (error["message"].as_str(), error.as_str(), message["message"].as_str()) {
        (Some(text), _, _) | (None, Some("unknown error") | None, Some(text)) => text.to_owned(),
        (None, Some(code), Some(text)) => format!("{code}: {text}"),
        (None, Some(code), None) => code.to_owned(),
        (None, None, None) => "refused without a reason".to_owned(),
    };
    if text.contains("Session with given id not found") {
        return BrowserError::Closed { what: "page" };
    }
    BrowserError::Protocol { command: method.to_owned(), message: text }
}

async fn write<S>(mut sink: S, mut queue: mpsc::UnboundedReceiver<Message>, shared: Arc<Shared>)
where
    S: futures_util::Sink<Message> + Unpin,
    S::Error: std::fmt::Display,
{
    while let Some(message) = queue.recv().await {
        let mut result = sink.feed(message).await;
        while let (Ok(()), Ok(message)) = (&result, queue.try_recv()) {
            result = sink.feed(message).await;
        }
        if result.is_ok() {
            result = sink.flush().await;
        }
        if let Err(error) = result {
            shared.lose(&format!("writing to its socket: {error}"));
            return;
        }
    }
}

async fn read<S>(mut source: S, shared: Arc<Shared>)
where
    S: futures_util::Stream<Item = Result<Message, tokio_tungstenite::tungstenite::Error>> + Unpin,
{
    let reason = loop {
        match source.next().await {
            Some(Ok(Message::Text(text))) => match serde_json::from_str(&text) {
                Ok(message) => shared.receive(message),
                Err(error) => break format!("it sent what is not JSON: {error}"),
            },
            Some(Ok(Message::Close(_))) | None => break "it closed the connection".to_owned(),
            Some(Ok(_)) => {}
            Some(Err(error)) => break format!("reading from its socket: {error}"),
        }
    };
    shared.lose(&reason);
}

/// The answer to a command that is on its way.
pub(in crate::browser) struct Answer {
    receiver: oneshot::Receiver<Result<Value, BrowserError>>,
    shared: Arc<Shared>,
}

impl Answer {
    /// It was taken already: asking again would panic.
    pub(in crate::browser) fn is_done(&self) -> bool {
        self.receiver.is_terminated()
    }
}

impl Future for Answer {
    type Output = Result<Value, BrowserError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.receiver).poll(context).map(|answer| {
            answer.unwrap_or_else(|_| {
                let reason = self.shared.lost.get().cloned();
                let reason = reason.unwrap_or_else(|| "the connection was dropped".to_owned());
                Err(BrowserError::Lost { reason, output: Vec::new() })
            })
        })
    }
}
