//! [`State`]: cookies and storage as a context holds them. What a session captures and restores.

use serde::{Deserialize, Serialize};

/// Cookies and storage of a context.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// Of all domains.
    pub cookies: Vec<Cookie>,
    /// Of every origin that was visited and keeps something.
    pub storage: Vec<OriginStorage>,
}

impl State {
    /// Nothing at all.
    pub fn is_empty(&self) -> bool {
        self.cookies.is_empty() && self.storage.is_empty()
    }
}

/// A cookie with every attribute.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cookie {
    /// Name.
    pub name: String,
    /// Value.
    pub value: String,
    /// Domain; with a leading dot where it holds for subdomains.
    pub domain: String,
    /// Path.
    pub path: String,
    /// Seconds since 1970 UTC; absent for a session cookie.
    pub expires: Option<f64>,
    /// Not readable by scripts.
    pub http_only: bool,
    /// Only over secure connections.
    pub secure: bool,
    /// `SameSite`; absent where the server said none.
    pub same_site: Option<SameSite>,
    /// Partition key as the browser gives it (CHIPS); absent for an ordinary cookie.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub partition_key: Option<serde_json::Value>,
}

impl Cookie {
    /// Whether a request to `url` would carry it.
    pub(in crate::browser) fn applies_to(&self, url: &url::Url) -> bool {
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
        let domain = self.domain.trim_start_matches('.');
        let is_domain = host == domain
            || self.domain.starts_with('.') && host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
        let is_path = url
            .path()
            .strip_prefix(self.path.as_str())
            .is_some_and(|rest| rest.is_empty() || self.path.ends_with('/') || rest.starts_with('/'));
        // Browsers take loopback addresses for secure.
        let is_secure = url.scheme() == "https" || host == "localhost" || host == "127.0.0.1" || host == "::1";
        is_domain && is_path && (!self.secure || is_secure)
    }
}

/// A cookie's `SameSite`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SameSite {
    /// `Strict`.
    Strict,
    /// `Lax`.
    Lax,
    /// `None`.
    None,
}

/// What an origin keeps in a context.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OriginStorage {
    /// Scheme, host and port.
    pub origin: String,
    /// Origin of the top page, where this is a frame of another one: storage is partitioned by it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub top_origin: Option<String>,
    /// `localStorage`, in its order.
    pub local: Vec<(String, String)>,
    /// `sessionStorage` of the page's tab.
    pub session: Vec<(String, String)>,
    /// `IndexedDB`, by name: each as `page/databases.js` reads and writes it.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub databases: Vec<serde_json::Value>,
}

impl OriginStorage {
    /// Keeps nothing.
    pub fn is_empty(&self) -> bool {
        self.local.is_empty() && self.session.is_empty() && self.databases.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_matches_as_a_browser_does() {
        let check = |domain: &str, path: &str, url: &str, expected: bool| {
            let cookie = Cookie {
                name: "a".to_owned(),
                value: String::new(),
                domain: domain.to_owned(),
                path: path.to_owned(),
                expires: None,
                http_only: false,
                secure: false,
                same_site: None,
                partition_key: None,
            };
            assert_eq!(cookie.applies_to(&url.parse().unwrap()), expected, "{domain}{path} for {url}");
        };
        check("app.test", "/", "http://app.test/x", true);
        check("app.test", "/", "http://www.app.test/", false);
        check(".app.test", "/", "http://www.app.test/", true);
        check(".app.test", "/", "http://notapp.test/", false);
        check("app.test", "/a", "http://app.test/a/b", true);
        check("app.test", "/a", "http://app.test/ab", false);
    }
}
