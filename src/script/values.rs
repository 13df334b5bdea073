//! Between script values and everything else: JSON, durations, texts to match.

use std::time::Duration;

use rhai::{Array, Dynamic, FnPtr, Map};
use serde_json::Value;

use crate::browser::TextMatch;
use crate::clock::parse_duration;
use crate::outcome::Failure;

use super::definitions::SessionValue;
use super::error::{Thrown, misuse};
use super::handles::{LocatorValue, PageValue};
use super::response::Response;

/// `regex("...")`, checked when it is written.
#[derive(Clone, Debug)]
pub(crate) struct RegexValue {
    pub(crate) source: String,
    pub(crate) flags: String,
    pub(crate) compiled: regex::Regex,
}

impl RegexValue {
    /// A regular expression of the dialect that Rust's `regex` and JavaScript share.
    pub(crate) fn new(source: &str, flags: &str) -> Result<Self, Failure> {
        if let Some(flag) = flags.chars().find(|flag| !"ims".contains(*flag)) {
            return Err(misuse(format!("`{flag}` is not a flag of `regex`; there are `i`, `m` and `s`")));
        }
        if let Some(inline) =
            ["(?P<", "(?i)", "(?m)", "(?s)", "(?x)", "(?-", "\\A", "\\z"].iter().find(|form| source.contains(**form))
        {
            return Err(misuse(format!("`{inline}` in `regex({source:?})` means nothing in JavaScript"))
                .advise("use what Rust and JavaScript share: flags as a second argument, `(?<name>`, `^` and `$`"));
        }
        let mut builder = regex::RegexBuilder::new(source);
        builder
            .case_insensitive(flags.contains('i'))
            .multi_line(flags.contains('m'))
            .dot_matches_new_line(flags.contains('s'));
        let compiled = builder.build().map_err(|error| {
            let mut failure = misuse(format!("`regex({source:?})` is not a regular expression"));
            failure.details.extend(error.to_string().lines().map(str::to_owned));
            failure
        })?;
        Ok(Self { source: source.to_owned(), flags: flags.to_owned(), compiled })
    }
}

/// A string or a regular expression, as a whole match.
pub(crate) fn text_match(value: &Dynamic, what: &str) -> Result<TextMatch, Failure> {
    text_form(value, what, |text| TextMatch::Exact { text })
}

/// A string as a part of the text, or a regular expression.
pub(crate) fn text_part(value: &Dynamic, what: &str) -> Result<TextMatch, Failure> {
    text_form(value, what, |text| TextMatch::Contains { text })
}

fn text_form(value: &Dynamic, what: &str, plain: impl Fn(String) -> TextMatch) -> Result<TextMatch, Failure> {
    if let Some(regex) = value.read_lock::<RegexValue>() {
        return Ok(TextMatch::Regex { source: regex.source.clone(), flags: regex.flags.clone() });
    }
    if value.is_string() || value.is_int() || value.is_float() {
        return Ok(plain(value.to_string()));
    }
    Err(misuse(format!("{what} takes a string or a `regex(...)`, not {}", described(value))))
}

/// Milliseconds as an integer, or "500ms", "10s", "2m", "8h".
pub(crate) fn duration(value: &Dynamic, what: &str) -> Result<Duration, Failure> {
    if let Ok(millis) = value.as_int() {
        return u64::try_from(millis)
            .map(Duration::from_millis)
            .map_err(|_| misuse(format!("{what} is {millis}; a duration is not negative")));
    }
    if let Ok(text) = value.clone().into_immutable_string() {
        return parse_duration(&text).map_err(|error| misuse(format!("{what}: {error}")));
    }
    Err(misuse(format!("{what} takes a duration such as \"500ms\" or \"10s\", not {}", described(value))))
}

/// A number, whole or not.
#[expect(clippy::cast_precision_loss, reason = "scripts count pixels and items; those fit")]
pub(crate) fn number(value: &Dynamic) -> Option<f64> {
    value.as_float().ok().or_else(|| value.as_int().ok().map(|whole| whole as f64))
}

/// A value with its type, for messages: `the integer 5`, `()`.
pub(crate) fn described(value: &Dynamic) -> String {
    if value.is_unit() {
        return "`()`".to_owned();
    }
    let kind = kind_of(value);
    match kind {
        "a string" => format!("the string {:?}", value.to_string()),
        "an integer" => format!("the integer {value}"),
        "a float" => format!("the float {value}"),
        "a boolean" => format!("`{value}`"),
        _ => kind.to_owned(),
    }
}

