//! `runner install`: gets browsers and drivers from the system's package manager, and geckodriver by cargo.
//!
//! It installs what is missing on Debian and its kin, and says what to install elsewhere.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::Command;

use crate::browser::find_program;
use crate::config::{BrowserName, BrowserSettings};

use super::exit::ExitCode;

/// A program that a browser needs.
#[derive(Debug, PartialEq, Eq)]
struct Part {
    /// As people call it.
    what: &'static str,
    /// Any of these programs is it.
    names: &'static [&'static str],
    source: Source,
}

/// Where a program comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    /// A package of Debian.
    Debian(&'static str),
    /// A package of Rust's registry, built by cargo.
    Cargo(&'static str),
}

const CHROMIUM: &[Part] = &[
    Part {
        what: "Chromium",
        names: &[
            "chromium-headless-shell",
            "chrome-headless-shell",
            "chromium",
            "chromium-browser",
            "google-chrome",
            "google-chrome-stable",
        ],
        source: Source::Debian("chromium-headless-shell"),
    },
    Part { what: "chromedriver", names: &["chromedriver"], source: Source::Debian("chromium-driver") },
];

const FIREFOX: &[Part] = &[
    Part { what: "Firefox", names: &["firefox", "firefox-esr"], source: Source::Debian("firefox-esr") },
    Part { what: "geckodriver", names: &["geckodriver"], source: Source::Cargo("geckodriver") },
];

/// The driver's package brings the browser along.
const WEBKIT: &[Part] = &[
    Part { what: "WebKitWebDriver", names: &["WebKitWebDriver"], source: Source::Debian("webkit2gtk-driver") },
    Part { what: "Xvfb", names: &["Xvfb"], source: Source::Debian("xvfb") },
];

/// How many lines of a failed command are shown.
const LINES: usize = 12;

/// Which browsers to install.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// This one.
    One(BrowserName),
    /// Each that can be installed.
    All,
}

impl Wanted {
    fn parts(self) -> Result<Vec<&'static Part>, InstallError> {
        let parts = match self {
            Self::One(browser) => parts(browser)?.iter().collect(),
            Self::All => [CHROMIUM, FIREFOX, WEBKIT].into_iter().flatten().collect(),
        };
        Ok(parts)
    }
}

fn parts(browser: BrowserName) -> Result<&'static [Part], InstallError> {
    match browser {
        BrowserName::Chromium => Ok(CHROMIUM),
        BrowserName::Firefox => Ok(FIREFOX),
        BrowserName::Webkit => Ok(WEBKIT),
        BrowserName::Chrome | BrowserName::Edge | BrowserName::Safari => Err(InstallError::OtherBrowser { browser }),
    }
}

/// A browser or a driver cannot be installed.
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
    /// What is built by cargo needs cargo.
    #[error("installing {} needs `cargo`, which is not on the search path", packages.join(" and "))]
    NoCargo {
        /// What was to be installed.
        packages: Vec<&'static str>,
    },
    /// No package manager has this browser.
    #[error("{browser} cannot be installed by `runner`")]
    OtherBrowser {
        /// The browser.
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
            | Self::NoCargo { .. }
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
            Self::NoCargo { .. } => {
                Some("install Rust (https://rustup.rs), or put the driver on the search path".into())
            }
            Self::OtherBrowser { browser } => Some(other_browser(*browser)),
            Self::CannotStart { .. } | Self::Tell(_) => None,
        }
    }
}

/// Installs what is missing and says so.
pub(crate) fn run(wanted: Wanted, out: &mut impl Write) -> Result<ExitCode, InstallError> {
    let parts = wanted.parts()?;
    let missing = missing(&parts);
    if !missing.is_empty() {
        Machine::here().install(&missing, out)?;
        return Ok(ExitCode::Passed);
    }
    for path in parts.iter().filter_map(|part| find_program(part.names)) {
        writeln!(out, "found {}", path.display())?;
    }
    Ok(ExitCode::Passed)
}

