//! [`Settings`]: complete and immutable, what everybody below receives. It reads nothing itself.

use std::path::PathBuf;
use std::time::Duration;

use url::Url;

/// Everything a run needs to know.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The project: the folder of `runner.toml`, otherwise the working directory. Absolute.
    pub root: PathBuf,
    /// Specs and folders to look in; absolute.
    pub paths: Vec<PathBuf>,
    /// Folder of support scripts; absolute, may be missing.
    pub support: PathBuf,
    /// What relative URLs are resolved against.
    pub base_url: Option<Url>,
    /// How long things may take.
    pub timeouts: Timeouts,
    /// Further attempts for a test that failed.
    pub retries: u32,
    /// Workers; at least 1.
    pub workers: usize,
    /// What goes to a worker as one piece.
    pub parallel: Parallel,
    /// What a test starts with.
    pub isolation: Isolation,
    /// Which tests.
    pub selection: Selection,
    /// Stop after this many failed tests.
    pub max_failures: Option<u32>,
    /// Time for the whole run.
    pub global_timeout: Option<Duration>,
    /// Which browser and how.
    pub browser: BrowserSettings,
    /// The application under test, where we start it.
    pub server: Option<ServerSettings>,
    /// File reports.
    pub reports: Reports,
    /// Folder of screenshots and other artifacts; absolute.
    pub output: PathBuf,
    /// Colours on the terminal.
    pub color: ColorChoice,
    /// Only failures and the summary.
    pub quiet: bool,
    /// Steps too.
    pub verbose: bool,
    /// Values for `env` and `secret` where the environment has none.
    pub env: std::collections::BTreeMap<String, String>,
    /// Attribute of `get_by_test_id`; `data-testid` by default.
    pub test_id_attribute: String,
}

/// How long things may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// One attempt at a test, with `before_each` and `after_each`.
    pub test: Duration,
    /// `before_all` and `after_all`, each.
    pub hook: Duration,
    /// One action, waiting included.
    pub action: Duration,
    /// `visit` and its like.
    pub navigation: Duration,
    /// A retried assertion.
    pub assertion: Duration,
    /// A session's `verify`.
    pub verify: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            test: Duration::from_secs(30),
            hook: Duration::from_secs(30),
            action: Duration::from_secs(10),
            navigation: Duration::from_secs(15),
            assertion: Duration::from_secs(5),
            verify: Duration::from_secs(10),
        }
    }
}

/// What goes to a worker as one piece.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Parallel {
    /// A file's tests stay together, in order.
    #[default]
    File,
    /// Every test by itself.
    Test,
}

/// What a test starts with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Isolation {
    /// A fresh context: no cookies, no storage, its own page.
    #[default]
    Context,
    /// The page the test before it left.
    None,
}

/// Which tests of the specs are run.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// `-g`: the full title must match.
    pub grep: Option<regex::Regex>,
    /// `-G`: the full title must not match.
    pub grep_invert: Option<regex::Regex>,
    /// `--tag`, as written; parsed by `discovery::filter`, which knows the language.
    pub tags: Option<String>,
    /// `path:line`: absolute path of a spec and a line in it.
    pub lines: Vec<(PathBuf, u32)>,
    /// `only` in a spec is an error.
    pub forbid_only: bool,
    /// No test is not an error.
    pub pass_with_no_tests: bool,
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
    /// WebKit (GTK's or WPE's MiniBrowser).
    Webkit,
    /// Safari on macOS.
    Safari,
}

/// The protocol that carries commands to a browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WireName {
    /// WebDriver commands over HTTP.
    Classic,
    /// WebDriver `BiDi`.
    Bidi,
    /// Chrome `DevTools` Protocol.
    Devtools,
}

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
    /// A running driver or Grid instead of one of our own.
    pub webdriver_url: Option<Url>,
    /// The wire to use; the best one otherwise.
    pub wire: Option<WireName>,
    /// Further command-line arguments of the browser.
    pub args: Vec<String>,
    /// Further capabilities, given to the driver untouched.
    pub capabilities: serde_json::Map<String, serde_json::Value>,
    /// Size of a new page in CSS pixels: width, height.
    pub viewport: (u32, u32),
    /// Time for a driver and browser to start.
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
            wire: None,
            args: Vec::new(),
            capabilities: serde_json::Map::new(),
            viewport: (1280, 720),
            start_timeout: Duration::from_secs(30),
        }
    }
}

/// The application under test, as `[server]` describes it.
#[derive(Clone, Debug)]
pub struct ServerSettings {
    /// Run through the shell in the project root.
    pub command: String,
    /// Answers here when it is ready (any status below 500).
    pub url: Url,
    /// How long it may take to answer.
    pub timeout: Duration,
    /// Use what already answers at `url` instead of starting the command.
    pub reuse: bool,
}

/// File reports that were asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reports {
    /// `--report-junit FILE`.
    pub junit: Option<PathBuf>,
    /// `--report-json FILE`.
    pub json: Option<PathBuf>,
}

/// Colours on the terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColorChoice {
    /// Where the terminal shows them and `NO_COLOR` is not set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}
