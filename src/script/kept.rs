//! What scripts give away to be had again by another worker or a later run: plain data, which here
//! is JSON's kinds, a blob, a timestamp. In JSON the last two are maps with a mark of ours.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rhai::{Array, Blob, Dynamic, Map};
use serde_json::{Value, json};

use super::values::{from_json, to_json};

/// Marks what is no map of the script's own.
const MARK: &str = "$runner";

/// A value as it is kept; the path of what is not plain data otherwise.
pub(crate) fn keep(value: &Dynamic) -> Result<Value, String> {
    keep_at(value, "")
}

fn keep_at(value: &Dynamic, path: &str) -> Result<Value, String> {
    if let Some(items) = value.read_lock::<Array>() {
        return items.iter().enumerate().map(|(index, item)| keep_at(item, &format!("{path}[{index}]"))).collect();
    }
    if let Some(map) = value.read_lock::<Map>() {
        let fields = map.iter().map(|(key, item)| Ok((key.to_string(), keep_at(item, &format!("{path}.{key}"))?)));
        let fields = fields.collect::<Result<serde_json::Map<_, _>, String>>()?;
        let needs_mark = fields.contains_key(MARK);
        return Ok(if needs_mark { json!({ MARK: "map", "is": fields }) } else { Value::Object(fields) });
    }
    if let Some(blob) = value.read_lock::<Blob>() {
        return Ok(json!({ MARK: "blob", "is": STANDARD.encode(&*blob) }));
    }
    if let Some(moment) = value.read_lock::<Instant>() {
        let since = (SystemTime::now() - moment.elapsed()).duration_since(UNIX_EPOCH).unwrap_or_default();
        return Ok(json!({ MARK: "timestamp", "is": u64::try_from(since.as_millis()).unwrap_or(u64::MAX) }));
    }
    // The kinds that are left have no parts: what is said about them is said about this place.
    to_json(value).map_err(|problem| match path.trim_start_matches('.') {
        "" => problem,
        path => problem.replacen("the value", &format!("`{path}`"), 1),
    })
}

/// What [`keep`] was given.
pub(crate) fn kept(value: &Value) -> Dynamic {
    match value {
        Value::Array(items) => Dynamic::from_array(items.iter().map(kept).collect()),
        Value::Object(fields) => match (fields.get(MARK).and_then(Value::as_str), fields.get("is")) {
            (Some("blob"), Some(Value::String(text))) => Dynamic::from_blob(STANDARD.decode(text).unwrap_or_default()),
            (Some("timestamp"), Some(Value::Number(millis))) => {
                let moment = UNIX_EPOCH + Duration::from_millis(millis.as_u64().unwrap_or(0));
                let age = SystemTime::now().duration_since(moment).unwrap_or_default();
                // A moment before the machine was started cannot be told; the oldest one stands for it.
                Dynamic::from(Instant::now().checked_sub(age).unwrap_or_else(Instant::now))
            }
            (Some("map"), Some(Value::Object(fields))) => map(fields),
            _ => map(fields),
        },
        plain => from_json(plain),
    }
}

fn map(fields: &serde_json::Map<String, Value>) -> Dynamic {
    Dynamic::from_map(fields.iter().map(|(key, item)| (key.as_str().into(), kept(item))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_as_they_were() {
        let engine = rhai::Engine::new();
        let check = |script: &str| {
            let value: Dynamic = engine.eval(script).unwrap();
            let back = kept(&keep(&value).unwrap());
            assert_eq!((back.type_name(), back.to_string()), (value.type_name(), value.to_string()), "{script}");
        };
        check("42");
        check("4.0");
        check("true");
        check("\"text\"");
        check("[1, [2.5, \"a\"], #{ b: () }]");
        check("blob(3, 7)");
        check("#{ data: [blob(2, 255)] }");
        check("#{ \"$runner\": \"blob\", \"is\": \"AA==\" }");
    }

    #[test]
    fn a_moment_keeps_its_distance() {
        let hour = Duration::from_secs(3600);
        let Some(past) = Instant::now().checked_sub(hour) else { return };
        let back = kept(&keep(&Dynamic::from(past)).unwrap()).cast::<Instant>();
        assert!(back.elapsed().abs_diff(hour) < Duration::from_secs(5));
    }

    #[test]
    fn what_is_not_plain_data_is_named_by_its_path() {
        let value: Dynamic = rhai::Engine::new().eval("#{ a: [1, #{ b: || 1 }] }").unwrap();
        assert_eq!(keep(&value), Err("`a[1].b` is a function".to_owned()));
        let value: Dynamic = rhai::Engine::new().eval("|| 1").unwrap();
        assert_eq!(keep(&value), Err("the value is a function".to_owned()));
    }
}
