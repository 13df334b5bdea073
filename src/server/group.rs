//! [`Group`]: a process group, signalled as a whole, so that nothing the command started lives on.

use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

/// How often it is looked whether the group is gone.
const STEP: Duration = Duration::from_millis(10);

/// A process group of our own. Dropping it kills what is left of it.
#[derive(Debug)]
pub(super) struct Group {
    leader: Pid,
    is_over: bool,
}

impl Group {
    /// The group of the process `leader`, which was started as its leader.
    pub(super) fn of(leader: u32) -> Self {
        let leader = Pid::from_raw(i32::try_from(leader).expect("process ids fit in pid_t"));
        Self { leader, is_over: false }
    }

    /// Asks every process of the group to end.
    pub(super) fn terminate(&self) {
        self.signal(Signal::SIGTERM);
    }

    /// Ends every process of the group.
    pub(super) fn kill(&mut self) {
        self.signal(Signal::SIGKILL);
        self.is_over = true;
    }

    /// Returns once no process of the group is left.
    pub(super) async fn gone(&mut self) {
        while self.lives() {
            tokio::time::sleep(STEP).await;
        }
        // Its number may now become somebody else's.
        self.is_over = true;
    }

    fn signal(&self, signal: Signal) {
        if !self.is_over {
            // The only error is that nobody is left, which is what is wanted.
            let _ = killpg(self.leader, signal);
        }
    }

    fn lives(&self) -> bool {
        !self.is_over && killpg(self.leader, None).is_ok() && has_live_member(self.leader)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A process of the group is more than a zombie. Where nobody collects orphans (a container
/// without an init), zombies stay in the group for ever.
#[cfg(target_os = "linux")]
fn has_live_member(leader: Pid) -> bool {
    let Ok(processes) = std::fs::read_dir("/proc") else { return true };
    processes.flatten().any(|process| {
        let is_process = process.file_name().to_string_lossy().starts_with(|c: char| c.is_ascii_digit());
        is_process
            && std::fs::read_to_string(process.path().join("stat"))
                .is_ok_and(|stat| is_live_member(&stat, leader.as_raw()))
    })
}

#[cfg(not(target_os = "linux"))]
fn has_live_member(_leader: Pid) -> bool {
    true
}

/// Reads `pid (name) state parent group ...`; the name may hold anything.
#[cfg(target_os = "linux")]
fn is_live_member(stat: &str, leader: i32) -> bool {
    let Some((_, fields)) = stat.rsplit_once(") ") else { return false };
    let mut fields = fields.split(' ');
    let (state, group) = (fields.next(), fields.nth(1));
    !matches!(state, Some("Z" | "X")) && group.and_then(|group| group.parse().ok()) == Some(leader)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn members_are_told_by_their_group() {
        assert!(is_live_member("12 (sh) S 1 7 7 0", 7));
        assert!(is_live_member("12 (a) b) S 3 (x) R 1 7 7 0", 7));
        assert!(!is_live_member("12 (sh) Z 1 7 7 0", 7));
        assert!(!is_live_member("12 (sh) S 7 8 8 0", 7));
    }
}
