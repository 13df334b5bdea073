//! [`Interception`]: requests that wait until we have said what becomes of them.
//!
//! Telling of requests costs the browser something for each, so it is asked for only as long as one
//! is intercepted.

use serde_json::{Value, json};

use super::browser::text;
use crate::browser::BrowserError;
use crate::browser::wire::socket::Socket;

/// Requests of one kind are held. Ended by [`Interception::end`].
#[derive(Debug)]
pub(super) struct Interception {
    socket: Socket,
    id: String,
    subscription: String,
}

impl Interception {
    /// Begins; `which` says whose requests (`contexts`) or to where (`urlPatterns`), within a user context.
    pub(super) async fn begin(socket: &Socket, user_context: &str, which: Value) -> Result<Self, BrowserError> {
        let mut params = json!({ "phases": ["beforeRequestSent"] });
        if let (Some(params), Value::Object(which)) = (params.as_object_mut(), which) {
            params.extend(which);
        }
        let events = json!({ "events": ["network.beforeRequestSent"], "userContexts": [user_context] });
        let subscribing = socket.send(None, "session.subscribe", &events);
        let adding = socket.send(None, "network.addIntercept", &params);
        let (subscription, id) = (subscribing.await?, adding.await?);
        Ok(Self {
            socket: socket.clone(),
            id: text(&id["intercept"]),
            subscription: text(&subscription["subscription"]),
        })
    }

    /// Requests go through again. Those that are held still want their answer.
    pub(super) fn end(self) {
        self.socket.post(None, "network.removeIntercept", &json!({ "intercept": self.id }));
        self.socket.post(None, "session.unsubscribe", &json!({ "subscriptions": [self.subscription] }));
    }
}

/// A pattern for every address of an origin.
pub(super) fn pattern_of(origin: &str) -> Option<Value> {
    let url = url::Url::parse(origin).ok()?;
    let mut pattern = json!({ "type": "pattern", "protocol": url.scheme(), "hostname": url.host_str()? });
    // Without one every port matches; an empty one is refused.
    if let Some(port) = url.port() {
        pattern["port"] = port.to_string().into();
    }
    Some(pattern)
}
