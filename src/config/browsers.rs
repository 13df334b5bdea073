//! Which browser and how it is started: [`BrowserSettings`].

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use http::HeaderMap;
use url::{Host, Url};

use crate::redact::Secret;

use super::choice::Choice;

/// Which browser, and how it is started.
#[derive(Clone, Debug)]
pub struct BrowserSettings {
    /// Which one.
    pub name: BrowserName,
    /// With a window.
    pub headed: bool,
    /// The driver's executable, where it was said.
    pub driver: Option<PathBuf>,
    /// The browser's executable, where it was said.
    pub binary: Option<PathBuf>,
    /// A running driver or Grid instead of one of our own; without user and password.
    pub webdriver_url: Option<Url>,
    /// What every request there carries; values are marked as sensitive.
    pub webdriver_headers: HeaderMap,
    /// Passwords and tokens of the settings here, never to be shown.
    pub secrets: Vec<Secret>,
    /// The wire to use; the best one otherwise.
    pub wire: Option<WireName>,
    /// Further command-line arguments of the browser.
    pub args: Vec<String>,
    /// Further capabilities, given to the driver untouched.
    pub capabilities: serde_json::Map<String, serde_json::Value>,
    /// Size of a new page in CSS pixels: width, height.
    pub viewport: (u32, u32),
    /// Time for a driver and browser to start; elsewhere, for a slot to become free too.
    pub start_timeout: Duration,
}

impl Default for BrowserSettings {
    fn default() -> Self {
        Self {
            name: BrowserName::default(),
            headed: false,
            driver: None,
            binary: None,
            webdriver_url: None,
            webdriver_headers: HeaderMap::new(),
            secrets: Vec::new(),
            wire: None,
            args: Vec::new(),
            capabilities: serde_json::Map::new(),
            viewport: (1280, 720),
            start_timeout: Duration::from_secs(30),
        }
    }
}

impl BrowserSettings {
    /// The browser runs on another machine: nothing about this one says anything about it.
    pub fn is_elsewhere(&self) -> bool {
        self.webdriver_url.as_ref().is_some_and(|url| match url.host() {
            Some(Host::Domain(name)) => name != "localhost",
            Some(Host::Ipv4(address)) => !address.is_loopback(),
            Some(Host::Ipv6(address)) => !address.is_loopback(),
            None => false,
        })
    }
}

/// A browser by the name people use for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum BrowserName {
    /// Chromium's headless shell, full Chromium or Chrome: the first one found.
    #[default]
    Chromium,
    /// Google Chrome.
    Chrome,
    /// Microsoft Edge.
    Edge,
    /// Firefox.
    Firefox,
    /// `WebKit` (the `MiniBrowser` of GTK or WPE).
    Webkit,
    /// Safari on macOS.
    Safari,
}

impl Choice for BrowserName {
    const NOUN: &'static str = "browser we know";
    const WORDS: &'static [(&'static str, Self)] = &[
        ("chromium", Self::Chromium),
        ("chrome", Self::Chrome),
        ("edge", Self::Edge),
        ("firefox", Self::Firefox),
        ("webkit", Self::Webkit),
        ("safari", Self::Safari),
    ];
}

impl std::str::FromStr for BrowserName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::parse(text)
    }
}

impl fmt::Display for BrowserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// The protocol that carries commands to a browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WireName {
    /// `WebDriver` commands over HTTP.
    Classic,
    /// `WebDriver BiDi`.
    Bidi,
    /// Chrome `DevTools` Protocol.
    Devtools,
}

impl Choice for WireName {
    const NOUN: &'static str = "wire";
    const WORDS: &'static [(&'static str, Self)] =
        &[("classic", Self::Classic), ("bidi", Self::Bidi), ("devtools", Self::Devtools)];
}

impl fmt::Display for WireName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_and_written() {
        for (word, name) in BrowserName::WORDS {
            assert_eq!((BrowserName::parse(word), name.to_string()), (Ok(*name), (*word).to_owned()));
        }
        for (word, wire) in WireName::WORDS {
            assert_eq!((WireName::parse(word), wire.to_string()), (Ok(*wire), (*word).to_owned()));
        }
    }

    #[test]
    fn a_near_name_is_suggested() {
        assert_eq!(
            BrowserName::parse("fierfox").unwrap_err(),
            "`fierfox` is not a browser we know; it is one of `chromium`, `chrome`, `edge`, `firefox`, `webkit`, \
             `safari`; did you mean `firefox`?"
        );
    }
}
