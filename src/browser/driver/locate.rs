//! Finds driver and browser on this machine: [`locate`]. Their versions are `version.rs`' business.

use std::ffi::OsString;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::browser::error::BrowserError;
use crate::config::{BrowserName, BrowserSettings};

/// Where driver and browser are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::browser) struct Located {
    /// The driver.
    pub(in crate::browser) driver: PathBuf,
    /// The browser; `None` where the driver finds it by itself.
    pub(in crate::browser) browser: Option<PathBuf>,
    /// The display to start for it; `None` where it needs none, or uses the user's.
    pub(in crate::browser) display: Option<PathBuf>,
}

/// Finds both, as said in `settings`, otherwise in `PATH`.
///
/// # Errors
/// [`BrowserError::Start`]: what was looked for, where, and the command that helps.
pub(in crate::browser) fn locate(settings: &BrowserSettings) -> Result<Located, BrowserError> {
    locate_in(settings, &search_path())
}

/// The browser alone, for a driver that runs already; `None` where that has to know.
pub(in crate::browser) fn locate_browser(settings: &BrowserSettings) -> Option<PathBuf> {
    let path = search_path();
    let browser = match &settings.binary {
        Some(binary) => Some(binary.clone()),
        None => search(&wanted(settings).browsers, &path),
    };
    browser.map(|browser| behind_wrapper(&browser))
}

/// The driver alone, where that is here and the rest is not.
pub(in crate::browser) fn located_driver(settings: &BrowserSettings) -> Option<PathBuf> {
    match &settings.driver {
        Some(driver) => Some(driver.clone()).filter(|driver| is_program(driver)),
        None => search(wanted(settings).drivers, &search_path()),
    }
}

/// The first of these programs that is on this machine: a better name further back wins.
pub(crate) fn find_program(names: &[&str]) -> Option<PathBuf> {
    search(names, &search_path())
}

/// `PATH`, and behind it the folder that `cargo install geckodriver` fills, which is not always in it.
fn search_path() -> OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cargo"));
    let cargo = std::env::var_os("CARGO_HOME").map(PathBuf::from).or(home).map(|cargo| cargo.join("bin"));
    let folders = std::env::split_paths(&path).chain(cargo.filter(|folder| folder.is_dir()));
    std::env::join_paths(folders).unwrap_or(path.clone())
}

fn locate_in(settings: &BrowserSettings, path: &OsString) -> Result<Located, BrowserError> {
    let wanted = wanted(settings);
    let driver = match &settings.driver {
        Some(driver) => existing("driver", driver, wanted.install)?,
        None => search(wanted.drivers, path).ok_or_else(|| missing("driver", wanted.drivers, path, wanted.install))?,
    };
    let browser = match &settings.binary {
        Some(binary) => Some(behind_wrapper(&existing("browser", binary, wanted.install)?)),
        None if settings.name == BrowserName::Webkit => mini_browser(),
        None if wanted.browsers.is_empty() => None,
        None => {
            let found = search(&wanted.browsers, path);
            let found = found.ok_or_else(|| missing("browser", &wanted.browsers, path, wanted.install))?;
            Some(behind_wrapper(&found))
        }
    };
    let display = if settings.name == BrowserName::Webkit { display(settings, path, wanted.install)? } else { None };
    Ok(Located { driver, browser, display })
}

/// `WebKit` has no mode without a window. One that nobody wants to see gets a display of its own,
/// so that nothing opens on the desktop, where that can be had.
fn display(settings: &BrowserSettings, path: &OsString, install: &str) -> Result<Option<PathBuf>, BrowserError> {
    let has_display =
        ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
    if settings.headed {
        return has_display.then_some(None).ok_or_else(|| BrowserError::Start {
            title: "there is no display for the browser's window".to_owned(),
            details: vec!["neither `DISPLAY` nor `WAYLAND_DISPLAY` is set".to_owned()],
            advice: Some("leave `--headed` out: the browser then gets a display of its own".to_owned()),
        });
    }
    match search(&["Xvfb"], path) {
        None if !has_display => Err(missing("display", &["Xvfb"], path, install)),
        server => Ok(server),
    }
}

