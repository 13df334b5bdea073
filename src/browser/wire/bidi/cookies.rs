//! Cookies between the browser's form and ours.
//!
//! Chromium (156) tells an absent `SameSite` as `none`; where the cookie is not secure, a real `none`
//! is impossible. It tells the partition beside the standard fields (`goog:partitionKey`). Firefox tells
//! it only by what is asked for: `context.rs` asks for each top page.

use serde_json::{Value, json};

use super::browser::text;
use crate::browser::{Cookie, SameSite};

/// Key of our partition keys in which the origin of the top page stands.
const SOURCE_ORIGIN: &str = "sourceOrigin";

/// From `storage.getCookies`.
pub(super) fn read(cookie: &Value) -> Cookie {
    let secure = cookie["secure"] == true;
    Cookie {
        name: text(&cookie["name"]),
        value: value_of(&cookie["value"]),
        domain: text(&cookie["domain"]),
        path: text(&cookie["path"]),
        expires: cookie["expiry"].as_f64().filter(|expiry| *expiry >= 0.0),
        http_only: cookie["httpOnly"] == true,
        secure,
        same_site: match cookie["sameSite"].as_str() {
            Some("strict") => Some(SameSite::Strict),
            Some("lax") => Some(SameSite::Lax),
            Some("none") if secure => Some(SameSite::None),
            _ => None,
        },
        partition_key: cookie.get("goog:partitionKey").filter(|key| !key.is_null()).cloned(),
    }
}

/// Of the partition of a top page.
pub(super) fn partitioned(cookie: Cookie, top: &str) -> Cookie {
    Cookie { partition_key: Some(json!({ SOURCE_ORIGIN: top })), ..cookie }
}

/// For `storage.setCookie`.
pub(super) fn write(cookie: &Cookie, user_context: &str) -> Value {
    let mut written = json!({
        "name": cookie.name, "value": { "type": "string", "value": cookie.value },
        "domain": cookie.domain, "path": cookie.path, "httpOnly": cookie.http_only, "secure": cookie.secure,
    });
    if !cookie.domain.starts_with('.') {
        // Chromium alone reads it: with a domain, even without a dot, it would make the cookie hold for
        // subdomains.
        let scheme = if cookie.secure { "https" } else { "http" };
        let host = if cookie.domain.contains(':') { format!("[{}]", cookie.domain) } else { cookie.domain.clone() };
        written["goog:url"] = Value::from(format!("{scheme}://{host}{}", cookie.path));
    }
    if let Some(expires) = cookie.expires {
        #[expect(clippy::cast_possible_truncation, reason = "a date of a cookie is far below 2^53")]
        let expiry = expires as i64;
        written["expiry"] = Value::from(expiry);
    }
    if let Some(same_site) = cookie.same_site {
        written["sameSite"] = Value::from(match same_site {
            SameSite::Strict => "strict",
            SameSite::Lax => "lax",
            SameSite::None => "none",
        });
    }
    json!({ "cookie": written, "partition": partition(cookie, user_context) })
}

/// For `storage.deleteCookies`.
pub(super) fn matching(cookie: &Cookie, user_context: &str) -> Value {
    let filter = json!({ "name": cookie.name, "domain": cookie.domain, "path": cookie.path });
    json!({ "filter": filter, "partition": partition(cookie, user_context) })
}

/// All cookies of a user context, or those of one top page in it.
pub(super) fn partition_of(user_context: &str, top: Option<&str>) -> Value {
    let mut partition = json!({ "type": "storageKey", "userContext": user_context });
    if let Some(top) = top {
        partition[SOURCE_ORIGIN] = Value::from(top);
    }
    partition
}

fn partition(cookie: &Cookie, user_context: &str) -> Value {
    let key = cookie.partition_key.as_ref();
    let top = key.and_then(|key| key[SOURCE_ORIGIN].as_str().or_else(|| key["topLevelSite"].as_str()));
    partition_of(user_context, top)
}

/// A value that is no text comes as Base64.
fn value_of(value: &Value) -> String {
    use base64::Engine as _;
    let given = value["value"].as_str().unwrap_or_default();
    if value["type"] != "base64" {
        return given.to_owned();
    }
    let bytes = base64::engine::general_purpose::STANDARD.decode(given).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_the_same_after_a_round_trip() {
        let given = json!({
            "name": "a", "value": { "type": "string", "value": "1" }, "domain": ".app.test", "path": "/x",
            "expiry": 2_000_000_000, "httpOnly": true, "secure": true, "sameSite": "none", "size": 2,
            "goog:partitionKey": { "topLevelSite": "https://top.test", "hasCrossSiteAncestor": true },
        });
        let written = write(&read(&given), "one");
        for (key, value) in written["cookie"].as_object().unwrap() {
            assert_eq!(&given[key], value, "{key}");
        }
        let partition = json!({ "type": "storageKey", "userContext": "one", "sourceOrigin": "https://top.test" });
        assert_eq!(written["partition"], partition);
    }

    #[test]
    fn an_absent_same_site_stays_absent() {
        let check = |same_site: &str, secure: bool, expected| {
            assert_eq!(read(&json!({ "sameSite": same_site, "secure": secure })).same_site, expected, "{same_site}");
        };
        check("default", false, None);
        check("none", false, None);
        check("none", true, Some(SameSite::None));
        check("lax", false, Some(SameSite::Lax));
    }
}
