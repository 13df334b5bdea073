//! Network errors in words people use, from the codes of Chromium and Firefox: [`in_words`].

/// Codes and words. Chromium's without `net::ERR_`, Firefox's as its error pages carry them.
const WORDS: &[(&str, &str)] = &[
    ("CONNECTION_REFUSED", "connection refused"),
    ("connectionFailure", "connection refused"),
    ("NAME_NOT_RESOLVED", "the host name is not known"),
    ("dnsNotFound", "the host name is not known"),
    ("CONNECTION_RESET", "the server broke the connection off"),
    ("netReset", "the server broke the connection off"),
    ("CONNECTION_CLOSED", "the server closed the connection"),
    ("SOCKET_NOT_CONNECTED", "the server closed the connection"),
    ("EMPTY_RESPONSE", "the server closed the connection without an answer"),
    ("CONNECTION_TIMED_OUT", "the connection timed out"),
    ("netTimeout", "the connection timed out"),
    ("TIMED_OUT", "the connection timed out"),
    ("ADDRESS_UNREACHABLE", "the address cannot be reached"),
    ("INTERNET_DISCONNECTED", "there is no network"),
    ("NETWORK_CHANGED", "there is no network"),
    ("netOffline", "there is no network"),
    ("TOO_MANY_REDIRECTS", "too many redirects"),
    ("redirectLoop", "too many redirects"),
    ("UNSAFE_PORT", "the browser refuses this port"),
    ("deniedPortAccess", "the browser refuses this port"),
    ("SSL_PROTOCOL_ERROR", "the server does not speak TLS there; is it `http://`?"),
    ("nssFailure", "its certificate is not valid"),
    ("INVALID_RESPONSE", "the answer is not HTTP"),
    ("INVALID_HTTP_RESPONSE", "the answer is not HTTP"),
    ("FILE_NOT_FOUND", "there is no such file"),
    ("fileNotFound", "there is no such file"),
    ("UNKNOWN_URL_SCHEME", "the browser does not know this kind of address"),
    ("unknownProtocolFound", "the browser does not know this kind of address"),
    ("BLOCKED_BY_CLIENT", "the request was blocked"),
    ("BLOCKED_BY_RESPONSE", "the browser blocked the answer for its headers"),
    ("CERT_AUTHORITY_INVALID", "its certificate is signed by an authority the browser does not know"),
    ("CERT_COMMON_NAME_INVALID", "its certificate is for another host name"),
    ("CERT_DATE_INVALID", "its certificate is out of date"),
    ("CERT_", "its certificate is not valid"),
    ("ABORTED", "the navigation was aborted"),
];

/// `net::ERR_CONNECTION_REFUSED` as "connection refused"; the text itself where no word is known.
pub(in crate::browser) fn in_words(text: &str) -> String {
    let code = text.lines().next().unwrap_or_default();
    let code_start = code.find("ERR_").map_or(code, |start| &code[start + 4..]);
    let found = WORDS.iter().find(|(word, _)| code_start.starts_with(word) || code.contains(&format!("e={word}")));
    found.map_or_else(|| code.to_owned(), |(_, words)| (*words).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_become_words() {
        let check = |text: &str, expected: &str| assert_eq!(in_words(text), expected);
        check("net::ERR_CONNECTION_REFUSED", "connection refused");
        check("ERR_CONNECTION_TIMED_OUT", "the connection timed out");
        check("net::ERR_CERT_DATE_INVALID", "its certificate is out of date");
        check("Reached error page: about:neterror?e=connectionFailure&u=http%3A//a", "connection refused");
        check("net::ERR_SOMETHING_NEW", "net::ERR_SOMETHING_NEW");
    }
}
