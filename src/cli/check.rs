//! `runner check`: what is wrong with scripts, without a browser.

use std::io::{self, Write as _};
use std::sync::Arc;

use tokio::sync::{oneshot, watch};

use crate::config::Settings;
use crate::discovery::{find_specs, find_support};
use crate::event::{EventSink, RunEvent};
use crate::model::{SpecPath, WorkerId};
use crate::outcome::Failure;
use crate::redact::{Redactor, Steady};
use crate::report::Style;
use crate::report::diagnostic::describe_failure;
use crate::script::{CheckReport, Host, HostSetup};
use crate::session::{SessionStore, counted};

use super::error::CliError;
use super::exit::ExitCode;

/// As the workers' threads: nested closures are evaluated on the stack.
const STACK: usize = 16 * 1024 * 1024;

/// Checks the scripts.
pub(crate) async fn run(settings: Settings) -> Result<ExitCode, CliError> {
    let settings = Arc::new(settings);
    let specs = find_specs(&settings)?;
    let support = find_support(&settings)?;
    let files = specs.len() + support.len();
    let events = EventSink::new(|event| {
        if let RunEvent::Log { text, .. } | RunEvent::Warning { text } = event {
            // With stderr gone there is nobody left to tell.
            let _ = writeln!(io::stderr(), "{text}");
        }
    });
    let (_stop, stopped) = watch::channel(false);
    let setup = HostSetup {
        settings,
        redactor: Redactor::new(),
        events,
        worker: WorkerId(1),
        store: SessionStore::default(),
        handle: tokio::runtime::Handle::current(),
        stop: stopped,
    };
    let (tell, told) = oneshot::channel();
    let thread = std::thread::Builder::new().name("check".to_owned()).stack_size(STACK).spawn(move || {
        let handle = setup.handle.clone();
        let _runtime = handle.enter();
        let mut host = Host::new(setup);
        let mut errors = Vec::new();
        let support: Vec<SpecPath> = support
            .into_iter()
            .map(|file| {
                errors.extend(host.load_support(&file.path, &file.absolute).err().map(|error| *error.failure));
                file.path
            })
            .collect();
        let specs: Vec<SpecPath> = specs
            .into_iter()
            .map(|file| {
                errors.extend(host.collect(&file.path, &file.absolute).err().map(|error| *error.failure));
                file.path
            })
            .collect();
        let mut report = host.check(&support, &specs);
        // What stopped a file from being evaluated may be found again in its text.
        report.errors.retain(|found| !errors.iter().any(|error: &Failure| is_same(error, found)));
        errors.append(&mut report.errors);
        // Nobody waits where the command was ended.
        let _ = tell.send(CheckReport { errors, ..report });
    });
    let thread = thread.map_err(|source| CliError::Process { what: "start a thread", source })?;
    let report = told.await;
    if thread.join().is_err() {
        tracing::error!("the check panicked");
    }
    let report = report.map_err(|_| CliError::Process {
        what: "check the scripts",
        source: io::Error::other("the check ended without an answer"),
    })?;
    show(&report, files)
}

fn is_same(a: &Failure, b: &Failure) -> bool {
    let place =
        |failure: &Failure| failure.frames.first().map(|frame| (frame.location.file.clone(), frame.location.line));
    a.title == b.title && place(a) == place(b)
}

fn show(report: &CheckReport, files: usize) -> Result<ExitCode, CliError> {
    let mut stderr = io::stderr().lock();
    let mut tell = |failure: &Failure, label: &str| {
        let text = Steady::of_process().apply(&describe_failure(failure, &Style::plain()));
        // As above.
        let _ = writeln!(stderr, "{label}{}\n", text.trim_end());
    };
    report.errors.iter().for_each(|failure| tell(failure, ""));
    report.warnings.iter().for_each(|failure| tell(failure, "warning: "));
    let found = match report.errors.len() {
        0 => "no problems".to_owned(),
        number => counted(number, "problem", "problems"),
    };
    let doubts = match report.warnings.len() {
        0 => String::new(),
        number => format!(", {}", counted(number, "warning", "warnings")),
    };
    let line = format!("{} checked: {found}{doubts}", counted(files, "file", "files"));
    writeln!(io::stdout(), "{line}").map_err(|source| CliError::Process { what: "write the result", source })?;
    Ok(if report.errors.is_empty() { ExitCode::Passed } else { ExitCode::Usage })
}
