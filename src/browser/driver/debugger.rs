//! Asks a browser's debugging port where its `DevTools` socket is ([`browser_socket`]).

use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Long enough for any answer from this machine.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The browser's socket at `address` (`localhost:1234`), or why there is none. One small request
/// to this machine: an HTTP client would cost more to set up than to do without.
pub(in crate::browser) async fn browser_socket(address: &str) -> Result<String, String> {
    tokio::time::timeout(TIMEOUT, ask(address))
        .await
        .map_err(|_| "it does not answer".to_owned())?
        .map_err(|error| error.to_string())
        .and_then(|answer| socket_in(&answer))
}

async fn ask(address: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET /json/version HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    let mut chunk = [0; 4096];
    // Chromium keeps the connection open in spite of the header, so the body's end is looked for.
    while !is_complete(&answer) {
        match stream.read(&mut chunk).await? {
            0 => break,
            length => answer.extend_from_slice(&chunk[..length]),
        }
    }
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

fn is_complete(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, length)| length.trim().parse::<usize>().ok())
        .is_some_and(|length| body.len() >= length)
}

fn socket_in(answer: &str) -> Result<String, String> {
    let (_, body) = answer.split_once("\r\n\r\n").ok_or("it does not speak HTTP")?;
    let version: Value = serde_json::from_str(body.trim()).map_err(|error| error.to_string())?;
    let socket = version["webSocketDebuggerUrl"].as_str().ok_or("it names no browser socket")?;
    Ok(socket.to_owned())
}
