//! [`Plan`]: which tests go to a worker as one piece, in which order. Pure.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::config::Parallel;
use crate::event::PlanIndex;
use crate::model::{Mode, ProjectName, SpecPath, SpecRun, SuiteIndex, TestCase, TestId};

/// A spec with every test it collects, whether chosen or not.
#[derive(Clone, Debug)]
pub struct PlannedSpec {
    /// The project that runs it, where there are projects.
    pub project: Option<ProjectName>,
    /// Its path, as people see it.
    pub path: SpecPath,
    /// Where it lies.
    pub absolute: PathBuf,
    /// All its tests: a second evaluation must collect the same.
    pub tests: Arc<[TestId]>,
}

/// Tests that one worker runs, one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// In order; never empty.
    pub tests: Vec<PlanIndex>,
}

/// What is to be run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Chosen tests in plan order; reports list them so. Skipped ones included.
    pub tests: Arc<[TestCase]>,
    /// The specs they come from.
    pub specs: Vec<PlannedSpec>,
    /// Jobs in the order in which they are handed out.
    pub jobs: Vec<Job>,
}

impl Plan {
    /// Puts chosen tests, in order, into jobs.
    pub fn new(tests: Vec<TestCase>, specs: Vec<PlannedSpec>, parallel: Parallel) -> Self {
        let jobs = jobs(&tests, parallel);
        Self { tests: tests.into(), specs, jobs }
    }

    /// The same tests, handed out in an order that follows from `seed` alone. What one worker runs
    /// as one piece stays so, and a suite's tests stay together: its `before_all` runs once.
    #[must_use]
    pub fn shuffled(mut self, seed: u64) -> Self {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut suites: HashMap<(SpecRun, SuiteIndex), u64> = HashMap::new();
        let keys: Vec<Vec<u64>> = self
            .tests
            .iter()
            .map(|test| {
                let around = test.suites.iter();
                let mut key: Vec<u64> = around
                    .map(|suite| *suites.entry((test.id.spec_run(), *suite)).or_insert_with(|| random.u64(..)))
                    .collect();
                key.push(random.u64(..));
                key
            })
            .collect();
        for job in &mut self.jobs {
            job.tests.sort_by(|one, other| keys[one.0].cmp(&keys[other.0]));
        }
        random.shuffle(&mut self.jobs);
        self
    }

    /// Chosen tests with each spec so many times in a row, if more than once.
    pub fn repeated(tests: Vec<TestCase>, times: u32) -> Vec<TestCase> {
        if times <= 1 {
            return tests;
        }
        let specs = tests.chunk_by(|one, other| one.id.spec_run() == other.id.spec_run());
        let repeat = |spec: &[TestCase], number| -> Vec<TestCase> {
            let numbered =
                |test: &TestCase| TestCase { id: TestId { repeat: Some(number), ..test.id.clone() }, ..test.clone() };
            spec.iter().map(numbered).collect()
        };
        specs.flat_map(|spec| (1..=times).flat_map(move |number| repeat(spec, number))).collect()
    }

    /// The spec a test comes from.
    pub(crate) fn spec_of(&self, test: PlanIndex) -> &PlannedSpec {
        let id = &self.tests[test.0].id;
        let is_its = |spec: &&PlannedSpec| spec.path == id.spec && spec.project == id.project;
        self.specs.iter().find(is_its).expect("every test of a plan comes from one of its specs")
    }
}

/// What keeps tests together.
#[derive(PartialEq, Eq)]
enum Together {
    Spec(SpecRun),
    Suite(SpecRun, SuiteIndex),
}

fn jobs(tests: &[TestCase], parallel: Parallel) -> Vec<Job> {
    let mut jobs: Vec<(Option<Together>, Job)> = Vec::new();
    for (index, test) in tests.iter().enumerate() {
        if matches!(test.mode, Mode::Skip(_) | Mode::Fixme(_)) {
            continue;
        }
        let index = PlanIndex(index);
        let together = together(test, parallel);
        // Tests of a spec stand together in the plan, so only its own jobs are looked at.
        let own = jobs
            .iter_mut()
            .rev()
            .take_while(|(_, job)| tests[job.tests[0].0].id.spec_run() == test.id.spec_run())
            .find(|(other, _)| together.is_some() && *other == together);
        match own {
            Some((_, job)) => job.tests.push(index),
            None => jobs.push((together, Job { tests: vec![index] })),
        }
    }
    jobs.into_iter().map(|(_, job)| job).collect()
}

