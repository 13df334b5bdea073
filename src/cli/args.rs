//! What can be written on the command line, and the variables that stand in for it.
//!
//! Clap's structs only, one for each heading of `--help`. Every override is optional and has no
//! default here: [`parse`] hands on what was said, and where.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{ArgMatches, Args, Command, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::config::{BrowserName, Given, Layer, Origin};

mod options;

use options::{Browsing, RunArguments, Showing};

use super::exit::ExitCode;
use super::install::Wanted;
use super::{doctor, sessions};

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
    /// Say what is wrong with the scripts.
    Check(Box<Run>),
    /// Write the script API for editors and readers.
    Definitions {
        /// Where.
        folder: PathBuf,
    },
    /// Write a first project.
    Init {
        /// Where.
        folder: PathBuf,
    },
    /// Say what is on this machine and what is missing.
    Doctor {
        /// For which settings.
        run: Box<Run>,
        /// In which form.
        form: doctor::Form,
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
    /// Join reports into one.
    Merge {
        /// JSON reports of runs.
        files: Vec<PathBuf>,
        /// What to make of them.
        run: Box<Run>,
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
        Some(Order::Doctor(given)) => {
            let command = command.find_subcommand("doctor").expect("`doctor` is a command");
            let matches = matches.subcommand_matches("doctor").expect("`doctor` was given");
            Ok(given.request(&Origins { command, matches }))
        }
        Some(Order::Sessions(given)) => {
            let command = command.find_subcommand("sessions").expect("`sessions` is a command");
            let matches = matches.subcommand_matches("sessions").expect("`sessions` was given");
            let origins = Origins { command, matches };
            let layer = Layer { session_cache: origins.text("session_cache", given.session_cache), ..Layer::default() };
            let run = Box::new(Run { layer, config: origins.text("config", given.config) });
            Ok(Request::Sessions { order: given.order.unwrap_or(SessionsOrder::List).into(), run })
        }
        Some(Order::MergeReports(merging)) => {
            let command = command.find_subcommand("merge-reports").expect("`merge-reports` is a command");
            let matches = matches.subcommand_matches("merge-reports").expect("`merge-reports` was given");
            let origins = Origins { command, matches };
            let layer = merging.output.layer(&origins);
            let run = Box::new(Run { layer, config: origins.text("config", merging.config) });
            Ok(Request::Merge { files: merging.files, run })
        }
        Some(Order::Check(check)) => {
            let command = command.find_subcommand("check").expect("`check` is a command");
            let matches = matches.subcommand_matches("check").expect("`check` was given");
            Ok(Request::Check(Box::new(check.request(&Origins { command, matches }))))
        }
        Some(Order::Definitions { folder }) => {
            Ok(Request::Definitions { folder: folder.unwrap_or_else(|| PathBuf::from("definitions")) })
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
    /// Say what is wrong with the scripts, without a browser
    Check(Box<RunArguments>),
    /// Write the script API as definitions for editors, and as a reference
    Definitions {
        /// Write into this folder; `definitions` by default
        #[arg(value_name = "DIR")]
        folder: Option<PathBuf>,
    },
    /// Install a browser and its driver, where they are missing
    Install {
        /// Install this browser (`chromium`, `firefox`, `webkit`), or `all`; `chromium` by default
        #[arg(short, long, value_name = "NAME", value_parser = wanted)]
        browser: Option<Wanted>,
        /// Show the commands and run none
        #[arg(long)]
        dry_run: bool,
    },
    /// Say which browsers can be used here, and what is missing
    Doctor(Box<DoctorArguments>),
    /// Show, clear or carry elsewhere the sessions kept between runs
    Sessions(SessionsArguments),
    /// Join the JSON reports of shards, or of other runs, into one
    MergeReports(Box<Merging>),
    /// Serve the demonstration application
    Demo {
        /// Listen on this port; any free one by default
        #[arg(long, value_name = "N")]
        port: Option<u16>,
    },
}

#[derive(Debug, Args)]
struct DoctorArguments {
    #[command(flatten)]
    browser: Browsing,
    /// Read this configuration; the nearest `runner.toml` upwards by default
    #[arg(short, long, value_name = "FILE", env = "RUNNER_CONFIG")]
    config: Option<String>,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
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

impl DoctorArguments {
    fn request(self, origins: &Origins<'_>) -> Request {
        let layer = self.browser.over(Layer::default(), origins);
        let run = Box::new(Run { layer, config: origins.text("config", self.config) });
        Request::Doctor { run, form: if self.json { doctor::Form::Json } else { doctor::Form::Text } }
    }
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

/// What `merge-reports` takes.
#[derive(Debug, Args)]
struct Merging {
    /// Join these reports, each written by `--report-json`
    #[arg(value_name = "FILES", required = true)]
    files: Vec<PathBuf>,
    /// Read this configuration; the nearest `runner.toml` upwards by default
    #[arg(short, long, value_name = "FILE", env = "RUNNER_CONFIG")]
    config: Option<String>,
    #[command(flatten)]
    output: Showing,
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

    /// Several texts, as above.
    fn texts(&self, id: &str, values: Vec<String>) -> Vec<Given<String>> {
        values.into_iter().filter_map(|value| self.text(id, Some(value))).collect()
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
        let all = command();
        let named = ["list", "merge-reports"].map(|name| all.find_subcommand(name).unwrap());
        for command in named.into_iter().chain([&all]) {
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
