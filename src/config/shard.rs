//! Which part of the tests a machine runs: [`Shard`].

use std::fmt;

/// One of several parts of a plan: `--shard 2/4`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Which part, from 1.
    pub index: usize,
    /// How many parts there are.
    pub total: usize,
}

impl Shard {
    /// Reads `2/4`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let numbers = text.split_once('/').and_then(|(index, total)| Some((index.parse().ok()?, total.parse().ok()?)));
        match numbers {
            Some((index, total)) if (1..=total).contains(&index) => Ok(Self { index, total }),
            Some((index, total)) if total > 0 => {
                Err(format!("`{text}` is not a shard: there is no part {index} of {total}; the first is `1/{total}`"))
            }
            _ => Err(format!("`{text}` is not a shard; write which of how many, such as `1/4`")),
        }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.total)
    }
}

#[cfg(test)]
mod tests {
    use super::Shard;

    #[test]
    fn a_shard_is_one_of_several() {
        let shard = Shard::parse("2/4").unwrap();
        assert_eq!((shard, shard.to_string()), (Shard { index: 2, total: 4 }, "2/4".to_owned()));
        assert!(Shard::parse("1/1").is_ok());
        for text in ["", "2", "2/", "/4", "a/b", "-1/2", "0/0"] {
            let message = format!("`{text}` is not a shard; write which of how many, such as `1/4`");
            assert_eq!(Shard::parse(text), Err(message));
        }
        for text in ["0/4", "5/4"] {
            assert!(Shard::parse(text).unwrap_err().contains("the first is `1/4`"));
        }
    }
}
