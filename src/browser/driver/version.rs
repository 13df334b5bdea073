//! Whether driver and browser fit: their major versions must be equal ([`check_versions`]).

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::process::Command;
use tokio::sync::OnceCell;

use super::locate::Located;
use crate::browser::error::BrowserError;

/// A program that does not tell its version in this time will not.
const TIMEOUT: Duration = Duration::from_secs(5);

type Versions = HashMap<PathBuf, Arc<OnceCell<Option<Version>>>>;

/// What each program said, so that several workers ask once. A program does not change under a run.
static KNOWN: Mutex<Option<Versions>> = Mutex::new(None);

/// A version as a program tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Version {
    text: String,
    major: u32,
    /// It is a driver that is numbered as its browser is. Others, and programs that are no driver
    /// at all, have numbers that say nothing.
    is_paired: bool,
}

/// Asks both for their versions, at once, for at most `patience`.
///
/// # Errors
/// [`BrowserError::Start`] when both tell one and the majors differ. A program that tells none is
/// left to the driver to judge.
pub(in crate::browser) async fn check_versions(located: &Located, patience: Duration) -> Result<(), BrowserError> {
    let Some(browser) = &located.browser else { return Ok(()) };
    let both = async { tokio::join!(version_of(&located.driver), version_of(browser)) };
    match tokio::time::timeout(patience.min(TIMEOUT), both).await {
        Ok((Some(of_driver), Some(of_browser))) if !fit(&of_driver, &of_browser) => Err(BrowserError::Start {
            title: format!("the driver is for version {}, the browser has {}", of_driver.major, of_browser.major),
            details: vec![
                format!("driver: {} ({})", located.driver.display(), of_driver.text),
                format!("browser: {} ({})", browser.display(), of_browser.text),
            ],
            advice: Some(
                "install both from one place (`apt-get install chromium-headless-shell chromium-driver`), or name a \
                 fitting pair with `--driver` and `--browser-path`"
                    .to_owned(),
            ),
        }),
        _ => Ok(()),
    }
}

/// The version a program tells, in its own writing.
pub(in crate::browser) async fn version_text(program: &Path) -> Option<String> {
    let version = tokio::time::timeout(TIMEOUT, version_of(program)).await;
    version.ok().flatten().map(|version| version.text)
}

fn fit(driver: &Version, browser: &Version) -> bool {
    !driver.is_paired || driver.major == browser.major
}

async fn version_of(program: &Path) -> Option<Version> {
    let cell = {
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.get_or_insert_default().entry(program.to_owned()).or_default())
    };
    cell.get_or_init(|| ask(program)).await.clone()
}

async fn ask(program: &Path) -> Option<Version> {
    let mut command = Command::new(program);
    command.arg("--version").stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let output = command.output().await.ok()?;
    parse(&String::from_utf8_lossy(&output.stdout))
}

/// The first word that looks like a version: `Chromium 156.0.8078.79 built on Debian`.
fn parse(text: &str) -> Option<Version> {
    let is_paired = ["ChromeDriver", "Edge WebDriver", "MSEdgeDriver"].iter().any(|name| text.contains(name));
    text.split_whitespace().find_map(|word| {
        let (major, rest) = word.split_once('.')?;
        let is_version = rest.starts_with(|c: char| c.is_ascii_digit());
        let major = major.parse().ok().filter(|_| is_version)?;
        Some(Version { text: word.to_owned(), major, is_paired })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_driver_that_is_numbered_as_its_browser_can_be_of_the_wrong_version() {
        let check = |driver: &str, browser: &str, expected: bool| {
            assert_eq!(fit(&parse(driver).unwrap(), &parse(browser).unwrap()), expected, "{driver}, {browser}");
        };
        check("ChromeDriver 156.0.1", "Chromium 156.0.2", true);
        check("ChromeDriver 155.0.1", "Chromium 156.0.2", false);
        check("Microsoft Edge WebDriver 155.0.1", "Microsoft Edge 156.0.2", false);
        check("geckodriver 0.36.0", "Mozilla Firefox 140.2esr", true);
        check("true (GNU coreutils) 9.1", "Chromium 156.0.2", true);
    }

    #[test]
    fn finds_the_version_in_what_programs_say() {
        let check = |text: &str, expected: Option<(&str, u32)>| {
            let found = parse(text);
            assert_eq!(found.as_ref().map(|version| (version.text.as_str(), version.major)), expected, "{text}");
        };
        check("Chromium 156.0.8078.79 built on Debian GNU/Linux", Some(("156.0.8078.79", 156)));
        check("ChromeDriver 156.0.8078.79 (a21ce95c-refs/branch-heads/8078@{#1704})", Some(("156.0.8078.79", 156)));
        check("Mozilla Firefox 140.2esr", Some(("140.2esr", 140)));
        check("command not found.", None);
        check("", None);
    }
}
