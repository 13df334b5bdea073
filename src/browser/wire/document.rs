//! A document as a whole: the JavaScript that reads and replaces it, and its picture, as the wires
//! share them.

use base64::Engine as _;
use serde_json::Value;

use crate::browser::BrowserError;

/// An expression: its HTML as it stands.
pub(super) const HTML: &str = "(document.doctype ? new XMLSerializer().serializeToString(document.doctype) + '\\n' : '') \
                               + (document.documentElement?.outerHTML ?? '')";

/// A function of HTML: puts it in the place of the document, and waits for its load.
pub(super) const WRITE: &str = "async (html) => {
    document.open();
    const loaded = new Promise((done) => window.addEventListener('load', done, { once: true }));
    document.write(html);
    document.close();
    if (document.readyState !== 'complete') await loaded;
}";

/// The bytes of a screenshot, which every protocol sends in Base64.
pub(super) fn picture(data: &Value) -> Result<Vec<u8>, BrowserError> {
    base64::engine::general_purpose::STANDARD
        .decode(data.as_str().unwrap_or_default())
        .map_err(|error| BrowserError::Protocol { command: "screenshot".to_owned(), message: error.to_string() })
}
