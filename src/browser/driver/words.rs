//! A browser's own words: why it does not start. A driver throws away what its browser says, so
//! the browser is started once more, alone ([`last_words`]).

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use nix::unistd::Pid;
use serde_json::{Map, Value};
use tokio::process::Command;

use super::group::{Leader, LiveGroup};

/// A browser that has not ended by then does start when it is alone.
const PATIENCE: Duration = Duration::from_secs(3);

/// Lines shown: the first ones name the cause.
const LINES: usize = 10;

/// What the browser says when it is started as the driver was asked to start it; nothing where it
/// starts, or cannot be run at all.
pub(in crate::browser) async fn last_words(browser: &Path, wanted: &Map<String, Value>) -> Vec<String> {
    let options = ["goog:chromeOptions", "ms:edgeOptions"].iter().find_map(|key| wanted.get(*key));
    let Some(args) = options.and_then(|options| options["args"].as_array()) else { return Vec::new() };
    let Ok(folder) = tempfile::Builder::new().prefix("runner-browser-").tempdir() else { return Vec::new() };
    let mut command = Command::new(browser);
    command
        .args(args.iter().filter_map(Value::as_str))
        .arg(format!("--user-data-dir={}", folder.path().display()))
        .args(["--remote-debugging-port=0", "about:blank"])
        .env("TMPDIR", folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .process_group(0);
    let Ok(child) = command.spawn() else { return Vec::new() };
    let leader = child.id().and_then(|id| i32::try_from(id).ok()).expect("a child not yet waited for has an id");
    let group = LiveGroup::register(Pid::from_raw(leader), folder.keep(), Leader::Browser);
    let ended = tokio::time::timeout(PATIENCE, child.wait_with_output()).await;
    group.end(Duration::ZERO).await;
    match ended {
        Ok(Ok(output)) if !output.status.success() => lines(&String::from_utf8_lossy(&output.stderr)),
        _ => Vec::new(),
    }
}

fn lines(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim_end).filter(|line| !line.is_empty());
    lines.take(LINES).map(str::to_owned).collect()
}
