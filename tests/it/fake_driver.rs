//! [`FakeDriver`]: a `WebDriver` server that does on demand what a real one does not: hang, die, lie.
//!
//! It never stands in for a browser in the test of a feature.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use serde_json::{Value, json};

/// How a command is answered.
#[derive(Clone)]
pub(crate) enum Reply {
    /// With this value, as the protocol has it.
    Value(Value),
    /// With an error: the protocol's word for it, and the driver's message.
    Error(&'static str, &'static str),
    /// With text that is no JSON.
    Text(&'static str),
    /// As a gate in front of a driver does: with a status and no text.
    Status(u16),
    /// So often with this one, then as usual.
    Times(usize, Box<Reply>),
    /// Never.
    Hang,
    /// By closing the connection without a word; later ones are served.
    HangUp,
    /// By dying: every connection is closed, and nobody listens any more.
    Die,
}

/// A `WebDriver` server on a free port; it stops when it is dropped.
pub(crate) struct FakeDriver {
    shared: Arc<Shared>,
}

struct Shared {
    address: SocketAddr,
    replies: BTreeMap<String, Reply>,
    requests: Mutex<Vec<String>>,
    /// What the header `authorization` said, for each request.
    authorizations: Mutex<Vec<String>>,
    connections: Mutex<Vec<TcpStream>>,
    /// The thread that takes connections; it owns the listener.
    listening: Mutex<Option<JoinHandle<()>>>,
    is_dead: AtomicBool,
}

impl FakeDriver {
    /// A driver that opens sessions and answers what every session needs, but for `faults`: pairs
    /// of a command (`POST /session`, `POST /url`, without the session's id) and its reply.
    pub(crate) fn start<const N: usize>(faults: [(&str, Reply); N]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut replies = usual_replies();
        replies.extend(faults.map(|(command, reply)| (command.to_owned(), reply)));
        let shared = Arc::new(Shared {
            address: listener.local_addr().unwrap(),
            replies,
            requests: Mutex::default(),
            authorizations: Mutex::default(),
            connections: Mutex::default(),
            listening: Mutex::default(),
            is_dead: AtomicBool::new(false),
        });
        let serving = Arc::clone(&shared);
        *shared.listening.lock().unwrap() = Some(thread::spawn(move || serving.accept(&listener)));
        Self { shared }
    }

    /// For `--webdriver-url`.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.shared.address)
    }

    /// What was asked so far, in order: `POST /session`, `POST /url`.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.shared.requests.lock().unwrap().clone()
    }

    /// What the header `authorization` of each request said.
    pub(crate) fn authorizations(&self) -> Vec<String> {
        self.shared.authorizations.lock().unwrap().clone()
    }
}

impl Drop for FakeDriver {
    fn drop(&mut self) {
        self.shared.die();
    }
}

impl Shared {
    fn accept(self: Arc<Self>, listener: &TcpListener) {
        for stream in listener.incoming().flatten() {
            if self.is_dead.load(Ordering::SeqCst) {
                break;
            }
            self.connections.lock().unwrap().push(stream.try_clone().unwrap());
            let shared = Arc::clone(&self);
            thread::spawn(move || shared.serve(&stream));
        }
    }

    /// Serves one connection until it ends or a reply ends it.
    fn serve(&self, stream: &TcpStream) {
        let mut reader = BufReader::new(stream);
        while let Some((command, authorization)) = read_request(&mut reader) {
            self.authorizations.lock().unwrap().push(authorization);
            let (status, body) = match self.reply(command) {
                Reply::Value(value) => (200, json!({ "value": value }).to_string()),
                Reply::Error(error, message) => {
                    let value = json!({ "error": error, "message": message, "stacktrace": "" });
                    (if error == "unknown command" { 404 } else { 500 }, json!({ "value": value }).to_string())
                }
                Reply::Text(text) => (200, text.to_owned()),
                Reply::Status(status) => (status, String::new()),
                Reply::Times(..) => unreachable!("it was resolved"),
                Reply::Hang => continue,
                Reply::HangUp => break,
                Reply::Die => return self.die(),
            };
            let head = "content-type: application/json; charset=utf-8\r\ncache-control: no-cache";
            let answer = format!("HTTP/1.1 {status} x\r\n{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            if (&mut &*stream).write_all(answer.as_bytes()).is_err() {
                break;
            }
        }
        // It may be closed already.
        let _ = stream.shutdown(Shutdown::Both);
    }

