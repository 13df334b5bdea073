//! A driver or Grid that runs already: where it is, what is sent along with each request, and which
//! of it is secret.
//!
//! `${NAME}` stands for a variable of the environment or of `[env]`, so that no token has to stand
//! in a file.

use std::collections::BTreeMap;

use base64::Engine as _;
use http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use url::Url;

use crate::redact::Secret;

use super::error::ConfigError;
use super::origin::{Given, Origin};
use super::server::address;

/// What the file says about it, as written.
pub(super) struct RemoteTexts {
    /// `webdriver_headers`.
    pub(super) headers: BTreeMap<String, String>,
    /// `capabilities`.
    pub(super) capabilities: Map<String, Value>,
    /// Where the table stands that has them.
    pub(super) origin: Origin,
}

/// What is to be used.
#[derive(Debug, Default)]
pub(super) struct Remote {
    /// Without user and password.
    pub(super) url: Option<Url>,
    /// What every request carries; values are marked as sensitive.
    pub(super) headers: HeaderMap,
    /// The capabilities with every `${NAME}` filled in.
    pub(super) capabilities: Map<String, Value>,
    /// What must never be shown.
    pub(super) secrets: Vec<Secret>,
}

impl Remote {
    /// Fills in variables, which `lookup` knows, and takes user and password out of the address.
    pub(super) fn resolve(
        url: Option<&Given<String>>,
        texts: RemoteTexts,
        lookup: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let mut variables = Variables { lookup, seen: Vec::new() };
        let mut remote = Self::default();
        if let Some(given) = url {
            for (name, text) in &texts.headers {
                let value = variables.fill(text).map_err(|missing| missing.at(&texts.origin))?;
                remote.add_header(name, &value).map_err(|message| ConfigError::value(&texts.origin, message))?;
            }
            let text = variables.fill(&given.value).map_err(|missing| missing.at(&hidden(given).origin))?;
            remote.set_url(&Given::new(text, hidden(given).origin))?;
        }
        remote.capabilities = texts.capabilities;
        for value in remote.capabilities.values_mut() {
            variables.fill_json(value).map_err(|missing| missing.at(&texts.origin))?;
        }
        remote.secrets.extend(variables.seen.into_iter().map(Secret::new));
        Ok(remote)
    }

    fn add_header(&mut self, name: &str, value: &str) -> Result<(), String> {
        let key = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| format!("`{name}` in `webdriver_headers` is not the name of a header"))?;
        let mut header = HeaderValue::from_str(value)
            .map_err(|_| format!("the value of `{name}` in `webdriver_headers` has characters no header can have"))?;
        header.set_sensitive(true);
        self.headers.insert(key, header);
        self.secrets.push(Secret::new(value));
        // `Bearer abc`: a message may show the token alone.
        if let Some((_, token)) = value.split_once(' ') {
            self.secrets.push(Secret::new(token));
        }
        Ok(())
    }

    fn set_url(&mut self, given: &Given<String>) -> Result<(), ConfigError> {
        let mut url = address(given, None).map_err(|error| without_user_info(error, &given.value))?;
        let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let user = decoded(url.username());
        let password = url.password().map(decoded);
        if !user.is_empty() || password.is_some() {
            let raw_password = url.password().unwrap_or_default().to_owned();
            let password = password.unwrap_or_default();
            let pair = format!("{user}:{password}");
            let encoded = base64::engine::general_purpose::STANDARD.encode(&pair);
            let mut header = HeaderValue::from_str(&format!("Basic {encoded}"))
                .expect("Base64 has only characters a header can have");
            header.set_sensitive(true);
            self.headers.entry(AUTHORIZATION).or_insert(header);
            self.secrets.extend([raw_password, password, pair, encoded].map(Secret::new));
        }
        // An http address can be without both.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        self.url = Some(url);
        Ok(())
    }
}

/// The same value; an error about it does not show its line, which may have a password.
fn hidden(given: &Given<String>) -> Given<String> {
    let mut hidden = given.clone();
    if let Origin::File(place) = &mut hidden.origin {
        place.text = None;
    }
    hidden
}

/// An error about an address, with nothing of what stands in front of its `@`.
fn without_user_info(error: ConfigError, text: &str) -> ConfigError {
    let Some((user_info, host)) = text.rsplit_once('@') else { return error };
    let shown = match user_info.split_once("://") {
        Some((scheme, _)) => format!("{scheme}://***@{host}"),
        None => format!("***@{host}"),
    };
    match error {
        ConfigError::Value { origin, message, .. } => {
            let message = if message.contains(text) {
                message.replace(text, &shown)
            } else {
                format!("`{shown}` is not an http or https address")
            };
            ConfigError::Value { origin, message, advice: Some("`https://user:password@host:port`".to_owned()) }
        }
        other => other,
    }
}

