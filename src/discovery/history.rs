//! [`History`]: how long tests took and which failed, kept on disk from one run to the next.
//!
//! It is an aid, not a result: a run without it runs the same tests, only cut otherwise into shards.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::TestId;
use crate::outcome::Status;

/// The version of the file's format.
const FORMAT: u64 = 1;

/// What is known of earlier runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    tests: BTreeMap<TestId, Past>,
    /// Files that could not be collected last time.
    broken: BTreeSet<String>,
}

/// What is known of a test.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Past {
    /// All attempts' time when it last passed, otherwise when it first failed.
    duration: Option<Duration>,
    /// It failed when it last ran.
    failed: bool,
}

/// What a run adds.
#[derive(Clone, Debug, Default)]
pub struct News {
    /// Every test of the specs that were collected, whether it ran or not: others of these specs are
    /// gone. `None` where that is not known.
    pub known: Option<HashSet<TestId>>,
    /// Tests that ended, with all attempts' time.
    pub finished: Vec<(TestId, Status, Duration)>,
    /// Files that could not be collected.
    pub broken: Vec<String>,
}

/// The history cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// The file is there and cannot be read.
    #[error("the history `{}` cannot be read", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file cannot be written.
    #[error("the history cannot be written to `{}`", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is something else.
    #[error("`{}` is not a history of runner", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What the reader stumbled over.
        source: serde_json::Error,
    },
    /// A newer runner wrote it.
    #[error("the history `{}` has format {found}, this runner reads format {FORMAT}; use a newer runner", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// What it says.
        found: u64,
    },
}

impl HistoryError {
    /// What to try.
    pub fn advice(&self) -> Option<String> {
        match self {
            Self::Foreign { path, .. } => {
                Some(format!("another file with `--history`, or remove `{}`", path.display()))
            }
            Self::Unreadable { .. } | Self::Unwritable { .. } | Self::Newer { .. } => None,
        }
    }
}

/// What every version of the format has.
#[derive(Deserialize)]
struct Version {
    format: u64,
}

/// The file.
#[derive(Serialize, Deserialize)]
struct Stored {
    format: u64,
    tests: Vec<StoredTest>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    broken: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct StoredTest {
    #[serde(flatten)]
    id: TestId,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    duration_ms: Option<u64>,
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    failed: bool,
}

impl History {
    /// Reads the file; `None` where there is none.
    ///
    /// # Errors
    /// A file that cannot be read, is something else, or was written by a newer runner.
    pub fn open(path: &Path) -> Result<Option<Self>, HistoryError> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(HistoryError::Unreadable { path: path.to_owned(), source }),
        };
        let foreign = |source| HistoryError::Foreign { path: path.to_owned(), source };
        let Version { format } = serde_json::from_str(&text).map_err(foreign)?;
        if format != FORMAT {
            return Err(HistoryError::Newer { path: path.to_owned(), found: format });
        }
        let stored: Stored = serde_json::from_str(&text).map_err(foreign)?;
        let past =
            |test: &StoredTest| Past { duration: test.duration_ms.map(Duration::from_millis), failed: test.failed };
        let tests = stored.tests.into_iter().map(|test| (test.id.clone(), past(&test))).collect();
        Ok(Some(Self { tests, broken: stored.broken.into_iter().collect() }))
    }

    /// How long a test took last time, where that is known.
    pub fn duration(&self, test: &TestId) -> Option<Duration> {
        self.tests.get(&test.unrepeated())?.duration
    }

    /// The test failed last time, or its spec could not be collected.
    pub fn has_failed(&self, test: &TestId) -> bool {
        self.broken.contains(test.spec.as_str()) || self.tests.get(&test.unrepeated()).is_some_and(|past| past.failed)
    }

    /// How many tests failed when they last ran, and how many files could not be collected.
    pub fn failures(&self) -> (usize, usize) {
        (self.tests.values().filter(|past| past.failed).count(), self.broken.len())
    }

    /// Takes in what a run came to. Tests that did not run keep what is known of them; specs below
    /// `root` that are gone are forgotten.
    pub fn add(&mut self, news: &News, root: &Path) {
        if let Some(known) = &news.known {
            let specs: HashSet<_> = known.iter().map(TestId::spec_run).collect();
            self.tests.retain(|id, _| known.contains(id) || !specs.contains(&id.spec_run()));
            self.broken.clear();
        }
        self.tests.retain(|id, _| root.join(id.spec.as_str()).exists());
        self.broken.extend(news.broken.iter().cloned());
        let mut latest: BTreeMap<TestId, Past> = BTreeMap::new();
        for (id, status, duration) in &news.finished {
            let failed = match status {
                Status::Failed => true,
                Status::Passed | Status::Flaky => false,
                Status::Skipped | Status::NotRun => continue,
            };
            let id = id.unrepeated();
            // A test that fails often ends early: how long it takes is what it took when it passed.
            let before = self.tests.get(&id).and_then(|past| past.duration).filter(|_| failed);
            let duration = before.or(Some(*duration).filter(|duration| !duration.is_zero()));
            let past = latest.entry(id).or_default();
            past.failed |= failed;
            past.duration = past.duration.max(duration);
        }
        self.tests.extend(latest);
    }

    /// Writes the file whole: a reader sees the old one or the new one.
    ///
    /// # Errors
    /// When the folder cannot be made or the file not be replaced.
    pub fn write(&self, path: &Path) -> Result<(), HistoryError> {
        let stored = Stored {
            format: FORMAT,
            tests: self.tests.iter().map(|(id, past)| stored(id, *past)).collect(),
            broken: self.broken.iter().cloned().collect(),
        };
        write_whole(path, &stored).map_err(|source| HistoryError::Unwritable { path: path.to_owned(), source })
    }
}

