//! [`Session`]: a target's own line on the shared socket.

use std::sync::Arc;

use serde_json::Value;

use crate::browser::wire::socket::{Answer, Socket};

/// A session with one target. Clones share it.
#[derive(Clone, Debug)]
pub(super) struct Session {
    socket: Socket,
    id: Arc<str>,
}

impl Session {
    pub(super) fn new(socket: Socket, id: &str) -> Self {
        Self { socket, id: id.into() }
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn socket(&self) -> &Socket {
        &self.socket
    }

    /// See [`Socket::send`].
    pub(super) fn send(&self, method: &'static str, params: &Value) -> Answer {
        self.socket.send(Some(&self.id), method, params)
    }

    /// See [`Socket::post`].
    pub(super) fn post(&self, method: &'static str, params: &Value) {
        self.socket.post(Some(&self.id), method, params);
    }
}
