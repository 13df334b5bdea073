//! [`open`]: makes the reports the settings ask for.

use super::error::ReportError;
use super::fanout::Fanout;
use super::file::ReportFile;
use super::json::JsonFile;
use super::junit::JunitFile;
use super::terminal::{Screen, Style, TerminalReport, Verbosity};
use crate::config::{Reports, Settings};

/// The reports asked for. The terminal comes last, so that what it says at the end is the end.
///
/// # Errors
/// A report file that cannot be written, found before anything is run.
pub fn open(settings: &Settings, screen: Screen) -> Result<Fanout, ReportError> {
    let mut fanout = open_files(&settings.reports)?;
    let style = Style::new(settings.color, screen);
    let verbosity = match (settings.quiet, settings.verbose) {
        (true, _) => Verbosity::Quiet,
        (false, true) => Verbosity::Verbose,
        (false, false) => Verbosity::Normal,
    };
    fanout.add(if screen.is_terminal {
        TerminalReport::with_progress(style, verbosity)
    } else {
        TerminalReport::to_stdout(style, verbosity)
    });
    Ok(fanout)
}

fn open_files(reports: &Reports) -> Result<Fanout, ReportError> {
    if let (Some(junit), Some(json)) = (&reports.junit, &reports.json)
        && junit == json
        && !junit.starts_with("/dev")
    {
        return Err(ReportError::SamePath { path: junit.clone() });
    }
    let mut fanout = Fanout::new();
    if let Some(path) = &reports.junit {
        fanout.add(JunitFile::new(ReportFile::open("JUnit", path)?));
    }
    if let Some(path) = &reports.json {
        fanout.add(JsonFile::new(ReportFile::open("JSON", path)?));
    }
    Ok(fanout)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::report::json::JsonReport;
    use crate::report::sample;

    #[test]
    fn files_are_written_when_the_run_ends() {
        let folder = tempfile::tempdir().unwrap();
        let (junit, json) = (folder.path().join("out/junit.xml"), folder.path().join("out/report.json"));
        let fanout = open_files(&Reports { junit: Some(junit.clone()), json: Some(json.clone()) }).unwrap();
        let (sink, reporting) = fanout.start();
        for event in sample::events() {
            sink.send(event);
        }
        assert!(reporting.finish().is_empty());
        assert!(fs::read_to_string(junit).unwrap().contains(r#"<testsuites name="runner" tests="10""#));
        assert_eq!(JsonReport::parse(&fs::read_to_string(json).unwrap()).unwrap().tests.len(), 8);
    }

    #[test]
    fn two_reports_need_two_files() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report");
        let Err(error) = open_files(&Reports { junit: Some(path.clone()), json: Some(path) }) else {
            panic!("one file for two reports was accepted");
        };
        assert!(error.to_string().contains("give each its own file"), "{error}");
    }
}