/// The kind of a value as people say it: `a string`.
pub(crate) fn kind_of(value: &Dynamic) -> &'static str {
    if value.is_unit() {
        "nothing"
    } else if value.is_string() || value.is_char() {
        "a string"
    } else if value.is_int() {
        "an integer"
    } else if value.is_float() {
        "a float"
    } else if value.is_bool() {
        "a boolean"
    } else if value.is_array() {
        "an array"
    } else if value.is_map() {
        "a map"
    } else if value.is_fnptr() {
        "a function"
    } else if value.is_blob() {
        "a blob"
    } else if value.is::<LocatorValue>() {
        "a locator"
    } else if value.is::<SessionValue>() {
        "a session"
    } else if value.is::<PageValue>() {
        "a page"
    } else if value.is::<Response>() {
        "a response"
    } else if value.is::<RegexValue>() {
        "a regex"
    } else if value.is::<Thrown>() {
        "a caught failure"
    } else {
        "another kind of value"
    }
}

/// Something of ours that stands for something else: what most commands answer.
pub(crate) fn is_handle(value: &Dynamic) -> bool {
    value.is::<LocatorValue>() || value.is::<PageValue>() || value.is::<Response>() || value.is::<SessionValue>()
}

/// Plain data as JSON; the path of what is not plain data otherwise.
pub(crate) fn to_json(value: &Dynamic) -> Result<Value, String> {
    json_at(value, String::new())
}

fn json_at(value: &Dynamic, path: String) -> Result<Value, String> {
    if value.is_unit() {
        return Ok(Value::Null);
    }
    if let Ok(flag) = value.as_bool() {
        return Ok(Value::from(flag));
    }
    if let Ok(number) = value.as_int() {
        return Ok(Value::from(number));
    }
    if let Ok(number) = value.as_float() {
        return Ok(serde_json::Number::from_f64(number).map_or(Value::Null, Value::Number));
    }
    if let Ok(letter) = value.as_char() {
        return Ok(Value::from(letter.to_string()));
    }
    if value.is_string() {
        return Ok(Value::from(value.to_string()));
    }
    if let Some(items) = value.read_lock::<Array>() {
        return items.iter().enumerate().map(|(index, item)| json_at(item, format!("{path}[{index}]"))).collect();
    }
    if let Some(map) = value.read_lock::<Map>() {
        return map
            .iter()
            .map(|(key, item)| Ok((key.to_string(), json_at(item, format!("{path}.{key}"))?)))
            .collect::<Result<serde_json::Map<_, _>, String>>()
            .map(Value::Object);
    }
    if let Some(blob) = value.read_lock::<rhai::Blob>() {
        return Ok(Value::Array(blob.iter().map(|byte| Value::from(*byte)).collect()));
    }
    let place = if path.is_empty() { "the value".to_owned() } else { format!("`{}`", path.trim_start_matches('.')) };
    Err(format!("{place} is {}", if value.read_lock::<FnPtr>().is_some() { "a function" } else { kind_of(value) }))
}

/// JSON as a script value.
pub(crate) fn from_json(value: &Value) -> Dynamic {
    match value {
        Value::Null => Dynamic::UNIT,
        Value::Bool(flag) => Dynamic::from(*flag),
        Value::Number(number) => match number.as_i64() {
            Some(integer) => Dynamic::from(integer),
            None => Dynamic::from(number.as_f64().unwrap_or(f64::NAN)),
        },
        Value::String(text) => Dynamic::from(text.clone()),
        Value::Array(items) => Dynamic::from_array(items.iter().map(from_json).collect()),
        Value::Object(fields) => {
            Dynamic::from_map(fields.iter().map(|(key, item)| (key.as_str().into(), from_json(item))).collect())
        }
    }
}

/// JSON text with sorted keys: the same for equal values.
pub(crate) fn stable_json(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let mut keys: Vec<&String> = fields.keys().collect();
            keys.sort();
            let body: Vec<String> = keys
                .iter()
                .map(|key| format!("{}:{}", Value::from(key.as_str()), stable_json(&fields[*key])))
                .collect();
            format!("{{{}}}", body.join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(stable_json).collect::<Vec<_>>().join(",")),
        plain => plain.to_string(),
    }
}

/// Equality as scripts mean it: 1 equals 1.0, maps without regard to order.
pub(crate) fn same_json(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_json(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same_json(a, b)))
        }
        (a, b) => a == b,
    }
}

/// A value as people read it in a message: strings in quotes, maps over several lines.
pub(crate) fn shown(value: &Dynamic) -> String {
    match to_json(value) {
        Ok(Value::Null) => "()".to_owned(),
        Ok(json @ (Value::Array(_) | Value::Object(_))) => {
            let short = json.to_string();
            if short.len() <= 60 { short } else { serde_json::to_string_pretty(&json).unwrap_or(short) }
        }
        Ok(json) => json.to_string(),
        Err(_) => described(value),
    }
}