/// The browser that comes with `WebKit` for GTK: `/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser`.
fn mini_browser() -> Option<PathBuf> {
    let folders = |folder: &Path| -> Vec<PathBuf> {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut folders: Vec<_> = entries.map(|entry| entry.path()).collect();
        folders.sort();
        folders
    };
    let libraries = ["/usr/lib", "/usr/lib64", "/usr/libexec"].map(PathBuf::from);
    let nested = folders(Path::new("/usr/lib")).into_iter().filter(|path| path.to_string_lossy().ends_with("-gnu"));
    let is_webkit = |path: &PathBuf| {
        path.file_name().is_some_and(|name| {
            let name = name.to_string_lossy();
            name.starts_with("webkit2gtk-") || name.starts_with("webkitgtk-")
        })
    };
    let candidates = nested.chain(libraries).flat_map(|library| folders(&library)).filter(is_webkit);
    candidates.map(|folder| folder.join("MiniBrowser")).rfind(|path| is_program(path))
}

/// Names of programs, the best first, and how to get them.
struct Wanted {
    drivers: &'static [&'static str],
    browsers: Vec<&'static str>,
    install: &'static str,
}

const FULL_CHROMIUM: &[&str] = &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

fn wanted(settings: &BrowserSettings) -> Wanted {
    match settings.name {
        BrowserName::Chromium => {
            let mut browsers = FULL_CHROMIUM.to_vec();
            if !settings.headed {
                // The headless shell starts in a third of the time of full Chromium.
                browsers.insert(0, "chromium-headless-shell");
                browsers.push("chrome-headless-shell");
            }
            let install = "run `runner install`, or `apt-get install chromium-headless-shell chromium-driver`";
            Wanted { drivers: &["chromedriver"], browsers, install }
        }
        BrowserName::Chrome => Wanted {
            drivers: &["chromedriver"],
            browsers: vec!["google-chrome", "google-chrome-stable", "chrome"],
            install: "install Google Chrome and the chromedriver of the same version",
        },
        BrowserName::Edge => Wanted {
            drivers: &["msedgedriver"],
            browsers: vec!["microsoft-edge", "microsoft-edge-stable", "msedge"],
            install: "install Microsoft Edge and the msedgedriver of the same version",
        },
        BrowserName::Firefox => Wanted {
            drivers: &["geckodriver"],
            // geckodriver knows where Firefox is installed better than we do.
            browsers: Vec::new(),
            install: "run `runner install --browser firefox`, or `apt-get install firefox-esr` and `cargo install geckodriver`",
        },
        BrowserName::Webkit => Wanted {
            drivers: &["WebKitWebDriver"],
            // Outside of `PATH`, where `mini_browser` and the driver look.
            browsers: Vec::new(),
            install: "run `runner install --browser webkit`, or `apt-get install webkit2gtk-driver xvfb`",
        },
        BrowserName::Safari => Wanted {
            drivers: &["safaridriver"],
            browsers: Vec::new(),
            install: "Safari and its driver are part of macOS; enable them once with `safaridriver --enable`",
        },
    }
}

fn existing(what: &str, path: &Path, install: &str) -> Result<PathBuf, BrowserError> {
    if is_program(path) {
        return Ok(path.to_owned());
    }
    let found = if path.exists() { "is not a program" } else { "does not exist" };
    Err(BrowserError::Start {
        title: format!("the {what} `{}` {found}", path.display()),
        details: Vec::new(),
        advice: Some(format!("correct the path, or leave it out and {install}")),
    })
}

fn missing(what: &str, names: &[&str], path: &OsString, install: &str) -> BrowserError {
    let list = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    BrowserError::Start {
        title: format!("no {what} was found"),
        details: vec![format!("looked for {list} in PATH: {}", path.to_string_lossy())],
        advice: Some(install.to_owned()),
    }
}

fn search(names: &[&str], path: &OsString) -> Option<PathBuf> {
    names.iter().find_map(|name| {
        std::env::split_paths(path).map(|folder| folder.join(name)).find(|candidate| is_program(candidate))
    })
}

