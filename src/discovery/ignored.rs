//! [`Ignored`]: which files and folders are passed over.

use std::path::Path;

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use walkdir::DirEntry;

/// Files in the project root whose patterns count.
const IGNORE_FILES: [&str; 2] = [".gitignore", ".runnerignore"];

/// Folders that never hold specs of this project.
const BUILT: [&str; 2] = ["target", "node_modules"];

/// Which files and folders are passed over, unless they are named directly.
pub(super) struct Ignored {
    patterns: Gitignore,
}

impl Ignored {
    /// Reads the ignore files of the project.
    pub(super) fn of_project(root: &Path) -> Self {
        let mut builder = GitignoreBuilder::new(root);
        for name in IGNORE_FILES {
            let path = root.join(name);
            if path.is_file() {
                // A pattern that git would pass over too is no reason to run nothing.
                drop(builder.add(path));
            }
        }
        Self { patterns: builder.build().unwrap_or_else(|_| Gitignore::empty()) }
    }

    /// Passes over nothing but hidden and built folders.
    pub(super) fn nothing() -> Self {
        Self { patterns: Gitignore::empty() }
    }

    /// The same for what lies below `start`: where it is ignored itself, somebody named it all the
    /// same, and the patterns say nothing any more.
    pub(super) fn below(&self, start: &Path) -> Self {
        let is_inside = start.starts_with(self.patterns.path());
        let is_ignored = is_inside && self.patterns.matched_path_or_any_parents(start, true).is_ignore();
        if is_ignored { Self::nothing() } else { Self { patterns: self.patterns.clone() } }
    }

    /// `entry` is passed over. The start of a walk never is.
    pub(super) fn passes_over(&self, entry: &DirEntry) -> bool {
        if entry.depth() == 0 {
            return false;
        }
        let name = entry.file_name().to_string_lossy();
        let is_folder = entry.file_type().is_dir();
        name.starts_with('.')
            || (is_folder && BUILT.contains(&name.as_ref()))
            || self.patterns.matched(entry.path(), is_folder).is_ignore()
    }
}
