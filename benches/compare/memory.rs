//! [`watch`]: the most memory that a tool's processes took at one time, read from `/proc`.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::Child;
use std::time::Duration;

/// Between two looks. Runs that are watched are not timed.
const PAUSE: Duration = Duration::from_millis(50);

/// Megabytes of proportional set size (`Pss` of `proc_pid_smaps_rollup(5)`) at the highest.
#[derive(Clone, Copy, Default)]
pub(crate) struct Memory {
    /// The tool's own processes and its drivers.
    pub(crate) tool: f64,
    /// The browsers' processes.
    pub(crate) browsers: f64,
}

/// Looks at the processes below `child` until it ends.
pub(crate) fn watch(child: &mut Child, browser: &Path) -> anyhow::Result<Memory> {
    let mut most = Memory::default();
    while child.try_wait()?.is_none() {
        let now = weigh(child.id(), browser);
        most = Memory { tool: most.tool.max(now.tool), browsers: most.browsers.max(now.browsers) };
        std::thread::sleep(PAUSE);
    }
    Ok(most)
}

fn weigh(root: u32, browser: &Path) -> Memory {
    let parents = parents();
    let below = |mut id: u32| loop {
        match parents.get(&id) {
            _ if id == root => return true,
            Some(parent) => id = *parent,
            None => return false,
        }
    };
    let mut memory = Memory::default();
    for id in parents.keys().copied().filter(|id| below(*id)) {
        let Some(size) = size(id) else { continue };
        let exe = fs::read_link(format!("/proc/{id}/exe")).unwrap_or_default();
        // The crash handler beside the browser is the browser's.
        if exe.parent() == browser.parent() {
            memory.browsers += size;
        } else {
            memory.tool += size;
        }
    }
    memory
}

/// Each process's parent.
fn parents() -> HashMap<u32, u32> {
    let ids = fs::read_dir("/proc").into_iter().flatten().flatten();
    ids.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter_map(|id: u32| Some((id, parent(id)?)))
        .collect()
}

fn parent(id: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name in brackets may hold spaces: state and parent come after its end.
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

fn size(id: u32) -> Option<f64> {
    let rollup = fs::read_to_string(format!("/proc/{id}/smaps_rollup")).ok()?;
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    let kilobytes: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes / 1024.0)
}
