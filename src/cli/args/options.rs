//! The options of a run, one struct for each heading of `--help`.

use clap::Args;

use crate::config::{Given, Layer, Origin};

use super::{Origins, Run, switch};

#[derive(Debug, Args)]
pub(super) struct RunArguments {
    #[command(flatten)]
    files: Files,
    #[command(flatten)]
    selection: Selecting,
    #[command(flatten)]
    running: Running,
    #[command(flatten)]
    timing: Timing,
    #[command(flatten)]
    browser: Browsing,
    #[command(flatten)]
    output: Showing,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Files")]
struct Files {
    /// Look for specs here: files, folders and `file:line`; `specs` by default
    #[arg(value_name = "PATHS")]
    paths: Vec<String>,
    /// Load every script of this folder before the specs; `support` by default
    #[arg(long, value_name = "DIR", env = "RUNNER_SUPPORT")]
    support: Option<String>,
    /// Read this configuration; the nearest `runner.toml` upwards by default
    #[arg(short, long, value_name = "FILE", env = "RUNNER_CONFIG")]
    config: Option<String>,
    /// Put the settings of this `[profile.NAME]` over those of the configuration
    #[arg(long, value_name = "NAME", env = "RUNNER_PROFILE")]
    profile: Option<String>,
    /// Run this `[project.NAME]`; may be said again; all of them by default
    #[arg(long, value_name = "NAME", value_delimiter = ',', env = "RUNNER_PROJECT")]
    project: Vec<String>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Selection")]
struct Selecting {
    /// Run tests whose full title matches this regular expression
    #[arg(short, long, value_name = "REGEX", env = "RUNNER_GREP")]
    grep: Option<String>,
    /// Leave out tests whose full title matches this regular expression
    #[arg(short = 'G', long, value_name = "REGEX", env = "RUNNER_GREP_INVERT")]
    grep_invert: Option<String>,
    /// Run tests with these tags: `smoke and not (slow or wip)`
    #[arg(long, value_name = "EXPR", env = "RUNNER_TAG")]
    tag: Option<String>,
    /// Run tests that failed when they last ran
    #[arg(long, value_parser = switch, env = "RUNNER_LAST_FAILED")]
    last_failed: bool,
    /// Run specs that changes can affect: those not committed yet, or all since another commit
    #[arg(long, value_name = "REF", num_args = 0..=1, require_equals = true, default_missing_value = "HEAD")]
    #[arg(env = "RUNNER_ONLY_CHANGED")]
    only_changed: Option<String>,
    /// Run this part of the tests: `2/4` is the second of four
    #[arg(long, value_name = "N/M", env = "RUNNER_SHARD")]
    shard: Option<String>,
    /// Refuse `only` in specs; on by default where `CI` is set
    #[arg(long, value_parser = switch, env = "RUNNER_FORBID_ONLY")]
    forbid_only: bool,
    /// Exit with 0 where there is no test to run
    #[arg(long, value_parser = switch, env = "RUNNER_PASS_WITH_NO_TESTS")]
    pass_with_no_tests: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Running")]
struct Running {
    /// Resolve relative URLs against this; `[server]` is started only if it serves this address
    #[arg(long, value_name = "URL", env = "RUNNER_BASE_URL")]
    base_url: Option<String>,
    /// Use this many workers, or a share of the cores; 50% by default
    #[arg(short = 'j', long, alias = "jobs", value_name = "N|50%", env = "RUNNER_WORKERS")]
    workers: Option<String>,
    /// Share out whole files (the default) or single tests among the workers
    #[arg(long, value_name = "file|test", env = "RUNNER_PARALLEL")]
    parallel: Option<String>,
    /// Start each test in a fresh context (the default), or keep the page before
    #[arg(long, value_name = "context|none", env = "RUNNER_ISOLATION")]
    isolation: Option<String>,
    /// Try a failed test this many times more; 0 by default
    #[arg(long, value_name = "N", env = "RUNNER_RETRIES")]
    retries: Option<String>,
    /// Run each test this many times
    #[arg(long, value_name = "N", env = "RUNNER_REPEAT_EACH")]
    repeat_each: Option<String>,
    /// Stop after the first failed test
    #[arg(short = 'x', long, value_parser = switch, conflicts_with = "max_failures", env = "RUNNER_FAIL_FAST")]
    fail_fast: bool,
    /// Stop after this many failed tests
    #[arg(long, value_name = "N", env = "RUNNER_MAX_FAILURES")]
    max_failures: Option<String>,
    /// Run files, suites and tests in an order by chance, or in that of an earlier seed
    #[arg(long, value_name = "SEED", num_args = 0..=1, require_equals = true, default_missing_value = "random")]
    #[arg(env = "RUNNER_SHUFFLE")]
    shuffle: Option<String>,
    /// Keep sessions here between runs, those with a `verify`; `runner sessions` shows them
    #[arg(long, value_name = "DIR", env = "RUNNER_SESSION_CACHE")]
    session_cache: Option<String>,
    /// Write the baselines of snapshots and screenshots anew, instead of comparing with them
    #[arg(short, long, value_parser = switch, env = "RUNNER_UPDATE_SNAPSHOTS")]
    update_snapshots: bool,
    /// Exit with 1 where a test passed only when it was tried again
    #[arg(long, value_parser = switch, env = "RUNNER_FAIL_ON_FLAKY")]
    fail_on_flaky: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Timeouts (500ms, 10s, 2m, or milliseconds)")]
struct Timing {
    /// Give a test this long; 30s by default
    #[arg(long, value_name = "TIME", env = "RUNNER_TIMEOUT")]
    timeout: Option<String>,
    /// Give an action such as `click` this long; 10s by default
    #[arg(long, value_name = "TIME", env = "RUNNER_ACTION_TIMEOUT")]
    action_timeout: Option<String>,
    /// Give a navigation this long; 15s by default
    #[arg(long, value_name = "TIME", env = "RUNNER_NAVIGATION_TIMEOUT")]
    navigation_timeout: Option<String>,
    /// Retry an assertion this long; 5s by default
    #[arg(long, value_name = "TIME", env = "RUNNER_ASSERTION_TIMEOUT")]
    assertion_timeout: Option<String>,
    /// Give the whole run this long; no limit by default
    #[arg(long, value_name = "TIME", env = "RUNNER_GLOBAL_TIMEOUT")]
    global_timeout: Option<String>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Browser")]
pub(super) struct Browsing {
    /// Use this browser: chromium (the default), chrome, edge, firefox, webkit, safari
    #[arg(short, long, value_name = "NAME", env = "RUNNER_BROWSER")]
    browser: Option<String>,
    /// Show the browser's window
    #[arg(long, value_parser = switch, env = "RUNNER_HEADED")]
    headed: bool,
    /// Start this driver; the one on the search path by default
    #[arg(long, value_name = "PATH", env = "RUNNER_DRIVER")]
    driver: Option<String>,
    /// Start this browser; the one on the search path by default
    #[arg(long, value_name = "PATH", env = "RUNNER_BROWSER_PATH")]
    browser_path: Option<String>,
    /// Use the driver or Grid that runs at this address
    #[arg(long, value_name = "URL", env = "RUNNER_WEBDRIVER_URL")]
    webdriver_url: Option<String>,
    /// Carry commands over this wire; the best the browser offers by default
    #[arg(long, value_name = "classic|bidi|devtools", env = "RUNNER_WIRE")]
    wire: Option<String>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(super) struct Showing {
    // Not a doc comment: the backticks it would need would be shown.
    #[arg(long, help = "Write a JUnit report", value_name = "FILE", env = "RUNNER_REPORT_JUNIT")]
    report_junit: Option<String>,
    /// Write a JSON report
    #[arg(long, value_name = "FILE", env = "RUNNER_REPORT_JSON")]
    report_json: Option<String>,
    /// Write screenshots here; `test-results` by default
    #[arg(short, long, value_name = "DIR", env = "RUNNER_OUTPUT")]
    output: Option<String>,
    /// Keep times and failures for later runs here; `history.json` in the output folder by default
    #[arg(long, value_name = "FILE", env = "RUNNER_HISTORY")]
    history: Option<String>,
    /// Use colours: auto (the default), always, never
    #[arg(long, value_name = "WHEN", env = "RUNNER_COLOR")]
    color: Option<String>,
    /// Show failures and the summary only
    #[arg(short, long, value_parser = switch, conflicts_with = "verbose", env = "RUNNER_QUIET")]
    quiet: bool,
    /// Show the steps of each test too
    #[arg(short, long, value_parser = switch, env = "RUNNER_VERBOSE")]
    verbose: bool,
}

impl RunArguments {
    /// What was said, and where.
    pub(super) fn request(self, origins: &Origins<'_>) -> Run {
        let Self { files, selection, running, timing, browser, output } = self;
        let text = |id, value| origins.text(id, value);
        let switch = |id, value| origins.switch(id, value);
        let layer = Layer {
            paths: files.paths.into_iter().map(|path| Given::new(path, Origin::Argument)).collect(),
            support: text("support", files.support),
            projects: origins.texts("project", files.project),
            profile: text("profile", files.profile),
            base_url: text("base_url", running.base_url),
            grep: text("grep", selection.grep),
            grep_invert: text("grep_invert", selection.grep_invert),
            tags: text("tag", selection.tag),
            last_failed: switch("last_failed", selection.last_failed),
            only_changed: text("only_changed", selection.only_changed),
            shard: text("shard", selection.shard),
            forbid_only: switch("forbid_only", selection.forbid_only),
            pass_with_no_tests: switch("pass_with_no_tests", selection.pass_with_no_tests),
            workers: text("workers", running.workers),
            parallel: text("parallel", running.parallel),
            isolation: text("isolation", running.isolation),
            retries: text("retries", running.retries),
            repeat_each: text("repeat_each", running.repeat_each),
            max_failures: text("max_failures", running.max_failures)
                .or_else(|| text("fail_fast", running.fail_fast.then(|| "1".to_owned()))),
            shuffle: text("shuffle", running.shuffle),
            session_cache: text("session_cache", running.session_cache),
            update_snapshots: switch("update_snapshots", running.update_snapshots),
            fail_on_flaky: switch("fail_on_flaky", running.fail_on_flaky),
            test_timeout: text("timeout", timing.timeout),
            action_timeout: text("action_timeout", timing.action_timeout),
            navigation_timeout: text("navigation_timeout", timing.navigation_timeout),
            assertion_timeout: text("assertion_timeout", timing.assertion_timeout),
            global_timeout: text("global_timeout", timing.global_timeout),
            ..browser.over(output.layer(origins), origins)
        };
        Run { layer, config: text("config", files.config) }
    }
}

impl Browsing {
    /// What was said of the browser, put over `layer`.
    pub(super) fn over(self, layer: Layer, origins: &Origins<'_>) -> Layer {
        let text = |id, value| origins.text(id, value);
        Layer {
            browser: text("browser", self.browser),
            headed: origins.switch("headed", self.headed),
            driver: text("driver", self.driver),
            browser_path: text("browser_path", self.browser_path),
            webdriver_url: text("webdriver_url", self.webdriver_url),
            wire: text("wire", self.wire),
            ..layer
        }
    }
}

impl Showing {
    /// As above, for these options alone.
    pub(super) fn layer(self, origins: &Origins<'_>) -> Layer {
        Layer {
            junit: origins.text("report_junit", self.report_junit),
            json: origins.text("report_json", self.report_json),
            output: origins.text("output", self.output),
            history: origins.text("history", self.history),
            color: origins.text("color", self.color),
            quiet: origins.switch("quiet", self.quiet),
            verbose: origins.switch("verbose", self.verbose),
            ..Layer::default()
        }
    }
}
