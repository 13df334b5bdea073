//! Cookies between the browser's form and ours.

use serde_json::{Value, json};

use super::frames::text;
use crate::browser::{Cookie, SameSite};

/// From `Storage.getCookies`.
pub(super) fn read(cookie: &Value) -> Cookie {
    let is_session = cookie["session"] == true;
    Cookie {
        name: text(&cookie["name"]),
        value: text(&cookie["value"]),
        domain: text(&cookie["domain"]),
        path: text(&cookie["path"]),
        // -1 for a session cookie.
        expires: cookie["expires"].as_f64().filter(|expires| !is_session && *expires >= 0.0),
        http_only: cookie["httpOnly"] == true,
        secure: cookie["secure"] == true,
        same_site: match cookie["sameSite"].as_str() {
            Some("Strict") => Some(SameSite::Strict),
            Some("Lax") => Some(SameSite::Lax),
            Some("None") => Some(SameSite::None),
            _ => None,
        },
        partition_key: cookie.get("partitionKey").filter(|key| !key.is_null()).cloned(),
    }
}

/// For `Storage.setCookies`.
pub(super) fn write(cookie: &Cookie) -> Value {
    let mut param = json!({
        "name": cookie.name, "value": cookie.value, "domain": cookie.domain, "path": cookie.path,
        "httpOnly": cookie.http_only, "secure": cookie.secure,
    });
    if !cookie.domain.starts_with('.') {
        // A domain, even without a dot, would make it hold for subdomains; the address does not.
        let scheme = if cookie.secure { "https" } else { "http" };
        let host = if cookie.domain.contains(':') { format!("[{}]", cookie.domain) } else { cookie.domain.clone() };
        param["url"] = Value::from(format!("{scheme}://{host}{}", cookie.path));
        param.as_object_mut().expect("made above").remove("domain");
    }
    if let Some(expires) = cookie.expires {
        param["expires"] = Value::from(expires);
    }
    if let Some(same_site) = cookie.same_site {
        param["sameSite"] = Value::from(match same_site {
            SameSite::Strict => "Strict",
            SameSite::Lax => "Lax",
            SameSite::None => "None",
        });
    }
    if let Some(key) = &cookie.partition_key {
        param["partitionKey"] = key.clone();
    }
    param
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_the_same_after_a_round_trip() {
        let given = json!({
            "name": "a", "value": "1", "domain": ".app.test", "path": "/x", "expires": 2_000_000_000.5,
            "httpOnly": true, "secure": true, "session": false, "sameSite": "None",
            "partitionKey": { "topLevelSite": "https://top.test", "hasCrossSiteAncestor": true },
        });
        let written = write(&read(&given));
        for (key, value) in written.as_object().unwrap() {
            assert_eq!(&given[key], value, "{key}");
        }
        assert_eq!(read(&json!({ "expires": -1.0, "session": true })).expires, None);
    }
}
