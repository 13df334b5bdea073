//! [`Settings`]: complete and immutable, what everybody below receives. It reads nothing itself.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use url::Url;

use crate::model::ProjectName;

use super::browsers::BrowserSettings;
use super::limits::{Isolation, Parallel};
use super::outputs::{ColorChoice, Reports, SessionCacheSettings};
use super::selection::Selection;
use super::server::ServerSettings;
use super::shard::Shard;
use super::timeouts::Timeouts;

/// Everything a run needs to know.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
#[derive(Clone, Debug)]
pub struct Settings {
    /// The project: the folder of `runner.toml`, otherwise the working directory. Absolute.
    pub root: PathBuf,
    /// The configuration file, where there is one; absolute.
    pub config: Option<PathBuf>,
    /// The settings of each project, where there are projects: their tests run in these.
    pub projects: Vec<Arc<Settings>>,
    /// The project these settings are for, where there are projects.
    pub project: Option<ProjectName>,
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
    /// Seed of the order in which tests are handed out; plan order without one.
    pub shuffle: Option<u64>,
    /// How often each test runs; at least 1.
    pub repeat_each: u32,
    /// The part of the tests to run, where it is a part.
    pub shard: Option<Shard>,
    /// Baselines of snapshots and screenshots are written instead of compared.
    pub update_snapshots: bool,
    /// A test that passes only on a retry fails the run.
    pub fail_on_flaky: bool,
    /// Time for the whole run.
    pub global_timeout: Option<Duration>,
    /// Which browser and how.
    pub browser: BrowserSettings,
    /// The application under test, where we start it.
    pub server: Option<ServerSettings>,
    /// File reports.
    pub reports: Reports,
    /// Sessions kept between runs.
    pub session_cache: SessionCacheSettings,
    /// Folder of screenshots and other artifacts; absolute.
    pub output: PathBuf,
    /// File in which results are kept for later runs; absolute.
    pub history: PathBuf,
    /// Colours on the terminal.
    pub color: ColorChoice,
    /// Only failures and the summary.
    pub quiet: bool,
    /// Steps too.
    pub verbose: bool,
    /// Attribute of `get_by_test_id`; `data-testid` by default.
    pub test_id_attribute: String,
    /// Values for `env()` and `secret()` where the process's environment has none.
    pub env: BTreeMap<String, String>,
}

impl Settings {
    /// Settings in which tests run: those of each project, or these alone where there is none.
    pub fn runs(self: &Arc<Self>) -> Vec<Arc<Self>> {
        if self.projects.is_empty() { vec![self.clone()] } else { self.projects.clone() }
    }
}
