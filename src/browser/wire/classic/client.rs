//! [`WebDriver`]: one `WebDriver` session, as JSON in and JSON out. fantoccini's types end here.

use std::error::Error;
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use fantoccini::ClientBuilder;
use fantoccini::error::{CmdError, NewSessionError};
use fantoccini::wd::WebDriverCompatibleCommand;
use hyper_rustls::{ConfigBuilderExt as _, HttpsConnectorBuilder};
use serde_json::{Map, Value};
use url::{ParseError, Url};

use super::fault::Fault;

/// A `WebDriver` session. Clones share it; commands are sent one after the other.
#[derive(Clone, Debug)]
pub(in crate::browser) struct WebDriver {
    client: fantoccini::Client,
    answer: Arc<Map<String, Value>>,
}

impl WebDriver {
    /// Opens a session at `endpoint`. The error is what the driver says, the headline first.
    pub(in crate::browser) async fn open(
        endpoint: &Url,
        wanted: &Map<String, Value>,
        timeout: Duration,
    ) -> Result<Self, String> {
        let mut endpoint = endpoint.clone();
        if !endpoint.path().ends_with('/') {
            // Without it, joining `session` would replace the last part of a Grid's path.
            let path = format!("{}/", endpoint.path());
            endpoint.set_path(&path);
        }
        let mut builder = ClientBuilder::new(connector(&endpoint)?);
        builder.capabilities(wanted.clone());
        let client = tokio::time::timeout(timeout, builder.connect(endpoint.as_str()))
            .await
            .map_err(|_| format!("no answer in {}", crate::clock::human_duration(timeout)))?
            .map_err(refusal)?;
        let answer = client.capabilities().cloned().unwrap_or_default();
        Ok(Self { client, answer: Arc::new(answer) })
    }

    /// What the driver answered for a capability.
    pub(in crate::browser) fn capability(&self, key: &str) -> Option<&Value> {
        self.answer.get(key)
    }

    /// A command without a body.
    pub(super) async fn ask(&self, path: &str, timeout: Duration) -> Result<Value, Fault> {
        self.send(http::Method::GET, path, None, timeout).await
    }

    /// A command with a body.
    pub(super) async fn post(&self, path: &str, body: Value, timeout: Duration) -> Result<Value, Fault> {
        self.send(http::Method::POST, path, Some(body), timeout).await
    }

    /// Deletes what `path` names.
    pub(super) async fn remove(&self, path: &str, timeout: Duration) -> Result<Value, Fault> {
        self.send(http::Method::DELETE, path, None, timeout).await
    }

    /// Ends the session, waiting at most `timeout`. A session that does not end is no use to anybody.
    pub(in crate::browser) async fn delete(&self, timeout: Duration) {
        let _ = tokio::time::timeout(timeout, self.client.clone().close()).await;
    }

    async fn send(
        &self,
        method: http::Method,
        path: &str,
        body: Option<Value>,
        timeout: Duration,
    ) -> Result<Value, Fault> {
        let command = Command { method, path: path.to_owned(), body: body.map(|body| body.to_string()) };
        match tokio::time::timeout(timeout, self.client.issue_cmd(command)).await {
            Ok(answer) => answer.map_err(Fault::from),
            Err(_) => Err(Fault::Timeout { waited: timeout }),
        }
    }
}

/// A command of the session: fantoccini's own would not say an absent `sameSite`, a computed role
/// or a fraction of a pixel.
#[derive(Debug)]
struct Command {
    method: http::Method,
    path: String,
    body: Option<String>,
}

impl WebDriverCompatibleCommand for Command {
    fn endpoint(&self, base_url: &Url, session_id: Option<&str>) -> Result<Url, ParseError> {
        base_url.join(&format!("session/{}/{}", session_id.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _request_url: &Url) -> (http::Method, Option<String>) {
        (self.method.clone(), self.body.clone())
    }
}

type Connector = hyper_rustls::HttpsConnector<hyper_util::client::legacy::connect::HttpConnector>;

/// For `http` no certificates are loaded: on a machine with many that takes longer than a command.
fn connector(endpoint: &Url) -> Result<Connector, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    let tls = if endpoint.scheme() == "https" {
        versions.try_with_platform_verifier().map_err(|error| error.to_string())?.with_no_client_auth()
    } else {
        versions.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth()
    };
    let mut http = hyper_util::client::legacy::connect::HttpConnector::new();
    http.enforce_http(false);
    http.set_nodelay(true);
    Ok(HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().wrap_connector(http))
}

/// Why there is no session, in the driver's words where it has said any.
fn refusal(error: NewSessionError) -> String {
    match error {
        NewSessionError::SessionNotCreated(error) | NewSessionError::UnexpectedError(CmdError::Standard(error)) => {
            Fault::words(&error.message)
        }
        NewSessionError::UnexpectedError(CmdError::NotJson(_) | CmdError::Json(_)) => {
            "what answers there is no WebDriver server".to_owned()
        }
        NewSessionError::NotW3C(answer) => {
            answer["message"].as_str().map_or_else(|| format!("not a WebDriver answer: {answer}"), Fault::words)
        }
        NewSessionError::Failed(error) => unreachable_because(&error),
        NewSessionError::FailedC(error) => unreachable_because(&error),
        other => Fault::chain(&other),
    }
}

fn unreachable_because(error: &(dyn Error + 'static)) -> String {
    match Fault::io_kind(error) {
        Some(ErrorKind::ConnectionRefused) => "nobody listens there".to_owned(),
        Some(ErrorKind::ConnectionReset | ErrorKind::UnexpectedEof) => {
            "the connection was closed without an answer".to_owned()
        }
        _ => Fault::chain(error),
    }
}
