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

/// Whether a request to `url` would carry it.
pub(super) fn applies_to(cookie: &Cookie, url: &url::Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let domain = cookie.domain.trim_start_matches('.');
    let is_domain = host == domain
        || cookie.domain.starts_with('.') && host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
    let is_path = url
        .path()
        .strip_prefix(cookie.path.as_str())
        .is_some_and(|rest| rest.is_empty() || cookie.path.ends_with('/') || rest.starts_with('/'));
    // Browsers take loopback addresses for secure.
    let is_secure = url.scheme() == "https" || host == "localhost" || host == "127.0.0.1" || host == "::1";
    is_domain && is_path && (!cookie.secure || is_secure)
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

    #[test]
    fn matches_as_a_browser_does() {
        let check = |domain: &str, path: &str, url: &str, expected: bool| {
            let cookie = read(&json!({ "domain": domain, "path": path }));
            assert_eq!(applies_to(&cookie, &url.parse().unwrap()), expected, "{domain}{path} for {url}");
        };
        check("app.test", "/", "http://app.test/x", true);
        check("app.test", "/", "http://www.app.test/", false);
        check(".app.test", "/", "http://www.app.test/", true);
        check(".app.test", "/", "http://notapp.test/", false);
        check("app.test", "/a", "http://app.test/a/b", true);
        check("app.test", "/a", "http://app.test/ab", false);
    }
}
