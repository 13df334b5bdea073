//! How long things may take: [`Timeouts`].

use std::time::Duration;

use crate::clock::parse_duration;

use super::error::ConfigError;
use super::origin::Given;

/// How long things may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// One attempt at a test, with `before_each` and `after_each`.
    pub test: Duration,
    /// `before_all` and `after_all`, each.
    pub hook: Duration,
    /// One action, waiting included.
    pub action: Duration,
    /// `visit` and its like.
    pub navigation: Duration,
    /// A retried assertion.
    pub assertion: Duration,
    /// A session's `verify`.
    pub verify: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            test: Duration::from_secs(30),
            hook: Duration::from_secs(30),
            action: Duration::from_secs(10),
            navigation: Duration::from_secs(15),
            assertion: Duration::from_secs(5),
            verify: Duration::from_secs(10),
        }
    }
}

/// The time that was given, longer than nothing.
pub(super) fn timeout(given: Option<&Given<String>>) -> Result<Option<Duration>, ConfigError> {
    let Some(given) = given else { return Ok(None) };
    let duration = parse_duration(&given.value).map_err(|message| ConfigError::value(&given.origin, message))?;
    if duration.is_zero() {
        return Err(ConfigError::Value {
            origin: given.origin.clone(),
            message: format!("`{}` leaves no time at all", given.value),
            advice: Some("a long time such as \"10m\"".into()),
        });
    }
    Ok(Some(duration))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::origin::Origin;

    #[test]
    fn errors_name_the_origin() {
        let given = |text: &str| Given::new(text.to_owned(), Origin::Flag("--timeout".into()));
        assert_eq!(timeout(Some(&given("2s"))).unwrap(), Some(Duration::from_secs(2)));
        assert_eq!(
            timeout(Some(&given("soon"))).unwrap_err().to_string(),
            "`--timeout`: `soon` is not a duration; write \"500ms\", \"10s\", \"2m\", \"8h\" or a number of milliseconds"
        );
        assert_eq!(timeout(Some(&given("0"))).unwrap_err().to_string(), "`--timeout`: `0` leaves no time at all");
    }
}
