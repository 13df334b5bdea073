//! Cookies, as the wires that see those of all domains share them.

use url::Url;

use crate::browser::{BrowserError, Cookie};

/// Those that would be sent to `url`; all of them with `None`.
pub(super) fn sent_to(url: Option<&str>, mut cookies: Vec<Cookie>) -> Result<Vec<Cookie>, BrowserError> {
    if let Some(url) = url {
        let url = Url::parse(url).map_err(|error| BrowserError::Protocol {
            command: "cookies".to_owned(),
            message: format!("`{url}` is not a valid address: {error}"),
        })?;
        cookies.retain(|cookie| cookie.applies_to(&url));
    }
    Ok(cookies)
}
