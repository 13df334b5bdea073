//! What can be written on the command line, and the variables that stand in for it.
//!
//! Clap's structs only, one for each heading of `--help`. Every override is optional and has no
//! default here: [`parse`] hands on what was said, and where.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{ArgMatches, Args, Command, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::config::{BrowserName, Given, Layer, Origin};

use super::exit::ExitCode;
use super::install::Wanted;
use super::sessions;

/// Shown below the options.
const EXIT_CODES: &str = "\
Exit codes:
    0  every test passed
    1  tests failed
    2  wrong usage or configuration, or a script that does not compile
    3  the tests could not run: no driver, browser or server
    4  there was no test to run
  130  interrupted (143 on SIGTERM)

Every option has a variable: `--base-url` is RUNNER_BASE_URL; `1` and `0` turn a switch on and off.
An option wins over its variable, that over `runner.toml`, and that over the default.
A path named like a command is written `./demo`.";

/// What the command line asks for.
#[derive(Debug)]
pub(super) enum Request {
    /// Run tests.
    Run {
        /// Which and how.
        run: Box<Run>,
        /// Install what is missing first.
        install: bool,
    },
    /// Show which tests would run.
    List(Box<Run>),
    /// Write a first project.
    Init {
        /// Where.
        folder: PathBuf,
    },
    /// Look after the sessions kept between runs.
    Sessions {
        /// What to do.
        order: sessions::Order,
        /// Where they are.
        run: Box<Run>,
    },
    /// Serve the demonstration application.
    Demo {
        /// On which port; 0 for any.
        port: u16,
    },
    /// Install browsers and their drivers.
    Install {
        /// Which.
        wanted: Wanted,
        /// Only show the commands.
        dry_run: bool,
    },
}

/// What the command line says about a run.
#[derive(Debug)]
pub(super) struct Run {
    /// The settings.
    pub(super) layer: Layer,
    /// The configuration file.
    pub(super) config: Option<Given<String>>,
}

/// The command line was not understood, or asked for help or the version.
#[derive(Debug)]
pub(super) struct Refusal(clap::Error);

impl Refusal {
    /// Prints what there is to say and gives the code to exit with.
    pub(super) fn show(&self) -> ExitCode {
        // With the terminal gone there is nobody left to tell.
        let _ = self.0.print();
        if self.0.use_stderr() { ExitCode::Usage } else { ExitCode::Passed }
    }
}

/// Reads the command line, the program's name first, and the variables.
pub(super) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Request, Refusal> {
    let mut command = command();
    let matches = command.try_get_matches_from_mut(arguments).map_err(Refusal)?;
    let arguments = Arguments::from_arg_matches(&matches).map_err(|error| Refusal(error.format(&mut command)))?;
    match arguments.command {
        None => {
            let run = arguments.run.request(&Origins { command: &command, matches: &matches });
            Ok(match arguments.mode {
                Mode { list: true, .. } => Request::List(Box::new(run)),
                Mode { install, .. } => Request::Run { run: Box::new(run), install },
            })
        }
        Some(Order::List(list)) => {
            let command = command.find_subcommand("list").expect("`list` is a command");
            let matches = matches.subcommand_matches("list").expect("`list` was given");
            Ok(Request::List(Box::new(list.request(&Origins { command, matches }))))
        }
        Some(Order::Sessions(given)) => {
            let command = command.find_subcommand("sessions").expect("`sessions` is a command");
            let matches = matches.subcommand_matches("sessions").expect("`sessions` was given");
            let origins = Origins { command, matches };
            let layer = Layer { session_cache: origins.text("session_cache", given.session_cache), ..Layer::default() };
            let run = Box::new(Run { layer, config: origins.text("config", given.config) });
            Ok(Request::Sessions { order: given.order.unwrap_or(SessionsOrder::List).into(), run })
        }
        Some(Order::Init { folder }) => Ok(Request::Init { folder: folder.unwrap_or_else(|| PathBuf::from(".")) }),
        Some(Order::Demo { port }) => Ok(Request::Demo { port: port.unwrap_or(0) }),
        Some(Order::Install { browser, dry_run }) => {
            Ok(Request::Install { wanted: browser.unwrap_or(Wanted::One(BrowserName::Chromium)), dry_run })
        }
    }
}