fn together(test: &TestCase, parallel: Parallel) -> Option<Together> {
    match (test.parallel, parallel) {
        (Some(true), _) | (None, Parallel::Test) => None,
        (Some(false), Parallel::Test) => test.parallel_suite.map(|suite| Together::Suite(test.id.spec_run(), suite)),
        (Some(false) | None, Parallel::File) => Some(Together::Spec(test.id.spec_run())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Location;

    fn test(spec: &str, title: &str, parallel: Option<bool>) -> TestCase {
        let id = TestId::new(SpecPath::new(spec), vec![title.to_owned()]);
        TestCase {
            suites: vec![SuiteIndex(0)],
            parallel,
            parallel_suite: parallel.map(|_| SuiteIndex(1)),
            ..TestCase::new(id, Location::new(spec, 1, 1))
        }
    }

    #[track_caller]
    fn check(tests: &[TestCase], parallel: Parallel, expected: &[&[usize]]) {
        let found: Vec<Vec<usize>> =
            jobs(tests, parallel).iter().map(|job| job.tests.iter().map(|index| index.0).collect()).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_files_tests_stay_together() {
        let tests = [test("a", "1", None), test("a", "2", None), test("b", "1", None)];
        check(&tests, Parallel::File, &[&[0, 1], &[2]]);
        check(&tests, Parallel::Test, &[&[0], &[1], &[2]]);
    }

    #[test]
    fn a_suite_can_say_otherwise() {
        let tests =
            [test("a", "1", None), test("a", "2", Some(true)), test("a", "3", Some(true)), test("a", "4", None)];
        check(&tests, Parallel::File, &[&[0, 3], &[1], &[2]]);
        let tests = [test("a", "1", None), test("a", "2", Some(false)), test("a", "3", Some(false))];
        check(&tests, Parallel::Test, &[&[0], &[1, 2]]);
    }

    #[test]
    fn a_repeated_spec_is_several_jobs() {
        let tests = vec![test("a", "1", None), test("a", "2", None), test("b", "3", None)];
        let tests = Plan::repeated(tests, 2);
        let titles: Vec<String> = tests.iter().map(|test| test.id.full_title()).collect();
        assert_eq!(
            titles,
            ["1 (repeat 1)", "2 (repeat 1)", "1 (repeat 2)", "2 (repeat 2)", "3 (repeat 1)", "3 (repeat 2)"]
        );
        check(&tests, Parallel::File, &[&[0, 1], &[2, 3], &[4], &[5]]);
    }

    #[test]
    fn a_seed_gives_one_order_and_keeps_suites_together() {
        let tests: Vec<TestCase> = (0..12)
            .map(|number| {
                let mut test = test(if number < 8 { "a" } else { "b" }, &number.to_string(), None);
                test.suites.push(SuiteIndex(1 + number % 8 / 4));
                test
            })
            .collect();
        let order = |seed| -> Vec<usize> {
            let plan = Plan::new(tests.clone(), Vec::new(), Parallel::File).shuffled(seed);
            plan.jobs.iter().flat_map(|job| job.tests.iter().map(|index| index.0)).collect()
        };
        for seed in 0..20 {
            let found = order(seed);
            assert_eq!(found, order(seed));
            for suite in found.chunks(4) {
                assert!(suite.iter().all(|index| index / 4 == suite[0] / 4), "{found:?}");
            }
            let mut sorted = found.clone();
            sorted.sort_unstable();
            assert_eq!(sorted, (0..12).collect::<Vec<_>>());
        }
        assert_ne!(order(1), order(2));
    }

    #[test]
    fn skipped_tests_need_no_worker() {
        let mut skipped = test("a", "1", None);
        skipped.mode = Mode::Skip(None);
        check(&[skipped, test("a", "2", None)], Parallel::File, &[&[1]]);
    }
}
