//! Cookies between `WebDriver`'s JSON and [`Cookie`], and which of them a host gets.

use serde_json::{Map, Value, json};

use crate::browser::state::{Cookie, SameSite};

/// As the driver tells it.
pub(super) fn from_driver(cookie: &Value) -> Cookie {
    let text = |key: &str| cookie[key].as_str().unwrap_or_default().to_owned();
    Cookie {
        name: text("name"),
        value: text("value"),
        domain: text("domain"),
        path: cookie["path"].as_str().unwrap_or("/").to_owned(),
        expires: cookie["expiry"].as_f64(),
        http_only: cookie["httpOnly"] == true,
        secure: cookie["secure"] == true,
        same_site: match cookie["sameSite"].as_str() {
            Some("Strict") => Some(SameSite::Strict),
            Some("Lax") => Some(SameSite::Lax),
            Some("None") => Some(SameSite::None),
            _ => None,
        },
        partition_key: None,
    }
}

/// As the driver takes it. The domain is left out for a cookie of one host only: naming it would
/// make it hold for subdomains.
pub(super) fn to_driver(cookie: &Cookie) -> Value {
    let mut map = Map::new();
    map.insert("name".to_owned(), json!(cookie.name));
    map.insert("value".to_owned(), json!(cookie.value));
    map.insert("path".to_owned(), json!(cookie.path));
    map.insert("httpOnly".to_owned(), json!(cookie.http_only));
    map.insert("secure".to_owned(), json!(cookie.secure));
    if cookie.domain.starts_with('.') {
        map.insert("domain".to_owned(), json!(cookie.domain));
    }
    if let Some(expires) = cookie.expires {
        #[expect(clippy::cast_possible_truncation, reason = "seconds since 1970 fit")]
        let expires = expires as i64;
        map.insert("expiry".to_owned(), json!(expires));
    }
    let same_site = cookie.same_site.map(|same_site| match same_site {
        SameSite::Strict => "Strict",
        SameSite::Lax => "Lax",
        SameSite::None => "None",
    });
    if let Some(same_site) = same_site {
        map.insert("sameSite".to_owned(), json!(same_site));
    }
    Value::Object(map)
}

/// A page of `host` can hold it.
pub(super) fn belongs_to(cookie: &Cookie, host: &str) -> bool {
    match cookie.domain.strip_prefix('.') {
        Some(domain) => host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.')),
        None => cookie.domain == host,
    }
}

/// It would be sent to a path.
pub(super) fn holds_for_path(cookie: &Cookie, path: &str) -> bool {
    path.strip_prefix(cookie.path.as_str())
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || cookie.path.ends_with('/'))
}

/// The host of a cookie's own origin.
pub(super) fn host_of(cookie: &Cookie) -> &str {
    cookie.domain.trim_start_matches('.')
}

/// They are one cookie: one replaces the other.
pub(super) fn is_same(a: &Cookie, b: &Cookie) -> bool {
    a.name == b.name && a.path == b.path && a.domain.trim_start_matches('.') == b.domain.trim_start_matches('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cookie(domain: &str, path: &str) -> Cookie {
        from_driver(&json!({ "name": "a", "value": "b", "domain": domain, "path": path, "httpOnly": true }))
    }

    #[test]
    fn a_leading_dot_is_for_subdomains_too() {
        let check = |domain: &str, host: &str, expected: bool| {
            assert_eq!(belongs_to(&cookie(domain, "/"), host), expected, "{domain} {host}");
        };
        check("a.test", "a.test", true);
        check("a.test", "b.a.test", false);
        check(".a.test", "b.a.test", true);
        check(".a.test", "a.test", true);
        check(".a.test", "ba.test", false);
    }

    #[test]
    fn paths_end_at_a_slash() {
        let check = |cookie_path: &str, path: &str, expected: bool| {
            assert_eq!(holds_for_path(&cookie("a.test", cookie_path), path), expected, "{cookie_path} {path}");
        };
        check("/", "/app", true);
        check("/app", "/app", true);
        check("/app", "/app/x", true);
        check("/app", "/apple", false);
    }

    #[test]
    fn an_absent_same_site_stays_absent() {
        let cookie = cookie("a.test", "/");
        let taken = to_driver(&cookie);
        assert!(taken.get("sameSite").is_none() && taken.get("domain").is_none());
        assert_eq!(taken["httpOnly"], true);
    }
}
