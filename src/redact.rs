//! Keeps secrets out of everything that is shown or written: [`Redactor`].
//!
//! It replaces the values given to it, and what URLs and Base64 make of them. It does not find
//! secrets by itself, and it does not look at pictures.

use std::sync::{Arc, RwLock};

use base64::Engine as _;

/// What stands where a secret stood.
pub const MASK: &str = "***";

/// The shortest value that is masked; masking "a" would make every text unreadable.
const SHORTEST: usize = 3;

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
}
