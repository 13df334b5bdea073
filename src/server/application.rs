//! [`Server`]: the application under test, from its start to its end.

use std::ops::RangeInclusive;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};
use url::Url;

use crate::clock::Deadline;
use crate::config::ServerSettings;

use super::error::ServerError;
use super::group::Group;
use super::output::Output;
use super::probe::{Answer, Probe};

/// Time between two tries grows from the first to the second.
const STEPS: (Duration, Duration) = (Duration::from_millis(2), Duration::from_millis(20));

/// Time for one try: a development server may compile its first page that long. The last one is
/// given some time even where the deadline leaves none: what it came to is what the error says.
const TRY: RangeInclusive<Duration> = Duration::from_millis(250)..=Duration::from_secs(10);

/// Time for what is running already to answer.
const FIRST_TRY: Duration = Duration::from_secs(2);

/// Time for the application to end when asked to.
const GRACE: Duration = Duration::from_secs(3);

/// The application under test. Dropping it kills what was started.
#[derive(Debug)]
pub struct Server {
    url: Url,
    took: Duration,
    process: Option<Process>,
}

impl Server {
    /// Starts the command in `root` and waits until the address answers, or uses what already
    /// answers there. Dropping the future kills what was started.
    ///
    /// # Errors
    /// Where the address is taken, or the command ends or stays silent.
    pub async fn start(settings: &ServerSettings, root: &Path) -> Result<Self, ServerError> {
        let started = Instant::now();
        let probe = Probe::new(&settings.url)?;
        let found = if settings.has_free_port { None } else { running(&probe, settings).await? };
        let process = match found {
            Some(Running::Ready) => None,
            Some(Running::Waking) => {
                wait(&probe, settings, None).await?;
                None
            }
            None => {
                let mut process = Process::spawn(settings, root)?;
                wait(&probe, settings, Some(&mut process)).await?;
                Some(process)
            }
        };
        Ok(Self { url: settings.url.clone(), took: started.elapsed(), process })
    }

    /// Where it answers.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// How long it took to answer.
    pub fn took(&self) -> Duration {
        self.took
    }

    /// It was running already, and is left as it is.
    pub fn is_reused(&self) -> bool {
        self.process.is_none()
    }

    /// Why it is gone, where the command we started has ended on its own.
    pub async fn ended(&mut self) -> Option<ServerError> {
        let process = self.process.as_mut()?;
        // An error would mean that the process is not our child.
        let status = process.child.try_wait().ok().flatten()?;
        let output = process.output.rest().await;
        Some(ServerError::EndedDuringRun { command: process.command.clone(), status, output })
    }

    /// Asks what we started to end, and makes it end where it does not within three seconds.
    pub async fn stop(self) {
        if let Some(process) = self.process {
            process.stop(GRACE).await;
        }
    }
}

/// What is at the address before anything was started.
enum Running {
    /// It can be used.
    Ready,
    /// It may be used and does not answer properly yet.
    Waking,
}

async fn running(probe: &Probe, settings: &ServerSettings) -> Result<Option<Running>, ServerError> {
    let limit = FIRST_TRY.min(settings.timeout);
    match (probe.ask(limit).await, settings.reuse) {
        (Answer::Nobody(_), _) => Ok(None),
        (Answer::Ready(_), true) => Ok(Some(Running::Ready)),
        (Answer::NotReady(_), true) => Ok(Some(Running::Waking)),
        (Answer::Ready(answer) | Answer::NotReady(answer), false) => {
            Err(ServerError::InUse { url: settings.url.clone(), answer })
        }
    }
}

/// Waits until the address answers. `process` is watched meanwhile.
async fn wait(probe: &Probe, settings: &ServerSettings, mut process: Option<&mut Process>) -> Result<(), ServerError> {
    let deadline = Deadline::after(settings.timeout);
    let mut step = STEPS.0;
    loop {
        let last_try = tokio::select! {
            status = ending(process.as_deref_mut()) => return Err(ended_early(status, settings, process).await),
            answer = probe.ask(deadline.remaining().clamp(*TRY.start(), *TRY.end())) => match answer {
                Answer::Ready(_) => return Ok(()),
                Answer::NotReady(answer) | Answer::Nobody(answer) => answer,
            },
        };
        if deadline.is_over() {
            let (command, output) = match process {
                Some(process) => (Some(process.command.clone()), process.output.lines()),
                None => (None, Vec::new()),
            };
            let (url, waited) = (settings.url.clone(), settings.timeout);
            return Err(ServerError::TimedOut { command, url, waited, last_try, output });
        }
        tokio::select! {
            status = ending(process.as_deref_mut()) => return Err(ended_early(status, settings, process).await),
            () = sleep(step.min(deadline.remaining())) => step = (step * 2).min(STEPS.1),
        }
    }
}

/// How the process ended, once it does; never, where there is none.
async fn ending(process: Option<&mut Process>) -> std::io::Result<std::process::ExitStatus> {
    match process {
        Some(process) => process.child.wait().await,
        None => std::future::pending().await,
    }
}

async fn ended_early(
    status: std::io::Result<std::process::ExitStatus>,
    settings: &ServerSettings,
    process: Option<&mut Process>,
) -> ServerError {
    let command = settings.command.clone();
    let output = match process {
        Some(process) => process.output.rest().await,
        None => Vec::new(),
    };
    match status {
        Ok(status) => ServerError::EndedEarly { command, url: settings.url.clone(), status, output },
        Err(source) => ServerError::CannotStart { command, source },
    }
}

/// The command that was started, in a process group of its own.
#[derive(Debug)]
struct Process {
    command: String,
    child: Child,
    group: Group,
    output: Output,
}

impl Process {
    fn spawn(settings: &ServerSettings, root: &Path) -> Result<Self, ServerError> {
        let cannot = |source| ServerError::CannotStart { command: settings.command.clone(), source };
        let mut child = Command::new("sh")
            .arg("-c")
            .arg(&settings.command)
            .current_dir(root)
            .env("RUNNER", std::env::current_exe().map_err(cannot)?)
            .env("PORT", settings.port.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // Ctrl-C reaches us alone: the application is stopped after the browsers are.
            .process_group(0)
            .spawn()
            .map_err(cannot)?;
        let group = Group::of(child.id().expect("a process that was not waited for has an id"));
        let mut output = Output::default();
        output.read(child.stdout.take().expect("its stdout is a pipe"));
        output.read(child.stderr.take().expect("its stderr is a pipe"));
        Ok(Self { command: settings.command.clone(), child, group, output })
    }

    async fn stop(mut self, grace: Duration) {
        self.group.terminate();
        let ended = async {
            // An error would mean that it was collected already.
            let _ = self.child.wait().await;
            self.group.gone().await;
        };
        if timeout(grace, ended).await.is_err() {
            self.group.kill();
            // As above; after the signal it ends at once.
            let _ = self.child.wait().await;
        }
    }
}

#[cfg(test)]
mod tests;
