//! [`Probe`]: asks the address whether the application is ready.

use std::time::Duration;

use url::Url;

use super::error::ServerError;

/// What came back from the address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// It is ready: a status below 500.
    Ready(String),
    /// Something is there, but not ready: what it answered.
    NotReady(String),
    /// Nobody is there: why.
    Nobody(String),
}

/// Asks one address, again and again.
#[derive(Debug)]
pub(super) struct Probe {
    client: reqwest::Client,
    url: Url,
}

impl Probe {
    /// Will ask `url`: no proxy, no redirects (a redirect to a login is an answer), any certificate
    /// (that of a local server is rarely signed).
    pub(super) fn new(url: &Url) -> Result<Self, ServerError> {
        // An error means that somebody else has installed one, and any will do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .tls_danger_accept_invalid_certs(true)
            // A fresh connection each time: the one before may belong to a server that is gone.
            .pool_max_idle_per_host(0)
            .build()
            .map_err(|error| ServerError::NoClient { url: url.clone(), message: innermost(&error) })?;
        Ok(Self { client, url: url.clone() })
    }

    /// Asks once, for at most `limit`.
    pub(super) async fn ask(&self, limit: Duration) -> Answer {
        match self.client.get(self.url.clone()).timeout(limit).send().await {
            Ok(response) if response.status().as_u16() < 500 => Answer::Ready(status(&response)),
            Ok(response) => Answer::NotReady(status(&response)),
            Err(error) if error.is_connect() => Answer::Nobody(innermost(&error)),
            Err(error) if error.is_timeout() => Answer::NotReady("a connection, but no answer".into()),
            Err(error) => Answer::NotReady(innermost(&error)),
        }
    }
}

fn status(response: &reqwest::Response) -> String {
    format!("status {}", response.status().as_u16())
}

/// The last words of an error: those around it only say that a request was made.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    let text = innermost.to_string().to_lowercase();
    // The operating system's number says nothing to a reader.
    text.split(" (os error").next().unwrap_or_default().to_owned()
}
