//! `[project.NAME]`: the same tests once more, in another browser or with other settings.
//!
//! [`chosen`] says which projects a run has; `resolve` makes settings of each.

use super::error::ConfigError;
use super::file::ConfigFile;
use super::origin::Given;
use super::profile::no_such_table;

/// A project as it is written.
#[derive(Clone, Debug)]
pub(super) struct Project {
    /// Its name.
    pub(super) name: String,
    /// What it says itself.
    pub(super) settings: ConfigFile,
}

/// The projects that were asked for, in the order of the file; all where none was.
///
/// # Errors
/// A name that no project has.
pub(super) fn chosen(projects: Vec<Project>, named: &[Given<String>]) -> Result<Vec<Project>, ConfigError> {
    for name in named {
        if !projects.iter().any(|project| project.name == name.value) {
            let known = projects.into_iter().map(|project| project.name).collect();
            return Err(no_such_table("project", name, known));
        }
    }
    let is_chosen = |project: &Project| named.is_empty() || named.iter().any(|name| name.value == project.name);
    Ok(projects.into_iter().filter(is_chosen).collect())
}
