//! Finds what a run has left behind: living processes and temporary files.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use super::project::Folder;

/// One line for each process and file that is still there.
pub(super) fn of(folder: &Folder) -> Vec<String> {
    let mut left: Vec<String> = processes(folder).into_iter().map(|(id, command)| format!("{id} {command}")).collect();
    let files = fs::read_dir(folder.temporary()).unwrap();
    left.extend(files.map(|file| file.unwrap().path().display().to_string()));
    left
}

/// Living processes of a run, found by the mark in their environment or their working directory:
/// a browser's own children overwrite their environment, but stay where they were started.
pub(super) fn processes(folder: &Folder) -> Vec<(i32, String)> {
    let mark = format!("RUNNER_TEST_MARK={}", folder.mark);
    let top = folder.top();
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        let process = entry.path();
        if has_mark(&process, mark.as_bytes()) || works_in(&process, &top) {
            found.push((id, command_line(&process)));
        }
    }
    found
}

fn has_mark(process: &Path, mark: &[u8]) -> bool {
    // A process that is gone by now, or another user's, cannot be read and is not ours.
    let environment = fs::read(process.join("environ")).unwrap_or_default();
    environment.split(|byte| *byte == 0).any(|variable| variable == mark)
}

fn works_in(process: &Path, top: &Path) -> bool {
    let folder: PathBuf = fs::read_link(process.join("cwd")).unwrap_or_default();
    folder.starts_with(top)
}

fn command_line(process: &Path) -> String {
    let text = fs::read(process.join("cmdline")).unwrap_or_default();
    let words: Vec<_> =
        text.split(|byte| *byte == 0).take(6).map(|word| OsStr::from_bytes(word).to_string_lossy()).collect();
    words.join(" ")
}
