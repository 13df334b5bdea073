//! Arguments -> settings -> one command -> exit code. The only place that shows an error.

use std::future::Future;
use std::io::{self, IsTerminal as _};
use std::process;
use std::time::Duration;

use crate::config::{Settings, Surroundings, resolve};
use crate::report::Screen;

use super::args::{self, Request, Run};
use super::error::CliError;
use super::exit::ExitCode;
use super::{check, definitions, demo, doctor, init, install, list, merge, run, sessions};

/// Time for tasks that are still running when a command is done.
const FAREWELL: Duration = Duration::from_secs(1);

/// Does what the command line asks for, and gives the code to exit with.
pub fn main() -> process::ExitCode {
    if std::env::var_os("RUNNER_LOG").is_some() {
        // For looking into runner itself: `RUNNER_LOG=debug`.
        tracing_subscriber::fmt()
            .with_env_filter(tracing_subscriber::EnvFilter::from_env("RUNNER_LOG"))
            .with_writer(io::stderr)
            .init();
    }
    // A panic of ours becomes a failure that says so; its stack trace is of no use to a user.
    std::panic::set_hook(Box::new(|panic| tracing::error!("{panic}")));
    let code = match args::parse(std::env::args_os()) {
        Ok(request) => perform(request).unwrap_or_else(|error| {
            error.show();
            error.code()
        }),
        Err(refusal) => refusal.show(),
    };
    code.into()
}

fn perform(request: Request) -> Result<ExitCode, CliError> {
    match request {
        Request::Init { folder } => Ok(init::run(&folder, &mut io::stdout())?),
        Request::Install { wanted, dry_run: true } => Ok(install::show(wanted, &mut io::stdout())?),
        Request::Install { wanted, dry_run: false } => Ok(install::run(wanted, &mut io::stdout())?),
        Request::Demo { port } => block_on(demo::run(port)),
        Request::List(run) => {
            let settings = settings(*run)?;
            block_on(list::run(settings))
        }
        Request::Doctor { run, form } => {
            let settings = settings(*run)?;
            block_on(doctor::run(settings, form))
        }
        Request::Sessions { order, run } => {
            let settings = settings(*run)?;
            Ok(sessions::run(&settings, &order, &mut io::stdout())?)
        }
        Request::Check(run) => {
            let settings = settings(*run)?;
            block_on(check::run(settings))
        }
        Request::Definitions { folder } => Ok(definitions::run(&folder, &mut io::stdout())?),
        Request::Run { run, install } => {
            let settings = settings(*run)?;
            if install {
                install::before_run(&settings.browser, &mut io::stderr())?;
            }
            block_on(run::run(settings, screen()))
        }
        Request::Merge { files, run } => {
            // Nothing is going on that progress could be shown of.
            let screen = Screen { is_terminal: false, ..screen() };
            merge::run(settings(*run)?, &files, screen)
        }
    }
}

fn settings(run: Run) -> Result<Settings, CliError> {
    // Now, so that even a mistake in the configuration is shown as asked.
    match run.layer.color.as_ref().map(|given| given.value.as_str()) {
        Some("always") => console::set_colors_enabled_stderr(true),
        Some("never") => console::set_colors_enabled_stderr(false),
        _ => {}
    }
    let around = Surroundings::of_process()
        .map_err(|source| CliError::Process { what: "find the working directory", source })?;
    Ok(resolve(run.layer, run.config.as_ref(), &around)?)
}

/// What stdout is.
fn screen() -> Screen {
    let terminal = console::Term::stdout();
    let is_terminal = io::stdout().is_terminal() && !Surroundings::is_ci_process();
    Screen {
        is_terminal,
        width: usize::from(terminal.size().1),
        color: io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        unicode: console::Term::stdout().features().wants_emoji() || !cfg!(windows),
    }
}

/// The one runtime of the process, started only by the commands that need it.
fn block_on(command: impl Future<Output = Result<ExitCode, CliError>>) -> Result<ExitCode, CliError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|source| CliError::Process { what: "start threads", source })?;
    let result = runtime.block_on(command);
    runtime.shutdown_timeout(FAREWELL);
    result
}