/// Shows the commands that [`run`] would run.
pub(crate) fn show(wanted: Wanted, out: &mut impl Write) -> Result<ExitCode, InstallError> {
    let missing = missing(&wanted.parts()?);
    if missing.is_empty() {
        writeln!(out, "nothing is missing")?;
    }
    for command in Machine::here().commands(&missing)? {
        writeln!(out, "{command}")?;
    }
    Ok(ExitCode::Passed)
}

/// Installs what is missing for a run with this browser, silent where nothing is.
pub(crate) fn before_run(browser: &BrowserSettings, out: &mut impl Write) -> Result<(), InstallError> {
    if browser.webdriver_url.is_some() {
        return Ok(());
    }
    let mut missing = missing(&Wanted::One(browser.name).parts()?);
    // What the settings name is not looked for.
    let is_driver = |part: &Part| part.what.to_lowercase().contains("driver");
    missing.retain(|part| if is_driver(part) { browser.driver.is_none() } else { browser.binary.is_none() });
    if missing.is_empty() { Ok(()) } else { Machine::here().install(&missing, out) }
}

fn missing(parts: &[&'static Part]) -> Vec<&'static Part> {
    parts.iter().copied().filter(|part| find_program(part.names).is_none()).collect()
}

fn names(parts: &[&'static Part]) -> Vec<&'static str> {
    parts.iter().map(|part| part.what).collect()
}

/// What this machine can install with.
#[derive(Clone, Debug, Default)]
struct Machine {
    apt_get: Option<PathBuf>,
    sudo: Option<PathBuf>,
    cargo: Option<PathBuf>,
    is_root: bool,
}

impl Machine {
    fn here() -> Self {
        Self {
            apt_get: find_program(&["apt-get"]),
            sudo: find_program(&["sudo"]),
            cargo: find_program(&["cargo"]),
            is_root: nix::unistd::geteuid().is_root(),
        }
    }

    /// The commands that install these parts.
    fn commands(&self, missing: &[&'static Part]) -> Result<Vec<Shown>, InstallError> {
        let packages = |of: fn(Source) -> Option<&'static str>| -> Vec<&'static str> {
            missing.iter().filter_map(|part| of(part.source)).collect()
        };
        let debian = packages(|source| if let Source::Debian(package) = source { Some(package) } else { None });
        let crates = packages(|source| if let Source::Cargo(package) = source { Some(package) } else { None });
        let mut commands = Vec::new();
        if !debian.is_empty() {
            if self.apt_get.is_none() {
                return Err(InstallError::NoPackageManager { missing: names(missing) });
            }
            if !self.is_root && self.sudo.is_none() {
                return Err(InstallError::NoRights { packages: debian });
            }
            let as_root: &[&str] = if self.is_root { &["env"] } else { &["sudo"] };
            let apt_get = [as_root, &["DEBIAN_FRONTEND=noninteractive", "apt-get"]].concat();
            commands.push(Shown([apt_get.as_slice(), &["update"]].concat()));
            commands.push(Shown(
                [apt_get.as_slice(), &["install", "--yes", "--no-install-recommends"], debian.as_slice()].concat(),
            ));
        }
        if !crates.is_empty() {
            if self.cargo.is_none() {
                return Err(InstallError::NoCargo { packages: crates });
            }
            commands.push(Shown([&["cargo", "install", "--locked"], crates.as_slice()].concat()));
        }
        Ok(commands)
    }

    fn install(&self, missing_parts: &[&'static Part], out: &mut impl Write) -> Result<(), InstallError> {
        writeln!(out, "missing: {}", names(missing_parts).join(", "))?;
        for command in self.commands(missing_parts)? {
            writeln!(out, "running: {command}")?;
            command.run()?;
        }
        let still = missing(missing_parts);
        if !still.is_empty() {
            return Err(InstallError::StillMissing { missing: names(&still) });
        }
        writeln!(out, "installed: {}", names(missing_parts).join(", "))?;
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
    "install the browser and the driver of the same version yourself, and name them with `--browser-path` and \
     `--driver` where they are not on the search path"
        .to_owned()
}

fn other_browser(browser: BrowserName) -> String {
    let what = match browser {
        BrowserName::Chromium | BrowserName::Chrome => "install Google Chrome and the chromedriver of the same version",
        BrowserName::Edge => "install Microsoft Edge and the msedgedriver of the same version",
        BrowserName::Firefox => "install Firefox and geckodriver",
        BrowserName::Webkit => "install WebKit's driver and a display",
        BrowserName::Safari => "enable the driver that is part of macOS with `safaridriver --enable`",
    };
    format!("{what} yourself; `chromium`, `firefox` and `webkit` can be installed")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bare() -> Machine {
        Machine { apt_get: Some("/usr/bin/apt-get".into()), is_root: true, ..Machine::default() }
    }

    fn all(parts: &'static [Part]) -> Vec<&'static Part> {
        parts.iter().collect()
    }

    fn commands(machine: &Machine, missing: &[&'static Part]) -> Vec<String> {
        machine.commands(missing).unwrap().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_bare_debian_gets_both() {
        assert_eq!(
            commands(&bare(), &all(CHROMIUM)),
            [
                "env DEBIAN_FRONTEND=noninteractive apt-get update",
                "env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \
                 chromium-headless-shell chromium-driver",
            ]
        );
    }

    #[test]
    fn what_debian_does_not_have_is_built() {
        let machine = Machine { cargo: Some("/usr/bin/cargo".into()), ..bare() };
        let shown = commands(&machine, &Wanted::All.parts().unwrap());
        assert!(
            shown[1].ends_with("chromium-headless-shell chromium-driver firefox-esr webkit2gtk-driver xvfb"),
            "{shown:?}"
        );
        assert_eq!(shown[2], "cargo install --locked geckodriver");
        assert_eq!(commands(&machine, &[&FIREFOX[1]]), ["cargo install --locked geckodriver"]);
        let error = bare().commands(&all(FIREFOX)).unwrap_err();
        assert_eq!(error.to_string(), "installing geckodriver needs `cargo`, which is not on the search path");
    }

    #[test]
    fn nothing_missing_needs_no_command() {
        assert!(commands(&Machine::default(), &[]).is_empty());
    }

    #[test]
    fn others_than_root_use_sudo() {
        let machine = Machine { is_root: false, sudo: Some("/usr/bin/sudo".into()), ..bare() };
        assert_eq!(commands(&machine, &all(CHROMIUM))[0], "sudo DEBIAN_FRONTEND=noninteractive apt-get update");
        let error = Machine { is_root: false, ..bare() }.commands(&all(CHROMIUM)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "installing chromium-headless-shell and chromium-driver needs the rights of root, and there is no `sudo`"
        );
    }

    #[test]
    fn another_system_is_told_what_it_needs() {
        let error = Machine::default().commands(&all(CHROMIUM)).unwrap_err();
        assert_eq!(error.to_string(), "cannot install Chromium and chromedriver here: there is no `apt-get`");
        assert!(error.advice().unwrap().contains("`--browser-path` and `--driver`"));
    }

    #[test]
    fn what_no_package_manager_has_is_named() {
        let error = Wanted::One(BrowserName::Edge).parts().unwrap_err();
        assert_eq!(error.to_string(), "edge cannot be installed by `runner`");
        assert!(error.advice().unwrap().contains("msedgedriver"));
    }

    #[test]
    fn a_failed_command_shows_its_last_lines() {
        let error = Shown(vec!["sh", "-c", "echo one; echo two >&2; exit 1"]).run().unwrap_err();
        assert_eq!(error.details(), ["  one", "  two"]);
    }
}
