//! `JUnit` XML: a test suite for each spec, a test case for each test, in plan order.

use std::io;
use std::time::Duration;

use chrono::{DateTime, FixedOffset};
use quick_junit::{
    FlakyOrRerun, NonSuccessKind, Report as Junit, TestCase as JunitCase, TestCaseStatus, TestRerun, TestSuite,
};

use super::diagnostic::{describe_failure, describe_test};
use super::error::ReportError;
use super::fanout::Report;
use super::file::ReportFile;
use super::record::{AttemptRecord, Record, TestRecord};
use super::terminal::{Style, one_line};
use crate::model::TestCase;
use crate::outcome::{Failure, FailureKind, Status};

/// Writes the file when the run ends.
pub(super) struct JunitFile {
    file: ReportFile,
}

impl JunitFile {
    pub(super) fn new(file: ReportFile) -> Self {
        Self { file }
    }
}

impl Report for JunitFile {
    fn finish(&mut self, record: &Record) -> Result<(), ReportError> {
        self.file.write(|out| report(record).serialize(out).map_err(io::Error::other))
    }
}

fn report(record: &Record) -> Junit {
    let mut junit = Junit::new("runner");
    if let Some(start) = started_at(record) {
        junit.set_timestamp(start);
    }
    junit.set_time(record.summary().duration);
    junit.add_test_suites(record.broken_files.iter().map(|broken| {
        let mut suite = TestSuite::new(&broken.file);
        suite.add_test_case(error_case("could not be loaded", &broken.file, &broken.failure));
        suite
    }));
    for (spec, tests) in record.specs() {
        junit.add_test_suite(suite(&spec, &tests));
    }
    if !record.run_failures.is_empty() {
        let mut suite = TestSuite::new("outside the tests");
        suite.add_test_cases(
            record.run_failures.iter().map(|failure| error_case(&failure.title, "outside the tests", failure)),
        );
        junit.add_test_suite(suite);
    }
    junit
}

fn started_at(record: &Record) -> Option<DateTime<FixedOffset>> {
    let millis = i64::try_from(record.start.as_ref()?.started_at_ms).ok()?;
    Some(DateTime::from_timestamp_millis(millis)?.fixed_offset())
}

fn suite(spec: &str, tests: &[(&TestCase, &TestRecord)]) -> TestSuite {
    let mut suite = TestSuite::new(spec);
    suite.set_time(tests.iter().map(|(_, record)| record.duration).sum::<Duration>());
    suite.add_test_cases(tests.iter().map(|(case, record)| test_case(case, record)));
    suite
}

fn test_case(case: &TestCase, record: &TestRecord) -> JunitCase {
    let mut junit = JunitCase::new(case.id.full_title(), status(case, record));
    junit.set_classname(case.id.spec_run().to_string()).set_time(record.duration);
    junit.extra.insert("file".into(), (*case.location.file).into());
    junit.extra.insert("line".into(), case.location.line.to_string().into());
    if let Some(project) = &case.id.project {
        junit.add_property(("project", project.as_str()));
    }
    for tag in &case.tags {
        junit.add_property(("tag", tag.as_str()));
    }
    let output = output(record);
    if !output.is_empty() {
        junit.set_system_out(output);
    }
    junit
}

fn status(case: &TestCase, record: &TestRecord) -> TestCaseStatus {
    let mut status = match record.status() {
        Status::Passed => return TestCaseStatus::success(),
        Status::Flaky => TestCaseStatus::success(),
        Status::Failed => failed(case, record),
        Status::Skipped => return skipped(record.reason.as_deref()),
        Status::NotRun => {
            let why = record.reason.as_deref().unwrap_or("the run ended before");
            return skipped(Some(&format!("not run: {why}")));
        }
    };
    let earlier = match record.status() {
        Status::Failed => record.attempts.split_last().map_or(&[][..], |(_, earlier)| earlier),
        _ => &record.attempts,
    };
    status.add_reruns(earlier.iter().filter_map(rerun));
    if record.status() == Status::Failed {
        status.set_rerun_kind(FlakyOrRerun::Rerun);
    }
    status
}

fn failed(case: &TestCase, record: &TestRecord) -> TestCaseStatus {
    let Some(failure) = record.failure() else {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_message("the test failed without saying why");
        return status;
    };
    let mut status = TestCaseStatus::non_success(kind(failure));
    status.set_message(one_line(&failure.title)).set_type(type_name(failure.kind));
    status.set_description(format!("{}\n", describe_test(case, record, &Style::plain())));
    status
}

fn skipped(reason: Option<&str>) -> TestCaseStatus {
    let mut status = TestCaseStatus::skipped();
    if let Some(reason) = reason {
        status.set_message(reason);
    }
    status
}

fn rerun(attempt: &AttemptRecord) -> Option<TestRerun> {
    let failure = attempt.failure()?;
    let mut rerun = TestRerun::new(kind(failure));
    rerun.set_time(attempt.duration()).set_message(one_line(&failure.title)).set_type(type_name(failure.kind));
    rerun.set_description(format!("{}\n", describe_failure(failure, &Style::plain())));
    Some(rerun)
}

/// What went wrong with the browser or driver is an error; what the test found is a failure.
fn kind(failure: &Failure) -> NonSuccessKind {
    if failure.kind == FailureKind::Infrastructure { NonSuccessKind::Error } else { NonSuccessKind::Failure }
}

fn type_name(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::Assertion => "assertion",
        FailureKind::Action => "action",
        FailureKind::Timeout => "timeout",
        FailureKind::Script => "script",
        FailureKind::Session => "session",
        FailureKind::Page => "page",
        FailureKind::Unsupported => "unsupported",
        FailureKind::Infrastructure => "infrastructure",
    }
}

fn error_case(name: &str, class: &str, failure: &Failure) -> JunitCase {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_message(one_line(&failure.title)).set_type(type_name(failure.kind));
    status.set_description(format!("{}\n", describe_failure(failure, &Style::plain())));
    let mut case = JunitCase::new(name, status);
    case.set_classname(class).set_time(Duration::ZERO);
    case
}

/// What was logged, and the files in the form in which Jenkins and GitLab find attachments.
fn output(record: &TestRecord) -> String {
    let mut lines: Vec<String> = Vec::new();
    for attempt in &record.attempts {
        lines.extend(attempt.logs.iter().cloned());
        let artifacts = attempt.failure().into_iter().flat_map(|failure| &failure.artifacts).chain(&attempt.artifacts);
        lines.extend(artifacts.map(|artifact| format!("[[ATTACHMENT|{}]]", artifact.path.display())));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{golden, sample};

    #[test]
    fn a_whole_run() {
        golden::check("report/junit.xml", &report(&sample::record()).to_string().unwrap());
    }

    #[test]
    fn a_run_that_was_cut_short_tells_what_was_not_run() {
        let mut record = Record::new();
        for event in [sample::run_started(), sample::test_started(0, 1, 1)] {
            record.receive(&event);
        }
        let xml = report(&record).to_string().unwrap();
        assert_eq!(xml.matches(r#"<skipped message="not run: the run ended before"/>"#).count(), 8, "{xml}");
    }
}
