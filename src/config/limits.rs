//! How much runs at the same time and in which pieces: [`Workers`], [`Parallel`], [`Isolation`].

use std::fmt;

use super::choice::Choice;

/// How many workers: a count, or a share of the cores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Workers {
    /// This many.
    Count(usize),
    /// This many hundredths of the cores, at least one.
    Share(usize),
}

impl Workers {
    /// Reads `4` or `50%`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a number of workers; write a number from 1 or a share such as \"50%\"");
        let (digits, is_share) = match text.strip_suffix('%') {
            Some(digits) => (digits, true),
            None => (text, false),
        };
        match digits.parse() {
            Ok(0) | Err(_) => Err(wrong()),
            Ok(share) if is_share => Ok(Self::Share(share)),
            Ok(count) => Ok(Self::Count(count)),
        }
    }

    /// The number of workers on a machine with so many cores.
    pub fn on(self, cores: usize) -> usize {
        match self {
            Self::Count(count) => count,
            Self::Share(share) => (cores * share / 100).max(1),
        }
    }
}

impl Default for Workers {
    fn default() -> Self {
        Self::Share(50)
    }
}

impl fmt::Display for Workers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => write!(f, "{count}"),
            Self::Share(share) => write!(f, "{share}%"),
        }
    }
}

/// What goes to a worker as one piece.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Parallel {
    /// A file's tests stay together, in order.
    #[default]
    File,
    /// Every test by itself.
    Test,
}

impl Choice for Parallel {
    const NOUN: &'static str = "way to share out tests";
    const WORDS: &'static [(&'static str, Self)] = &[("file", Self::File), ("test", Self::Test)];
}

impl fmt::Display for Parallel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// What a test starts with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Isolation {
    /// A fresh context: no cookies, no storage, its own page.
    #[default]
    Context,
    /// The page the test before it left.
    None,
}

impl Choice for Isolation {
    const NOUN: &'static str = "kind of isolation";
    const WORDS: &'static [(&'static str, Self)] = &[("context", Self::Context), ("none", Self::None)];
}

impl fmt::Display for Isolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workers_are_a_count_or_a_share() {
        let check = |text: &str, cores, expected| {
            let workers = Workers::parse(text).unwrap();
            assert_eq!((workers.on(cores), workers.to_string()), (expected, text.to_owned()));
        };
        check("1", 8, 1);
        check("12", 2, 12);
        check("50%", 8, 4);
        check("50%", 1, 1);
        check("200%", 2, 4);
        assert_eq!(Workers::default().on(2), 1);
    }

    #[test]
    fn no_worker_is_an_error() {
        for text in ["0", "0%", "-1", "many", "", "1.5"] {
            assert!(Workers::parse(text).unwrap_err().contains(&format!("`{text}` is not a number of workers")));
        }
    }

    #[test]
    fn words_are_read_and_written() {
        for (word, parallel) in Parallel::WORDS {
            assert_eq!((Parallel::parse(word), parallel.to_string()), (Ok(*parallel), (*word).to_owned()));
        }
        for (word, isolation) in Isolation::WORDS {
            assert_eq!((Isolation::parse(word), isolation.to_string()), (Ok(*isolation), (*word).to_owned()));
        }
        assert_eq!(
            Parallel::parse("tests"),
            Err("`tests` is not a way to share out tests; it is one of `file`, `test`; did you mean `test`?".into())
        );
    }
}
