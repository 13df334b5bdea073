//! [`LiveGroup`]: a process group of ours with its temporary folder, and the list of all of them,
//! so that one call can end everything ([`kill_everything`]).
//!
//! A driver is started as the leader of a group of its own, and browsers stay in it (measured:
//! every process of Chromium does), so the group is what has to be gone; what leaves it is found by
//! the folder.

use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;

use super::display;

/// How long a killed group may take to leave the process table.
const DEATH: Duration = Duration::from_secs(2);

/// Every live group of this process. It is process-wide because a panic hook and a second Ctrl-C
/// know no browser, and must leave nothing behind all the same.
static LIVE: Mutex<Vec<Arc<LiveGroup>>> = Mutex::new(Vec::new());

/// Kills every driver and browser this process has started and removes their folders. Synchronous,
/// for the way out: a second Ctrl-C, a panic.
pub fn kill_everything() {
    let groups: Vec<_> = std::mem::take(&mut *live());
    for group in &groups {
        group.signal(Signal::SIGKILL);
    }
    for group in &groups {
        group.await_death_blocking(DEATH);
        group.kill_strays();
        group.remove_folder();
    }
}

/// A process group and the folder its processes keep their files in.
#[derive(Debug)]
pub(in crate::browser) struct LiveGroup {
    leader: Pid,
    folder: PathBuf,
    kind: Leader,
}

/// What leads a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leader {
    /// A driver or a browser, which keep all their files in the group's folder.
    Browser,
    /// A display, which has a lock and a socket elsewhere.
    Display,
}

impl LiveGroup {
    /// Notes a group that was just started.
    pub(super) fn register(leader: Pid, folder: PathBuf, kind: Leader) -> Arc<Self> {
        let group = Arc::new(Self { leader, folder, kind });
        live().push(Arc::clone(&group));
        group
    }

    /// Ends the group: asks, waits up to `patience`, kills, waits until nothing is left.
    pub(super) async fn end(&self, patience: Duration) {
        if !self.is_live() {
            return;
        }
        self.signal(Signal::SIGTERM);
        if !self.await_death(patience).await {
            self.signal(Signal::SIGKILL);
            self.await_death(DEATH).await;
        }
        self.forget();
    }

    /// Kills the group without waiting for anything else: the last net.
    pub(super) fn kill(&self) {
        if !self.is_live() {
            return;
        }
        self.signal(Signal::SIGKILL);
        self.await_death_blocking(DEATH);
        self.forget();
    }

    /// Kills what is left of the group; its folder stays until it is ended.
    pub(super) fn kill_rest(&self) {
        if self.is_live() {
            self.signal(Signal::SIGKILL);
        }
    }

    /// The process that leads it, which is its number.
    pub(in crate::browser) fn leader(&self) -> Pid {
        self.leader
    }

    /// Where its processes keep their files.
    pub(in crate::browser) fn folder(&self) -> &Path {
        &self.folder
    }

    fn forget(&self) {
        self.kill_strays();
        self.remove_folder();
        live().retain(|group| group.leader != self.leader);
    }

    /// Only a group on the list may be signalled: afterwards the number may be somebody else's.
    fn is_live(&self) -> bool {
        live().iter().any(|group| group.leader == self.leader)
    }

    fn signal(&self, signal: Signal) {
        // The only error is that nobody is left, which is what the signal was for.
        let _ = killpg(self.leader, signal);
    }

    async fn await_death(&self, patience: Duration) -> bool {
        let start = Instant::now();
        while !self.is_gone() {
            if start.elapsed() > patience {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
        true
    }

    fn await_death_blocking(&self, patience: Duration) {
        let start = Instant::now();
        while !self.is_gone() && start.elapsed() < patience {
            std::thread::sleep(Duration::from_millis(3));
        }
    }

    fn is_gone(&self) -> bool {
        if killpg(self.leader, None).is_err() {
            return true;
        }
        // Where init reaps nothing (many containers), the dead stay in the table as zombies.
        cfg!(target_os = "linux") && members(self.leader).is_empty()
    }

    /// Kills what has left the group: Firefox (153) starts a crash helper in a session of its own, which
    /// outlives it for a moment. It is known by the folder, which its command line names.
    fn kill_strays(&self) {
        let start = Instant::now();
        loop {
            let strays = naming(&self.folder);
            if strays.is_empty() || start.elapsed() > DEATH {
                return;
            }
            for stray in strays {
                // It may end by itself in this moment.
                let _ = kill(Pid::from_raw(stray), Signal::SIGKILL);
            }
            std::thread::sleep(Duration::from_millis(3));
        }
    }

    fn remove_folder(&self) {
        if self.kind == Leader::Display {
            display::remove_traces(self.leader);
        }
        // A dying browser may still write while the folder is being removed, hence a second try;
        // what remains then is a folder in the system's temporary place, and nobody to tell.
        for _ in 0..2 {
            if std::fs::remove_dir_all(&self.folder).is_ok() || !self.folder.exists() {
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// Living processes of a group, by `/proc`.
pub(super) fn members(group: Pid) -> Vec<i32> {
    processes(|process| is_living_member(process, group))
}

/// Processes whose command line names this folder of ours; its name is nobody else's.
fn naming(folder: &Path) -> Vec<i32> {
    let folder = folder.as_os_str().as_bytes();
    processes(|process| {
        // A zombie has no command line any more, and what is gone by now cannot be read.
        let command = std::fs::read(process.join("cmdline")).unwrap_or_default();
        command.windows(folder.len().max(1)).any(|part| part == folder)
    })
}

fn processes(is_meant: impl Fn(&Path) -> bool) -> Vec<i32> {
    let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
    entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok().map(|pid| (pid, entry.path())))
        .filter(|(_, path)| is_meant(path))
        .map(|(pid, _)| pid)
        .collect()
}

fn is_living_member(process: &Path, group: Pid) -> bool {
    let Ok(stat) = std::fs::read_to_string(process.join("stat")) else { return false };
    // The name in parentheses may hold anything, blanks and parentheses too.
    let Some((_, rest)) = stat.rsplit_once(')') else { return false };
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let is_alive = !matches!(fields.first(), Some(&"Z" | &"X"));
    is_alive && fields.get(2).and_then(|field| field.parse().ok()) == Some(group.as_raw())
}

fn live() -> MutexGuard<'static, Vec<Arc<LiveGroup>>> {
    LIVE.lock().unwrap_or_else(PoisonError::into_inner)
}