/// The names of the commands, for "did you mean".
pub(super) fn command_names() -> Vec<String> {
    command().get_subcommands().map(|command| command.get_name().to_owned()).collect()
}

fn command() -> Command {
    Arguments::command()
        .mut_args(|argument| argument.hide_env(true))
        .mut_subcommands(|command| command.mut_args(|argument| argument.hide_env(true)))
}

/// Run browser end-to-end tests written in Rhai
#[derive(Debug, Parser)]
#[command(name = "runner", version, args_conflicts_with_subcommands = true, after_help = EXIT_CODES)]
#[command(override_usage = "runner [OPTIONS] [PATHS]...\n       runner <COMMAND>")]
struct Arguments {
    #[command(subcommand)]
    command: Option<Order>,
    #[command(flatten)]
    run: RunArguments,
    #[command(flatten)]
    mode: Mode,
}

#[derive(Debug, Subcommand)]
enum Order {
    /// Write a configuration, a support script and a first spec
    Init {
        /// Write into this folder; the working directory by default
        #[arg(value_name = "DIR")]
        folder: Option<PathBuf>,
    },
    /// List the tests that would run, without a browser
    List(Box<RunArguments>),
    /// Install a browser and its driver, where they are missing
    Install {
        /// Install this browser (`chromium`, `firefox`, `webkit`), or `all`; `chromium` by default
        #[arg(short, long, value_name = "NAME", value_parser = wanted)]
        browser: Option<Wanted>,
        /// Show the commands and run none
        #[arg(long)]
        dry_run: bool,
    },
    /// Show, clear or carry elsewhere the sessions kept between runs
    Sessions(SessionsArguments),
    /// Serve the demonstration application
    Demo {
        /// Listen on this port; any free one by default
        #[arg(long, value_name = "N")]
        port: Option<u16>,
    },
}

#[derive(Debug, Args)]
struct SessionsArguments {
    #[command(subcommand)]
    order: Option<SessionsOrder>,
    /// Look here; `.runner/sessions` by default
    #[arg(long, value_name = "DIR", env = "RUNNER_SESSION_CACHE", global = true)]
    session_cache: Option<String>,
    /// Read this configuration; the nearest `runner.toml` upwards by default
    #[arg(short, long, value_name = "FILE", env = "RUNNER_CONFIG", global = true)]
    config: Option<String>,
}

#[derive(Debug, Subcommand)]
enum SessionsOrder {
    /// List them, one a line
    List,
    /// Show when and how one was made and what it holds, in counts
    Show {
        /// Its name
        name: String,
    },
    /// Remove some, or all
    Clear {
        /// Their names; all without one
        #[arg(value_name = "NAME")]
        names: Vec<String>,
    },
    /// Write some, or all, to one file, sealed as they are
    Export {
        /// The file
        file: PathBuf,
        /// Their names; all without one
        #[arg(value_name = "NAME")]
        names: Vec<String>,
    },
    /// Take in the sessions of an exported file
    Import {
        /// The file
        file: PathBuf,
    },
}

impl From<SessionsOrder> for sessions::Order {
    fn from(order: SessionsOrder) -> Self {
        match order {
            SessionsOrder::List => Self::List,
            SessionsOrder::Show { name } => Self::Show { name },
            SessionsOrder::Clear { names } => Self::Clear { names },
            SessionsOrder::Export { file, names } => Self::Export { file, names },
            SessionsOrder::Import { file } => Self::Import { file },
        }
    }
}

/// What to do, beside running the tests.
#[derive(Debug, Args)]
#[command(next_help_heading = "Instead, or before")]
struct Mode {
    /// List the tests that would run, without a browser
    #[arg(long)]
    list: bool,
    /// Install the browser and the driver first, where they are missing
    #[arg(long, value_parser = switch, env = "RUNNER_INSTALL")]
    install: bool,
}

