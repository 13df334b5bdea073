//! `runner [PATHS]`: find, collect, select, schedule, report.

use std::error::Error as _;
use std::io::IsTerminal as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use tokio::task::JoinHandle;

use crate::config::{BrowserName, Settings};
use crate::event::{EventSink, RunEvent, RunStart};
use crate::outcome::{Failure, FailureKind, RunSummary, StopReason};
use crate::redact::Redactor;
use crate::report::{self, Screen};
use crate::schedule::{Collected, Plan, Run};
use crate::server::{Server, ServerError};

use super::collect::{Chosen, Found, find};
use super::error::CliError;
use super::exit::ExitCode;

/// Runs the tests.
pub(crate) async fn run(settings: Settings) -> Result<ExitCode, CliError> {
    let settings = Arc::new(settings);
    let (sink, reporting) = report::open(&settings, screen())?.start();
    let failures = Arc::new(AtomicUsize::new(0));
    let events = counting(sink, failures.clone());
    let done = perform(&settings, &events).await;
    let report_errors = reporting.finish();
    let summary = done?;
    let mut codes = codes(&summary, failures.load(Ordering::Relaxed), settings.selection.pass_with_no_tests);
    for error in report_errors {
        CliError::Report(error).show();
        codes.push(ExitCode::CouldNotRun);
    }
    Ok(ExitCode::worst(codes))
}

/// What stdout is.
fn screen() -> Screen {
    let terminal = console::Term::stdout();
    let is_terminal = std::io::stdout().is_terminal() && std::env::var_os("CI").is_none();
    Screen {
        is_terminal,
        width: usize::from(terminal.size().1),
        color: std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        unicode: console::Term::stdout().features().wants_emoji() || !cfg!(windows),
    }
}

/// Counts failures outside any test: they decide the exit code too.
fn counting(sink: EventSink, failures: Arc<AtomicUsize>) -> EventSink {
    EventSink::new(move |event| {
        if matches!(event, RunEvent::RunFailure { .. }) {
            failures.fetch_add(1, Ordering::Relaxed);
        }
        sink.send(event);
    })
}

async fn perform(settings: &Arc<Settings>, events: &EventSink) -> Result<RunSummary, CliError> {
    let mut found = find(settings, events.clone())?;
    let server = start_server(settings);
    let collected = found.collect().await;
    let ready = match collected {
        Ok(collected) => choose(&found, collected, settings),
        Err(error) => Err(error),
    };
    let (collected, chosen) = match ready {
        Ok(ready) => ready,
        Err(error) => {
            found.run.abandon().await;
            end_server(server).await;
            return Err(error);
        }
    };
    announce(settings, events, &found, &collected, &chosen);
    let broken = collected.broken_support.len() + collected.broken_specs.len();
    let mut summary = if collected.stopped.is_some() || chosen.tests.is_empty() {
        found.run.abandon().await;
        end_server(server).await;
        RunSummary { stopped: collected.stopped, ..RunSummary::default() }
    } else {
        let plan = Plan::new(chosen.tests, chosen.specs, settings.parallel);
        let plan = if let Some(seed) = settings.shuffle { plan.shuffled(seed) } else { plan };
        let tell = |error: &ServerError| events.send(server_failure(error, &found.redactor));
        with_server(found.run, server, plan, tell, events).await?
    };
    summary.broken_specs = broken;
    if settings.fail_on_flaky && summary.counts.flaky > 0 {
        events.send(RunEvent::RunFailure { failure: Box::new(flaky_failure(summary.counts.flaky)) });
    }
    events.send(RunEvent::RunFinished(summary.clone()));
    Ok(summary)
}

/// The tests to run. Where files are broken, that is told instead of "no tests".
fn choose(found: &Found, collected: Collected, settings: &Settings) -> Result<(Collected, Chosen), CliError> {
    let is_broken = !collected.broken_support.is_empty() || !collected.broken_specs.is_empty();
    let chosen = if !collected.broken_support.is_empty() || collected.stopped.is_some() {
        Chosen::default()
    } else {
        match found.choose(&collected, settings) {
            Ok(chosen) => chosen,
            Err(error) if is_broken && error.code() == ExitCode::NoTests => Chosen::default(),
            Err(error) => return Err(error),
        }
    };
    Ok((collected, chosen))
}

type Starting = JoinHandle<Result<Server, ServerError>>;

fn start_server(settings: &Arc<Settings>) -> Option<Starting> {
    let settings = settings.clone();
    settings.server.is_some().then(|| {
        tokio::spawn(async move {
            let server = settings.server.as_ref().expect("it was there a moment ago");
            Server::start(server, &settings.root).await
        })
    })
}

/// Ends a server that may still be starting.
async fn end_server(server: Option<Starting>) {
    let Some(server) = server else { return };
    if server.is_finished() {
        if let Ok(Ok(server)) = server.await {
            server.stop().await;
        }
    } else {
        // Its process group dies with the task.
        server.abort();
        // Aborted is what it is.
        let _ = server.await;
    }
}

async fn with_server(
    run: Run,
    server: Option<Starting>,
    plan: Plan,
    tell: impl Fn(&ServerError),
    events: &EventSink,
) -> Result<RunSummary, CliError> {
    let Some(starting) = server else { return Ok(run.run(plan).await?) };
    let count = plan.tests.len();
    let (run, mut server) = match wait_for_server(run, starting, &tell).await {
        Ok(both) => both,
        Err(why) => {
            let mut summary = RunSummary { stopped: Some(why), ..RunSummary::default() };
            summary.counts.not_run = count;
            return Ok(summary);
        }
    };
    events.send(RunEvent::ServerReady {
        url: server.url().to_string(),
        took: server.took(),
        reused: server.is_reused(),
    });
    let summary = run.run(plan).await;
    if let Some(error) = server.ended().await {
        tell(&error);
    }
    server.stop().await;
    Ok(summary?)
}

