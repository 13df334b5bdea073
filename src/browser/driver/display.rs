//! A display for a browser that cannot do without: `Xvfb`, started where the user has none to show
//! ([`command`], [`name`]), and what one that was killed leaves behind ([`remove_traces`]).

use std::path::{Path, PathBuf};
use std::process::Stdio;

use nix::unistd::Pid;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{ChildStdout, Command};

/// The size of its screen: the largest viewport that makes sense fits in.
const SCREEN: &str = "3840x2400x24";

/// The command that starts it. It takes the first free number and writes that to its output: a
/// number chosen by us could be taken by another run.
pub(super) fn command(server: &Path) -> Command {
    let mut command = Command::new(server);
    command
        .args(["-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp", "-noreset"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0);
    command
}

/// Its name once it takes clients: `:3`; `None` where it ends before.
pub(super) async fn name(stdout: ChildStdout) -> Option<String> {
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line).await.ok()?;
    let number: u32 = line.trim().parse().ok()?;
    Some(format!(":{number}"))
}

/// Removes the lock and the socket that a killed server has left; one that was asked to end has
/// removed them itself. The lock holds the number of its process, so that nobody else's is taken.
pub(super) fn remove_traces(server: Pid) {
    remove_traces_in(Path::new("/tmp"), server);
}

fn remove_traces_in(folder: &Path, server: Pid) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for (lock, number) in entries.flatten().filter_map(|entry| locked_number(&entry.path())) {
        let owner = std::fs::read_to_string(&lock).ok().and_then(|text| text.trim().parse::<i32>().ok());
        if owner == Some(server.as_raw()) {
            // What cannot be removed is a name in the temporary folder, and there is nobody to tell.
            let _ = std::fs::remove_file(folder.join(".X11-unix").join(format!("X{number}")));
            let _ = std::fs::remove_file(lock);
        }
    }
}

fn locked_number(path: &Path) -> Option<(PathBuf, u32)> {
    let number = path.file_name()?.to_str()?.strip_prefix(".X")?.strip_suffix("-lock")?.parse().ok()?;
    Some((path.to_owned(), number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_traces_of_this_server_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(".X11-unix")).unwrap();
        for (number, process) in [(3, 71), (4, 72)] {
            std::fs::write(folder.path().join(format!(".X{number}-lock")), format!("{process:>10}\n")).unwrap();
            std::fs::write(folder.path().join(format!(".X11-unix/X{number}")), "").unwrap();
        }
        remove_traces_in(folder.path(), Pid::from_raw(71));
        let is_there = |name: &str| folder.path().join(name).exists();
        assert!(!is_there(".X3-lock") && !is_there(".X11-unix/X3"));
        assert!(is_there(".X4-lock") && is_there(".X11-unix/X4"));
    }
}
