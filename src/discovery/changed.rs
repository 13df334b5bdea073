//! `--only-changed`: which specs a change in the working tree can affect. Asks git; runs no script.
//!
//! [`changes`] lists what has changed, [`Affected`] says what that means for specs.

use std::collections::{HashSet, VecDeque};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use regex::Regex;

use crate::config::{Settings, absolute};
use crate::model::SpecPath;

use super::find::{SpecFile, shown};

/// What stands for the last commit.
const LAST_COMMIT: &str = "HEAD";

/// Files that specs read lie here, or beside them.
const FIXTURES: &str = "fixtures";

/// What has changed cannot be told.
#[derive(Debug, thiserror::Error)]
pub enum ChangedError {
    /// git cannot be started.
    #[error("`--only-changed` asks git what has changed, and `git` cannot be started")]
    NoGit {
        /// Why.
        source: io::Error,
    },
    /// The project is not under version control.
    #[error("`--only-changed` asks git what has changed, and `{}` is not in a git repository", root.display())]
    NoRepository {
        /// The project's folder.
        root: PathBuf,
    },
    /// The reference leads nowhere.
    #[error("`--only-changed`: `{reference}` is no commit of this repository")]
    NoCommit {
        /// As it was written.
        reference: String,
    },
    /// git failed at something else.
    #[error("`--only-changed`: `git {command}` failed")]
    Git {
        /// Its arguments.
        command: String,
        /// Its words.
        text: String,
    },
}

impl ChangedError {
    /// Further lines.
    pub fn details(&self) -> Vec<String> {
        match self {
            Self::Git { text, .. } => text.lines().map(str::to_owned).collect(),
            Self::NoGit { .. } | Self::NoRepository { .. } | Self::NoCommit { .. } => Vec::new(),
        }
    }

    /// What to try.
    pub fn advice(&self) -> Option<String> {
        match self {
            Self::NoGit { .. } | Self::NoRepository { .. } => {
                Some("it without `--only-changed`: every test runs".into())
            }
            Self::NoCommit { reference } if reference == LAST_COMMIT => {
                Some("it again when there is a first commit, or without `--only-changed`".into())
            }
            Self::NoCommit { reference } => Some(format!(
                "`git fetch origin {}`, where the branch is not here yet (CI often fetches one commit only)",
                reference.trim_start_matches("origin/")
            )),
            Self::Git { .. } => None,
        }
    }
}

/// Which specs a change affects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Affected {
    /// All of them, because of this file.
    Everything(SpecPath),
    /// These.
    Specs(HashSet<SpecPath>),
}

/// The specs that what has changed since `reference` can affect: changed ones, those that import a
/// changed file, those with a changed file beside them that is no script. What every spec depends on
/// (support scripts, the configuration, `fixtures/`) affects all.
///
/// # Errors
/// Without git, outside a repository, and for a reference that leads nowhere.
pub fn affected(settings: &Settings, specs: &[SpecFile], reference: &str) -> Result<Affected, ChangedError> {
    Ok(judge(settings, specs, &changes(&settings.root, reference)?))
}

/// Files below `root` that differ from the point where the current branch left `reference`:
/// committed since, changed, deleted, new.
fn changes(root: &Path, reference: &str) -> Result<Vec<PathBuf>, ChangedError> {
    let top = git(root, &["rev-parse", "--show-toplevel"])?;
    if !top.status.success() {
        return Err(ChangedError::NoRepository { root: root.to_owned() });
    }
    let top = PathBuf::from(String::from_utf8_lossy(&top.stdout).trim_end());
    let commit = format!("{reference}^{{commit}}");
    if !git(&top, &["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])?.status.success() {
        return Err(ChangedError::NoCommit { reference: reference.to_owned() });
    }
    // Without a common ancestor, as in a shallow clone, the commit itself is compared.
    let base = git(&top, &["merge-base", reference, LAST_COMMIT])?;
    let base = String::from_utf8_lossy(&base.stdout).trim().to_owned();
    let base = if base.is_empty() { reference.to_owned() } else { base };
    let mut changed = paths(&top, &["diff", "--name-only", "--no-renames", "-z", &base, "--"])?;
    changed.extend(paths(&top, &["ls-files", "--others", "--exclude-standard", "-z"])?);
    // git tells resolved paths.
    let resolved = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    Ok(changed
        .into_iter()
        .filter_map(|path| top.join(path).strip_prefix(&resolved).ok().map(|below| root.join(below)))
        .collect())
}

fn git(folder: &Path, arguments: &[&str]) -> Result<Output, ChangedError> {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(arguments);
    command.output().map_err(|source| ChangedError::NoGit { source })
}

/// What a git command lists with a zero byte after each path.
fn paths(top: &Path, arguments: &[&str]) -> Result<Vec<PathBuf>, ChangedError> {
    let output = git(top, arguments)?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(ChangedError::Git { command: arguments.join(" "), text });
    }
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.split('\0').filter(|path| !path.is_empty()).map(PathBuf::from).collect())
}

