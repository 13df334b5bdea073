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

use super::display;
use super::group::{Leader, LiveGroup};
use super::locate::Located;
use super::output::Output;
use super::port::{self, Telling};
use crate::browser::error::BrowserError;
use crate::clock::human_duration;

/// How long a driver may take to end when it is asked to, before it is killed.
const PATIENCE: Duration = Duration::from_millis(500);

/// Between two looks at a driver that does not say when it is ready.
const LOOK: Duration = Duration::from_millis(5);

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
    /// Starts the driver on a free port, on a display of its own where it needs one, and waits until
    /// it takes sessions.
    ///
    /// # Errors
    /// [`BrowserError::Start`] with its output, when it ends at once or says nothing in `timeout`.
    pub(in crate::browser) async fn start(located: &Located, timeout: Duration) -> Result<Self, BrowserError> {
        let mut tries = 1;
        loop {
            match Self::start_once(located, timeout).await {
                // chromedriver takes a port that is free for IPv6 and may find it taken for IPv4.
                Err(BrowserError::Start { details, .. }) if tries < MOST_TRIES && is_port_taken(&details) => tries += 1,
                outcome => return outcome,
            }
        }
    }

    async fn start_once(located: &Located, timeout: Duration) -> Result<Self, BrowserError> {
        let program = &located.driver;
        let name = file_name(program);
        let (mut process, display) = match &located.display {
            Some(server) => {
                Self::on_display(server, timeout).await.map(|(process, name)| (Some(process), Some(name)))?
            }
            None => (None, None),
        };
        let telling = Telling::of(&name);
        let given = match telling {
            Telling::Says | Telling::Listens => 0,
            Telling::Obeys => port::free().map_err(|error| start_error(format!("there is no free port: {error}")))?,
        };
        let mut command = Command::new(program);
        command.args(port::arguments(&name, given)).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        if let Some(display) = display {
            command.env("DISPLAY", display).env("GDK_BACKEND", "x11").env_remove("WAYLAND_DISPLAY");
        }
        let mut child = spawn(command, program, &mut process)?;
        let process = process.expect("a child was spawned in a group");
        let id = child.id();
        let (ports, mut announced) = mpsc::unbounded_channel();
        let readers = [
            child.stdout.take().map(|stdout| read_lines(stdout, process.output.clone(), ports.clone())),
            child.stderr.take().map(|stderr| read_lines(stderr, process.output.clone(), ports)),
        ];
        let watcher = process.watch(child, name.clone(), readers);
        let port = async {
            match telling {
                Telling::Says => announced.recv().await,
                Telling::Listens => process.seen_port(|| id.and_then(port::listening)).await,
                Telling::Obeys => process.seen_port(|| port::accepts(given).then_some(given)).await,
            }
        };
        let outcome = tokio::time::timeout(timeout, port).await;
        match outcome {
            Ok(Some(port)) => Ok(process.at(port)),
            Ok(None) => Err(process.not_ready(program, watcher, None).await),
            Err(_) => Err(process.not_ready(program, watcher, Some(timeout)).await),
        }
    }

    /// A display, in whose group the driver is started afterwards, and its name.
    async fn on_display(server: &Path, timeout: Duration) -> Result<(Self, String), BrowserError> {
        let mut process = None;
        let mut child = spawn(display::command(server), server, &mut process)?;
        let process = process.expect("a child was spawned in a group");
        let stdout = child.stdout.take().expect("its output was asked for");
        let (ports, _) = mpsc::unbounded_channel();
        let reader = child.stderr.take().map(|stderr| read_lines(stderr, process.output.clone(), ports));
        let watcher = process.watch(child, file_name(server), [reader, None]);
        match tokio::time::timeout(timeout, display::name(stdout)).await {
            Ok(Some(name)) => {
                process.output.clear();
                Ok((process, name))
            }
            Ok(None) => Err(process.not_ready(server, watcher, None).await),
            Err(_) => Err(process.not_ready(server, watcher, Some(timeout)).await),
        }
    }

    /// What `look` sees first; `None` where the driver ends before.
    async fn seen_port(&self, look: impl Fn() -> Option<u16>) -> Option<u16> {
        loop {
            if self.output.ending().is_some() {
                return None;
            }
            if let Some(port) = look() {
                return Some(port);
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    fn at(mut self, port: u16) -> Self {
        self.url.set_port(Some(port)).expect("an http address takes a port");
        self
    }

    /// Stops it and says why it is not ready: it has ended, or `waited` is over.
    async fn not_ready(self, program: &Path, mut watcher: JoinHandle<()>, waited: Option<Duration>) -> BrowserError {
        let name = file_name(program);
        // Its output has closed: it is about to end by itself, and how it does is the message.
        let has_ended = waited.is_none() && tokio::time::timeout(PATIENCE, &mut watcher).await.is_ok();
        self.stop().await;
        if !has_ended {
            // Only for the message too: a killed driver is noted a moment later.
            let _ = tokio::time::timeout(PATIENCE, watcher).await;
        }
        let title = match (waited, self.output.ending()) {
            (None, Some(ending)) => format!("{ending} before it was ready"),
            (None, None) => format!("`{name}` ended before it was ready"),
            (Some(waited), _) => format!("`{name}` did not start in {}", human_duration(waited)),
        };
        let said = self.output.lines();
        let advice = wrong_program_advice(&name, program, !said.is_empty());
        let what = if name == "Xvfb" { "display" } else { "driver" };
        let details = std::iter::once(format!("{what}: {}", program.display())).chain(said).collect();
        BrowserError::Start { title, details, advice: Some(advice) }
    }

    /// Waits for the end of one of its processes. One that nobody asked for takes the others with
    /// it, so that every wire sees the loss at once.
    fn watch(&self, mut child: Child, name: String, readers: [Option<JoinHandle<()>>; 2]) -> JoinHandle<()> {
        let (output, group, is_stopping) =
            (self.output.clone(), Arc::clone(&self.group), Arc::clone(&self.is_stopping));
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

/// Starts `command` in the group of `process`, which is made where there is none yet.
fn spawn(mut command: Command, program: &Path, process: &mut Option<DriverProcess>) -> Result<Child, BrowserError> {
    let cannot = |error| start_error(format!("cannot start `{}`: {error}", program.display()));
    if let Some(process) = process {
        command.process_group(process.group.leader().as_raw()).env("TMPDIR", process.group.folder());
        return command.spawn().map_err(cannot);
    }
    // The driver and its browsers keep their profiles in this folder, so that they go with it.
    let folder = tempfile::Builder::new()
        .prefix("runner-browser-")
        .tempdir()
        .map_err(|error| start_error(format!("cannot make a temporary folder: {error}")))?;
    let child = command.process_group(0).env("TMPDIR", folder.path()).spawn().map_err(cannot)?;
    let leader = child.id().and_then(|id| i32::try_from(id).ok()).expect("a child not yet waited for has an id");
    let kind = if file_name(program) == "Xvfb" { Leader::Display } else { Leader::Browser };
    *process = Some(DriverProcess {
        url: Url::parse("http://127.0.0.1/").expect("a constant address is valid"),
        output: Output::default(),
        group: LiveGroup::register(Pid::from_raw(leader), folder.keep(), kind),
        is_stopping: Arc::new(AtomicBool::new(false)),
    });
    Ok(child)
}

fn file_name(program: &Path) -> String {
    program.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
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

fn read_lines(
    stream: impl AsyncRead + Unpin + Send + 'static,
    output: Output,
    ports: mpsc::UnboundedSender<u16>,
) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut lines = BufReader::new(stream).split(b'\n');
        while let Ok(Some(line)) = lines.next_segment().await {
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            if let Some(port) = port::announced(&line) {
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

fn describe(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt as _;
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exited with status {code}"),
        (None, Some(signal)) => format!("was killed by signal {signal}"),
        (None, None) => "ended".to_owned(),
    }
}
