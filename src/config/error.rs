//! [`ConfigError`]: what is wrong with the configuration, and where it was written.

use std::io;
use std::path::PathBuf;

use super::origin::{Origin, Place};

/// The configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A value that cannot be what it is meant to be.
    #[error("{origin}: {message}")]
    Value {
        /// Where it was written.
        origin: Origin,
        /// What is wrong with it.
        message: String,
        /// What to try.
        advice: Option<String>,
    },
    /// A key that means nothing.
    #[error("unknown key `{key}`{}", table_of(.table))]
    UnknownKey {
        /// Where.
        place: Box<Place>,
        /// The table it stands in; empty at the top of the file.
        table: String,
        /// The key.
        key: String,
        /// The keys that mean something there.
        valid: &'static [&'static str],
        /// The one that was probably meant.
        near: Option<String>,
    },
    /// A value of another kind.
    #[error("`{}` must be {expected}, not {found}", place.key)]
    WrongType {
        /// Where.
        place: Box<Place>,
        /// What it should be.
        expected: &'static str,
        /// What it is.
        found: &'static str,
    },
    /// A table without a key it needs.
    #[error("`[{}]` needs `{key}`", place.key)]
    MissingKey {
        /// The table.
        place: Box<Place>,
        /// The key it lacks.
        key: &'static str,
        /// A line that would do.
        example: &'static str,
    },
    /// A name that no table of the file has.
    #[error("{}there is no `[{kind}.{name}]`", prefix_of(.origin))]
    NoSuchTable {
        /// Where the name was written.
        origin: Origin,
        /// `profile` or `project`.
        kind: &'static str,
        /// The name.
        name: String,
        /// The names there are, in the order of the file.
        known: Vec<String>,
        /// The one that was probably meant.
        near: Option<String>,
    },
    /// Not TOML.
    #[error("`{}` is not valid TOML: {message}", place.file.display())]
    Syntax {
        /// Where.
        place: Box<Place>,
        /// The parser's words.
        message: String,
    },
    /// A path that leads nowhere.
    #[error("{}`{path}` does not exist", prefix_of(.origin))]
    NoSuchPath {
        /// Where it was written.
        origin: Origin,
        /// The path as written.
        path: String,
        /// Names that are there and look like it.
        near: Vec<String>,
    },
    /// A file that is there and cannot be read.
    #[error("cannot read `{}`", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// No port could be chosen for `{port}`.
    #[error("no free port for `{{port}}` in `[server]`")]
    NoFreePort {
        /// Why.
        source: io::Error,
    },
}

impl ConfigError {
    /// A value that cannot be what it is meant to be.
    pub(super) fn value(origin: &Origin, message: impl Into<String>) -> Self {
        Self::Value { origin: origin.clone(), message: message.into(), advice: None }
    }

    /// Further lines: the place and what stands there.
    pub fn details(&self) -> Vec<String> {
        match self {
            Self::Value { origin, .. } | Self::NoSuchPath { origin, .. } => match origin {
                Origin::File(place) => place.excerpt(),
                Origin::Argument | Origin::Flag(_) | Origin::Variable(_) | Origin::Default => Vec::new(),
            },
            Self::NoSuchTable { origin, kind, known, .. } => {
                let mut lines = match origin {
                    Origin::File(place) => place.excerpt(),
                    Origin::Argument | Origin::Flag(_) | Origin::Variable(_) | Origin::Default => Vec::new(),
                };
                lines.push(match known.as_slice() {
                    [] => format!("the configuration has no `[{kind}.NAME]`"),
                    known => format!("{kind}s of the configuration: {}", known.join(", ")),
                });
                lines
            }
            Self::UnknownKey { place, valid, .. } => {
                let mut lines = place.excerpt();
                lines.push(format!("valid keys: {}", valid.join(", ")));
                lines
            }
            Self::WrongType { place, .. } | Self::MissingKey { place, .. } | Self::Syntax { place, .. } => {
                place.excerpt()
            }
            Self::Unreadable { .. } | Self::NoFreePort { .. } => Vec::new(),
        }
    }

    /// What to try, where there is something.
    pub fn advice(&self) -> Option<String> {
        match self {
            Self::Value { advice, .. } => advice.clone(),
            Self::UnknownKey { near, .. } | Self::NoSuchTable { near, .. } => {
                near.as_ref().map(|near| format!("`{near}`"))
            }
            Self::MissingKey { example, .. } => Some(format!("add `{example}`")),
            Self::NoSuchPath { near, .. } => match near.as_slice() {
                [] => None,
                near => Some(format!("`{}`", near.join("` or `"))),
            },
            Self::WrongType { .. } | Self::Syntax { .. } | Self::Unreadable { .. } | Self::NoFreePort { .. } => None,
        }
    }
}

/// The table a key stands in, or nothing at the top of the file.
fn table_of(table: &str) -> String {
    if table.is_empty() { String::new() } else { format!(" in `[{table}]`") }
}

/// The option or key that names a path, or nothing for a path that stands alone.
fn prefix_of(origin: &Origin) -> String {
    match origin {
        Origin::Argument => String::new(),
        origin => format!("{origin}: "),
    }
}
