//! [`Report`]: the JSON report of a run, asked in words. The only place in the tests that knows
//! its shape.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

use super::Finished;

/// The JSON report of a run.
pub(crate) struct Report {
    json: Value,
    screen: String,
}

impl Report {
    #[track_caller]
    pub(super) fn read(path: &Path, finished: &Finished) -> Self {
        let screen = finished.screen();
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => panic!("no JSON report: {error}\n{screen}"),
        };
        let json: Value = match serde_json::from_str(&text) {
            Ok(json) => json,
            Err(error) => panic!("{error}\n{text}\n{screen}"),
        };
        assert_eq!(json["format"], 1, "version of the JSON report");
        Self { json, screen }
    }

    /// The tests, in plan order, must have ended so: `("cart › adds an item", "passed")`.
    #[track_caller]
    pub(crate) fn assert_statuses(&self, expected: &[(&str, &str)]) -> &Self {
        let found = self.statuses();
        let found: Vec<(&str, &str)> = found.iter().map(|(title, status)| (title.as_str(), *status)).collect();
        assert!(found == expected, "expected {expected:#?}\nfound {found:#?}\n{}", self.screen);
        self
    }

    /// The tests, in plan order, must have run in these projects and ended so.
    #[track_caller]
    pub(crate) fn assert_projects(&self, expected: &[(&str, &str, &str)]) -> &Self {
        let project = |test: &Value| text(&test["project"]);
        let found: Vec<_> =
            self.tests().iter().map(|test| (project(test), full_title(test), text(&test["status"]))).collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|(project, title, status)| ((*project).to_owned(), (*title).to_owned(), (*status).to_owned()))
            .collect();
        assert!(found == expected, "expected {expected:#?}\nfound {found:#?}\n{}", self.screen);
        self
    }

    /// The highest number of a worker that ran an attempt.
    pub(crate) fn highest_worker(&self) -> u64 {
        let workers = self.tests().iter().flat_map(attempts).filter_map(|attempt| attempt["worker"].as_u64());
        workers.max().unwrap_or(0)
    }

    /// There are `count` tests, and all of them passed at the first try.
    #[track_caller]
    pub(crate) fn assert_all_passed(&self, count: usize) -> &Self {
        let found = self.statuses();
        let others: Vec<_> = found.iter().filter(|(_, status)| *status != "passed").collect();
        assert!(others.is_empty() && found.len() == count, "{count} should pass, found {found:#?}\n{}", self.screen);
        self
    }

    /// Every test passed or was skipped, and there are some.
    #[track_caller]
    pub(crate) fn assert_nothing_failed(&self) -> &Self {
        let found = self.statuses();
        let is_fine = found.iter().all(|(_, status)| matches!(*status, "passed" | "skipped"));
        assert!(is_fine && !found.is_empty(), "everything should pass, found {found:#?}\n{}", self.screen);
        self
    }

    /// The test with this full title; the first one where several specs have it.
    #[track_caller]
    pub(crate) fn test(&self, title: &str) -> TestReport<'_> {
        let Some(test) = self.tests().iter().find(|test| full_title(test) == title) else {
            panic!("no test {title:?} among {:#?}\n{}", self.statuses(), self.screen)
        };
        TestReport { test, screen: &self.screen }
    }

    /// What each use of a session came to, in all tests and attempts, in plan order:
    /// `("restored", "session `admin`")`.
    pub(crate) fn sessions(&self) -> Vec<(String, String)> {
        let steps = self.tests().iter().flat_map(attempts).flat_map(steps);
        steps.filter_map(|step| Some((session_status(step)?, text(&step["title"])))).collect()
    }

    /// How many uses of sessions ended in `status`.
    pub(crate) fn session_count(&self, status: &str) -> usize {
        self.sessions().iter().filter(|(found, _)| found == status).count()
    }

    /// One number of the summary: `passed`, `failed`, `flaky`, `skipped`, `not_run`.
    pub(crate) fn count(&self, status: &str) -> u64 {
        self.json["summary"][status].as_u64().unwrap_or(0)
    }

    /// How many attempts there were, of all tests.
    pub(crate) fn attempts(&self) -> usize {
        self.tests().iter().map(|test| attempts(test).len()).sum()
    }

    /// What was on the screen.
    pub(crate) fn screen(&self) -> &str {
        &self.screen
    }

    fn statuses(&self) -> Vec<(String, &str)> {
        self.tests().iter().map(|test| (full_title(test), test["status"].as_str().unwrap_or("?"))).collect()
    }

    fn tests(&self) -> &[Value] {
        list(&self.json["tests"])
    }
}

