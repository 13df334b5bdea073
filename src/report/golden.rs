//! Compares text with a file under `tests/golden`. `UPDATE_GOLDEN=1` writes the file instead; look
//! at the difference before it is committed.

use std::fs;
use std::path::Path;

#[track_caller]
pub(super) fn check(name: &str, actual: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, actual).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    if actual != expected {
        let diff = similar::TextDiff::from_lines(expected.as_str(), actual);
        panic!("{name} differs; UPDATE_GOLDEN=1 accepts it\n{}", diff.unified_diff());
    }
}