#[derive(Debug, Args)]
struct RunArguments {
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
struct Browsing {
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
struct Showing {
    // Not a doc comment: the backticks it would need would be shown.
    #[arg(long, help = "Write a JUnit report", value_name = "FILE", env = "RUNNER_REPORT_JUNIT")]
    report_junit: Option<String>,
    /// Write a JSON report
    #[arg(long, value_name = "FILE", env = "RUNNER_REPORT_JSON")]
    report_json: Option<String>,
    /// Write screenshots here; `test-results` by default
    #[arg(short, long, value_name = "DIR", env = "RUNNER_OUTPUT")]
    output: Option<String>,
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
    fn request(self, origins: &Origins<'_>) -> Run {
        let Self { files, selection, running, timing, browser, output } = self;
        let text = |id, value| origins.text(id, value);
        let switch = |id, value| origins.switch(id, value);
        let layer = Layer {
            paths: files.paths.into_iter().map(|path| Given::new(path, Origin::Argument)).collect(),
            support: text("support", files.support),
            profile: text("profile", files.profile),
            base_url: text("base_url", running.base_url),
            grep: text("grep", selection.grep),
            grep_invert: text("grep_invert", selection.grep_invert),
            tags: text("tag", selection.tag),
            forbid_only: switch("forbid_only", selection.forbid_only),
            pass_with_no_tests: switch("pass_with_no_tests", selection.pass_with_no_tests),
            workers: text("workers", running.workers),
            parallel: text("parallel", running.parallel),
            isolation: text("isolation", running.isolation),
            retries: text("retries", running.retries),
            max_failures: text("max_failures", running.max_failures)
                .or_else(|| text("fail_fast", running.fail_fast.then(|| "1".to_owned()))),
            shuffle: text("shuffle", running.shuffle),
            session_cache: text("session_cache", running.session_cache),
            fail_on_flaky: switch("fail_on_flaky", running.fail_on_flaky),
            test_timeout: text("timeout", timing.timeout),
            action_timeout: text("action_timeout", timing.action_timeout),
            navigation_timeout: text("navigation_timeout", timing.navigation_timeout),
            assertion_timeout: text("assertion_timeout", timing.assertion_timeout),
            global_timeout: text("global_timeout", timing.global_timeout),
            browser: text("browser", browser.browser),
            headed: switch("headed", browser.headed),
            driver: text("driver", browser.driver),
            browser_path: text("browser_path", browser.browser_path),
            webdriver_url: text("webdriver_url", browser.webdriver_url),
            wire: text("wire", browser.wire),
            junit: text("report_junit", output.report_junit),
            json: text("report_json", output.report_json),
            output: text("output", output.output),
            color: text("color", output.color),
            quiet: switch("quiet", output.quiet),
            verbose: switch("verbose", output.verbose),
            ..Layer::default()
        };
        Run { layer, config: text("config", files.config) }
    }
}

/// Tells where clap found a value.
struct Origins<'a> {
    command: &'a Command,
    matches: &'a ArgMatches,
}

impl Origins<'_> {
    /// A text and its origin. An empty variable is one that is not set.
    fn text(&self, id: &str, value: Option<String>) -> Option<Given<String>> {
        let (value, origin) = (value?, self.of(id)?);
        let is_unset = value.is_empty() && matches!(origin, Origin::Variable(_));
        (!is_unset).then(|| Given::new(value, origin))
    }

    /// A switch that was set, or unset by its variable.
    fn switch(&self, id: &str, value: bool) -> Option<Given<bool>> {
        let is_empty = self.matches.get_raw(id).is_some_and(|mut raw| raw.all(OsStr::is_empty));
        if is_empty { None } else { Some(Given::new(value, self.of(id)?)) }
    }

