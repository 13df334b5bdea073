//! Roots and ignore rules -> sorted spec files: [`find_specs`], [`find_support`].

use std::io;
use std::path::{Component, Path, PathBuf};

use walkdir::WalkDir;

use crate::config::Settings;
use crate::model::SpecPath;

use super::error::DiscoveryError;
use super::ignored::Ignored;

const EXTENSION: &str = "rhai";

/// A script that was found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SpecFile {
    /// As it is shown: relative to the project root, with `/`.
    pub path: SpecPath,
    /// Where it lies.
    pub absolute: PathBuf,
}

/// The spec files below `settings.paths`, sorted, each once.
///
/// # Errors
/// Where there is none (unless that is fine), and where a file or folder cannot be looked at.
pub fn find_specs(settings: &Settings) -> Result<Vec<SpecFile>, DiscoveryError> {
    let ignored = Ignored::of_project(&settings.root);
    let mut specs = Vec::new();
    for start in &settings.paths {
        if start.starts_with(&settings.support) {
            let (path, support) = (shown(start, &settings.root), shown(&settings.support, &settings.root));
            return Err(DiscoveryError::IsSupport { path, support });
        }
        if start.is_file() {
            if !is_script(start) {
                return Err(DiscoveryError::NotASpec { path: shown(start, &settings.root) });
            }
            specs.push(SpecFile { path: shown(start, &settings.root), absolute: start.clone() });
        } else if start.exists() {
            walk(start, &settings.root, &ignored.below(start), Some(&settings.support), &mut specs)?;
        }
    }
    specs.sort();
    specs.dedup();
    if specs.is_empty() && !settings.selection.pass_with_no_tests {
        return Err(DiscoveryError::NoSpecs { looked_at: looked_at(settings) });
    }
    Ok(specs)
}

/// The support scripts, in the order in which they are loaded. No folder means none.
///
/// # Errors
/// Where a file or folder cannot be looked at.
pub fn find_support(settings: &Settings) -> Result<Vec<SpecFile>, DiscoveryError> {
    let mut scripts = Vec::new();
    if settings.support.is_dir() {
        walk(&settings.support, &settings.root, &Ignored::nothing(), None, &mut scripts)?;
    }
    scripts.sort();
    Ok(scripts)
}

fn walk(
    start: &Path,
    root: &Path,
    ignored: &Ignored,
    without: Option<&Path>,
    found: &mut Vec<SpecFile>,
) -> Result<(), DiscoveryError> {
    let entries = WalkDir::new(start)
        .into_iter()
        .filter_entry(|entry| Some(entry.path()) != without && !ignored.passes_over(entry));
    for entry in entries {
        let entry = entry.map_err(|error| {
            let path = shown(error.path().unwrap_or(start), root);
            let source = error.into_io_error().unwrap_or_else(|| io::Error::other("the folders form a loop"));
            DiscoveryError::Unreadable { path, source }
        })?;
        // A link to a file counts as the file; a link to a folder is not followed.
        if is_script(entry.path()) && !entry.file_type().is_dir() && entry.path().is_file() {
            let absolute = entry.into_path();
            found.push(SpecFile { path: shown(&absolute, root), absolute });
        }
    }
    Ok(())
}

fn is_script(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == EXTENSION)
}

/// What was looked at in vain, one line for each folder.
fn looked_at(settings: &Settings) -> Vec<String> {
    let line = |start: &PathBuf| {
        let path = shown(start, &settings.root);
        if start.exists() {
            format!("there is no `*.{EXTENSION}` file in `{path}`")
        } else {
            format!("the folder `{path}` does not exist")
        }
    };
    settings.paths.iter().map(line).collect()
}

/// `path` relative to `root`, with `/`; `.` for the root itself.
pub(super) fn shown(path: &Path, root: &Path) -> SpecPath {
    let mut parts = Vec::new();
    let mut base = root;
    let below = loop {
        if let Ok(below) = path.strip_prefix(base) {
            break below;
        }
        match base.parent() {
            Some(parent) => base = parent,
            None => break path,
        }
        parts.push("..".to_owned());
    };
    let names = below.components().filter(|component| !matches!(component, Component::RootDir));
    parts.extend(names.map(|component| component.as_os_str().to_string_lossy().into_owned()));
    SpecPath::new(if parts.is_empty() { ".".to_owned() } else { parts.join("/") })
}

#[cfg(test)]
mod tests;
