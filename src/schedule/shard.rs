//! One shard of a plan: [`Plan::shard`]. Pure: the same plan and durations give the same cut on
//! every machine.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::time::Duration;

use crate::config::Shard;
use crate::event::{PlanIndex, ShardStart};
use crate::model::TestId;

use super::plan::{Job, Plan};

/// Taken for a test of which nothing is known, where nothing is known of any.
const GUESS: Duration = Duration::from_secs(1);

/// A plan with the tests of one shard.
#[derive(Clone, Debug)]
pub struct Cut {
    /// Its tests and jobs.
    pub plan: Plan,
    /// Which shard it is, for reports.
    pub start: ShardStart,
}

impl Plan {
    /// The part of this plan that `shard` runs. Jobs stay whole and are shared out so that every
    /// part takes about as long as the others, by how long tests took before (`past`).
    #[must_use]
    pub fn shard(self, shard: Shard, past: impl Fn(&TestId) -> Option<Duration>) -> Cut {
        let parts = self.parts(shard.total, past);
        let mine: Vec<usize> = (0..self.tests.len()).filter(|test| parts[*test] == shard.index - 1).collect();
        let place: HashMap<usize, PlanIndex> =
            mine.iter().enumerate().map(|(new, old)| (*old, PlanIndex(new))).collect();
        let jobs = self
            .jobs
            .iter()
            .filter(|job| parts[job.tests[0].0] == shard.index - 1)
            .map(|job| Job { tests: job.tests.iter().map(|test| place[&test.0]).collect() })
            .collect();
        let start = ShardStart {
            index: shard.index,
            total: shard.total,
            plan: self.fingerprint(&parts),
            tests: self.tests.len(),
            places: mine.clone(),
        };
        let tests = mine.into_iter().map(|test| self.tests[test].clone()).collect();
        Cut { plan: Self { tests, specs: self.specs, jobs }, start }
    }

    /// The part of each test, from 0. The longest job goes first, always to the part with the least
    /// to do.
    fn parts(&self, total: usize, past: impl Fn(&TestId) -> Option<Duration>) -> Vec<usize> {
        let known: Vec<Option<Duration>> = self.tests.iter().map(|test| past(&test.id)).collect();
        let usual = median(known.iter().flatten().copied().collect()).unwrap_or(GUESS);
        let weight = |job: &Job| -> Duration {
            let times = job.tests.iter().map(|test| known[test.0].unwrap_or(usual));
            // Jobs that take no time are shared out evenly too.
            times.map(|time| time.max(Duration::from_millis(1))).sum()
        };
        let mut jobs: Vec<(usize, Duration)> = self.jobs.iter().map(weight).enumerate().collect();
        jobs.sort_by_key(|(index, weight)| (Reverse(*weight), *index));
        let mut loads = vec![Duration::ZERO; total];
        let mut parts: Vec<Option<usize>> = vec![None; self.tests.len()];
        for (job, weight) in jobs {
            let least = (0..total).min_by_key(|part| loads[*part]).expect("a shard is one of at least one");
            loads[least] += weight;
            for test in &self.jobs[job].tests {
                parts[test.0] = Some(least);
            }
        }
        self.with_skipped(&parts, total)
    }

    /// Tests that are not to run have no job. They are told by the part that has the first other
    /// test of their spec, otherwise spec by spec in turn.
    fn with_skipped(&self, parts: &[Option<usize>], total: usize) -> Vec<usize> {
        let mut of_spec = HashMap::new();
        for (test, part) in self.tests.iter().zip(parts) {
            if let Some(part) = part {
                of_spec.entry(test.id.spec_run()).or_insert(*part);
            }
        }
        let mut next = 0;
        let mut skipped = |id: &TestId| {
            *of_spec.entry(id.spec_run()).or_insert_with(|| {
                next += 1;
                (next - 1) % total
            })
        };
        self.tests.iter().zip(parts).map(|(test, part)| part.unwrap_or_else(|| skipped(&test.id))).collect()
    }

    /// Tells one cut from another: the hash of every test with its part (FNV-1a, 64 bits).
    fn fingerprint(&self, parts: &[usize]) -> String {
        let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
        for (test, part) in self.tests.iter().zip(parts) {
            for byte in format!("{}\0{part}\n", test.id).bytes() {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
            }
        }
        format!("{hash:016x}")
    }
}

