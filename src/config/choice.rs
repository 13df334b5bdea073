//! [`Choice`]: a setting that is one of a few words.

use crate::suggest::closest;

/// One of a few words.
pub(super) trait Choice: Copy + PartialEq + 'static {
    /// What the words name: "browser".
    const NOUN: &'static str;
    /// Every word and what it stands for.
    const WORDS: &'static [(&'static str, Self)];

    /// Reads one of the words.
    fn parse(text: &str) -> Result<Self, String> {
        if let Some((_, choice)) = Self::WORDS.iter().find(|(word, _)| *word == text) {
            return Ok(*choice);
        }
        let words = Self::WORDS.iter().map(|(word, _)| *word);
        let guess = closest(text, words.clone()).map(|word| format!("; did you mean `{word}`?")).unwrap_or_default();
        let words: Vec<_> = words.map(|word| format!("`{word}`")).collect();
        Err(format!("`{text}` is not a {}; it is one of {}{guess}", Self::NOUN, words.join(", ")))
    }

    /// The word for it.
    fn word(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(_, choice)| *choice == self)
            .map(|(word, _)| *word)
            .expect("WORDS lists every choice, as the tests of each setting check")
    }
}
