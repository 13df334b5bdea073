//! What is on this machine for a browser ([`survey`]), and what its wires can do ([`wires_of`],
//! [`can_over`], [`is_lacking`]): for people who ask before they run. Nothing is opened, only versions are asked.

use std::path::PathBuf;

use crate::config::{BrowserName, BrowserSettings, WireName};

use super::capability::Capability;
use super::driver::{check_versions, find_program, locate, located_driver, version_text};
use super::error::BrowserError;
use super::wire::verbs;

/// What was found for one browser.
#[derive(Debug)]
pub struct Survey {
    /// Which one.
    pub browser: BrowserName,
    /// Its driver.
    pub driver: Option<Program>,
    /// The browser itself; `None` too where only its driver knows.
    pub program: Option<Program>,
    /// Why it cannot be started: a [`BrowserError::Start`] as a run would show it.
    pub problem: Option<BrowserError>,
}

/// A program on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Where it is.
    pub path: PathBuf,
    /// `156.0.8078.79`; `None` where it does not say.
    pub version: Option<String>,
}

/// Looks for driver and browser as a run with these settings would, and asks both for versions.
pub async fn survey(settings: &BrowserSettings) -> Survey {
    let (driver, program, problem) = match locate(settings) {
        Ok(located) => {
            let problem = check_versions(&located, settings.start_timeout).await.err();
            let firefox = || find_program(&["firefox", "firefox-esr"]);
            let program = located.browser.or_else(|| firefox().filter(|_| settings.name == BrowserName::Firefox));
            (Some(located.driver), program, problem)
        }
        Err(problem) => (located_driver(settings), None, Some(problem)),
    };
    Survey { browser: settings.name, driver: program_at(driver).await, program: program_at(program).await, problem }
}

async fn program_at(path: Option<PathBuf>) -> Option<Program> {
    let path = path?;
    let version = version_text(&path).await;
    Some(Program { path, version })
}

/// The wires a browser's driver may offer, the one that is taken first.
pub fn wires_of(browser: BrowserName) -> &'static [WireName] {
    match browser {
        BrowserName::Chromium | BrowserName::Chrome | BrowserName::Edge => {
            &[WireName::Devtools, WireName::Bidi, WireName::Classic]
        }
        BrowserName::Firefox => &[WireName::Bidi, WireName::Classic],
        BrowserName::Webkit | BrowserName::Safari => &[WireName::Classic],
    }
}

/// Whether a wire can do something, on the browsers that can at all.
pub fn can_over(wire: WireName, capability: Capability) -> bool {
    verbs::capabilities(wire).contains(&capability)
}

/// Whether a browser cannot do something, whatever the wire.
pub fn is_lacking(browser: BrowserName, capability: Capability) -> bool {
    verbs::lacking(browser).contains(&capability)
}