    fn of(&self, id: &str) -> Option<Origin> {
        let argument = self.command.get_arguments().find(|argument| argument.get_id() == id)?;
        match self.matches.value_source(id)? {
            ValueSource::CommandLine => Some(Origin::Flag(format!("--{}", argument.get_long()?))),
            ValueSource::EnvVariable => Some(Origin::Variable(argument.get_env()?.to_string_lossy().into_owned())),
            // The default of a switch, and whatever a later clap may add.
            _ => None,
        }
    }
}

/// Reads which browsers to install.
fn wanted(text: &str) -> Result<Wanted, String> {
    if text == "all" { Ok(Wanted::All) } else { text.parse().map(Wanted::One) }
}

/// Reads the variable of a switch.
fn switch(text: &str) -> Result<bool, String> {
    match text.to_lowercase().as_str() {
        "1" | "true" | "yes" | "on" => Ok(true),
        "" | "0" | "false" | "no" | "off" => Ok(false),
        _ => Err("write 1 or 0".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(arguments: &[&str]) -> Run {
        match parse(["runner"].iter().chain(arguments).map(OsString::from)).unwrap() {
            Request::Run { run, .. } | Request::List(run) => *run,
            other => panic!("{other:?}"),
        }
    }

    fn refusal(arguments: &[&str]) -> String {
        parse(["runner"].iter().chain(arguments).map(OsString::from)).unwrap_err().0.to_string()
    }

    #[test]
    fn clap_is_content() {
        command().debug_assert();
    }

    #[test]
    fn every_option_has_the_variable_of_its_name() {
        for command in [&command(), command().find_subcommand("list").unwrap()] {
            for argument in command.get_arguments().filter(|argument| !argument.is_positional()) {
                let long = argument.get_long().unwrap();
                if matches!(long, "help" | "version" | "list") {
                    continue;
                }
                let expected = format!("RUNNER_{}", long.to_uppercase().replace('-', "_"));
                assert_eq!(argument.get_env().unwrap().to_str(), Some(expected.as_str()));
            }
        }
    }

    #[test]
    fn what_is_not_said_is_not_there() {
        let run = run(&["specs"]);
        assert!(run.layer.headed.is_none() && run.layer.test_timeout.is_none() && run.config.is_none());
    }

    #[test]
    fn options_keep_their_origin() {
        let run = run(&["a.rhai:3", "-g", "cart", "-j50%", "-x", "--headed", "-c", "x.toml"]);
        let flag = |value: &str, name: &str| Some(Given::new(value.to_owned(), Origin::Flag(name.to_owned())));
        assert_eq!(run.layer.paths, [Given::new("a.rhai:3".to_owned(), Origin::Argument)]);
        assert_eq!(run.layer.grep, flag("cart", "--grep"));
        assert_eq!(run.layer.workers, flag("50%", "--workers"));
        assert_eq!(run.layer.max_failures, flag("1", "--fail-fast"));
        assert_eq!(run.layer.headed, Some(Given::new(true, Origin::Flag("--headed".into()))));
        assert_eq!(run.config, flag("x.toml", "--config"));
    }

    #[test]
    fn a_command_takes_the_options_of_a_run() {
        assert_eq!(run(&["list", "specs", "--tag", "smoke"]).layer.tags.unwrap().value, "smoke");
        assert_eq!(run(&["--list", "specs"]).layer.paths[0].value, "specs");
    }

    #[test]
    fn a_path_may_be_named_like_a_command() {
        assert_eq!(run(&["./demo"]).layer.paths[0].value, "./demo");
        assert_eq!(run(&["specs", "demo"]).layer.paths[1].value, "demo");
    }

    #[test]
    fn an_unknown_option_is_refused_with_a_near_one() {
        let text = refusal(&["--retrys", "2"]);
        assert!(text.contains("unexpected argument '--retrys'") && text.contains("'--retries'"), "{text}");
        assert!(refusal(&["-x", "--max-failures", "2"]).contains("cannot be used with"));
    }

    #[test]
    fn a_variable_may_turn_a_switch_off() {
        for (text, expected) in [("1", Ok(true)), ("no", Ok(false)), ("", Ok(false))] {
            assert_eq!(switch(text), expected);
        }
        assert!(switch("maybe").is_err());
    }
}
