//! `runner list`: which tests would run, without a browser.

use std::io::{self, Write};
use std::sync::Arc;

use crate::config::Settings;
use crate::event::{EventSink, RunEvent};
use crate::model::{Mode, TestCase};
use crate::redact::Steady;
use crate::report::Style;
use crate::report::diagnostic::describe_failure;
use crate::schedule::Collected;

use super::choose::{Chosen, choose};
use super::collect::find;
use super::error::CliError;
use super::exit::ExitCode;

/// Lists the tests.
pub(crate) async fn run(settings: Settings) -> Result<ExitCode, CliError> {
    let settings = Arc::new(settings);
    let events = EventSink::new(|event| {
        if let RunEvent::Log { text, .. } | RunEvent::Warning { text } = event {
            // With stderr gone there is nobody left to tell.
            let _ = writeln!(io::stderr(), "{text}");
        }
    });
    let mut found = find(&settings, events)?;
    let listed = match found.collect().await {
        Ok(collected) => {
            let chosen = if collected.broken_support.is_empty() {
                choose(&collected, &settings, &found.parts)
            } else {
                Ok(Chosen::nothing(&settings))
            };
            Ok((collected, chosen))
        }
        Err(error) => Err(error),
    };
    found.run.abandon().await;
    let (collected, chosen) = listed?;
    let is_broken = show_broken(&collected);
    let chosen = match chosen {
        Err(error) if is_broken && error.code() == ExitCode::NoTests => Chosen::nothing(&settings),
        chosen => chosen?,
    };
    for note in &chosen.notes {
        // As above.
        let _ = writeln!(io::stderr(), "{note}");
    }
    write_tests(&mut io::stdout().lock(), &chosen)
        .map_err(|source| CliError::Process { what: "write the list", source })?;
    Ok(if is_broken { ExitCode::Usage } else { ExitCode::Passed })
}

fn show_broken(collected: &Collected) -> bool {
    let broken: Vec<_> = collected.broken_support.iter().chain(&collected.broken_specs).collect();
    for error in &broken {
        // As above.
        let text = Steady::of_process().apply(&describe_failure(&error.failure, &Style::plain()));
        let _ = writeln!(io::stderr(), "{}\n", text.trim_end());
    }
    !broken.is_empty()
}

fn write_tests(out: &mut impl Write, chosen: &Chosen) -> io::Result<()> {
    for test in &*chosen.plan.tests {
        let tags = test.tags.iter().fold(String::new(), |all, tag| all + " @" + tag.as_str());
        writeln!(out, "{}:{} › {}{tags}{}", test.id.spec_run(), test.location.line, test.id.full_title(), mark(test))?;
    }
    let mut specs: Vec<&str> = chosen.plan.tests.iter().map(|test| test.id.spec.as_str()).collect();
    specs.sort_unstable();
    specs.dedup();
    let left_out = if chosen.left_out > 0 { format!(", {} left out", chosen.left_out) } else { String::new() };
    writeln!(
        out,
        "{} {} in {} {}{left_out}",
        chosen.plan.tests.len(),
        if chosen.plan.tests.len() == 1 { "test" } else { "tests" },
        specs.len(),
        if specs.len() == 1 { "file" } else { "files" }
    )
}

fn mark(test: &TestCase) -> &'static str {
    match test.mode {
        Mode::Run => "",
        Mode::Skip(_) => " (skip)",
        Mode::Fixme(_) => " (fixme)",
        Mode::Fails => " (fails)",
    }
}