fn is_program(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
}

/// The program behind a shell script that only calls it, as Debian's headless shell is packaged.
///
/// chromedriver ends a session by killing the process it has started. Where that is the shell of
/// such a script, the browser behind it lives on: measured, with every session that was closed.
fn behind_wrapper(path: &Path) -> PathBuf {
    called_by_script(path).filter(|target| is_program(target)).unwrap_or_else(|| path.to_owned())
}

fn called_by_script(path: &Path) -> Option<PathBuf> {
    const LONGEST_WRAPPER: u64 = 512;
    if std::fs::metadata(path).ok()?.len() > LONGEST_WRAPPER {
        return None;
    }
    let script = std::fs::read_to_string(path).ok()?;
    let mut lines = script.lines().filter(|line| !line.trim().is_empty());
    lines.next().filter(|line| line.starts_with("#!"))?;
    let mut lines = lines.filter(|line| !line.trim_start().starts_with('#'));
    let target = lines.next()?.trim().strip_suffix("\"$@\"")?.trim();
    let is_absolute = target.starts_with('/') && !target.contains(char::is_whitespace);
    (is_absolute && lines.next().is_none()).then(|| PathBuf::from(target))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(folder: &Path, name: &str, text: &str) -> PathBuf {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    fn start_text(error: BrowserError) -> String {
        let BrowserError::Start { title, details, advice } = error else { panic!("not a start error: {error}") };
        format!("{title} | {} | {}", details.join(", "), advice.unwrap_or_default())
    }

    #[test]
    fn prefers_the_headless_shell_unless_headed() {
        let folder = tempfile::tempdir().unwrap();
        let driver = program(folder.path(), "chromedriver", "");
        let full = program(folder.path(), "chromium", "");
        let shell = program(folder.path(), "chromium-headless-shell", "");
        let path = folder.path().as_os_str().to_owned();
        let mut settings = BrowserSettings::default();
        let located = locate_in(&settings, &path).unwrap();
        assert_eq!(located, Located { driver, browser: Some(shell), display: None });
        settings.headed = true;
        assert_eq!(locate_in(&settings, &path).unwrap().browser, Some(full));
    }

    #[test]
    fn says_what_was_looked_for_and_where() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().as_os_str().to_owned();
        let text = start_text(locate_in(&BrowserSettings::default(), &path).unwrap_err());
        assert_eq!(
            text,
            format!(
                "no driver was found | looked for `chromedriver` in PATH: {} | run `runner install`, or `apt-get \
                 install chromium-headless-shell chromium-driver`",
                folder.path().display()
            )
        );
        program(folder.path(), "chromedriver", "");
        let text = start_text(locate_in(&BrowserSettings::default(), &path).unwrap_err());
        assert!(text.starts_with("no browser was found | looked for `chromium-headless-shell`, `chromium`"), "{text}");
    }

    #[test]
    fn a_path_that_was_said_must_be_a_program() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("driver");
        let settings = BrowserSettings { driver: Some(missing.clone()), ..BrowserSettings::default() };
        let text = start_text(locate(&settings).unwrap_err());
        assert!(text.starts_with(&format!("the driver `{}` does not exist", missing.display())), "{text}");
        std::fs::write(&missing, "").unwrap();
        assert!(start_text(locate(&settings).unwrap_err()).contains("is not a program"));
    }

    #[test]
    fn looks_behind_a_script_that_only_calls_the_browser() {
        let folder = tempfile::tempdir().unwrap();
        let real = program(folder.path(), "real", "");
        let wrapper = program(folder.path(), "wrapper", &format!("#!/bin/sh -e\n{} \"$@\"\n", real.display()));
        assert_eq!(behind_wrapper(&wrapper), real);
        let more = program(folder.path(), "more", &format!("#!/bin/sh\nX=1\n{} \"$@\"\n", real.display()));
        assert_eq!(behind_wrapper(&more), more);
        assert_eq!(behind_wrapper(&real), real);
    }
}
