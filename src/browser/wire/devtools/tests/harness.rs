//! A browser, a context and a server for one test.

use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::Request;
use axum::response::{Html, IntoResponse, Response};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::mpsc;

use crate::browser::page::{Key, KeyStep, PointerStep};
use crate::browser::wire::devtools::{DevtoolsBrowser, DevtoolsContext, DevtoolsPage};
use crate::browser::{Button, Callback, ContextOptions};

pub(super) const LIMIT: Duration = Duration::from_secs(10);

/// Stands in for the page library: these tests are about getting it there and asking it.
const LIBRARY: &str = "globalThis.runner = { run: async command => command.fail ? Promise.reject(new Error(command.fail)) : \
    command.tree ? (globalThis.asked = !globalThis.asked) ? { need_tree: true } : { tree: true } : \
    command.never ? new Promise(() => {}) : ({ href: location.href, echo: command }) };";

/// A browser of its own, stopped when dropped.
pub(super) struct Fixture {
    pub(super) browser: DevtoolsBrowser,
    pub(super) context: DevtoolsContext,
    pub(super) callbacks: mpsc::UnboundedReceiver<Callback>,
    child: Child,
    _folder: tempfile::TempDir,
}

impl Fixture {
    pub(super) async fn open() -> Self {
        Self::open_with(&[]).await
    }

    pub(super) async fn open_with(args: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new("chromium-headless-shell")
            .args(["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"])
            .args(["--disable-component-update", "--disable-sync", "--hide-scrollbars", "--remote-debugging-port=0"])
            .arg(format!("--user-data-dir={}", folder.path().display()))
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            // The command is a script that starts the browser: both must end.
            .process_group(0)
            .spawn()
            .expect("install chromium-headless-shell to run these tests");
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let url = loop {
            let line = lines.next_line().await.unwrap().expect("the browser ended");
            if let Some(at) = line.find("ws://") {
                break line[at..].trim().to_owned();
            }
        };
        // Its later words go nowhere, but it must not block on a full pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let browser = DevtoolsBrowser::connect_with(&(&url).into(), LIBRARY).await.unwrap();
        let (sender, callbacks) = mpsc::unbounded_channel();
        let context = browser.open_context(&options(), sender).await.unwrap();
        Self { browser, context, callbacks, child, _folder: folder }
    }

    pub(super) async fn page(&self) -> DevtoolsPage {
        self.context.page().await.unwrap()
    }

    /// Another context beside the first.
    pub(super) async fn fresh(&self) -> DevtoolsContext {
        let (sender, _) = mpsc::unbounded_channel();
        self.browser.open_context(&options(), sender).await.unwrap()
    }
}

impl Fixture {
    /// As a crash would.
    pub(super) fn kill(&self) {
        let group = self.child.id().and_then(|id| i32::try_from(id).ok()).expect("it runs");
        nix::sys::signal::killpg(nix::unistd::Pid::from_raw(group), nix::sys::signal::Signal::SIGKILL).unwrap();
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        self.kill();
    }
}

fn options() -> ContextOptions {
    ContextOptions { viewport: (1280, 720), navigation_timeout: LIMIT }
}

/// A server on a free port; `/gone` style paths that are not given answer 404.
pub(super) struct Server {
    pub(super) port: u16,
    hits: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(super) async fn start(answer: fn(&str, u16) -> Response) -> Self {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let hits: Arc<Mutex<Vec<String>>> = Arc::default();
        let seen = Arc::clone(&hits);
        let app = axum::Router::new().fallback(move |request: Request| {
            let host = request.headers()["host"].to_str().unwrap().split(':').next().unwrap().to_owned();
            let path = request.uri().path().to_owned();
            seen.lock().unwrap().push(format!("{host}{path}"));
            async move {
                if let Some(ms) = path.strip_prefix("/after/").and_then(|ms| ms.parse().ok()) {
                    tokio::time::sleep(Duration::from_millis(ms)).await;
                }
                answer(&path, port)
            }
        });
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { port, hits }
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.port)
    }

    /// The same server under another site.
    pub(super) fn other(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// `host/path` of every request since the last call.
    pub(super) fn take_hits(&self) -> Vec<String> {
        std::mem::take(&mut *self.hits.lock().unwrap())
    }
}

pub(super) fn html(body: &str) -> Response {
    Html(format!("<!doctype html><meta charset=utf-8><link rel=icon href=data:,>{body}")).into_response()
}

/// A click as `element.rs` would send it.
pub(super) fn click_at(x: f64, y: f64) -> [PointerStep; 3] {
    let button = Button::Left;
    [
        PointerStep::Move { x, y, modifiers: 0 },
        PointerStep::Press { button, count: 1, modifiers: 0 },
        PointerStep::Release { button, count: 1, modifiers: 0 },
    ]
}

/// A key pressed and released.
pub(super) fn press(key: &str, code: &str, key_code: u32, modifiers: u8) -> Vec<KeyStep> {
    let text = (key.chars().count() == 1).then(|| key.to_owned()).or_else(|| (key == "Enter").then(|| "\r".to_owned()));
    let key = Key { key: key.to_owned(), code: code.to_owned(), key_code, text, location: 0, modifiers };
    vec![KeyStep::Down(key.clone()), KeyStep::Up(key)]
}

/// The script's side: answers each dialog in turn, and gives back what they said.
pub(super) fn answering(
    mut callbacks: mpsc::UnboundedReceiver<Callback>,
    answers: Vec<crate::browser::DialogAnswer>,
) -> tokio::task::JoinHandle<Vec<String>> {
    tokio::spawn(async move {
        let mut said = Vec::new();
        for answer in answers {
            let Some(Callback::Dialog(request)) = callbacks.recv().await else { break };
            said.push(format!("{} {} [{}]", request.kind.as_str(), request.message, request.default_value));
            request.reply.send(answer).unwrap();
        }
        said
    })
}
