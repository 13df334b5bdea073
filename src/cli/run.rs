//! `runner [PATHS]`: find, collect, select, schedule, report.

use std::error::Error as _;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use tokio::task::JoinHandle;

use crate::config::Settings;
use crate::event::{EventSink, RunEvent, RunStart};
use crate::outcome::{Failure, FailureKind, RunSummary, StopReason};
use crate::redact::Redactor;
use crate::report::{self, Screen};
use crate::schedule::{Collected, Plan, Run};
use crate::server::{Server, ServerError};

use super::choose::{Chosen, choose, known};
use super::collect::{Found, find};
use super::error::CliError;
use super::exit::{Circumstances, ExitCode};
use super::recorder::Recorder;

/// Runs the tests.
pub(crate) async fn run(settings: Settings, screen: Screen) -> Result<ExitCode, CliError> {
    let settings = Arc::new(settings);
    let (sink, reporting) = report::open(&settings, screen)?.start();
    let recorder = Recorder::default();
    let events = recorder.before(sink);
    let done = perform(&settings, &events, &recorder).await;
    let report_errors = reporting.finish();
    let (summary, may_be_empty) = done?;
    let circumstances = Circumstances { failures_outside: recorder.failures_outside(), may_be_empty };
    let mut codes = ExitCode::of_run(&summary, circumstances);
    for error in report_errors {
        CliError::Report(error).show();
        codes.push(ExitCode::CouldNotRun);
    }
    Ok(ExitCode::worst(codes))
}

/// The run's summary, and whether it is right that it has no test where it has none.
async fn perform(
    settings: &Arc<Settings>,
    events: &EventSink,
    recorder: &Recorder,
) -> Result<(RunSummary, bool), CliError> {
    let mut found = find(settings, events.clone())?;
    let server = start_server(settings);
    let collected = found.collect().await;
    let ready = match collected {
        Ok(collected) => chosen(&found, collected, settings),
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
    let may_be_empty = settings.selection.pass_with_no_tests || chosen.is_rightly_empty;
    let mut summary = if collected.stopped.is_some() || chosen.plan.tests.is_empty() {
        found.run.abandon().await;
        end_server(server).await;
        RunSummary { stopped: collected.stopped.clone(), ..RunSummary::default() }
    } else {
        let tell = |error: &ServerError| events.send(server_failure(error, &found.redactor));
        with_server(found.run, server, chosen.plan, tell, events).await?
    };
    summary.broken_specs = broken;
    if settings.fail_on_flaky && summary.counts.flaky > 0 {
        events.send(RunEvent::RunFailure { failure: Box::new(flaky_failure(summary.counts.flaky)) });
    }
    remember(settings, events, recorder, &collected);
    events.send(RunEvent::RunFinished(summary.clone()));
    Ok((summary, may_be_empty))
}

/// Keeps what the run came to for later ones. A shard does not: the others must be cut by the same
/// history, and may still be to come. `merge-reports` does it for all of them.
fn remember(settings: &Settings, events: &EventSink, recorder: &Recorder, collected: &Collected) {
    if settings.shard.is_some() {
        return;
    }
    let known = (collected.stopped.is_none() && collected.broken_support.is_empty()).then(|| known(collected));
    if let Err(error) = recorder.write_history(settings, known) {
        let why = error.source().map(|source| format!(": {source}")).unwrap_or_default();
        events.send(RunEvent::Warning { text: format!("{error}{why}; `--last-failed` and shards go by it") });
    }
}

/// The tests to run. Where files are broken, that is told instead of "no tests".
fn chosen(found: &Found, collected: Collected, settings: &Settings) -> Result<(Collected, Chosen), CliError> {
    let is_broken = !collected.broken_support.is_empty() || !collected.broken_specs.is_empty();
    let chosen = if !collected.broken_support.is_empty() || collected.stopped.is_some() {
        Chosen::nothing(settings)
    } else {
        match choose(&collected, settings, &found.parts) {
            Ok(chosen) => chosen,
            Err(error) if is_broken && error.code() == ExitCode::NoTests => Chosen::nothing(settings),
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
        tests: chosen.plan.tests.clone(),
        specs: found.spec_count(),
        deselected: chosen.left_out,
        workers: settings.workers,
        browser: browsers(found),
        started_at_ms: u64::try_from(started_at.as_millis()).unwrap_or(0),
        shard: chosen.shard.clone(),
    }));
    for error in collected.broken_support.iter().chain(&collected.broken_specs) {
        events.send(RunEvent::CollectionFailed { file: error.file.clone(), failure: error.failure.clone() });
    }
    for text in &chosen.notes {
        events.send(RunEvent::Log { test: None, text: text.clone() });
    }
    if let Some(seed) = settings.shuffle {
        let text = format!("the order is by chance; `--shuffle={seed}` gives the same one again");
        events.send(RunEvent::Log { test: None, text });
    }
    for text in &chosen.warnings {
        events.send(RunEvent::Warning { text: text.clone() });
    }
}

/// The browsers of all projects, each once.
fn browsers(found: &Found) -> String {
    let mut words = Vec::new();
    for part in &found.parts {
        let word = part.settings.browser.name.to_string();
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words.join(", ")
}
