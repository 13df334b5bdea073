//! [`Document`]: the text of a configuration file, and how to point into it.

use std::ops::Range;
use std::path::{Path, PathBuf};

use super::error::ConfigError;
use super::origin::Place;

/// The text of a configuration file.
pub(super) struct Document {
    /// How the file is named in messages.
    shown: PathBuf,
    text: String,
}

impl Document {
    /// Reads `path`, which messages name relative to `working_directory` where it lies below it.
    pub(super) fn open(path: &Path, working_directory: &Path) -> Result<Self, ConfigError> {
        let shown = path.strip_prefix(working_directory).unwrap_or(path).to_path_buf();
        let text =
            std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable { path: shown.clone(), source })?;
        Ok(Self { shown, text })
    }

    /// A document from memory.
    #[cfg(test)]
    pub(super) fn new(shown: impl Into<PathBuf>, text: impl Into<String>) -> Self {
        Self { shown: shown.into(), text: text.into() }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The place of the bytes `span`, which belong to `key`.
    pub(super) fn place(&self, key: impl Into<String>, span: Range<usize>) -> Place {
        let start = span.start.min(self.text.len());
        let line_start = self.text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = self.text[start..].find('\n').map_or(self.text.len(), |at| start + at);
        let end = span.end.clamp(start, line_end);
        Place {
            file: self.shown.clone(),
            key: key.into(),
            line: self.text[..start].matches('\n').count() + 1,
            column: self.text[line_start..start].chars().count() + 1,
            width: self.text[start..end].chars().count(),
            text: Some(self.text[line_start..line_end].trim_end().to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_at_characters_not_bytes() {
        let document = Document::new("runner.toml", "a = 1\nü = \"x\" # end\n");
        let place = document.place("ü", 11..14);
        assert_eq!(place.excerpt(), ["runner.toml:2:5", "  2 | ü = \"x\" # end", "    |     ^^^"]);
    }

    #[test]
    fn a_span_over_several_lines_is_shown_by_its_first() {
        let document = Document::new("runner.toml", "a = [\n 1,\n]\n");
        let place = document.place("a", 4..11);
        assert_eq!((place.line, place.column, place.width), (1, 5, 1));
    }

    #[test]
    fn the_end_of_the_text_is_a_place() {
        let place = Document::new("runner.toml", "a =").place("", 3..9);
        assert_eq!((place.line, place.column, place.width), (1, 4, 0));
    }
}
