//! Joins the reports of shards, or of other runs, into one run: [`merge`]. Pure.

use std::collections::HashMap;
use std::time::Duration;

use super::format::{JsonReport, JsonStop, JsonTest};
use super::replay::{stop_reason, test_case, test_events, test_id};
use crate::event::{PlanIndex, RunEvent, RunStart, ShardStart};
use crate::model::{TestCase, TestId};
use crate::outcome::{Counts, RunSummary, StopReason};

/// A report and the name of its file, for messages.
#[derive(Clone, Debug)]
pub struct NamedReport {
    /// The file.
    pub name: String,
    /// What it says.
    pub report: JsonReport,
}

/// Several runs as one.
#[derive(Clone, Debug)]
pub struct Merged {
    /// What the one run would have told; reports are made from it.
    pub events: Vec<RunEvent>,
    /// What it came to.
    pub summary: RunSummary,
}

/// The reports are not the parts of one run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// Not every shard is there.
    #[error("{} {}", shards(missing, *total), if missing.len() == 1 { "is missing" } else { "are missing" })]
    ShardMissing {
        /// Which, from 1.
        missing: Vec<usize>,
        /// How many there are.
        total: usize,
        /// Those that are there, one line each.
        given: Vec<String>,
    },
    /// A shard is there more than once.
    #[error("shard {index} of {total} is there twice")]
    ShardTwice {
        /// Which, from 1.
        index: usize,
        /// How many there are.
        total: usize,
        /// Its files.
        files: [String; 2],
    },
    /// The shards were cut from different plans: tests would be missing or twice.
    #[error("these shards are not parts of one run")]
    OtherPlan {
        /// One line for each file.
        given: Vec<String>,
    },
    /// A test is in two reports.
    #[error("`{test}` is in two reports")]
    TestTwice {
        /// The test.
        test: String,
        /// Its files.
        files: [String; 2],
    },
    /// The file was changed after it was written.
    #[error("`{file}` is damaged: its tests are not those of its shard")]
    Damaged {
        /// The file.
        file: String,
    },
}

impl MergeError {
    /// Further lines.
    pub fn details(&self) -> Vec<String> {
        match self {
            Self::ShardMissing { given, .. } | Self::OtherPlan { given } => given.clone(),
            Self::ShardTwice { files, .. } | Self::TestTwice { files, .. } => files.to_vec(),
            Self::Damaged { .. } => Vec::new(),
        }
    }

    /// What to try.
    pub fn advice(&self) -> Option<String> {
        match self {
            Self::ShardMissing { .. } => Some("it with the reports of all shards".into()),
            Self::ShardTwice { .. } => Some("it with one report for each shard".into()),
            Self::OtherPlan { .. } => Some(
                "the shards again, each with the same specs, options and history: they decide what is in a shard"
                    .into(),
            ),
            Self::TestTwice { .. } => Some("reports of different tests: those of shards or projects".into()),
            Self::Damaged { .. } => None,
        }
    }
}

fn shards(missing: &[usize], total: usize) -> String {
    let numbers: Vec<String> = missing.iter().map(ToString::to_string).collect();
    format!("shard{} {} of {total}", if missing.len() == 1 { "" } else { "s" }, numbers.join(", "))
}

/// Joins reports. Tests come in the order of their plan; where there are several plans, in that in
/// which their first reports are given.
///
/// # Errors
/// Where a shard is missing or there twice, or tests would be there twice.
pub fn merge(reports: Vec<NamedReport>) -> Result<Merged, MergeError> {
    check_shards(&reports)?;
    check_tests(&reports)?;
    let start = start(&reports);
    let mut events = Vec::new();
    let mut told = Told::default();
    let mut summary = summary(&reports);
    let mut placed = Vec::new();
    let mut first_of_plan: HashMap<String, usize> = HashMap::new();
    let mut ends = Vec::new();
    for (number, NamedReport { name, report }) in reports.into_iter().enumerate() {
        if !report.summary.complete {
            let text = format!("`{name}` is of a run that was cut short: what it has not told counts as not run");
            ends.push(RunEvent::Warning { text });
        }
        let shard = report.run.shard;
        let plan = shard.as_ref().map_or(number, |shard| *first_of_plan.entry(shard.plan.clone()).or_insert(number));
        for (index, test) in report.tests.into_iter().enumerate() {
            let place = shard.as_ref().map_or(index, |shard| shard.places[index]);
            placed.push(((plan, place), test));
        }
        for broken in report.collection_failures {
            if told.is_new(format!("{}: {}", broken.file, broken.failure.title)) {
                events.push(RunEvent::CollectionFailed { file: broken.file, failure: Box::new(broken.failure) });
            }
        }
        ends.extend(
            report.warnings.into_iter().filter(|text| told.is_new(text.clone())).map(|text| RunEvent::Warning { text }),
        );
        ends.extend(
            report
                .logs
                .into_iter()
                .filter(|text| told.is_new(text.clone()))
                .map(|text| RunEvent::Log { test: None, text }),
        );
        ends.extend(report.run_failures.into_iter().map(|mut failure| {
            failure.during.extend(shard.as_ref().map(|shard| format!("in shard {} of {}", shard.index, shard.total)));
            RunEvent::RunFailure { failure: Box::new(failure) }
        }));
    }
    summary.broken_specs = events.len();
    placed.sort_by_key(|(place, _)| *place);
    let tests: Vec<JsonTest> = placed.into_iter().map(|(_, test)| test).collect();
    let cases: Vec<TestCase> = tests.iter().map(test_case).collect();
    events.insert(0, RunEvent::RunStarted(RunStart { tests: cases.into(), ..start }));
    for (index, test) in tests.into_iter().enumerate() {
        summary.counts.add(test.status);
        test_events(PlanIndex(index), test, &mut |event| events.push(event));
    }
    events.extend(ends);
    events.push(RunEvent::RunFinished(summary.clone()));
    Ok(Merged { events, summary })
}