/// One test of a report.
pub(crate) struct TestReport<'a> {
    test: &'a Value,
    screen: &'a str,
}

impl TestReport<'_> {
    /// How many attempts it had.
    pub(crate) fn attempts(&self) -> usize {
        attempts(self.test).len()
    }

    /// The failure of its last failed attempt, as one text: title, expected, found, details,
    /// advice, time waited, circumstances and causes, one a line.
    #[track_caller]
    pub(crate) fn failure(&self) -> String {
        let mut failures =
            attempts(self.test).iter().rev().map(|attempt| &attempt["failure"]).filter(|it| it.is_object());
        let Some(failure) = failures.next() else { panic!("it did not fail\n{}", self.screen) };
        let mut out = String::new();
        write_failure(&mut out, failure);
        out
    }

    /// Its failure must contain all these texts.
    #[track_caller]
    pub(crate) fn assert_failure(&self, parts: &[&str]) -> &Self {
        let failure = self.failure();
        for part in parts {
            assert!(failure.contains(part), "the failure should say {part:?}:\n{failure}\n{}", self.screen);
        }
        self
    }

    /// What its uses of sessions came to: `["created", "restored"]`.
    pub(crate) fn sessions(&self) -> Vec<String> {
        attempts(self.test).iter().flat_map(steps).filter_map(session_status).collect()
    }

    /// Details and warnings of its steps must contain all these texts.
    #[track_caller]
    pub(crate) fn assert_step_notes(&self, parts: &[&str]) -> &Self {
        let notes = self.step_notes();
        for part in parts {
            assert!(notes.contains(part), "the steps should say {part:?}:\n{notes}\n{}", self.screen);
        }
        self
    }

    /// Details and warnings of its steps, one a line.
    pub(crate) fn step_notes(&self) -> String {
        let mut out = String::new();
        for step in attempts(self.test).iter().flat_map(steps) {
            for line in list(&step["details"]).iter().chain([&step["warning"]]).filter_map(Value::as_str) {
                writeln!(out, "{line}").unwrap();
            }
        }
        out
    }
}

fn full_title(test: &Value) -> String {
    let titles: Vec<&str> = list(&test["titles"]).iter().filter_map(Value::as_str).collect();
    titles.join(" › ")
}

fn attempts(test: &Value) -> &[Value] {
    list(&test["attempts"])
}

fn steps(attempt: &Value) -> &[Value] {
    list(&attempt["steps"])
}

/// `created` and the like for the use of a session, nothing for other steps.
fn session_status(step: &Value) -> Option<String> {
    (step["kind"] == "session").then(|| text(&step["status"]))
}

fn write_failure(out: &mut String, failure: &Value) {
    for key in ["title", "expected", "found", "advice"] {
        if let Some(line) = failure[key].as_str() {
            writeln!(out, "{line}").unwrap();
        }
    }
    if let Some(waited) = failure["waited_ms"].as_u64() {
        writeln!(out, "waited {waited}ms").unwrap();
    }
    for key in ["details", "during"] {
        for line in list(&failure[key]).iter().filter_map(Value::as_str) {
            writeln!(out, "{line}").unwrap();
        }
    }
    if failure["cause"].is_object() {
        write_failure(out, &failure["cause"]);
    }
    for also in list(&failure["also"]) {
        write_failure(out, also);
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
