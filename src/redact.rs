//! Keeps secrets out of everything that is shown or written: [`Redactor`]; and what differs from
//! run to run out of what is compared: [`Steady`].
//!
//! A redactor replaces the values given to it, and what URLs and Base64 make of them. It does not
//! find secrets by itself, and it does not look at pictures.

use std::path::Path;
use std::sync::{Arc, RwLock};

use base64::Engine as _;

/// What stands where a secret stood.
pub const MASK: &str = "***";

/// The shortest value that is masked; masking "a" would make every text unreadable.
const SHORTEST: usize = 3;

/// A value that is never shown, not even by a slip.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// `value` is secret.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value itself, for those who need it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(MASK)
    }
}

/// Replaces secret values in texts. Clones share one list.
#[derive(Clone, Debug, Default)]
pub struct Redactor {
    secrets: Arc<RwLock<Vec<String>>>,
}

impl Redactor {
    /// Knows no secret yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// From now on `value` is masked, percent-encoded and in Base64 too.
    pub fn add(&self, value: &str) {
        if value.len() < SHORTEST {
            return;
        }
        let encoded: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
        let base64 = base64::engine::general_purpose::STANDARD.encode(value);
        let json = serde_json::Value::from(value).to_string();
        let json = json[1..json.len() - 1].to_owned();
        let mut secrets = self.secrets.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        for form in [value.to_owned(), encoded, base64, json] {
            if !secrets.contains(&form) {
                secrets.push(form);
            }
        }
        // The longest first, so that a secret inside another one does not break it up.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    }

    /// `text` with every known secret masked.
    pub fn redact(&self, text: &str) -> String {
        let secrets = self.secrets.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut out = text.to_owned();
        for secret in secrets.iter() {
            if out.contains(secret.as_str()) {
                out = out.replace(secret.as_str(), MASK);
            }
        }
        out
    }
}

/// Replaces times, ports and folders in what is shown, so that two runs can be compared. Off
/// unless `RUNNER_REDACT=1` is set.
#[derive(Clone, Debug, Default)]
pub struct Steady {
    rules: Vec<(regex::Regex, String)>,
}

impl Steady {
    /// As the environment asks for it.
    pub fn of_process() -> Self {
        if std::env::var_os("RUNNER_REDACT").is_none_or(|value| value != "1") {
            return Self::default();
        }
        let mut places = Vec::new();
        if let Ok(folder) = std::env::current_dir() {
            places.push((folder, "[root]"));
        }
        places.push((std::env::temp_dir(), "[temp]"));
        let places: Vec<(&Path, &str)> = places.iter().map(|(path, name)| (path.as_path(), *name)).collect();
        Self::new(&places)
    }

    fn new(places: &[(&Path, &str)]) -> Self {
        let mut rules: Vec<(String, String)> = places
            .iter()
            .map(|(path, name)| (regex::escape(&path.display().to_string()), (*name).to_owned()))
            .collect();
        rules.push((r"(127\.0\.0\.1|localhost|\[::1\]):\d+".to_owned(), "$1:[port]".to_owned()));
        rules.push((r"port \d+".to_owned(), "port [port]".to_owned()));
        // A time in quotes is what somebody wrote, and stays.
        rules.push((r#"(^|[^"\w.])\d+(?:\.\d+)?(?:ms|s)\b"#.to_owned(), "${1}[time]".to_owned()));
        rules.push((r"(^|[^\w])\d+m(?: \[time\])?([^\w]|$)".to_owned(), "${1}[time]$2".to_owned()));
        let compiled =
            rules.into_iter().filter_map(|(pattern, by)| Some((regex::Regex::new(&pattern).ok()?, by))).collect();
        Self { rules: compiled }
    }

    /// `text` without what differs from run to run; as it is where this is off.
    pub fn apply(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (pattern, by) in &self.rules {
            text = pattern.replace_all(&text, by).into_owned();
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_a_value_and_its_encodings() {
        let redactor = Redactor::new();
        redactor.add("p&ss \"word\"");
        assert_eq!(redactor.redact("typed p&ss \"word\"."), "typed ***.");
        assert_eq!(redactor.redact("?q=p%26ss+%22word%22"), "?q=***");
        assert_eq!(redactor.redact("Basic cCZzcyAid29yZCI="), "Basic ***");
        assert_eq!(redactor.redact(r#"{"a":"p&ss \"word\""}"#), r#"{"a":"***"}"#);
    }

    #[test]
    fn a_very_short_value_is_left_alone() {
        let redactor = Redactor::new();
        redactor.add("ab");
        assert_eq!(redactor.redact("about"), "about");
    }

    #[test]
    fn the_longer_secret_wins() {
        let redactor = Redactor::new();
        redactor.add("abc");
        redactor.add("abcdef");
        assert_eq!(redactor.redact("abcdef"), "***");
    }

    #[test]
    fn times_ports_and_folders_are_made_steady() {
        let steady = Steady::new(&[(Path::new("/tmp/project"), "[root]")]);
        let check = |text: &str, expected: &str| assert_eq!(steady.apply(text), expected);
        check("passed (340ms)", "passed ([time])");
        check("waited 1.2s", "waited [time]");
        check("2m 5s", "[time]");
        check("try `timeout: \"20s\"`", "try `timeout: \"20s\"`");
        check("http://127.0.0.1:40123/x at port 40123", "http://127.0.0.1:[port]/x at port [port]");
        check("/tmp/project/specs/a.rhai:3:1", "[root]/specs/a.rhai:3:1");
        assert_eq!(Steady::default().apply("340ms"), "340ms");
    }
}
