//! Which of the collected tests run, and in which order: selection, what failed last time, what has
//! changed, repetitions, the shard, the order by chance.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;

use crate::config::Settings;
use crate::discovery::{Affected, History, HistoryError, SpecFile, affected, select};
use crate::event::ShardStart;
use crate::model::{TestCase, TestId};
use crate::schedule::{Collected, Cut, Plan, PlannedSpec};

use super::collect::Part;
use super::error::CliError;
use super::exit::ExitCode;

/// What is to be run.
#[derive(Debug)]
pub(super) struct Chosen {
    /// The tests, in order.
    pub(super) plan: Plan,
    /// Which part of all they are.
    pub(super) shard: Option<ShardStart>,
    /// How many tests were not selected.
    pub(super) left_out: usize,
    /// What is odd about the selection.
    pub(super) warnings: Vec<String>,
    /// What decided about it, for people.
    pub(super) notes: Vec<String>,
    /// Nothing is to be run, and that is as it should be.
    pub(super) is_rightly_empty: bool,
}

impl Chosen {
    /// Nothing at all.
    pub(super) fn nothing(settings: &Settings) -> Self {
        Self {
            plan: Plan::new(Vec::new(), Vec::new(), settings.parallel),
            shard: None,
            left_out: 0,
            warnings: Vec::new(),
            notes: Vec::new(),
            is_rightly_empty: false,
        }
    }
}

/// Chooses among what was collected from the files of `parts`.
pub(super) fn choose(collected: &Collected, settings: &Settings, parts: &[Part]) -> Result<Chosen, CliError> {
    let all: Vec<TestCase> = collected.specs.iter().flat_map(|(_, _, tests)| tests).cloned().collect();
    let count = all.len();
    let (mut tests, warnings) = selected(all, parts)?;
    let is_selected = !tests.is_empty();
    let mut notes = Vec::new();
    let mut is_rightly_empty = is_selected;
    if settings.selection.last_failed {
        is_rightly_empty &= keep_failed(&mut tests, settings, &mut notes)?;
    }
    if let Some(reference) = &settings.selection.only_changed {
        keep_changed(&mut tests, settings, (&specs_of(parts), reference), &mut notes)?;
    }
    let left_out = count - tests.len();
    let plan = Plan::new(Plan::repeated(tests, settings.repeat_each), planned(collected), settings.parallel);
    let (plan, shard) = cut(plan, settings)?;
    let plan = if let Some(seed) = settings.shuffle { plan.shuffled(seed) } else { plan };
    is_rightly_empty &= plan.tests.is_empty();
    Ok(Chosen { plan, shard, left_out, warnings, notes, is_rightly_empty })
}

/// The tests that each part's selection asks for, in order. A part that has none is no error as long
/// as another one has some.
fn selected(all: Vec<TestCase>, parts: &[Part]) -> Result<(Vec<TestCase>, Vec<String>), CliError> {
    let (mut chosen, mut warnings, mut nothing) = (Vec::new(), Vec::new(), None);
    for part in parts {
        let project = &part.settings.project;
        let tests: Vec<TestCase> = all.iter().filter(|test| test.id.project == *project).cloned().collect();
        let found = match select(&tests, &part.settings.selection, &part.specs) {
            Ok(found) => found,
            Err(error) => {
                let error = CliError::from(error);
                if error.code() != ExitCode::NoTests {
                    return Err(error);
                }
                nothing.get_or_insert(error);
                continue;
            }
        };
        warnings.extend(found.warnings.into_iter().filter(|text| !warnings.contains(text)).collect::<Vec<_>>());
        chosen.extend(found.indices.into_iter().map(|index| {
            let mut test = tests[index].clone();
            if project.is_some() {
                // The dispatcher knows the run's settings only.
                test.retries.get_or_insert(part.settings.retries);
            }
            test
        }));
    }
    match nothing {
        Some(error) if chosen.is_empty() => Err(error),
        _ => Ok((chosen, warnings)),
    }
}

/// The files of all parts, each once.
fn specs_of(parts: &[Part]) -> Vec<SpecFile> {
    let files: BTreeSet<&SpecFile> = parts.iter().flat_map(|part| &part.specs).collect();
    files.into_iter().cloned().collect()
}

fn planned(collected: &Collected) -> Vec<PlannedSpec> {
    let spec = |(path, absolute, tests): &(_, _, Vec<TestCase>)| {
        let tests: Vec<TestId> = tests.iter().map(|test| test.id.clone()).collect();
        PlannedSpec {
            project: tests.first().and_then(|id| id.project.clone()),
            path: Clone::clone(path),
            absolute: Clone::clone(absolute),
            tests: tests.into(),
        }
    };
    collected.specs.iter().map(spec).collect()
}

/// Keeps tests that failed when they last ran. False where some failed, but none of these.
fn keep_failed(tests: &mut Vec<TestCase>, settings: &Settings, notes: &mut Vec<String>) -> Result<bool, HistoryError> {
    let shown = shown(&settings.history, &settings.root);
    let Some(history) = History::open(&settings.history)? else {
        notes.push(format!("no earlier run is recorded in `{shown}`: every test runs"));
        return Ok(true);
    };
    let failures = history.failures();
    tests.retain(|test| history.has_failed(&test.id));
    match (failures, tests.len()) {
        ((0, 0), _) => notes.push("nothing failed last time: there is nothing to run".to_owned()),
        (_, 0) => notes.push("what failed last time is not among the selected tests".to_owned()),
        (_, 1) => notes.push("running the test that failed last time".to_owned()),
        (_, count) => notes.push(format!("running the {count} tests that failed last time")),
    }
    Ok(failures == (0, 0) || !tests.is_empty())
}

/// Keeps tests of specs that a change can affect.
fn keep_changed(
    tests: &mut Vec<TestCase>,
    settings: &Settings,
    (specs, reference): (&[SpecFile], &str),
    notes: &mut Vec<String>,
) -> Result<(), CliError> {
    let since = if reference == "HEAD" { "the last commit".to_owned() } else { format!("`{reference}`") };
    let affected = match affected(settings, specs, reference)? {
        Affected::Everything(path) => {
            notes.push(format!("`{path}` has changed since {since}: every spec may be affected"));
            return Ok(());
        }
        Affected::Specs(affected) => affected,
    };
    tests.retain(|test| affected.contains(&test.id.spec));
    notes.push(match affected.len() {
        0 => format!("no spec has changed since {since}: there is nothing to run"),
        1 => format!("1 spec of {} has changed since {since}", specs.len()),
        count => format!("{count} specs of {} have changed since {since}", specs.len()),
    });
    Ok(())
}

fn cut(plan: Plan, settings: &Settings) -> Result<(Plan, Option<ShardStart>), HistoryError> {
    let Some(shard) = settings.shard else { return Ok((plan, None)) };
    let history = History::open(&settings.history)?.unwrap_or_default();
    let Cut { plan, start } = plan.shard(shard, |id| history.duration(id));
    Ok((plan, Some(start)))
}

/// Every test of the specs that were collected.
pub(super) fn known(collected: &Collected) -> HashSet<TestId> {
    collected.specs.iter().flat_map(|(_, _, tests)| tests).map(|test| test.id.clone()).collect()
}

fn shown(path: &Path, root: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).display().to_string()
}
