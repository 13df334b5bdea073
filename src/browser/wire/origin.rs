//! Origins: which addresses keep storage, and which of two belong to one site.

use url::Url;

/// Scheme, host and port of a web address; opaque and internal origins keep nothing.
pub(in crate::browser::wire) fn web_origin(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.origin().ascii_serialization())
}

/// Whether storage of `origin` in a frame below `top` is its own, not partitioned: as well as can
/// be told without the list of public suffixes. The browser is asked wherever it can be.
pub(in crate::browser::wire) fn is_same_site(origin: &str, top: &str) -> bool {
    let (Ok(origin), Ok(top)) = (Url::parse(origin), Url::parse(top)) else { return false };
    let (Some(a), Some(b)) = (origin.domain(), top.domain()) else {
        return origin.scheme() == top.scheme() && origin.host() == top.host();
    };
    let site = |host: &str| host.rsplit('.').take(2).map(str::to_owned).collect::<Vec<_>>();
    origin.scheme() == top.scheme() && (a == b || (a.contains('.') && b.contains('.') && site(a) == site(b)))
}

/// Scheme and host without a port, as storage keys name the top page's site.
pub(in crate::browser::wire) fn site_of(origin: &str) -> String {
    match Url::parse(origin) {
        Ok(url) => format!("{}://{}", url.scheme(), url.host_str().unwrap_or_default()),
        Err(_) => origin.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_what_is_partitioned() {
        let check = |a: &str, b: &str, same: bool| assert_eq!(is_same_site(a, b), same, "{a} in {b}");
        check("http://localhost:1", "http://localhost:2", true);
        check("http://127.0.0.1:1", "http://localhost:1", false);
        check("http://127.0.0.1:1", "http://127.0.0.1:2", true);
        check("https://login.app.test", "https://app.test", true);
        check("https://id.test", "https://app.test", false);
        check("http://app.test", "https://app.test", false);
    }

    #[test]
    fn only_the_web_keeps_storage() {
        assert_eq!(web_origin("https://a.test:8443/x"), Some("https://a.test:8443".to_owned()));
        assert_eq!(web_origin("about:blank"), None);
        assert_eq!(web_origin("://"), None);
        assert_eq!(web_origin("data:text/html,x"), None);
    }
}
