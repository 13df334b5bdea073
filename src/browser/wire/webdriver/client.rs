//! [`WebDriver`]: one `WebDriver` session, as JSON in and JSON out. fantoccini's types end here.

use std::error::Error;
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use fantoccini::ClientBuilder;
use fantoccini::error::{CmdError, ErrorStatus, NewSessionError};
use fantoccini::wd::WebDriverCompatibleCommand;
use serde_json::{Map, Value};
use url::{ParseError, Url};

use super::fault::Fault;
use crate::browser::endpoint::Endpoint;
use crate::browser::refusal::{Refusal, RefusalKind};
use crate::browser::wire::connector::Connector;

/// A `WebDriver` session. Clones share it; commands are sent one after the other.
#[derive(Clone, Debug)]
pub(in crate::browser) struct WebDriver {
    client: fantoccini::Client,
    answer: Arc<Map<String, Value>>,
}

impl WebDriver {
    /// Opens a session at `endpoint`, asking once.
    pub(in crate::browser) async fn open(
        endpoint: &Endpoint,
        wanted: &Map<String, Value>,
        timeout: Duration,
    ) -> Result<Self, Refusal> {
        let connector = Connector::new(endpoint.url().scheme(), endpoint.headers())
            .map_err(|reason| Refusal::new(RefusalKind::Final, reason))?;
        let mut builder = ClientBuilder::new(connector);
        builder.capabilities(wanted.clone());
        let silent =
            |_| Refusal::new(RefusalKind::Silent, format!("no answer in {}", crate::clock::human_duration(timeout)));
        let client = tokio::time::timeout(timeout, builder.connect(endpoint.url().as_str()))
            .await
            .map_err(silent)?
            .map_err(refusal)?;
        let answer = client.capabilities().cloned().unwrap_or_default();
        Ok(Self { client, answer: Arc::new(answer) })
    }

    /// What the driver answered for a capability.
    pub(in crate::browser) fn capability(&self, key: &str) -> Option<&Value> {
        self.answer.get(key)
    }

    /// Asks something small that no page is needed for; the error says why nobody can answer.
    pub(in crate::browser) async fn check_alive(&self, timeout: Duration) -> Result<(), String> {
        match self.ask("timeouts", timeout).await {
            Err(Fault::Lost(reason)) => Err(reason),
            Err(Fault::Timeout { waited }) => {
                Err(format!("the driver gave no sign of life for {}", crate::clock::human_duration(waited)))
            }
            // A refusal is an answer.
            Ok(_) | Err(Fault::Closed | Fault::Dialog | Fault::Refused { .. }) => Ok(()),
        }
    }

    /// A command without a body.
    pub(in crate::browser::wire) async fn ask(&self, path: &str, timeout: Duration) -> Result<Value, Fault> {
        self.send(http::Method::GET, path, None, timeout).await
    }

    /// A command with a body.
    pub(in crate::browser::wire) async fn post(
        &self,
        path: &str,
        body: Value,
        timeout: Duration,
    ) -> Result<Value, Fault> {
        self.send(http::Method::POST, path, Some(body), timeout).await
    }

    /// Deletes what `path` names.
    pub(in crate::browser::wire) async fn remove(&self, path: &str, timeout: Duration) -> Result<Value, Fault> {
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

/// Why there is no session, in the driver's words where it has said any.
fn refusal(error: NewSessionError) -> Refusal {
    let by_driver = |message: &str| Refusal::by_driver(Fault::words(message));
    let is_final = |words: String| Refusal::new(RefusalKind::Final, words);
    match error {
        NewSessionError::SessionNotCreated(error) => by_driver(&error.message),
        NewSessionError::UnexpectedError(CmdError::Standard(error)) => match error.error {
            ErrorStatus::InvalidArgument | ErrorStatus::UnknownMethod | ErrorStatus::UnknownCommand => {
                is_final(Fault::words(&error.message))
            }
            _ => by_driver(&error.message),
        },
        NewSessionError::UnexpectedError(CmdError::NotJson(_) | CmdError::Json(_))
        | NewSessionError::NotW3C(Value::String(_)) => is_final("what answers there is no WebDriver server".to_owned()),
        NewSessionError::NotW3C(answer) => match answer["message"].as_str() {
            Some(message) => by_driver(message),
            None => is_final(format!("not a WebDriver answer: {answer}")),
        },
        NewSessionError::Failed(error) => unreachable_because(&error),
        NewSessionError::FailedC(error) => unreachable_because(&error),
        NewSessionError::Lost(error) => unreachable_because(&error),
        other => is_final(Fault::chain(&other)),
    }
}

fn unreachable_because(error: &(dyn Error + 'static)) -> Refusal {
    let words = match Fault::io_kind(error) {
        Some(ErrorKind::ConnectionRefused) => "nobody listens there".to_owned(),
        Some(ErrorKind::ConnectionReset | ErrorKind::UnexpectedEof) => {
            "the connection was closed without an answer".to_owned()
        }
        _ => Fault::chain(error),
    };
    Refusal::new(RefusalKind::Unreachable, words)
}
