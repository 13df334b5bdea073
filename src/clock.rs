//! Deadlines. A [`Deadline`] is a moment with a length, so that a message can say how long we waited.

use std::time::{Duration, Instant};

/// A moment by which something must be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    at: Instant,
    length: Duration,
}

impl Deadline {
    /// `length` from now.
    pub fn after(length: Duration) -> Self {
        Self { at: Instant::now() + length, length }
    }

    /// The moment itself.
    pub fn at(&self) -> Instant {
        self.at
    }

    /// The whole time that was given.
    pub fn length(&self) -> Duration {
        self.length
    }

    /// Time left, zero when it is over.
    pub fn remaining(&self) -> Duration {
        self.at.saturating_duration_since(Instant::now())
    }

    /// It is over.
    pub fn is_over(&self) -> bool {
        self.remaining().is_zero()
    }

    /// The same deadline, `by` later: time that is not charged to it.
    #[must_use]
    pub fn extended(self, by: Duration) -> Self {
        Self { at: self.at + by, length: self.length }
    }

    /// The earlier of the two.
    #[must_use]
    pub fn min(self, other: Self) -> Self {
        if other.at < self.at { other } else { self }
    }
}

/// A duration as people write it: `340ms`, `1.2s`, `2m 5s`.
pub fn human_duration(duration: Duration) -> String {
    let millis = duration.as_millis();
    if millis < 1000 {
        format!("{millis}ms")
    } else if millis < 60_000 {
        let tenths = (millis + 50) / 100;
        if tenths.is_multiple_of(10) {
            format!("{}s", tenths / 10)
        } else {
            format!("{}.{}s", tenths / 10, tenths % 10)
        }
    } else {
        let seconds = duration.as_secs();
        match (seconds / 3600, seconds % 3600 / 60, seconds % 60) {
            (0, minutes, 0) => format!("{minutes}m"),
            (0, minutes, seconds) => format!("{minutes}m {seconds}s"),
            (hours, 0, _) => format!("{hours}h"),
            (hours, minutes, _) => format!("{hours}h {minutes}m"),
        }
    }
}

/// Reads `500ms`, `10s`, `1.5s`, `2m`, `8h`, `1d` or a bare number of milliseconds.
///
/// # Errors
/// A sentence that names the forms, where `text` is none of them.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let split = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let factor = match unit.trim() {
        "" | "ms" => 0.001,
        "s" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        "d" => 86_400.0,
        _ => return Err(duration_forms(text)),
    };
    let number: f64 = number.parse().map_err(|_| duration_forms(text))?;
    Duration::try_from_secs_f64(number * factor).map_err(|_| duration_forms(text))
}

fn duration_forms(text: &str) -> String {
    format!("`{text}` is not a duration; write \"500ms\", \"10s\", \"2m\", \"8h\" or a number of milliseconds")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        let check =
            |text: &str, millis: u64| assert_eq!(parse_duration(text), Ok(Duration::from_millis(millis)), "{text}");
        check("500ms", 500);
        check("250", 250);
        check("10s", 10_000);
        check("1.5s", 1500);
        check("2m", 120_000);
        check("8h", 28_800_000);
        assert!(parse_duration("ten").is_err());
        assert!(parse_duration("5 fortnights").is_err());
        assert!(parse_duration("").is_err());
    }

    #[test]
    fn writes_what_people_read() {
        let check = |millis: u64, text: &str| assert_eq!(human_duration(Duration::from_millis(millis)), text);
        check(0, "0ms");
        check(340, "340ms");
        check(1000, "1s");
        check(1234, "1.2s");
        check(59_940, "59.9s");
        check(125_000, "2m 5s");
        check(3_600_000, "1h");
    }
}
