//! [`SilentServer`]: takes requests and never answers. A request that has come in shows that a test
//! is under way, in the middle of a command that goes on for as long as it is let.

use std::io::{BufRead as _, BufReader};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

/// More than a browser takes to start on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that never answers, for as long as the process lives.
pub(crate) struct SilentServer {
    url: String,
    requests: Receiver<String>,
}

impl SilentServer {
    /// Serves nothing on a free port.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (tell, requests) = mpsc::channel();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let tell = tell.clone();
                thread::spawn(move || listen(&stream, &tell));
            }
        });
        Self { url, requests }
    }

    /// Its address, without a slash at the end.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Waits for the next request.
    #[track_caller]
    pub(crate) fn wait_for_request(&self) {
        assert!(self.requests.recv_timeout(PATIENCE).is_ok(), "nobody asked in {PATIENCE:?}");
    }
}

/// Tells the request, and holds the connection until the browser closes it.
fn listen(stream: &TcpStream, tell: &Sender<String>) {
    let mut lines = BufReader::new(stream).lines();
    if let Some(Ok(line)) = lines.next() {
        // A test that is over listens no more.
        let _ = tell.send(line);
    }
    lines.take_while(Result::is_ok).for_each(drop);
}
