//! Writes the file from the record, one test at a time, so that a long run is not held twice.

use std::time::Duration;

use serde::{Serialize, Serializer};

use super::format::{
    FORMAT, JsonAttempt, JsonBrokenFile, JsonOutcome, JsonReport, JsonRun, JsonSessions, JsonStep, JsonStop,
    JsonSummary, JsonTest,
};
use crate::event::{RunStart, Step};
use crate::model::TestCase;
use crate::outcome::{Outcome, StopReason};
use crate::report::error::ReportError;
use crate::report::fanout::Report;
use crate::report::file::ReportFile;
use crate::report::record::{AttemptRecord, Record, TestRecord};

/// Writes the file when the run ends.
pub(in crate::report) struct JsonFile {
    file: ReportFile,
}

impl JsonFile {
    pub(in crate::report) fn new(file: ReportFile) -> Self {
        Self { file }
    }
}

impl Report for JsonFile {
    fn finish(&mut self, record: &Record) -> Result<(), ReportError> {
        self.file.write(|mut out| {
            serde_json::to_writer_pretty(&mut out, &report(record))?;
            out.write_all(b"\n")
        })
    }
}

/// The tests of a record, converted while they are written.
struct Tests<'a>(&'a Record);

impl Serialize for Tests<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.cases().map(|(case, record)| test(case, record)))
    }
}

fn report(record: &Record) -> JsonReport<Tests<'_>> {
    JsonReport {
        format: FORMAT,
        run: record.start.as_ref().map(run).unwrap_or_default(),
        summary: summary(record),
        tests: Tests(record),
        collection_failures: record
            .broken_files
            .iter()
            .map(|broken| JsonBrokenFile { file: broken.file.clone(), failure: broken.failure.clone() })
            .collect(),
        run_failures: record.run_failures.clone(),
        warnings: record.warnings.clone(),
        logs: record.logs.clone(),
    }
}

fn run(start: &RunStart) -> JsonRun {
    JsonRun {
        version: start.version.clone(),
        started_at_ms: start.started_at_ms,
        browser: start.browser.clone(),
        workers: start.workers,
        specs: start.specs,
        deselected: start.deselected,
        shard: start.shard.clone(),
    }
}

fn summary(record: &Record) -> JsonSummary {
    let summary = record.summary();
    let uses = record.session_uses();
    JsonSummary {
        passed: summary.counts.passed,
        flaky: summary.counts.flaky,
        failed: summary.counts.failed,
        skipped: summary.counts.skipped,
        not_run: summary.counts.not_run,
        duration_ms: millis(summary.duration),
        broken_specs: summary.broken_specs,
        infrastructure_failures: summary.infrastructure_failures,
        sessions: JsonSessions {
            created: uses.created,
            restored: uses.restored,
            recreated: uses.recreated,
            failed: uses.failed,
            saved_ms: millis(uses.saved),
        },
        stopped: summary.stopped.map(stop),
        complete: record.summary.is_some(),
    }
}

fn stop(reason: StopReason) -> JsonStop {
    match reason {
        StopReason::MaxFailures(limit) => JsonStop::MaxFailures { limit },
        StopReason::GlobalTimeout(limit) => JsonStop::GlobalTimeout { limit_ms: millis(limit) },
        StopReason::Interrupted => JsonStop::Interrupted,
        StopReason::Terminated => JsonStop::Terminated,
        StopReason::Infrastructure(why) => JsonStop::Infrastructure { why },
    }
}

fn test(case: &TestCase, record: &TestRecord) -> JsonTest {
    JsonTest {
        project: case.id.project.clone(),
        spec: case.id.spec.clone(),
        titles: case.id.titles.clone(),
        repeat: case.id.repeat,
        location: case.location.clone(),
        tags: case.tags.clone(),
        status: record.status(),
        duration_ms: millis(record.duration),
        reason: record.reason.clone(),
        attempts: record.attempts.iter().map(attempt).collect(),
    }
}

fn attempt(record: &AttemptRecord) -> JsonAttempt {
    let outcome = match record.attempt.as_ref().map(|attempt| &attempt.outcome) {
        Some(Outcome::Passed) => JsonOutcome::Passed,
        Some(Outcome::Failed(_)) => JsonOutcome::Failed,
        Some(Outcome::Skipped(_)) => JsonOutcome::Skipped,
        Some(Outcome::Interrupted) | None => JsonOutcome::Interrupted,
    };
    JsonAttempt {
        number: record.number,
        worker: record.worker,
        outcome,
        duration_ms: millis(record.duration()),
        is_infrastructure: record.is_infrastructure(),
        failure: record.failure().cloned(),
        steps: record.steps.iter().map(step).collect(),
        logs: record.logs.clone(),
        artifacts: record.artifacts.clone(),
    }
}

fn step(step: &Step) -> JsonStep {
    JsonStep {
        title: step.title.clone(),
        kind: step.kind,
        depth: step.depth,
        duration_ms: millis(step.duration),
        passed: step.passed,
        details: step.details.clone(),
        warning: step.warning.clone(),
        saved_ms: step.saved.map(millis),
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{golden, sample};

    #[test]
    fn a_whole_run() {
        let mut text = serde_json::to_string_pretty(&report(&sample::record())).unwrap();
        text.push('\n');
        golden::check("report/report.json", &text);
    }

    #[test]
    fn what_was_written_can_be_read_back() {
        let record = sample::record();
        let text = serde_json::to_string(&report(&record)).unwrap();
        let read = JsonReport::parse(&text).unwrap();
        let expected: Vec<JsonTest> = record.cases().map(|(case, record)| test(case, record)).collect();
        assert_eq!(read.tests, expected);
        assert_eq!(read.summary, summary(&record));
        assert_eq!(read.run_failures, record.run_failures);
    }
}
