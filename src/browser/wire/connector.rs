//! [`Connector`]: connections to a driver, plain or over TLS, that put headers of their own into each
//! request. fantoccini sends what it sends; a token has to come in below it.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use http::{HeaderMap, Uri};
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_rustls::{ConfigBuilderExt as _, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use tower_service::Service;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Opens connections. Clones share it.
#[derive(Clone)]
pub(super) struct Connector {
    inner: HttpsConnector<HttpConnector>,
    /// The lines to put into each request.
    lines: Arc<[u8]>,
}

impl Connector {
    /// For addresses with this scheme.
    pub(super) fn new(scheme: &str, headers: &HeaderMap) -> Result<Self, String> {
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_nodelay(true);
        let tls = tls_config(scheme)?;
        let inner =
            HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().wrap_connector(http);
        let mut lines = Vec::new();
        for (name, value) in headers {
            lines.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
        }
        Ok(Self { inner, lines: lines.into() })
    }
}

/// Certificates are loaded for `https` and `wss` only: on a machine with many that takes longer
/// than a command.
pub(super) fn tls_config(scheme: &str) -> Result<rustls::ClientConfig, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    if matches!(scheme, "https" | "wss") {
        Ok(versions.try_with_platform_verifier().map_err(|error| error.to_string())?.with_no_client_auth())
    } else {
        Ok(versions.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth())
    }
}

impl Service<Uri> for Connector {
    type Response = Marked<<HttpsConnector<HttpConnector> as Service<Uri>>::Response>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connecting = self.inner.call(uri);
        let lines = Arc::clone(&self.lines);
        Box::pin(async move { Ok(Marked { inner: connecting.await?, marker: Marker::new(lines), ready: Vec::new() }) })
    }
}

/// A connection whose requests get further headers.
pub(super) struct Marked<S> {
    inner: S,
    marker: Marker,
    /// What is to be written before anything else is taken.
    ready: Vec<u8>,
}

impl<S: Write + Unpin> Marked<S> {
    fn poll_drain(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.ready.is_empty() {
            let written = ready!(Pin::new(&mut self.inner).poll_write(context, &self.ready))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.ready.drain(..written);
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: Read + Unpin> Read for Marked<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(context, buffer)
    }
}

impl<S: Write + Unpin> Write for Marked<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        ready!(self.poll_drain(context))?;
        let this = &mut *self;
        this.marker.mark(bytes, &mut this.ready);
        // What cannot be written at once is written before the next bytes, or by the flush.
        match self.poll_drain(context) {
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            _ => Poll::Ready(Ok(bytes.len())),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_drain(context))?;
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_drain(context))?;
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}

impl<S: Connection> Connection for Marked<S> {
    fn connected(&self) -> Connected {
        self.inner.connected()
    }
}

/// Finds the heads of HTTP/1.1 requests in what is written, and puts lines into them.
struct Marker {
    lines: Arc<[u8]>,
    /// The head so far, until it is complete.
    head: Vec<u8>,
    /// How much of a body is still to come.
    body: usize,
}

impl Marker {
    fn new(lines: Arc<[u8]>) -> Self {
        Self { lines, head: Vec::new(), body: 0 }
    }

    fn mark(&mut self, mut bytes: &[u8], out: &mut Vec<u8>) {
        if self.lines.is_empty() {
            out.extend(bytes);
            return;
        }
        while !bytes.is_empty() {
            if self.body > 0 {
                let (body, rest) = bytes.split_at(self.body.min(bytes.len()));
                out.extend(body);
                self.body -= body.len();
                bytes = rest;
                continue;
            }
            let seen = self.head.len();
            self.head.extend(bytes);
            let Some(end) = find(&self.head, b"\r\n\r\n").map(|at| at + 4) else { return };
            bytes = &bytes[end - seen..];
            self.head.truncate(end);
            let first_line = find(&self.head, b"\r\n").map_or(end, |at| at + 2);
            out.extend(&self.head[..first_line]);
            out.extend(&*self.lines);
            out.extend(&self.head[first_line..]);
            self.body = content_length(&self.head);
            self.head.clear();
        }
    }
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}

/// Commands of a `WebDriver` client say how long they are: none is sent in chunks.
fn content_length(head: &[u8]) -> usize {
    let lines = head.split(|byte| *byte == b'\n').filter_map(|line| std::str::from_utf8(line).ok());
    let mut lengths = lines.filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok()).flatten()
    });
    lengths.next().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_request_of_a_connection_gets_the_lines_however_it_is_cut() {
        let first = "POST /session HTTP/1.1\r\nhost: a\r\nContent-Length: 5\r\n\r\n\r\n\r\nx";
        let second = "GET /url HTTP/1.1\r\nhost: a\r\n\r\n";
        let sent = format!("{first}{second}{first}");
        let expected = sent.replace(" HTTP/1.1\r\n", " HTTP/1.1\r\nauthorization: Bearer t\r\n");
        for size in 1..sent.len() {
            let mut marker = Marker::new(b"authorization: Bearer t\r\n"[..].into());
            let mut out = Vec::new();
            for piece in sent.as_bytes().chunks(size) {
                marker.mark(piece, &mut out);
            }
            assert_eq!(String::from_utf8(out).unwrap(), expected, "pieces of {size}");
        }
    }

    #[test]
    fn without_lines_nothing_is_looked_at() {
        let mut out = Vec::new();
        Marker::new(Arc::default()).mark(b"GET", &mut out);
        assert_eq!(out, b"GET");
    }
}
