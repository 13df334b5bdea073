//! [`Layer`]: what one source says, every setting optional and as it was written.
//!
//! The command line with the environment is one layer, the configuration file another.

use super::origin::Given;

/// What one source says. Texts are as written; `resolve` reads them.
#[derive(Clone, Debug, Default)]
pub struct Layer {
    /// Specs and folders, `file:line` too.
    pub paths: Vec<Given<String>>,
    /// Folder of support scripts.
    pub support: Option<Given<String>>,
    /// Names of projects of the configuration file.
    pub projects: Vec<Given<String>>,
    /// Name of a profile of the configuration file.
    pub profile: Option<Given<String>>,
    /// What relative URLs are resolved against.
    pub base_url: Option<Given<String>>,
    /// Pattern that full titles must match.
    pub grep: Option<Given<String>>,
    /// Pattern that full titles must not match.
    pub grep_invert: Option<Given<String>>,
    /// Tag expression.
    pub tags: Option<Given<String>>,
    /// `only` in a spec is an error.
    pub forbid_only: Option<Given<bool>>,
    /// No test is not an error.
    pub pass_with_no_tests: Option<Given<bool>>,
    /// A count or a share of the cores.
    pub workers: Option<Given<String>>,
    /// `file` or `test`.
    pub parallel: Option<Given<String>>,
    /// `context` or `none`.
    pub isolation: Option<Given<String>>,
    /// Further attempts.
    pub retries: Option<Given<String>>,
    /// Stop after this many failed tests.
    pub max_failures: Option<Given<String>>,
    /// How often each test runs.
    pub repeat_each: Option<Given<String>>,
    /// Which part of the tests, `1/4`.
    pub shard: Option<Given<String>>,
    /// Only tests that failed last time.
    pub last_failed: Option<Given<bool>>,
    /// Only what has changed since this commit.
    pub only_changed: Option<Given<String>>,
    /// File in which results are kept for later runs.
    pub history: Option<Given<String>>,
    /// A seed, or `random`.
    pub shuffle: Option<Given<String>>,
    /// Baselines are written instead of compared.
    pub update_snapshots: Option<Given<bool>>,
    /// A test that passes only on a retry fails the run.
    pub fail_on_flaky: Option<Given<bool>>,
    /// Time for a test.
    pub test_timeout: Option<Given<String>>,
    /// Time for a `before_all` or `after_all`.
    pub hook_timeout: Option<Given<String>>,
    /// Time for an action.
    pub action_timeout: Option<Given<String>>,
    /// Time for a navigation.
    pub navigation_timeout: Option<Given<String>>,
    /// Time for an assertion.
    pub assertion_timeout: Option<Given<String>>,
    /// Time for a session's `verify`.
    pub verify_timeout: Option<Given<String>>,
    /// Time for the whole run.
    pub global_timeout: Option<Given<String>>,
    /// Name of a browser.
    pub browser: Option<Given<String>>,
    /// With a window.
    pub headed: Option<Given<bool>>,
    /// The driver's executable.
    pub driver: Option<Given<String>>,
    /// The browser's executable.
    pub browser_path: Option<Given<String>>,
    /// Address of a running driver.
    pub webdriver_url: Option<Given<String>>,
    /// Name of a wire.
    pub wire: Option<Given<String>>,
    /// File for the `JUnit` report.
    pub junit: Option<Given<String>>,
    /// File for the JSON report.
    pub json: Option<Given<String>>,
    /// Folder of sessions kept between runs.
    pub session_cache: Option<Given<String>>,
    /// Folder of artifacts.
    pub output: Option<Given<String>>,
    /// `auto`, `always` or `never`.
    pub color: Option<Given<String>>,
    /// Only failures and the summary.
    pub quiet: Option<Given<bool>>,
    /// Steps too.
    pub verbose: Option<Given<bool>>,
}

impl Layer {
    /// This layer, and `lower` where this one says nothing.
    #[must_use]
    pub fn over(self, lower: Self) -> Self {
        Self {
            paths: if self.paths.is_empty() { lower.paths } else { self.paths },
            support: self.support.or(lower.support),
            projects: if self.projects.is_empty() { lower.projects } else { self.projects },
            profile: self.profile.or(lower.profile),
            base_url: self.base_url.or(lower.base_url),
            grep: self.grep.or(lower.grep),
            grep_invert: self.grep_invert.or(lower.grep_invert),
            tags: self.tags.or(lower.tags),
            forbid_only: self.forbid_only.or(lower.forbid_only),
            pass_with_no_tests: self.pass_with_no_tests.or(lower.pass_with_no_tests),
            workers: self.workers.or(lower.workers),
            parallel: self.parallel.or(lower.parallel),
            isolation: self.isolation.or(lower.isolation),
            retries: self.retries.or(lower.retries),
            max_failures: self.max_failures.or(lower.max_failures),
            repeat_each: self.repeat_each.or(lower.repeat_each),
            shard: self.shard.or(lower.shard),
            last_failed: self.last_failed.or(lower.last_failed),
            only_changed: self.only_changed.or(lower.only_changed),
            history: self.history.or(lower.history),
            shuffle: self.shuffle.or(lower.shuffle),
            update_snapshots: self.update_snapshots.or(lower.update_snapshots),
            fail_on_flaky: self.fail_on_flaky.or(lower.fail_on_flaky),
            test_timeout: self.test_timeout.or(lower.test_timeout),
            hook_timeout: self.hook_timeout.or(lower.hook_timeout),
            action_timeout: self.action_timeout.or(lower.action_timeout),
            navigation_timeout: self.navigation_timeout.or(lower.navigation_timeout),
            assertion_timeout: self.assertion_timeout.or(lower.assertion_timeout),
            verify_timeout: self.verify_timeout.or(lower.verify_timeout),
            global_timeout: self.global_timeout.or(lower.global_timeout),
            browser: self.browser.or(lower.browser),
            headed: self.headed.or(lower.headed),
            driver: self.driver.or(lower.driver),
            browser_path: self.browser_path.or(lower.browser_path),
            webdriver_url: self.webdriver_url.or(lower.webdriver_url),
            wire: self.wire.or(lower.wire),
            junit: self.junit.or(lower.junit),
            json: self.json.or(lower.json),
            session_cache: self.session_cache.or(lower.session_cache),
            output: self.output.or(lower.output),
            color: self.color.or(lower.color),
            quiet: self.quiet.or(lower.quiet),
            verbose: self.verbose.or(lower.verbose),
        }
    }
}