fn median(mut durations: Vec<Duration>) -> Option<Duration> {
    durations.sort_unstable();
    durations.get(durations.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Parallel;
    use crate::model::{Location, Mode, SpecPath, SuiteIndex, TestCase};

    /// Tests by spec, title and seconds; `skip` in a title skips it.
    fn plan(tests: &[(&str, &str)], parallel: Parallel) -> Plan {
        let case = |(spec, title): &(&str, &str)| {
            let id = TestId::new(SpecPath::new(*spec), vec![(*title).to_owned()]);
            let mode = if title.starts_with("skip") { Mode::Skip(None) } else { Mode::Run };
            TestCase { suites: vec![SuiteIndex(0)], mode, ..TestCase::new(id, Location::new(*spec, 1, 1)) }
        };
        Plan::new(tests.iter().map(case).collect(), Vec::new(), parallel)
    }

    /// The titles of each shard, in plan order.
    fn cut(plan: &Plan, total: usize, past: &dyn Fn(&TestId) -> Option<Duration>) -> Vec<Vec<String>> {
        let shards = (1..=total).map(|index| plan.clone().shard(Shard { index, total }, past));
        shards.map(|cut| cut.plan.tests.iter().map(|test| test.id.title()).collect()).collect()
    }

    /// A title is a number of seconds.
    fn seconds(id: &TestId) -> Option<Duration> {
        id.title().parse().ok().map(Duration::from_secs)
    }

    #[test]
    fn parts_take_about_as_long_as_one_another() {
        let plan = plan(&[("a", "9"), ("b", "2"), ("c", "3"), ("d", "5"), ("e", "1")], Parallel::File);
        assert_eq!(cut(&plan, 2, &seconds), [vec!["9", "1"], vec!["2", "3", "5"]]);
        assert_eq!(cut(&plan, 2, &|_| None), [vec!["9", "3", "1"], vec!["2", "5"]]);
    }

    #[test]
    fn a_file_stays_whole_unless_its_tests_are_spread() {
        let tests = [("a", "1"), ("a", "2"), ("a", "3"), ("b", "4")];
        assert_eq!(cut(&plan(&tests, Parallel::File), 2, &seconds), [vec!["1", "2", "3"], vec!["4"]]);
        assert_eq!(cut(&plan(&tests, Parallel::Test), 2, &seconds), [vec!["1", "4"], vec!["2", "3"]]);
    }

    #[test]
    fn every_test_is_in_one_part_skipped_ones_too() {
        let tests = [("a", "1"), ("a", "skip a"), ("b", "skip b"), ("c", "skip c"), ("d", "2"), ("d", "skip d")];
        let plan = plan(&tests, Parallel::Test);
        assert_eq!(cut(&plan, 2, &seconds), [vec!["skip b", "2", "skip d"], vec!["1", "skip a", "skip c"]]);
        for total in 1..9 {
            let mut all: Vec<String> = cut(&plan, total, &seconds).concat();
            all.sort();
            assert_eq!(all, ["1", "2", "skip a", "skip b", "skip c", "skip d"]);
        }
    }

    #[test]
    fn jobs_follow_their_tests_and_places_lead_back() {
        let plan = plan(&[("a", "1"), ("b", "5"), ("a2", "1"), ("c", "skip")], Parallel::File);
        let cut = plan.shard(Shard { index: 2, total: 2 }, seconds);
        assert_eq!(cut.start.places, [0, 2]);
        let jobs: Vec<_> = cut.plan.jobs.iter().map(|job| job.tests.clone()).collect();
        assert_eq!(jobs, [vec![PlanIndex(0)], vec![PlanIndex(1)]]);
    }

    #[test]
    fn another_cut_has_another_fingerprint() {
        let plan = plan(&[("a", "1"), ("b", "5"), ("c", "2")], Parallel::File);
        let print = |index, past: &dyn Fn(&TestId) -> Option<Duration>| {
            plan.clone().shard(Shard { index, total: 2 }, past).start.plan
        };
        assert_eq!(print(1, &seconds), print(2, &seconds));
        assert_ne!(print(1, &seconds), print(1, &|_| None));
    }
}
