//! [`Origin`]: under which name a request came in, and what the other site is called.

use axum::http::HeaderMap;
use axum::http::header::HOST;

/// The host and port a browser has in its address bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Origin {
    host: String,
    port: Option<String>,
}

impl Origin {
    /// As the `Host` header says.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let authority = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("127.0.0.1");
        Self::parse(authority)
    }

    fn parse(authority: &str) -> Self {
        // An IPv6 address has colons of its own, inside brackets.
        match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => Self { host: host.to_owned(), port: Some(port.to_owned()) },
            _ => Self { host: authority.to_owned(), port: None },
        }
    }

    /// The host without its port.
    pub(super) fn host(&self) -> &str {
        &self.host
    }

    /// `http://host:port`.
    pub(super) fn url(&self) -> String {
        match &self.port {
            Some(port) => format!("http://{}:{port}", self.host),
            None => format!("http://{}", self.host),
        }
    }

    /// The same server as another site: `localhost` for `127.0.0.1`, `127.0.0.1` for all others.
    pub(super) fn other(&self) -> Self {
        let host = if self.host == "127.0.0.1" { "localhost" } else { "127.0.0.1" };
        Self { host: host.to_owned(), port: self.port.clone() }
    }

    /// Whether an address leads to a page of this server, so that a redirect stays at home.
    pub(super) fn owns(&self, address: &str) -> bool {
        if is_path(address) {
            return true;
        }
        let Ok(url) = url::Url::parse(address) else { return false };
        let port = url.port().map(|port| port.to_string());
        let loopback = url
            .host_str()
            .is_some_and(|host| matches!(host, "127.0.0.1" | "[::1]" | "localhost") || host.ends_with(".localhost"));
        url.scheme() == "http" && loopback && port == self.port
    }
}

/// Whether this is a path here; `//host` is an address elsewhere.
pub(super) fn is_path(address: &str) -> bool {
    address.starts_with('/') && !address.starts_with("//") && !address.starts_with("/\\")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_other_site_has_the_same_port() {
        assert_eq!(Origin::parse("127.0.0.1:4000").other().url(), "http://localhost:4000");
        assert_eq!(Origin::parse("localhost:4000").other().url(), "http://127.0.0.1:4000");
        assert_eq!(Origin::parse("shop.localhost:4000").other().url(), "http://127.0.0.1:4000");
        assert_eq!(Origin::parse("[::1]:4000").other().url(), "http://127.0.0.1:4000");
        assert_eq!(Origin::parse("[::1]").host(), "[::1]");
    }

    #[test]
    fn redirects_stay_at_home() {
        let here = Origin::parse("localhost:4000");
        assert!(here.owns("/app"));
        assert!(here.owns("http://127.0.0.1:4000/app"));
        assert!(here.owns("http://shop.localhost:4000/"));
        assert!(!here.owns("//example.com/"));
        assert!(!here.owns("http://127.0.0.1:5000/"));
        assert!(!here.owns("http://example.com:4000/"));
        assert!(!here.owns("javascript:alert(1)"));
    }
}