    /// Notes the request, and says how it is answered.
    fn reply(&self, command: String) -> Reply {
        let mut requests = self.requests.lock().unwrap();
        let before = requests.iter().filter(|request| **request == command).count();
        let unknown = Reply::Error("unknown command", "the fake driver does not know it");
        let reply = match self.replies.get(&command).cloned().unwrap_or(unknown) {
            Reply::Times(times, reply) if before < times => *reply,
            Reply::Times(..) => usual_replies().remove(&command).expect("a command that has a usual reply"),
            reply => reply,
        };
        requests.push(command);
        reply
    }

    /// Nobody listens any more once the first connection is seen to close.
    fn die(&self) {
        self.is_dead.store(true, Ordering::SeqCst);
        // Wakes the listener, so that it sees that it is dead; refused, it is gone already.
        let _ = TcpStream::connect(self.address);
        if let Some(listening) = self.listening.lock().unwrap().take() {
            listening.join().unwrap();
        }
        for stream in self.connections.lock().unwrap().drain(..) {
            // It may be closed already.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

/// What a session needs before the first command of a script.
fn usual_replies() -> BTreeMap<String, Reply> {
    let session = json!({
        "sessionId": "fake",
        "capabilities": { "browserName": "fake", "browserVersion": "1.0", "setWindowRect": true, "timeouts": {} },
    });
    let rect = json!({ "x": 0, "y": 0, "width": 1280, "height": 720 });
    let replies = [
        ("GET /status", json!({ "ready": true, "message": "" })),
        ("POST /session", session),
        ("DELETE", Value::Null),
        ("GET /timeouts", json!({ "script": 30000, "pageLoad": 300_000, "implicit": 0 })),
        ("POST /timeouts", Value::Null),
        ("GET /window", json!("window-1")),
        ("GET /window/handles", json!(["window-1"])),
        ("POST /window", Value::Null),
        ("GET /window/rect", rect.clone()),
        ("POST /window/rect", rect),
        ("POST /url", Value::Null),
        ("GET /url", json!("about:blank")),
        ("GET /title", json!("")),
        ("GET /cookie", json!([])),
        ("DELETE /cookie", Value::Null),
        // The only script before the first command asks for the size of the window.
        ("POST /execute/sync", json!({ "width": 1280, "height": 720 })),
        ("POST /execute/async", Value::Null),
    ];
    replies.into_iter().map(|(command, value)| (command.to_owned(), Reply::Value(value))).collect()
}

/// Method and path of the next request, without the session's id, and its header `authorization`;
/// nothing at the end.
fn read_request(reader: &mut BufReader<&TcpStream>) -> Option<(String, String)> {
    let mut first = String::new();
    reader.read_line(&mut first).ok().filter(|length| *length > 0)?;
    let (mut length, mut authorization) = (0, String::new());
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.split_once(':') else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().ok()?;
        }
        if name.eq_ignore_ascii_case("authorization") {
            value.trim().clone_into(&mut authorization);
        }
    }
    std::io::copy(&mut reader.take(length), &mut std::io::sink()).ok()?;
    let mut words = first.split(' ');
    let (method, path) = (words.next()?, words.next()?);
    let path = path.strip_prefix("/session/fake").unwrap_or(path);
    Some((format!("{method} {path}").trim_end().to_owned(), authorization))
}
