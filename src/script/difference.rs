//! Where two pieces of plain data differ, as lines with a path each.

use serde_json::Value;

use super::values::same_json;

/// More would not be read.
const MOST: usize = 10;

/// `[1].name: expected "a", found "b"`, in the order of what was expected; nothing for plain values.
pub(crate) fn differences(expected: &Value, found: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    match (expected, found) {
        (Value::Array(_), Value::Array(_)) | (Value::Object(_), Value::Object(_)) => {
            compare(expected, found, "", &mut lines);
        }
        _ => {}
    }
    let more = lines.len().saturating_sub(MOST);
    lines.truncate(MOST);
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    lines
}

/// Parts that `expected` names are equal; an object may have more.
pub(crate) fn matches_part(found: &Value, expected: &Value) -> bool {
    match (expected, found) {
        (Value::Object(wanted), Value::Object(own)) => {
            wanted.iter().all(|(key, part)| own.get(key).is_some_and(|own| matches_part(own, part)))
        }
        (Value::Array(wanted), Value::Array(own)) => {
            wanted.len() == own.len() && own.iter().zip(wanted).all(|(own, part)| matches_part(own, part))
        }
        _ => same_json(found, expected),
    }
}

fn compare(expected: &Value, found: &Value, path: &str, lines: &mut Vec<String>) {
    match (expected, found) {
        (Value::Array(wanted), Value::Array(own)) => {
            for index in 0..wanted.len().max(own.len()) {
                let path = format!("{path}[{index}]");
                side_by_side(wanted.get(index), own.get(index), &path, lines);
            }
        }
        (Value::Object(wanted), Value::Object(own)) => {
            for key in wanted.keys().chain(own.keys().filter(|key| !wanted.contains_key(*key))) {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                side_by_side(wanted.get(key), own.get(key), &path, lines);
            }
        }
        (wanted, own) if !same_json(wanted, own) => lines.push(format!("{path}: expected {wanted}, found {own}")),
        _ => {}
    }
}

fn side_by_side(wanted: Option<&Value>, own: Option<&Value>, path: &str, lines: &mut Vec<String>) {
    match (wanted, own) {
        (Some(wanted), Some(own)) => compare(wanted, own, path, lines),
        (Some(wanted), None) => lines.push(format!("{path}: expected {wanted}, found nothing")),
        (None, Some(own)) => lines.push(format!("{path}: expected nothing, found {own}")),
        (None, None) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{differences, matches_part};

    #[test]
    fn paths_lead_to_what_differs() {
        let expected = json!({ "rows": [{ "name": "tea", "price": 3 }, 2], "gone": 1 });
        let found = json!({ "rows": [{ "name": "tee", "price": 3.0 }], "new": true });
        assert_eq!(
            differences(&expected, &found),
            [
                "rows[0].name: expected \"tea\", found \"tee\"",
                "rows[1]: expected 2, found nothing",
                "gone: expected 1, found nothing",
                "new: expected nothing, found true",
            ]
        );
        assert!(differences(&json!(1), &json!(2)).is_empty());
    }

    #[test]
    fn a_part_is_enough() {
        assert!(matches_part(&json!({ "a": { "b": 1, "c": 2 } }), &json!({ "a": { "b": 1 } })));
        assert!(!matches_part(&json!({ "a": [1, 2] }), &json!({ "a": [1] })));
    }
}
