//! [`Demo`]: binds the port on both loopback addresses and serves until told to stop.

use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::memory::Memory;
use super::routes;

/// How often another free port is tried when the one we got is taken on the other address.
const PORT_TRIES: usize = 16;

/// How long open connections may take to end; browsers keep some open without a request.
const FAREWELL: Duration = Duration::from_millis(500);

/// Why the demonstration application could not start.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// Somebody else listens there.
    #[error("port {port} is in use by another program; stop it or choose another with `--port`, 0 for any free one")]
    PortInUse {
        /// The port that was asked for.
        port: u16,
    },
    /// The system refused for another reason, such as a privileged port.
    #[error("cannot listen on {address}")]
    Listen {
        /// Address and port.
        address: SocketAddr,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

/// The demonstration application, listening but not yet answering.
#[derive(Debug)]
pub struct Demo {
    listeners: Vec<TcpListener>,
    port: u16,
}

impl Demo {
    /// Listens on `127.0.0.1` and, where the machine has it, on `[::1]` with the same port, so that
    /// `http://127.0.0.1:PORT` and `http://localhost:PORT` are two sites of one server. Port 0 is
    /// any free one.
    pub async fn bind(port: u16) -> Result<Self, DemoError> {
        let mut tries = if port == 0 { PORT_TRIES } else { 1 };
        loop {
            tries -= 1;
            match bind_both(port).await {
                Err(DemoError::PortInUse { .. }) if tries > 0 => {}
                result => return result,
            }
        }
    }

    /// The address of the start page, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The port it listens on, also where any free one was asked for.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Serves until `stop` is ready. Requests that are still waiting then are answered at once.
    pub async fn run(self, stop: impl Future) {
        let (stopping, stopped) = watch::channel(false);
        let app = routes::router(Arc::new(Memory::new(stopped.clone())));
        let servers = self.listeners.into_iter().map(|listener| {
            let app = app.clone();
            let mut stopped = stopped.clone();
            async move {
                let signal = async move {
                    // An error means that the sender is gone, which is a stop as well.
                    let _ = stopped.wait_for(|stop| *stop).await;
                };
                // `serve` handles errors of single connections and returns none of its own.
                let _ = axum::serve(listener, app).with_graceful_shutdown(signal).await;
            }
        });
        let mut serving = std::pin::pin!(join_all(servers));
        tokio::select! {
            _ = &mut serving => return,
            _ = stop => stopping.send_replace(true),
        };
        // A connection that outlives the farewell ends with the process or the runtime.
        let _ = tokio::time::timeout(FAREWELL, serving).await;
    }
}

async fn bind_both(port: u16) -> Result<Demo, DemoError> {
    let first = listen(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
    let port = first.local_addr().map_or(port, |address| address.port());
    let mut listeners = vec![first];
    match listen(SocketAddr::from((Ipv6Addr::LOCALHOST, port))).await {
        Ok(second) => listeners.push(second),
        // Taken there means that `localhost` would reach somebody else.
        Err(error @ DemoError::PortInUse { .. }) => return Err(error),
        // A machine without IPv6 resolves `localhost` to 127.0.0.1 alone.
        Err(DemoError::Listen { .. }) => {}
    }
    Ok(Demo { listeners, port })
}

async fn listen(address: SocketAddr) -> Result<TcpListener, DemoError> {
    TcpListener::bind(address).await.map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => DemoError::PortInUse { port: address.port() },
        _ => DemoError::Listen { address, source },
    })
}