/// What was told already: every shard collects all specs, and says the same about them.
#[derive(Default)]
struct Told(std::collections::HashSet<String>);

impl Told {
    fn is_new(&mut self, text: String) -> bool {
        self.0.insert(text)
    }
}

fn check_shards(reports: &[NamedReport]) -> Result<(), MergeError> {
    let shards: Vec<(&str, &ShardStart)> =
        reports.iter().filter_map(|named| Some((named.name.as_str(), named.report.run.shard.as_ref()?))).collect();
    for (number, (name, shard)) in shards.iter().enumerate() {
        let again = shards[..number].iter().find(|(_, other)| other.plan == shard.plan && other.index == shard.index);
        if let Some((first, _)) = again {
            let files = [(*first).to_owned(), (*name).to_owned()];
            return Err(MergeError::ShardTwice { index: shard.index, total: shard.total, files });
        }
    }
    for (_, shard) in &shards {
        let of_plan = |other: &ShardStart| other.plan == shard.plan;
        let has = |index| shards.iter().any(|(_, other)| of_plan(other) && other.index == index);
        let missing: Vec<usize> = (1..=shard.total).filter(|index| !has(*index)).collect();
        if missing.is_empty() {
            continue;
        }
        let other_plan = shards
            .iter()
            .any(|(_, other)| !of_plan(other) && (missing.contains(&other.index) || other.total != shard.total));
        let given = shards.iter().map(|(name, shard)| described(name, shard)).collect();
        return Err(if other_plan {
            MergeError::OtherPlan { given }
        } else {
            MergeError::ShardMissing { missing, total: shard.total, given }
        });
    }
    Ok(())
}

fn described(name: &str, shard: &ShardStart) -> String {
    let ShardStart { index, total, plan, tests, .. } = shard;
    let word = if *tests == 1 { "test" } else { "tests" };
    format!("{name}: shard {index} of {total}, of a plan with {tests} {word} ({plan})")
}

fn check_tests(reports: &[NamedReport]) -> Result<(), MergeError> {
    let mut seen: HashMap<TestId, &str> = HashMap::new();
    for NamedReport { name, report } in reports {
        if report.run.shard.as_ref().is_some_and(|shard| shard.places.len() != report.tests.len()) {
            return Err(MergeError::Damaged { file: name.clone() });
        }
        for test in &report.tests {
            let id = test_id(test);
            let shown = id.to_string();
            if let Some(first) = seen.insert(id, name) {
                return Err(MergeError::TestTwice { test: shown, files: [first.to_owned(), name.clone()] });
            }
        }
    }
    Ok(())
}

fn start(reports: &[NamedReport]) -> RunStart {
    let runs = || reports.iter().map(|named| &named.report.run);
    let mut browsers: Vec<&str> = Vec::new();
    for browser in runs().flat_map(|run| run.browser.split(", ")) {
        if !browsers.contains(&browser) {
            browsers.push(browser);
        }
    }
    RunStart {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        tests: [].into(),
        specs: runs().map(|run| run.specs).max().unwrap_or(0),
        deselected: runs().map(|run| run.deselected).max().unwrap_or(0),
        workers: runs().map(|run| run.workers).sum(),
        browser: browsers.join(", "),
        started_at_ms: runs().map(|run| run.started_at_ms).min().unwrap_or(0),
        shard: None,
    }
}

/// Counts and broken specs are added later: they are not the sums of what the reports say.
fn summary(reports: &[NamedReport]) -> RunSummary {
    let summaries = || reports.iter().map(|named| &named.report.summary);
    let cut_short = reports
        .iter()
        .find(|named| !named.report.summary.complete)
        .map(|named| StopReason::Infrastructure(format!("the run of `{}` was cut short", named.name)));
    let stopped = summaries().filter_map(|summary| summary.stopped.as_ref()).min_by_key(|stop| weight(stop));
    RunSummary {
        counts: Counts::default(),
        // They run side by side: the longest is the one that was waited for.
        duration: Duration::from_millis(summaries().map(|summary| summary.duration_ms).max().unwrap_or(0)),
        broken_specs: 0,
        infrastructure_failures: summaries().map(|summary| summary.infrastructure_failures).sum(),
        stopped: stopped.map(stop_reason).or(cut_short),
    }
}

/// The reason that matters most comes first.
fn weight(stop: &JsonStop) -> u8 {
    match stop {
        JsonStop::Interrupted => 0,
        JsonStop::Terminated => 1,
        JsonStop::Infrastructure { .. } => 2,
        JsonStop::GlobalTimeout { .. } => 3,
        JsonStop::MaxFailures { .. } => 4,
    }
}

#[cfg(test)]
mod tests;
