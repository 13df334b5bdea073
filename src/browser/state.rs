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
}
