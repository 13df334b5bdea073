//! [`DriverProcess`]: a driver of ours, from spawn until nothing of it is left.

use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use nix::unistd::Pid;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use url::Url;

use super::group::LiveGroup;
use super::output::Output;
use crate::browser::error::BrowserError;
use crate::clock::human_duration;

/// How long a driver may take to end when it is asked to, before it is killed.
const PATIENCE: Duration = Duration::from_millis(500);

/// Another port is asked for so often.
const MOST_TRIES: u32 = 5;

/// A running driver. Dropped without [`DriverProcess::stop`] it is killed.
#[derive(Debug)]
pub(in crate::browser) struct DriverProcess {
    url: Url,
    output: Output,
    group: Arc<LiveGroup>,
    is_stopping: Arc<AtomicBool>,
}

impl DriverProcess {
    /// Starts `program` on a free port and waits until it takes sessions.
    ///
    /// # Errors
    /// [`BrowserError::Start`] with its output, when it ends at once or says nothing in `timeout`.
    pub(in crate::browser) async fn start(program: &Path, timeout: Duration) -> Result<Self, BrowserError> {
        let mut tries = 1;
        loop {
            match Self::start_once(program, timeout).await {
                // chromedriver takes a port that is free for IPv6 and may find it taken for IPv4.
                Err(BrowserError::Start { details, .. }) if tries < MOST_TRIES && is_port_taken(&details) => tries += 1,
                outcome => return outcome,
            }
        }
    }

    async fn start_once(program: &Path, timeout: Duration) -> Result<Self, BrowserError> {
        let name = program.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        // The driver and its browsers keep their profiles in this folder, so that they go with it.
        let folder = tempfile::Builder::new()
            .prefix("runner-browser-")
            .tempdir()
            .map_err(|error| start_error(format!("cannot make a temporary folder: {error}")))?;
        let mut command = Command::new(program);
        command
            .args(port_arguments(&name))
            .env("TMPDIR", folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0);
        let mut child =
            command.spawn().map_err(|error| start_error(format!("cannot start `{}`: {error}", program.display())))?;
        let leader = child.id().and_then(|id| i32::try_from(id).ok()).expect("a child not yet waited for has an id");
        let group = LiveGroup::register(Pid::from_raw(leader), folder.keep());

        let output = Output::default();
        let (ports, mut port) = mpsc::unbounded_channel();
        let readers = [
            child.stdout.take().map(|stdout| read_lines(stdout, output.clone(), ports.clone())),
            child.stderr.take().map(|stderr| read_lines(stderr, output.clone(), ports)),
        ];
        let is_stopping = Arc::new(AtomicBool::new(false));
        let watcher = watch(child, name.clone(), output.clone(), Arc::clone(&group), Arc::clone(&is_stopping), readers);

        let url = Url::parse("http://127.0.0.1/").expect("a constant address is valid");
        let mut process = Self { url, output, group, is_stopping };
        match tokio::time::timeout(timeout, port.recv()).await {
            Ok(Some(port)) => {
                process.url.set_port(Some(port)).expect("an http address takes a port");
                Ok(process)
            }
            outcome => {
                // Its output has closed: it is about to end by itself, and how it does is the message.
                let mut watcher = watcher;
                let has_ended =
                    matches!(outcome, Ok(None)) && tokio::time::timeout(PATIENCE, &mut watcher).await.is_ok();
                process.stop().await;
                if !has_ended {
                    // Only for the message too: a killed driver is noted a moment later.
                    let _ = tokio::time::timeout(PATIENCE, watcher).await;
                }
                let title = match (outcome, process.output.ending()) {
                    (Ok(_), Some(ending)) => format!("{ending} before it was ready"),
                    (Ok(_), None) => format!("`{name}` ended before it was ready"),
                    (Err(_), _) => format!("`{name}` did not start in {}", human_duration(timeout)),
                };
                let said = process.output.lines();
                let advice = wrong_program_advice(&name, program, !said.is_empty());
                let details = std::iter::once(format!("driver: {}", program.display())).chain(said).collect();
                Err(BrowserError::Start { title, details, advice: Some(advice) })
            }
        }
    }

