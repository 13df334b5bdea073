//! [`Gate`]: holds requests until it is opened. So a test knows that specs have come to a place, and
//! they know when they may go on; nobody asks again and again.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

/// More than any worker takes to start its browser on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);

/// A server whose answers wait until it is opened; it lives as long as the process.
pub(crate) struct Gate {
    url: String,
    state: Arc<(Mutex<State>, Condvar)>,
}

#[derive(Default)]
struct State {
    is_open: bool,
    held: Vec<TcpStream>,
}

impl Gate {
    /// Closed, on a free port.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new((Mutex::new(State::default()), Condvar::new()));
        let serving = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let serving = Arc::clone(&serving);
                thread::spawn(move || hold(stream, &serving));
            }
        });
        Self { url, state }
    }

    /// For `request("GET", ...)` in a spec.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Waits until so many requests stand before it.
    #[track_caller]
    pub(crate) fn wait_for(&self, count: usize) {
        let (state, changed) = &*self.state;
        let enough = |state: &mut State| state.held.len() < count;
        let (state, waited) = changed.wait_timeout_while(state.lock().unwrap(), PATIENCE, enough).unwrap();
        assert!(!waited.timed_out(), "{} of {count} requests came to the gate", state.held.len());
    }

    /// Answers every request that has come, and each that comes.
    pub(crate) fn open(&self) {
        let mut state = self.state.0.lock().unwrap();
        state.is_open = true;
        for stream in state.held.drain(..) {
            answer(stream);
        }
    }
}

fn hold(stream: TcpStream, (state, changed): &(Mutex<State>, Condvar)) {
    let mut lines = BufReader::new(&stream).lines();
    while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
    let mut state = state.lock().unwrap();
    if state.is_open {
        answer(stream);
    } else {
        state.held.push(stream);
        changed.notify_all();
    }
}

fn answer(mut stream: TcpStream) {
    // Who asked may be gone: a test whose browser was lost does not wait.
    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
}
