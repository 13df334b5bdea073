//! Cookies outside a browser: which of them a request carries, and what an answer sets. Pure
//! (RFC 6265, sections 5.1 to 5.4).

use std::time::{SystemTime, UNIX_EPOCH};

use url::Url;

use crate::browser::{Cookie, SameSite};

/// The `Cookie` header of a request to `url`; `None` where there is nothing to send.
pub(crate) fn cookie_header(cookies: &[Cookie], url: &Url) -> Option<String> {
    let mut sent: Vec<&Cookie> = cookies.iter().filter(|cookie| applies(cookie, url)).collect();
    // Longer paths first (section 5.4).
    sent.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
    let pairs: Vec<String> = sent.iter().map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect();
    (!pairs.is_empty()).then(|| pairs.join("; "))
}

/// Whether a cookie is sent to `url`.
pub(crate) fn applies(cookie: &Cookie, url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    let domain = cookie.domain.trim_start_matches('.');
    let host_matches = host.eq_ignore_ascii_case(domain)
        || (cookie.domain.starts_with('.')
            && host.to_ascii_lowercase().ends_with(&format!(".{}", domain.to_ascii_lowercase())));
    let path = url.path();
    let path_matches = path == cookie.path
        || (path.starts_with(&cookie.path)
            && (cookie.path.ends_with('/') || path[cookie.path.len()..].starts_with('/')));
    let secure_matches =
        !cookie.secure || url.scheme() == "https" || matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    let is_alive = cookie.expires.is_none_or(|expires| expires > now());
    host_matches && path_matches && secure_matches && is_alive && cookie.partition_key.is_none()
}

/// What a `Set-Cookie` header from `url` says.
pub(crate) fn parse_set_cookie(header: &str, url: &Url) -> Option<Cookie> {
    let parsed = cookie::Cookie::parse(header.to_owned()).ok()?;
    let host = url.host_str()?;
    let domain = match parsed.domain().map(|domain| domain.trim_start_matches('.')) {
        None | Some("") => host.to_owned(),
        Some(domain) if host.eq_ignore_ascii_case(domain) || host.ends_with(&format!(".{domain}")) => {
            format!(".{domain}")
        }
        Some(_) => return None,
    };
    let expires = match (parsed.max_age(), parsed.expires_datetime()) {
        (Some(age), _) => Some(now() + age.as_seconds_f64()),
        (None, Some(date)) => Some(seconds(date.unix_timestamp())),
        (None, None) => None,
    };
    Some(Cookie {
        name: parsed.name().to_owned(),
        value: parsed.value().to_owned(),
        domain,
        path: parsed.path().map_or_else(|| default_path(url), str::to_owned),
        expires,
        http_only: parsed.http_only().unwrap_or(false),
        secure: parsed.secure().unwrap_or(false),
        same_site: parsed.same_site().map(|same_site| match same_site {
            cookie::SameSite::Strict => SameSite::Strict,
            cookie::SameSite::Lax => SameSite::Lax,
            cookie::SameSite::None => SameSite::None,
        }),
        partition_key: None,
    })
}

/// Puts `cookie` into `jar`; an expired one takes its namesake out.
pub(crate) fn put(jar: &mut Vec<Cookie>, cookie: Cookie) {
    jar.retain(|other| (&other.name, &other.domain, &other.path) != (&cookie.name, &cookie.domain, &cookie.path));
    if cookie.expires.is_none_or(|expires| expires > now()) {
        jar.push(cookie);
    }
}

/// Whether a cookie has run out: the server takes it back.
pub(crate) fn is_expired(cookie: &Cookie) -> bool {
    cookie.expires.is_some_and(|expires| expires <= now())
}

#[expect(clippy::cast_precision_loss, reason = "seconds since 1970 fit for millions of years")]
fn seconds(timestamp: i64) -> f64 {
    timestamp as f64
}

fn default_path(url: &Url) -> String {
    match url.path().rfind('/') {
        None | Some(0) => "/".to_owned(),
        Some(end) => url.path()[..end].to_owned(),
    }
}

fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).expect("a valid address")
    }

    #[test]
    fn a_cookie_goes_back_where_it_came_from() {
        let cookie = parse_set_cookie("sid=1; HttpOnly; SameSite=Lax; Path=/", &url("http://127.0.0.1:5000/login"))
            .expect("parses");
        assert_eq!(
            (cookie.domain.as_str(), cookie.same_site, cookie.http_only),
            ("127.0.0.1", Some(SameSite::Lax), true)
        );
        let jar = [cookie];
        assert_eq!(cookie_header(&jar, &url("http://127.0.0.1:5000/app")).as_deref(), Some("sid=1"));
        assert_eq!(cookie_header(&jar, &url("http://localhost:5000/app")), None);
    }

    #[test]
    fn a_domain_cookie_reaches_subdomains_and_nobody_else() {
        let cookie = parse_set_cookie("a=1; Domain=example.com", &url("https://www.example.com/x/y")).expect("parses");
        assert_eq!((cookie.domain.as_str(), cookie.path.as_str()), (".example.com", "/x"));
        assert!(applies(&cookie, &url("https://other.example.com/x/z")));
        assert!(!applies(&cookie, &url("https://badexample.com/x/z")));
        assert!(!applies(&cookie, &url("https://other.example.com/xyz")));
        assert!(parse_set_cookie("a=1; Domain=other.com", &url("https://www.example.com/")).is_none());
    }

    #[test]
    fn an_expired_cookie_takes_its_namesake_out() {
        let site = url("http://localhost/");
        let mut jar = Vec::new();
        put(&mut jar, parse_set_cookie("a=1; Path=/", &site).expect("parses"));
        put(&mut jar, parse_set_cookie("a=; Path=/; Max-Age=0", &site).expect("parses"));
        assert!(jar.is_empty());
    }
}