    /// Where it listens.
    pub(in crate::browser) fn url(&self) -> &Url {
        &self.url
    }

    /// What it and its browsers say.
    pub(in crate::browser) fn output(&self) -> &Output {
        &self.output
    }

    /// Ends it and everything it started, and waits until nothing is left.
    pub(in crate::browser) async fn stop(&self) {
        if !self.is_stopping.swap(true, Ordering::SeqCst) {
            self.group.end(PATIENCE).await;
        }
    }

    #[cfg(test)]
    pub(in crate::browser) fn group(&self) -> &Arc<LiveGroup> {
        &self.group
    }
}

impl Drop for DriverProcess {
    fn drop(&mut self) {
        self.is_stopping.store(true, Ordering::SeqCst);
        self.group.kill();
    }
}

fn is_port_taken(details: &[String]) -> bool {
    details.iter().any(|line| line.contains("Address already in use"))
}

fn start_error(title: String) -> BrowserError {
    BrowserError::Start { title, details: Vec::new(), advice: None }
}

fn wrong_program_advice(name: &str, program: &Path, has_spoken: bool) -> String {
    if has_spoken {
        format!("put right what it says, until `{} --port=0` starts by hand", program.display())
    } else {
        format!("check that `{name}` is a WebDriver server: it must say on which port it listens")
    }
}

fn port_arguments(name: &str) -> &'static [&'static str] {
    // The port of the BiDi socket is one and the same for all geckodrivers otherwise.
    if name.contains("gecko") { &["--port", "0", "--websocket-port", "0"] } else { &["--port=0"] }
}

fn read_lines(
    stream: impl AsyncRead + Unpin + Send + 'static,
    output: Output,
    ports: mpsc::UnboundedSender<u16>,
) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut lines = BufReader::new(stream).split(b'\n');
        while let Ok(Some(line)) = lines.next_segment().await {
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            if let Some(port) = announced_port(&line) {
                // Forgotten here, before anybody hears of the port: nothing is added to it later.
                output.clear();
                // Nobody listens any more once the driver is ready.
                let _ = ports.send(port);
            } else if !line.is_empty() {
                output.push(line);
            }
        }
    })
}

/// The port in "`ChromeDriver` was started successfully on port 1234." or "Listening on
/// 127.0.0.1:1234". The line before it says "on port 0", which is none.
fn announced_port(line: &str) -> Option<u16> {
    let rest = line.split_once("successfully on port ").or_else(|| line.split_once("Listening on "))?.1;
    let rest = rest.rsplit_once(':').map_or(rest, |(_, port)| port);
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok().filter(|port| *port != 0)
}

/// Waits for the driver's end. One that nobody asked for takes its browsers with it, so that every
/// wire sees the loss at once.
fn watch(
    mut child: Child,
    name: String,
    output: Output,
    group: Arc<LiveGroup>,
    is_stopping: Arc<AtomicBool>,
    readers: [Option<JoinHandle<()>>; 2],
) -> JoinHandle<()> {
    tokio::spawn(async move {
        let status = child.wait().await;
        let how = status.map_or_else(|error| error.to_string(), describe);
        // Told before the browsers go: whoever sees them go asks for the reason at once.
        output.end(format!("`{name}` {how}"));
        if !is_stopping.load(Ordering::SeqCst) {
            group.kill_rest();
        }
        for reader in readers.into_iter().flatten() {
            // A process that left the group may hold the pipe open; its words are not waited for.
            let abort = reader.abort_handle();
            if tokio::time::timeout(PATIENCE, reader).await.is_err() {
                abort.abort();
            }
        }
    })
}

fn describe(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt as _;
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exited with status {code}"),
        (None, Some(signal)) => format!("was killed by signal {signal}"),
        (None, None) => "ended".to_owned(),
    }
}
