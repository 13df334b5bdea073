//! [`Demo`]: the demonstration application, served by this process on a free port.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::oneshot;

/// The application under test, in a thread of its own; it stops when it is dropped.
pub(crate) struct Demo {
    url: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Demo {
    /// Serves it on a free port, with counters of its own.
    pub(crate) fn start() -> Self {
        let (stop, stopped) = oneshot::channel::<()>();
        let (tell, told) = mpsc::channel();
        let thread = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let demo = runner::demo::Demo::bind(0).await.unwrap();
                tell.send(demo.url()).unwrap();
                demo.run(async move {
                    // Dropped unsent, it means the same.
                    let _ = stopped.await;
                })
                .await;
            });
        });
        let url = told.recv_timeout(Duration::from_secs(10)).expect("the demo application tells its address");
        Self { url: url.trim_end_matches('/').to_owned(), stop: Some(stop), thread: Some(thread) }
    }

    /// Its address on 127.0.0.1, without a slash at the end.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The same server under the name `localhost`: another site.
    pub(crate) fn other_site(&self) -> String {
        self.url.replace("127.0.0.1", "localhost")
    }

    /// How many times `user` has logged in.
    pub(crate) fn logins(&self, user: &str) -> u64 {
        self.stats()["logins"][user].as_u64().unwrap_or(0)
    }

    /// How many requests a path has had.
    pub(crate) fn requests(&self, path: &str) -> u64 {
        self.stats()["requests"][path].as_u64().unwrap_or(0)
    }

    /// The paths that begin so and have had a request.
    pub(crate) fn paths_with(&self, start: &str) -> Vec<String> {
        let stats = self.stats();
        let paths = stats["requests"].as_object().unwrap().keys();
        paths.filter(|path| path.starts_with(start)).cloned().collect()
    }

    /// Waits until a path has had a request.
    pub(crate) fn wait_for_request(&self, path: &str) {
        while self.requests(path) == 0 {
            thread::yield_now();
        }
    }

    fn stats(&self) -> Value {
        let body = self.ask("GET /api/stats");
        serde_json::from_str(&body).unwrap_or_else(|error| panic!("{error}: {body}"))
    }

    /// The body of an answer.
    fn ask(&self, request: &str) -> String {
        let address = self.url.trim_start_matches("http://");
        let mut connection = TcpStream::connect(address).unwrap();
        let head = format!("Host: {address}\r\nConnection: close\r\nContent-Length: 0");
        write!(connection, "{request} HTTP/1.1\r\n{head}\r\n\r\n").unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        answer.split_once("\r\n\r\n").unwrap().1.to_owned()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // It has stopped by itself where nobody listens.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            // Its panic has been shown by the thread itself.
            let _ = thread.join();
        }
    }
}
