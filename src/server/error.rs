//! [`ServerError`]: why the application under test cannot be used.

use std::io;
use std::process::ExitStatus;
use std::time::Duration;

use url::Url;

use crate::clock::human_duration;

/// The application under test cannot be used. Output in it is as the command printed it.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// Something else is at the address.
    #[error("something already answers at `{url}` ({answer}), so `[server]` was not started")]
    InUse {
        /// The address.
        url: Url,
        /// What it answered.
        answer: String,
    },
    /// There is no shell, or no such folder.
    #[error("cannot start `{command}`")]
    CannotStart {
        /// The command.
        command: String,
        /// Why.
        source: io::Error,
    },
    /// The command ended too early.
    #[error("the server ended before it answered at `{url}`: {}", ending(*.status))]
    EndedEarly {
        /// The command.
        command: String,
        /// The address.
        url: Url,
        /// How it ended.
        status: ExitStatus,
        /// Its last lines.
        output: Vec<String>,
    },
    /// It never answered.
    #[error("the server did not answer at `{url}` within {}", human_duration(*.waited))]
    TimedOut {
        /// The command; `None` where a running server was to be used.
        command: Option<String>,
        /// The address.
        url: Url,
        /// How long we waited.
        waited: Duration,
        /// What the last try came to.
        last_try: String,
        /// Its last lines.
        output: Vec<String>,
    },
    /// It ended while tests were running.
    #[error("the server ended during the run: {}", ending(*.status))]
    EndedDuringRun {
        /// The command.
        command: String,
        /// How it ended.
        status: ExitStatus,
        /// Its last lines.
        output: Vec<String>,
    },
    /// The client that asks for the address could not be made.
    #[error("cannot ask `{url}`: {message}")]
    NoClient {
        /// The address.
        url: Url,
        /// Why.
        message: String,
    },
}

impl ServerError {
    /// Further lines: the command and what it printed last.
    pub fn details(&self) -> Vec<String> {
        match self {
            Self::InUse { .. } | Self::CannotStart { .. } | Self::NoClient { .. } => Vec::new(),
            Self::EndedEarly { command, output, .. } | Self::EndedDuringRun { command, output, .. } => {
                [vec![format!("command: {command}")], last_output(output)].concat()
            }
            Self::TimedOut { command, last_try, output, .. } => {
                let mut lines = vec![format!("last try: {last_try}")];
                if let Some(command) = command {
                    lines.push(format!("command: {command}"));
                    lines.extend(last_output(output));
                }
                lines
            }
        }
    }

    /// What to try.
    pub fn advice(&self) -> Option<String> {
        match self {
            Self::InUse { .. } => Some(
                "stop it, use it with `reuse = true` in `[server]`, or have a free port chosen with \
                 `url = \"http://127.0.0.1:{port}\"`"
                    .into(),
            ),
            Self::EndedEarly { status, .. } if status.success() => {
                Some("a command that stays in the foreground while the tests run".into())
            }
            Self::TimedOut { command: Some(_), url, .. } => Some(format!(
                "see that the command listens on port {} (it is in the variable `PORT`), or give it longer with \
                 `timeout` in `[server]`",
                url.port_or_known_default().unwrap_or_default()
            )),
            Self::TimedOut { command: None, .. } => {
                Some("restart what runs there, or let `[server]` start it: `reuse = false`".into())
            }
            Self::CannotStart { .. }
            | Self::EndedEarly { .. }
            | Self::EndedDuringRun { .. }
            | Self::NoClient { .. } => None,
        }
    }
}

fn last_output(output: &[String]) -> Vec<String> {
    if output.is_empty() {
        return vec!["it printed nothing".to_owned()];
    }
    let lines = output.iter().map(|line| format!("  {line}"));
    std::iter::once("last output:".to_owned()).chain(lines).collect()
}

/// "exit code 1", "killed by signal 9".
fn ending(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt as _;
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit code {code}"),
        (None, Some(signal)) => format!("killed by signal {signal}"),
        (None, None) => status.to_string(),
    }
}
