//! [`Endpoint`]: where a driver or Grid is and what every request to it carries; and
//! [`SocketAddress`], the same for a socket.

use http::HeaderMap;
use url::Url;

use crate::config::BrowserSettings;

/// Where a driver is.
#[derive(Clone, Debug)]
pub(in crate::browser) struct Endpoint {
    /// Without user and password; its path ends with a slash.
    url: Url,
    headers: HeaderMap,
}

impl Endpoint {
    /// A driver of ours.
    pub(in crate::browser) fn own(url: Url) -> Self {
        Self::new(url, HeaderMap::new())
    }

    /// The one somebody else runs, with what the settings send along.
    pub(in crate::browser) fn remote(url: Url, settings: &BrowserSettings) -> Self {
        Self::new(url, settings.webdriver_headers.clone())
    }

    fn new(mut url: Url, headers: HeaderMap) -> Self {
        if !url.path().ends_with('/') {
            // Without it, joining `session` would replace the last part of a Grid's path.
            let path = format!("{}/", url.path());
            url.set_path(&path);
        }
        Self { url, headers }
    }

    /// The address.
    pub(in crate::browser) fn url(&self) -> &Url {
        &self.url
    }

    /// What every request carries.
    pub(in crate::browser) fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Where the socket is that a Grid named in its answer, the likeliest address first. A Grid in a
    /// container or behind a proxy names its own address, which may lead nowhere from here: the
    /// same path is there under the address we reached the Grid by. Headers go to that host alone.
    pub(in crate::browser) fn sockets(&self, told: &str) -> Vec<SocketAddress> {
        let Ok(told_url) = Url::parse(told) else { return vec![told.into()] };
        let mut ours = self.url.clone();
        let scheme = if ours.scheme() == "https" { "wss" } else { "ws" };
        // All four schemes are special ones, and can replace each other.
        let _ = ours.set_scheme(scheme);
        ours.set_path(told_url.path());
        ours.set_query(told_url.query());
        let ours = SocketAddress { url: ours.into(), headers: self.headers.clone() };
        let is_same_host = told_url.host() == self.url.host();
        if is_same_host && Url::parse(&ours.url).is_ok_and(|url| url == told_url) {
            return vec![ours];
        }
        let headers = if is_same_host { self.headers.clone() } else { HeaderMap::new() };
        let told = SocketAddress { url: told.to_owned(), headers };
        let is_theirs_alone = matches!(told_url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        if is_theirs_alone && !is_same_host { vec![ours] } else { vec![told, ours] }
    }
}

/// Where a socket is.
#[derive(Clone, Debug)]
pub(in crate::browser) struct SocketAddress {
    /// `ws://` or `wss://`.
    pub(in crate::browser) url: String,
    /// What the request that opens it carries.
    pub(in crate::browser) headers: HeaderMap,
}

impl From<&str> for SocketAddress {
    fn from(url: &str) -> Self {
        Self { url: url.to_owned(), headers: HeaderMap::new() }
    }
}

impl From<&String> for SocketAddress {
    fn from(url: &String) -> Self {
        url.as_str().into()
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[track_caller]
    fn check(grid: &str, told: &str, expected: &[(&str, bool)]) {
        let headers = HeaderMap::from_iter([(http::header::AUTHORIZATION, HeaderValue::from_static("x"))]);
        let endpoint = Endpoint::new(Url::parse(grid).unwrap(), headers);
        let found = endpoint.sockets(told);
        let found: Vec<(&str, bool)> =
            found.iter().map(|address| (address.url.as_str(), !address.headers.is_empty())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_socket_is_looked_for_where_the_grid_says_and_where_the_grid_is() {
        let cdp = "/session/1/se/cdp";
        check("http://grid:4444", &format!("ws://grid:4444{cdp}"), &[("ws://grid:4444/session/1/se/cdp", true)]);
        check("http://grid:4444", &format!("ws://127.0.0.1:4444{cdp}"), &[("ws://grid:4444/session/1/se/cdp", true)]);
        check(
            "https://grid.example",
            &format!("ws://172.17.0.2:4444{cdp}"),
            &[("ws://172.17.0.2:4444/session/1/se/cdp", false), ("wss://grid.example/session/1/se/cdp", true)],
        );
        check(
            "https://grid.example",
            &format!("ws://grid.example:4444{cdp}"),
            &[("ws://grid.example:4444/session/1/se/cdp", true), ("wss://grid.example/session/1/se/cdp", true)],
        );
    }
}
