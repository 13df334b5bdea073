//! Paths as people write them: made absolute, and looked for where they must exist.

use crate::suggest::closest;
use std::path::{Component, Path, PathBuf};

use super::error::ConfigError;
use super::origin::Given;

/// `text` below `base`, without `.` and `..`; the file system is not asked.
pub(crate) fn absolute(base: &Path, text: &str) -> PathBuf {
    let mut path = PathBuf::new();
    for component in base.join(text).components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                path.pop();
            }
            other => path.push(other),
        }
    }
    path
}

/// `text` below `base`, which must exist. `given` is what an error shows.
pub(super) fn existing(base: &Path, text: &str, given: &Given<String>) -> Result<PathBuf, ConfigError> {
    let path = absolute(base, text);
    if path.exists() {
        return Ok(path);
    }
    Err(ConfigError::NoSuchPath { origin: given.origin.clone(), path: text.to_owned(), near: near_paths(base, text) })
}

/// An executable: a path below `base`, or a bare name, which is left for the search path.
pub(super) fn executable(base: &Path, text: &str) -> PathBuf {
    let path = absolute(base, text);
    if text.contains(std::path::MAIN_SEPARATOR) || path.exists() { path } else { PathBuf::from(text) }
}

/// Paths that exist and were probably meant by `text`.
fn near_paths(base: &Path, text: &str) -> Vec<String> {
    let with_extension = format!("{}.rhai", text.trim_end_matches('/'));
    if base.join(&with_extension).exists() {
        return vec![with_extension];
    }
    let mut good = PathBuf::new();
    let mut rest = Path::new(text).components();
    while let Some(component) = rest.next() {
        if base.join(&good).join(component).exists() {
            good.push(component);
            continue;
        }
        let wrong = component.as_os_str().to_string_lossy();
        let names = names_in(&base.join(&good));
        let Some(near) = closest(&wrong, names.iter().map(String::as_str)) else { return Vec::new() };
        let whole = good.join(near).join(rest.as_path());
        let found = if base.join(&whole).exists() { whole } else { good.join(near) };
        return vec![found.display().to_string().trim_end_matches('/').to_owned()];
    }
    Vec::new()
}

fn names_in(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<_> = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::origin::Origin;

    fn missing(text: &str) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("specs/shop")).unwrap();
        std::fs::write(folder.path().join("specs/login.rhai"), "").unwrap();
        std::fs::write(folder.path().join("specs/shop/cart.rhai"), "").unwrap();
        match existing(folder.path(), text, &Given::new(text.to_owned(), Origin::Argument)) {
            Err(ConfigError::NoSuchPath { near, .. }) => near,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn near_names_are_offered() {
        assert_eq!(missing("specs/longin.rhai"), ["specs/login.rhai"]);
        assert_eq!(missing("spec"), ["specs"]);
        assert_eq!(missing("spec/shop/cart.rhai"), ["specs/shop/cart.rhai"]);
        assert_eq!(missing("specs/shop/card.rhai"), ["specs/shop/cart.rhai"]);
        assert_eq!(missing("specs/login"), ["specs/login.rhai"]);
        assert!(missing("elsewhere/x").is_empty());
    }

    #[test]
    fn dots_are_resolved() {
        let check = |text, expected| assert_eq!(absolute(Path::new("/a/b"), text), Path::new(expected));
        check("./c", "/a/b/c");
        check("../c/./d/", "/a/c/d");
        check("/x/../y", "/y");
        check("/a/b/../c/./d", "/a/c/d");
        check("/a/../../x", "/x");
    }

    #[test]
    fn a_bare_name_is_left_for_the_search_path() {
        assert_eq!(executable(Path::new("/a"), "chromedriver"), Path::new("chromedriver"));
        assert_eq!(executable(Path::new("/a"), "./chromedriver"), Path::new("/a/chromedriver"));
    }
}