fn judge(settings: &Settings, specs: &[SpecFile], changed: &[PathBuf]) -> Affected {
    let fixtures = settings.root.join(FIXTURES);
    let is_everybodys = |path: &&PathBuf| {
        path.starts_with(&settings.support)
            || path.starts_with(&fixtures)
            || settings.config.as_ref().is_some_and(|config| config == *path)
    };
    if let Some(path) = changed.iter().find(is_everybodys) {
        return Affected::Everything(shown(path, &settings.root));
    }
    let changed: HashSet<&Path> = changed.iter().map(PathBuf::as_path).collect();
    let is_affected = |spec: &&SpecFile| {
        has_changed_neighbour(&spec.absolute, &settings.root, &changed)
            || reads_changed(&spec.absolute, &settings.root, &changed)
    };
    Affected::Specs(specs.iter().filter(is_affected).map(|spec| spec.path.clone()).collect())
}

/// A changed file in the spec's folder that is no script is one it may read. In the project's own
/// folder everything else lies too.
fn has_changed_neighbour(spec: &Path, root: &Path, changed: &HashSet<&Path>) -> bool {
    let Some(folder) = spec.parent().filter(|folder| *folder != root) else { return false };
    changed.iter().any(|path| path.starts_with(folder) && path.extension().is_none_or(|extension| extension != "rhai"))
}

/// The spec, or a file it imports by however many steps, has changed.
fn reads_changed(spec: &Path, root: &Path, changed: &HashSet<&Path>) -> bool {
    let mut seen = HashSet::from([spec.to_owned()]);
    let mut next = VecDeque::from([spec.to_owned()]);
    while let Some(file) = next.pop_front() {
        if changed.contains(file.as_path()) {
            return true;
        }
        let Ok(text) = std::fs::read_to_string(&file) else { continue };
        for import in imports(&text) {
            // A path that is computed may lead to any file.
            let Some(import) = import else { return true };
            for base in file.parent().into_iter().chain([root]) {
                let mut path = absolute(base, &import);
                if path.extension().is_none() {
                    path.set_extension("rhai");
                }
                if (path.is_file() || changed.contains(path.as_path())) && seen.insert(path.clone()) {
                    next.push_back(path);
                }
            }
        }
    }
    false
}

/// The paths a script imports; `None` for one that is not written out. Read from the text, so that
/// one in a comment counts too: a spec too many runs, never one too few.
fn imports(text: &str) -> Vec<Option<String>> {
    static IMPORT: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r#"\bimport\s+(?:"([^"\\]*)"|`([^`$]*)`|\S)"#).expect("the pattern is a constant"));
    let path = |found: regex::Captures<'_>| found.get(1).or(found.get(2)).map(|path| path.as_str().to_owned());
    IMPORT.captures_iter(text).map(path).collect()
}

#[cfg(test)]
mod tests {
    use super::imports;

    #[test]
    fn imports_are_read_from_the_text() {
        let text = "import \"lib/a\" as a;\nimport `b` as b;\nimport name as c;\nlet important = 1;";
        assert_eq!(imports(text), [Some("lib/a".to_owned()), Some("b".to_owned()), None]);
    }
}
