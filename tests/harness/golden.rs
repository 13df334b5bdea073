//! Golden files: exit code and both streams of a run, as one text file that people read.

use std::fs;

use super::finished::difference;
use super::{Finished, repository};

/// Compares a run with `tests/golden/messages/NAME.txt`, or writes that file where
/// `RUNNER_UPDATE_GOLDEN` is set.
#[track_caller]
pub(super) fn compare(name: &str, finished: &Finished) {
    let path = repository("tests/golden/messages").join(format!("{name}.txt"));
    let found = finished_text(finished);
    if std::env::var_os("RUNNER_UPDATE_GOLDEN").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, found).unwrap();
        return;
    }
    let expected = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) => {
            let path = path.display();
            panic!("{path}: {error}\nrun with RUNNER_UPDATE_GOLDEN=1, then read what it wrote:\n{found}")
        }
    };
    assert!(
        expected == found,
        "not what {} says (- expected, + found); RUNNER_UPDATE_GOLDEN=1 rewrites it\n{}",
        path.display(),
        difference(&expected, &found)
    );
}

fn finished_text(finished: &Finished) -> String {
    format!("exit code {}\n--- stdout\n{}--- stderr\n{}", finished.status, finished.stdout, finished.stderr)
}