fn stored(id: &TestId, past: Past) -> StoredTest {
    let duration_ms = past.duration.map(|duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX));
    StoredTest { id: id.clone(), duration_ms, failed: past.failed }
}

fn write_whole(path: &Path, stored: &Stored) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    // One test a line: a history that is kept under version control has readable differences.
    writeln!(file, "{{\"format\": {}, \"tests\": [", stored.format)?;
    for (index, test) in stored.tests.iter().enumerate() {
        let comma = if index + 1 < stored.tests.len() { "," } else { "" };
        writeln!(file, "{}{comma}", serde_json::to_string(test)?)?;
    }
    writeln!(file, "], \"broken\": {}}}", serde_json::to_string(&stored.broken)?)?;
    make_readable(file.as_file())?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// A temporary file is its owner's alone; this one may be read as any other that a run leaves.
#[cfg(unix)]
fn make_readable(file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn make_readable(_file: &fs::File) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SpecPath;

    fn id(spec: &str, title: &str) -> TestId {
        TestId::new(SpecPath::new(spec), vec![title.to_owned()])
    }

    fn project() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for spec in ["a", "b"] {
            fs::write(folder.path().join(spec), "").unwrap();
        }
        folder
    }

    fn finished(history: &mut History, root: &Path, tests: &[(TestId, Status, u64)]) {
        let finished = tests.iter().map(|(id, status, ms)| (id.clone(), *status, Duration::from_millis(*ms))).collect();
        history.add(&News { finished, ..News::default() }, root);
    }

    #[test]
    fn what_was_written_can_be_read_back() {
        let root = project();
        let mut history = History::default();
        let tests = [
            (id("a", "one"), Status::Passed, 12),
            (id("a", "two"), Status::Failed, 5),
            (id("b", "x"), Status::Skipped, 0),
        ];
        finished(&mut history, root.path(), &tests);
        history.broken.insert("c".to_owned());
        let path = root.path().join("out/history.json");
        assert_eq!(History::open(&path).unwrap(), None);
        history.write(&path).unwrap();
        let read = History::open(&path).unwrap().unwrap();
        assert_eq!(read, history);
        assert_eq!(read.duration(&id("a", "one")), Some(Duration::from_millis(12)));
        assert_eq!(read.duration(&id("b", "x")), None);
        assert_eq!(read.failures(), (1, 1));
        assert!(
            read.has_failed(&id("a", "two")) && read.has_failed(&id("c", "any")) && !read.has_failed(&id("a", "one"))
        );
    }

    #[test]
    fn a_test_that_did_not_run_keeps_what_is_known_of_it() {
        let root = project();
        let mut history = History::default();
        finished(&mut history, root.path(), &[(id("a", "one"), Status::Failed, 9), (id("b", "x"), Status::Failed, 1)]);
        finished(&mut history, root.path(), &[(id("a", "one"), Status::NotRun, 0), (id("b", "x"), Status::Passed, 2)]);
        assert!(history.has_failed(&id("a", "one")) && !history.has_failed(&id("b", "x")));
    }

    #[test]
    fn the_time_of_a_pass_is_kept_when_a_test_fails() {
        let root = project();
        let mut history = History::default();
        let run = |history: &mut History, status, ms| finished(history, root.path(), &[(id("a", "one"), status, ms)]);
        run(&mut history, Status::Failed, 0);
        assert_eq!(history.duration(&id("a", "one")), None, "it could not even start");
        run(&mut history, Status::Passed, 50);
        run(&mut history, Status::Failed, 3);
        assert_eq!(history.duration(&id("a", "one")), Some(Duration::from_millis(50)));
        run(&mut history, Status::Passed, 40);
        assert_eq!(history.duration(&id("a", "one")), Some(Duration::from_millis(40)));
    }

    #[test]
    fn what_is_gone_is_forgotten() {
        let root = project();
        let mut history = History::default();
        let tests = [(id("a", "old title"), Status::Failed, 9), (id("b", "x"), Status::Failed, 1)];
        finished(&mut history, root.path(), &tests);
        let known = Some([id("a", "new title")].into());
        history.add(&News { known, ..News::default() }, root.path());
        assert_eq!((history.has_failed(&id("a", "old title")), history.has_failed(&id("b", "x"))), (false, true));
        fs::remove_file(root.path().join("b")).unwrap();
        history.add(&News::default(), root.path());
        assert_eq!(history.failures(), (0, 0));
    }

    #[test]
    fn a_repeated_test_has_failed_where_one_of_its_runs_has() {
        let root = project();
        let mut history = History::default();
        let repeat = |number| TestId { repeat: Some(number), ..id("a", "one") };
        finished(&mut history, root.path(), &[(repeat(1), Status::Failed, 9), (repeat(2), Status::Passed, 20)]);
        assert!(history.has_failed(&id("a", "one")));
        assert_eq!(history.duration(&repeat(3)), Some(Duration::from_millis(20)));
    }

    #[test]
    fn another_file_is_no_history() {
        let root = project();
        let path = root.path().join("history.json");
        fs::write(&path, "{\"format\": 2}").unwrap();
        assert!(matches!(History::open(&path), Err(HistoryError::Newer { found: 2, .. })));
        fs::write(&path, "[]").unwrap();
        assert!(matches!(History::open(&path), Err(HistoryError::Foreign { .. })));
    }
}
