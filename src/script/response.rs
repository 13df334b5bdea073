//! [`Response`]: what `request` gives. Data; the requests themselves are in `api/request.rs`.

use std::time::Duration;

/// What a request gives.
#[derive(Clone, Debug)]
pub(crate) struct Response {
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) status: i64,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) duration: Duration,
}

impl Response {
    /// 200 to 299.
    pub(crate) fn is_ok(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}
