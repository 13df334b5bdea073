//! Where a value was written: [`Origin`], so that an error can point at it.

use std::fmt;
use std::path::{Path, PathBuf};

/// A value and where it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given<T> {
    /// The value, as written.
    pub value: T,
    /// Where.
    pub origin: Origin,
}

impl<T> Given<T> {
    /// `value`, written at `origin`.
    pub fn new(value: T, origin: Origin) -> Self {
        Self { value, origin }
    }
}

/// Where a value was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A path on the command line.
    Argument,
    /// An option of the command line, with its dashes.
    Flag(String),
    /// An environment variable.
    Variable(String),
    /// A key of the configuration file.
    File(Box<Place>),
    /// Nobody wrote it: the default.
    Default,
}

impl Origin {
    /// What a relative path written here is relative to.
    pub fn base<'a>(&self, working_directory: &'a Path, root: &'a Path) -> &'a Path {
        match self {
            Self::Argument | Self::Flag(_) | Self::Variable(_) => working_directory,
            Self::File(_) | Self::Default => root,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Argument => write!(f, "path"),
            Self::Flag(name) | Self::Variable(name) => write!(f, "`{name}`"),
            Self::File(place) => write!(f, "`{}`", place.key),
            Self::Default => write!(f, "default"),
        }
    }
}

/// A piece of one line in a configuration file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file, as it is shown.
    pub file: PathBuf,
    /// The key it belongs to, with its table: `timeouts.test`.
    pub key: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// How many characters of the line are meant.
    pub width: usize,
    /// The line; `None` where it may hold a secret.
    pub text: Option<String>,
}

impl Place {
    /// `file:line:column`, then the line with the piece underlined.
    pub fn excerpt(&self) -> Vec<String> {
        let mut lines = vec![self.to_string()];
        if let Some(text) = &self.text {
            let number = self.line.to_string();
            let gutter = " ".repeat(number.len());
            let lead: String = text.chars().take(self.column - 1).map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
            lines.push(format!("  {number} | {text}"));
            lines.push(format!("  {gutter} | {lead}{}", "^".repeat(self.width.max(1))));
        }
        lines
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file.display(), self.line, self.column)
    }
}
