//! `runner install`: gets the browser and the driver from the system's package manager.
//!
//! It installs what is missing on Debian and its kin, and says what to install elsewhere.

use std::env;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::config::{BrowserName, BrowserSettings};

use super::exit::ExitCode;

/// Any of these drives the default browser.
const BROWSERS: [&str; 6] = [
    "chromium-headless-shell",
    "chrome-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];
const DRIVER: &str = "chromedriver";

/// How many lines of a failed command are shown.
const LINES: usize = 12;

/// The browser or the driver cannot be installed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InstallError {
    /// This system has no package manager we know.
    #[error("cannot install {} here: there is no `apt-get`", missing.join(" and "))]
    NoPackageManager {
        /// What is missing.
        missing: Vec<&'static str>,
    },
    /// The package manager wants more rights.
    #[error("installing {} needs the rights of root, and there is no `sudo`", packages.join(" and "))]
    NoRights {
        /// What was to be installed.
        packages: Vec<&'static str>,
    },
    /// Only the default browser is installed.
    #[error("`--install` installs chromium, not {browser}")]
    OtherBrowser {
        /// The browser that is to be used.
        browser: BrowserName,
    },
    /// A command could not be started.
    #[error("cannot start `{command}`")]
    CannotStart {
        /// The command.
        command: String,
        /// Why.
        source: io::Error,
    },
    /// A command ended with an error.
    #[error("`{command}` failed")]
    CommandFailed {
        /// The command.
        command: String,
        /// Its last lines.
        output: Vec<String>,
    },
    /// The packages were installed and something is still missing.
    #[error("the packages are installed, but {} is still not on the search path", missing.join(" and "))]
    StillMissing {
        /// What is missing.
        missing: Vec<&'static str>,
    },
    /// The progress cannot be told.
    #[error("cannot write to the terminal")]
    Tell(#[from] io::Error),
}

impl InstallError {
    /// Further lines.
    pub(super) fn details(&self) -> Vec<String> {
        match self {
            Self::CommandFailed { output, .. } => output.iter().map(|line| format!("  {line}")).collect(),
            Self::NoPackageManager { .. }
            | Self::NoRights { .. }
            | Self::OtherBrowser { .. }
            | Self::CannotStart { .. }
            | Self::StillMissing { .. }
            | Self::Tell(_) => Vec::new(),
        }
    }

    /// What to try.
    pub(super) fn advice(&self) -> Option<String> {
        match self {
            // Ubuntu's packages fail: it has Chromium as a snap, which a driver outside cannot start.
            Self::NoPackageManager { .. } | Self::StillMissing { .. } | Self::CommandFailed { .. } => Some(by_hand()),
            Self::NoRights { .. } => Some("the same command as root".into()),
            Self::OtherBrowser { browser } => Some(other_browser(*browser)),
            Self::CannotStart { .. } | Self::Tell(_) => None,
        }
    }
}

/// Installs what is missing and says so.
pub(crate) fn run(out: &mut impl Write) -> Result<ExitCode, InstallError> {
    let machine = Machine::here();
    if !machine.is_complete() {
        return machine.install(out).map(|()| ExitCode::Passed);
    }
    for path in [&machine.browser, &machine.driver].into_iter().flatten() {
        writeln!(out, "found {}", path.display())?;
    }
    Ok(ExitCode::Passed)
}

/// Shows the commands that [`run`] would run.
pub(crate) fn show(out: &mut impl Write) -> Result<ExitCode, InstallError> {
    let machine = Machine::here();
    if machine.is_complete() {
        writeln!(out, "nothing is missing")?;
    }
    for command in machine.commands()? {
        writeln!(out, "{command}")?;
    }
    Ok(ExitCode::Passed)
}

/// Installs what is missing for a run with this browser, silent where nothing is.
pub(crate) fn before_run(browser: &BrowserSettings, out: &mut impl Write) -> Result<(), InstallError> {
    if browser.webdriver_url.is_some() {
        return Ok(());
    }
    match browser.name {
        BrowserName::Chromium => {}
        BrowserName::Chrome | BrowserName::Edge | BrowserName::Firefox | BrowserName::Webkit | BrowserName::Safari => {
            return Err(InstallError::OtherBrowser { browser: browser.name });
        }
    }
    let here = Machine::here();
    let machine = Machine {
        browser: browser.binary.clone().or(here.browser),
        driver: browser.driver.clone().or(here.driver),
        ..here
    };
    if machine.is_complete() { Ok(()) } else { machine.install(out) }
}

/// What this machine has.
#[derive(Clone, Debug, Default)]
struct Machine {
    browser: Option<PathBuf>,
    driver: Option<PathBuf>,
    apt_get: Option<PathBuf>,
    sudo: Option<PathBuf>,
    is_root: bool,
}

impl Machine {
    fn here() -> Self {
        Self {
            browser: BROWSERS.iter().find_map(|name| on_search_path(name)),
            driver: on_search_path(DRIVER),
            apt_get: on_search_path("apt-get"),
            sudo: on_search_path("sudo"),
            is_root: nix::unistd::geteuid().is_root(),
        }
    }

    fn is_complete(&self) -> bool {
        self.browser.is_some() && self.driver.is_some()
    }

    fn missing(&self) -> Vec<&'static str> {
        let browser = self.browser.is_none().then_some("Chromium");
        let driver = self.driver.is_none().then_some(DRIVER);
        browser.into_iter().chain(driver).collect()
    }

    fn packages(&self) -> Vec<&'static str> {
        let browser = self.browser.is_none().then_some("chromium-headless-shell");
        let driver = self.driver.is_none().then_some("chromium-driver");
        browser.into_iter().chain(driver).collect()
    }

    /// The commands that install what is missing.
    fn commands(&self) -> Result<Vec<Shown>, InstallError> {
        let packages = self.packages();
        if packages.is_empty() {
            return Ok(Vec::new());
        }
        if self.apt_get.is_none() {
            return Err(InstallError::NoPackageManager { missing: self.missing() });
        }
        if !self.is_root && self.sudo.is_none() {
            return Err(InstallError::NoRights { packages });
        }
        let as_root: &[&str] = if self.is_root { &["env"] } else { &["sudo"] };
        let apt_get = [as_root, &["DEBIAN_FRONTEND=noninteractive", "apt-get"]].concat();
        let update = [apt_get.as_slice(), &["update"]].concat();
        let install = [apt_get.as_slice(), &["install", "--yes", "--no-install-recommends"], &packages].concat();
        Ok(vec![Shown(update), Shown(install)])
    }

    fn install(&self, out: &mut impl Write) -> Result<(), InstallError> {
        writeln!(out, "missing: {}", self.missing().join(", "))?;
        for command in self.commands()? {
            writeln!(out, "running: {command}")?;
            command.run()?;
        }
        let after = Self::here();
        let browser = self.browser.clone().or(after.browser.clone());
        let driver = self.driver.clone().or(after.driver.clone());
        let now = Self { browser, driver, ..after };
        if !now.is_complete() {
            return Err(InstallError::StillMissing { missing: now.missing() });
        }
        writeln!(out, "installed: {}", self.packages().join(", "))?;
        Ok(())
    }
}

