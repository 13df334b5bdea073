//! Starting, waiting and stopping, with small shell commands and a listener of the test.

use std::net::TcpListener;
use std::os::unix::process::ExitStatusExt as _;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpSocket;

use super::*;

/// A server of the test itself, which answers everything with `status`.
struct Peer(Url);

impl Peer {
    fn answering(status: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = [0; 1024];
                let _ = stream.read(&mut request).await;
                let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        Self(url)
    }
}

fn settings(command: &str, url: &Url) -> ServerSettings {
    ServerSettings {
        command: command.to_owned(),
        url: url.clone(),
        port: url.port().unwrap(),
        has_free_port: true,
        timeout: Duration::from_millis(300),
        reuse: false,
    }
}

/// An address where nobody listens, kept from others as long as the socket lives.
fn nowhere() -> (TcpSocket, Url) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let url = Url::parse(&format!("http://{}", socket.local_addr().unwrap())).unwrap();
    (socket, url)
}

async fn start(settings: &ServerSettings) -> Result<Server, ServerError> {
    Server::start(settings, &std::env::temp_dir()).await
}

fn shown(error: &ServerError) -> Vec<String> {
    let mut lines = vec![error.to_string()];
    lines.extend(error.details());
    lines
}

#[tokio::test]
async fn it_is_ready_when_the_address_answers() {
    for status in ["200 OK", "302 Found", "404 Not Found"] {
        let peer = Peer::answering(status);
        let server = start(&settings("exec sleep 60", &peer.0)).await.unwrap();
        assert!(!server.is_reused());
        server.stop().await;
    }
}

#[tokio::test]
async fn an_early_end_shows_what_it_printed() {
    let (_socket, url) = nowhere();
    let error = start(&settings("echo starting; echo no database >&2; exit 3", &url)).await.unwrap_err();
    let lines = shown(&error);
    assert_eq!(lines[0], format!("the server ended before it answered at `{url}`: exit code 3"));
    assert_eq!(lines[1..3], ["command: echo starting; echo no database >&2; exit 3", "last output:"]);
    // The two pipes are read independently, so either line may come first.
    assert!(lines.contains(&"  starting".to_owned()) && lines.contains(&"  no database".to_owned()), "{lines:?}");
}

#[tokio::test]
async fn an_early_end_without_a_mistake_is_one_too() {
    let (_socket, url) = nowhere();
    let error = start(&settings("true", &url)).await.unwrap_err();
    assert_eq!(error.advice().unwrap(), "a command that stays in the foreground while the tests run");
    assert_eq!(shown(&error)[2], "it printed nothing");
}

#[tokio::test]
async fn silence_runs_into_the_timeout() {
    let (_socket, url) = nowhere();
    let error = start(&settings("echo waiting; exec sleep 60", &url)).await.unwrap_err();
    assert_eq!(
        shown(&error),
        [
            format!("the server did not answer at `{url}` within 300ms").as_str(),
            "last try: connection refused",
            "command: echo waiting; exec sleep 60",
            "last output:",
            "  waiting",
        ]
    );
}

#[tokio::test]
async fn an_address_in_use_is_an_error_or_reused() {
    let peer = Peer::answering("200 OK");
    let mut settings = ServerSettings { has_free_port: false, ..settings("exit 9", &peer.0) };
    let error = start(&settings).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("something already answers at `{}` (status 200), so `[server]` was not started", peer.0)
    );
    settings.reuse = true;
    let mut server = start(&settings).await.unwrap();
    assert!(server.is_reused() && server.ended().await.is_none());
    server.stop().await;
}

#[tokio::test]
async fn what_is_reused_must_be_ready() {
    let peer = Peer::answering("503 Service Unavailable");
    let settings = ServerSettings { has_free_port: false, reuse: true, ..settings("exit 9", &peer.0) };
    let error = start(&settings).await.unwrap_err();
    let first = format!("the server did not answer at `{}` within 300ms", peer.0);
    assert_eq!(shown(&error), [first.as_str(), "last try: status 503"]);
}

#[tokio::test]
async fn the_command_knows_the_port_and_this_program() {
    let (_socket, url) = nowhere();
    let error = start(&settings("echo $PORT; test -x \"$RUNNER\" && echo found; exit 1", &url)).await.unwrap_err();
    let lines = shown(&error);
    assert_eq!(lines[3..], [format!("  {}", url.port().unwrap()), "  found".to_owned()]);
}

#[tokio::test]
async fn stopping_ends_everything_the_command_started() {
    let peer = Peer::answering("200 OK");
    let folder = tempfile::tempdir().unwrap();
    let is_up = folder.path().join("up");
    // A grandchild that does not listen to SIGTERM, and a leader that waits for it.
    let command = format!("(trap '' TERM; touch {}; while :; do sleep 0.05; done) & wait", is_up.display());
    let mut server = start(&settings(&command, &peer.0)).await.unwrap();
    let process = server.process.take().unwrap();
    let mut group = Group::of(process.child.id().unwrap());
    while !is_up.exists() {
        tokio::task::yield_now().await;
    }
    process.stop(Duration::from_millis(200)).await;
    assert!(timeout(Duration::from_secs(1), group.gone()).await.is_ok());
}

#[tokio::test]
async fn dropping_it_ends_it() {
    let peer = Peer::answering("200 OK");
    let server = start(&settings("sleep 60 & wait", &peer.0)).await.unwrap();
    let mut group = Group::of(server.process.as_ref().unwrap().child.id().unwrap());
    drop(server);
    assert!(timeout(Duration::from_secs(1), group.gone()).await.is_ok());
}

#[tokio::test]
async fn an_end_during_the_run_is_noticed() {
    let peer = Peer::answering("200 OK");
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    let command = format!("mkfifo {0}; read line < {0}; echo bye; kill -9 $$", pipe.display());
    let mut server = start(&settings(&command, &peer.0)).await.unwrap();
    assert!(server.ended().await.is_none());
    let process = server.process.as_mut().unwrap();
    // The shell makes the pipe at its own pace; opening it for writing waits for the reader.
    while !pipe.exists() {
        tokio::task::yield_now().await;
    }
    tokio::fs::write(&pipe, "go\n").await.unwrap();
    assert_eq!(process.child.wait().await.unwrap().signal(), Some(9));
    let error = server.ended().await.unwrap();
    assert_eq!(error.to_string(), "the server ended during the run: killed by signal 9");
    assert_eq!(error.details()[1..], ["last output:", "  bye"]);
}