/// The run and its server; or why the run is over before it has begun.
async fn wait_for_server(
    mut run: Run,
    mut starting: Starting,
    tell: impl Fn(&ServerError),
) -> Result<(Run, Server), StopReason> {
    let started = tokio::select! {
        started = &mut starting => started,
        reason = run.stopped() => {
            end_server(Some(starting)).await;
            run.abandon().await;
            return Err(reason);
        }
    };
    match started.expect("starting a server does not panic") {
        Ok(server) => Ok((run, server)),
        Err(error) => {
            tell(&error);
            run.abandon().await;
            Err(StopReason::Infrastructure("there is no server to test".to_owned()))
        }
    }
}

/// What `--fail-on-flaky` makes of tests that passed only when they were tried again.
fn flaky_failure(count: usize) -> Failure {
    let (title, detail) = match count {
        1 => ("1 flaky test fails this run".to_owned(), "it passed only when it was tried again"),
        _ => (format!("{count} flaky tests fail this run"), "they passed only when they were tried again"),
    };
    Failure::new(FailureKind::Assertion, title)
        .detail(format!("{detail}, and `fail_on_flaky` is on"))
        .advise("look at what the earlier attempts failed at; `retries: 0` on a test shows it each time")
}

/// An event, so that the reports in files have it too.
fn server_failure(error: &ServerError, redactor: &Redactor) -> RunEvent {
    let mut failure = Failure::new(FailureKind::Infrastructure, redactor.redact(&error.to_string()));
    let lines = error.source().map(ToString::to_string).into_iter().chain(error.details());
    failure.details = lines.map(|line| redactor.redact(&line)).collect();
    failure.advice = error.advice();
    RunEvent::RunFailure { failure: Box::new(failure) }
}

fn announce(settings: &Settings, events: &EventSink, found: &Found, collected: &Collected, chosen: &Chosen) {
    let started_at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    events.send(RunEvent::RunStarted(RunStart {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        tests: chosen.tests.clone().into(),
        specs: found.specs.len(),
        deselected: chosen.left_out,
        workers: settings.workers,
        browser: browser_word(settings.browser.name).to_owned(),
        started_at_ms: u64::try_from(started_at.as_millis()).unwrap_or(0),
    }));
    for error in collected.broken_support.iter().chain(&collected.broken_specs) {
        events.send(RunEvent::CollectionFailed { file: error.file.clone(), failure: error.failure.clone() });
    }
    if let Some(seed) = settings.shuffle {
        let text = format!("the order is by chance; `--shuffle={seed}` gives the same one again");
        events.send(RunEvent::Log { test: None, text });
    }
    for text in &chosen.warnings {
        events.send(RunEvent::Warning { text: text.clone() });
    }
}

fn browser_word(name: BrowserName) -> &'static str {
    match name {
        BrowserName::Chromium => "chromium",
        BrowserName::Chrome => "chrome",
        BrowserName::Edge => "edge",
        BrowserName::Firefox => "firefox",
        BrowserName::Webkit => "webkit",
        BrowserName::Safari => "safari",
    }
}

/// Every code that applies to a run; the worst one is the process's.
fn codes(summary: &RunSummary, failures_outside: usize, pass_with_no_tests: bool) -> Vec<ExitCode> {
    let mut codes = vec![ExitCode::Passed];
    match summary.stopped {
        Some(StopReason::Interrupted) => codes.push(ExitCode::Interrupted),
        Some(StopReason::Terminated) => codes.push(ExitCode::Terminated),
        Some(StopReason::Infrastructure(_)) => codes.push(ExitCode::CouldNotRun),
        Some(StopReason::GlobalTimeout(_) | StopReason::MaxFailures(_)) => codes.push(ExitCode::Failed),
        None => {}
    }
    if summary.broken_specs > 0 {
        codes.push(ExitCode::Usage);
    }
    if summary.infrastructure_failures > 0 {
        codes.push(ExitCode::CouldNotRun);
    }
    if summary.counts.failed > 0 || failures_outside > 0 {
        codes.push(ExitCode::Failed);
    }
    if summary.counts.total() == 0 && !pass_with_no_tests {
        codes.push(ExitCode::NoTests);
    }
    codes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(summary: &RunSummary, expected: ExitCode) {
        assert_eq!(ExitCode::worst(codes(summary, 0, false)), expected);
    }

    #[test]
    fn the_summary_decides_the_exit_code() {
        let mut summary = RunSummary::default();
        check(&summary, ExitCode::NoTests);
        summary.counts.passed = 1;
        check(&summary, ExitCode::Passed);
        summary.counts.flaky = 1;
        check(&summary, ExitCode::Passed);
        summary.counts.failed = 1;
        check(&summary, ExitCode::Failed);
        summary.infrastructure_failures = 1;
        check(&summary, ExitCode::CouldNotRun);
        summary.broken_specs = 1;
        check(&summary, ExitCode::Usage);
        summary.stopped = Some(StopReason::Interrupted);
        check(&summary, ExitCode::Interrupted);
    }
}
