//! [`DiscoveryError`]: why there are no spec files to run.

use std::io;

use crate::model::SpecPath;

/// The spec files cannot be listed.
#[derive(Debug, thiserror::Error)]
pub enum DiscoveryError {
    /// Nothing to run.
    #[error("no specs found")]
    NoSpecs {
        /// What was looked at, one line for each folder.
        looked_at: Vec<String>,
    },
    /// A file was named that is none.
    #[error("`{path}` is not a spec: specs are files that end in `.rhai`")]
    NotASpec {
        /// The file.
        path: SpecPath,
    },
    /// A support script was named as a spec.
    #[error("`{path}` is a support script, not a spec")]
    IsSupport {
        /// The file or folder.
        path: SpecPath,
        /// The support folder.
        support: SpecPath,
    },
    /// A folder or file that cannot be looked at.
    #[error("cannot read `{path}`")]
    Unreadable {
        /// Which one.
        path: SpecPath,
        /// Why.
        source: io::Error,
    },
}

impl DiscoveryError {
    /// Further lines.
    pub fn details(&self) -> Vec<String> {
        match self {
            Self::NoSpecs { looked_at } => looked_at.clone(),
            Self::IsSupport { support, .. } => {
                vec![format!("every script in `{support}` is loaded before the specs, on its own accord")]
            }
            Self::NotASpec { .. } | Self::Unreadable { .. } => Vec::new(),
        }
    }

    /// What to try.
    pub fn advice(&self) -> Option<String> {
        match self {
            Self::NoSpecs { .. } => {
                Some("`runner init` for a first spec, or name a folder or file: `runner path/to/specs`".into())
            }
            Self::IsSupport { .. } => Some("a spec, or another folder of support scripts with `--support`".into()),
            Self::NotASpec { .. } | Self::Unreadable { .. } => None,
        }
    }
}