/// A variable that is not set, or one without its `}`.
struct Missing(String);

impl Missing {
    fn at(self, origin: &Origin) -> ConfigError {
        let Self(name) = self;
        let advice = Some(format!("`export {name}=...`, or a line for it in `[env]`; write `$${{` for a plain `${{`"));
        ConfigError::Value { origin: origin.clone(), message: format!("`${{{name}}}` is not set"), advice }
    }
}

/// Fills in `${NAME}` and remembers the values.
struct Variables<'a> {
    lookup: &'a dyn Fn(&str) -> Option<String>,
    seen: Vec<String>,
}

impl Variables<'_> {
    fn fill(&mut self, text: &str) -> Result<String, Missing> {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find("${") {
            let (before, after) = (&rest[..at], &rest[at + 2..]);
            if let Some(before) = before.strip_suffix('$') {
                out.extend([before, "${"]);
                rest = after;
                continue;
            }
            // No further than a name goes: what follows one without an end may be a password.
            let end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(after.len());
            let (name, after) = after.split_at(end);
            let after = after.strip_prefix('}').ok_or_else(|| Missing(name.to_owned()))?;
            let value = (self.lookup)(name).ok_or_else(|| Missing(name.to_owned()))?;
            out.extend([before, &value]);
            self.seen.push(value);
            rest = after;
        }
        out.push_str(rest);
        Ok(out)
    }

    fn fill_json(&mut self, value: &mut Value) -> Result<(), Missing> {
        match value {
            Value::String(text) => *text = self.fill(text)?,
            Value::Array(items) => items.iter_mut().try_for_each(|item| self.fill_json(item))?,
            Value::Object(fields) => fields.values_mut().try_for_each(|field| self.fill_json(field))?,
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn lookup(name: &str) -> Option<String> {
        (name == "TOKEN").then(|| "t0ken".to_owned())
    }

    fn remote(url: &str, headers: &[(&str, &str)], capabilities: Value) -> Result<Remote, ConfigError> {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let capabilities = capabilities.as_object().cloned().unwrap();
        let texts = RemoteTexts { headers, capabilities, origin: Origin::Variable("file".to_owned()) };
        let url = Given::new(url.to_owned(), Origin::Flag("--webdriver-url".to_owned()));
        Remote::resolve(Some(&url), texts, &lookup)
    }

    #[track_caller]
    fn refused(url: &str, headers: &[(&str, &str)], expected: &str) {
        assert_eq!(remote(url, headers, json!({})).unwrap_err().to_string(), expected);
    }

    #[test]
    fn user_and_password_become_a_header() {
        let found = remote("https://ann:p%40ss@grid:4444/wd/hub", &[], json!({})).unwrap();
        assert_eq!(found.url.unwrap().as_str(), "https://grid:4444/wd/hub");
        assert_eq!(found.headers[AUTHORIZATION], "Basic YW5uOnBAc3M=");
        assert!(found.secrets.iter().any(|secret| secret.expose() == "p@ss"));
        assert!(!format!("{:?} {:?}", found.headers, found.secrets).contains("YW5u"));
    }

    #[test]
    fn variables_are_filled_in_and_secret() {
        let capabilities =
            json!({ "vendor:options": { "accessKey": "${TOKEN}", "plain": "$${x}", "depth": [1, "a"] } });
        let found = remote("http://grid", &[("Authorization", "Bearer ${TOKEN}")], capabilities).unwrap();
        assert_eq!(found.headers[AUTHORIZATION], "Bearer t0ken");
        let expected = json!({ "accessKey": "t0ken", "plain": "${x}", "depth": [1, "a"] });
        assert_eq!(found.capabilities["vendor:options"], expected);
        assert!(found.secrets.iter().any(|secret| secret.expose() == "t0ken"));
    }

    #[test]
    fn nothing_of_a_password_is_in_a_message() {
        refused("ann:secret@grid:4444", &[], "`--webdriver-url`: `***@grid:4444` is not an address");
        refused(
            "ftp://ann:secret@grid",
            &[],
            "`--webdriver-url`: `ftp://***@grid` is not an http or https address, but `ftp`",
        );
        refused("http://${WHO}@grid", &[], "`--webdriver-url`: `${WHO}` is not set");
        refused("http://${WHO:secret@grid", &[], "`--webdriver-url`: `${WHO}` is not set");
        refused("http://grid", &[("X-Key", "a${NONE}")], "`file`: `${NONE}` is not set");
        refused("http://grid", &[("X Key", "a")], "`file`: `X Key` in `webdriver_headers` is not the name of a header");
    }
}
