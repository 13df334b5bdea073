//! What a run leaves and how it looks: [`Reports`], [`ColorChoice`].

use std::fmt;
use std::path::PathBuf;

use super::choice::Choice;

/// Sessions kept between runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionCacheSettings {
    /// Their folder; absolute, may be missing.
    pub folder: PathBuf,
    /// Every session with a `verify` is kept, not only those that say `persist`.
    pub keeps_all: bool,
}

/// File reports that were asked for; absolute paths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reports {
    /// `--report-junit FILE`.
    pub junit: Option<PathBuf>,
    /// `--report-json FILE`.
    pub json: Option<PathBuf>,
}

/// Colours on the terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColorChoice {
    /// Where the terminal shows them and `NO_COLOR` is not set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Choice for ColorChoice {
    const NOUN: &'static str = "choice of colour";
    const WORDS: &'static [(&'static str, Self)] =
        &[("auto", Self::Auto), ("always", Self::Always), ("never", Self::Never)];
}

impl fmt::Display for ColorChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_and_written() {
        for (word, color) in ColorChoice::WORDS {
            assert_eq!((ColorChoice::parse(word), color.to_string()), (Ok(*color), (*word).to_owned()));
        }
    }
}
