//! [`Running`]: the binary while it runs, to be looked at and sent signals.

use std::io::{BufRead as _, BufReader, Read};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::project::Folder;
use super::{Finished, leftovers};

/// More than any run of a test takes on a busy machine; a run that is longer hangs.
const PATIENCE: Duration = Duration::from_secs(120);

/// The binary while it runs. Dropped, it and everything it started is killed.
pub(crate) struct Running {
    id: i32,
    started: Instant,
    stdout: Stream,
    stderr: Stream,
    exit: Receiver<i32>,
    status: Option<i32>,
    pub(super) folder: Folder,
}

impl Running {
    pub(super) fn start(mut command: Command, folder: Folder) -> Self {
        let mut child = command.spawn().unwrap();
        let stdout = Stream::read(child.stdout.take().unwrap());
        let stderr = Stream::read(child.stderr.take().unwrap());
        Self {
            id: i32::try_from(child.id()).unwrap(),
            started: Instant::now(),
            stdout,
            stderr,
            exit: watch(child),
            status: None,
            folder,
        }
    }

    /// Waits for the next line of standard output that contains `text`, and gives that line.
    #[track_caller]
    pub(crate) fn wait_for_line(&mut self, text: &str) -> String {
        match self.stdout.wait_for(text) {
            Some(line) => line,
            None => panic!(
                "no line with {text:?}\n--- stdout\n{}--- stderr\n{}",
                self.stdout.text,
                self.stderr.read_so_far()
            ),
        }
    }

    /// Sends a signal to the binary alone.
    pub(crate) fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.id), signal).unwrap();
    }

    /// Kills every process of the run whose command line starts with `program`, by its file name,
    /// and says how many there were.
    pub(crate) fn kill_children(&self, program: &str) -> usize {
        let children = leftovers::processes(&self.folder).into_iter().filter(|(id, command)| {
            let name = command.split(' ').next().unwrap_or_default().rsplit('/').next().unwrap_or_default();
            *id != self.id && name == program
        });
        children.filter(|(id, _)| kill(Pid::from_raw(*id), Signal::SIGKILL).is_ok()).count()
    }

    /// Waits for its end. Of several runs in one folder all must be over before the first is finished:
    /// what is in the folder then is left over, and killed.
    #[track_caller]
    pub(crate) fn wait(&mut self) {
        self.status.get_or_insert_with(|| {
            let Ok(status) = self.exit.recv_timeout(PATIENCE) else {
                panic!("still running after {PATIENCE:?}\n{}{}", self.stdout.read_so_far(), self.stderr.read_so_far())
            };
            status
        });
    }

    /// Waits for its end. Nothing is compared.
    #[track_caller]
    pub(crate) fn finish(mut self) -> Finished {
        self.wait();
        let status = self.status.expect("it has been waited for");
        let took = self.started.elapsed();
        // Looked at before anything is waited for: what is there now was left over.
        let left = leftovers::of(&self.folder);
        let (Some(stdout), Some(stderr)) = (self.stdout.all(), self.stderr.all()) else {
            panic!("the run is over, but something it started holds its output open:\n  {}", left.join("\n  "))
        };
        Finished { status, stdout, stderr, took, left, folder: self.folder.clone() }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        for (id, _) in leftovers::processes(&self.folder) {
            // It may end by itself in this moment.
            let _ = kill(Pid::from_raw(id), Signal::SIGKILL);
        }
    }
}

/// Waits for the child in a thread; the answer is its exit code.
fn watch(mut child: Child) -> Receiver<i32> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let status = child.wait().unwrap();
        // Nobody listens any more where the test has failed meanwhile.
        let _ = sender.send(status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0)));
    });
    receiver
}

/// A stream of the child, read line by line in a thread.
struct Stream {
    lines: Receiver<String>,
    text: String,
}

impl Stream {
    fn read(from: impl Read + Send + 'static) -> Self {
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            let mut from = BufReader::new(from);
            let mut bytes = Vec::new();
            while from.read_until(b'\n', &mut bytes).is_ok_and(|length| length > 0) {
                if sender.send(String::from_utf8_lossy(&bytes).into_owned()).is_err() {
                    break;
                }
                bytes.clear();
            }
        });
        Self { lines, text: String::new() }
    }

    fn wait_for(&mut self, text: &str) -> Option<String> {
        let end = Instant::now() + PATIENCE;
        while let Ok(line) = self.lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
            self.text.push_str(&line);
            if line.contains(text) {
                return Some(line.trim_end().to_owned());
            }
        }
        None
    }

    fn read_so_far(&mut self) -> &str {
        self.text.extend(self.lines.try_iter());
        &self.text
    }

    /// Everything up to its end; nothing where a process that was left over holds it open.
    fn all(&mut self) -> Option<String> {
        let end = Instant::now() + Duration::from_secs(5);
        loop {
            match self.lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(line) => self.text.push_str(&line),
                Err(RecvTimeoutError::Disconnected) => return Some(std::mem::take(&mut self.text)),
                Err(RecvTimeoutError::Timeout) => return None,
            }
        }
    }
}