/// A command, run as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Shown(Vec<&'static str>);

impl Shown {
    fn run(&self) -> Result<(), InstallError> {
        let (program, arguments) = self.0.split_first().expect("a command has a program");
        let output = Command::new(program)
            .args(arguments)
            .output()
            .map_err(|source| InstallError::CannotStart { command: self.to_string(), source })?;
        if output.status.success() {
            return Ok(());
        }
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<_> = text.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect();
        let output = lines[lines.len().saturating_sub(LINES)..].to_vec();
        Err(InstallError::CommandFailed { command: self.to_string(), output })
    }
}

impl std::fmt::Display for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

/// What to do where we cannot.
fn by_hand() -> String {
    "install Chromium or Chrome and the chromedriver of the same version yourself, and name them with \
     `--browser-path` and `--driver` where they are not on the search path"
        .to_owned()
}

fn other_browser(browser: BrowserName) -> String {
    let what = match browser {
        BrowserName::Chromium | BrowserName::Chrome => "Google Chrome and chromedriver",
        BrowserName::Edge => "Microsoft Edge and msedgedriver",
        BrowserName::Firefox => "Firefox (Debian: `firefox-esr`) and geckodriver (`cargo install geckodriver`)",
        BrowserName::Webkit => "WebKit's driver and a display (Debian: `webkit2gtk-driver xvfb`)",
        BrowserName::Safari => "nothing: Safari's driver is part of macOS, enable it with `safaridriver --enable`",
    };
    format!("install {what} yourself, and leave out `--install`")
}

/// The first executable of that name in the folders of `PATH`.
fn on_search_path(name: &str) -> Option<PathBuf> {
    let folders = env::var_os("PATH")?;
    env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| is_executable(path))
}

fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bare() -> Machine {
        Machine { apt_get: Some("/usr/bin/apt-get".into()), is_root: true, ..Machine::default() }
    }

    fn commands(machine: &Machine) -> Vec<String> {
        machine.commands().unwrap().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_bare_debian_gets_both() {
        assert_eq!(
            commands(&bare()),
            [
                "env DEBIAN_FRONTEND=noninteractive apt-get update",
                "env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \
                 chromium-headless-shell chromium-driver",
            ]
        );
    }

    #[test]
    fn only_what_is_missing_is_installed() {
        let machine = Machine { browser: Some("/usr/bin/chromium".into()), ..bare() };
        assert!(commands(&machine)[1].ends_with("--no-install-recommends chromium-driver"));
        let machine = Machine { driver: Some("/usr/bin/chromedriver".into()), ..machine };
        assert!(commands(&machine).is_empty());
    }

    #[test]
    fn others_than_root_use_sudo() {
        let machine = Machine { is_root: false, sudo: Some("/usr/bin/sudo".into()), ..bare() };
        assert_eq!(commands(&machine)[0], "sudo DEBIAN_FRONTEND=noninteractive apt-get update");
        let error = Machine { is_root: false, ..bare() }.commands().unwrap_err();
        assert_eq!(
            error.to_string(),
            "installing chromium-headless-shell and chromium-driver needs the rights of root, and there is no `sudo`"
        );
    }

    #[test]
    fn another_system_is_told_what_it_needs() {
        let error = Machine::default().commands().unwrap_err();
        assert_eq!(error.to_string(), "cannot install Chromium and chromedriver here: there is no `apt-get`");
        assert!(error.advice().unwrap().contains("`--browser-path` and `--driver`"));
    }

    #[test]
    fn a_failed_command_shows_its_last_lines() {
        let error = Shown(vec!["sh", "-c", "echo one; echo two >&2; exit 1"]).run().unwrap_err();
        assert_eq!(error.details(), ["  one", "  two"]);
    }
}
