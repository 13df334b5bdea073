//! The JSON side: an echo, a list to add to, cookies on demand, and the counters.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Json, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::memory::{Memory, Stats};
use super::origin::Origin;

type Shared = State<Arc<Memory>>;

/// Says what arrived. The body is given as text, and parsed where its type is known.
pub(super) async fn echo(method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Json<Value> {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let json = if kind.starts_with("application/json") { serde_json::from_slice(&body).ok() } else { None };
    let form = kind.starts_with("application/x-www-form-urlencoded").then(|| pairs(&body));
    let named: BTreeMap<&str, String> = headers
        .iter()
        .map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    Json(json!({
        "method": method.as_str(),
        "path": uri.path(),
        "query": pairs(uri.query().unwrap_or_default().as_bytes()),
        "headers": named,
        "body": String::from_utf8_lossy(&body),
        "json": json.unwrap_or(Value::Null),
        "form": form,
    }))
}

fn pairs(encoded: &[u8]) -> BTreeMap<String, String> {
    form_urlencoded::parse(encoded).into_owned().collect()
}

pub(super) async fn items(State(memory): Shared) -> Response {
    Json(memory.items()).into_response()
}

pub(super) async fn item(State(memory): Shared, Path(id): Path<usize>) -> Response {
    match memory.item(id) {
        Some(item) => Json(item).into_response(),
        None => (StatusCode::NOT_FOUND, Json(json!({ "error": "no such item" }))).into_response(),
    }
}

/// What a new item needs.
#[derive(Debug, Deserialize)]
pub(super) struct NewItem {
    name: String,
}

pub(super) async fn add_item(State(memory): Shared, Json(item): Json<NewItem>) -> Response {
    (StatusCode::CREATED, Json(memory.add_item(item.name))).into_response()
}

/// A cookie to set; without an age it lasts as long as the browser.
#[derive(Debug, Deserialize)]
pub(super) struct NewCookie {
    name: String,
    #[serde(default)]
    value: String,
    #[serde(default)]
    http_only: bool,
    /// For this site inside the one around it only.
    #[serde(default)]
    partitioned: bool,
    max_age: Option<u32>,
}

pub(super) async fn set_cookie(Query(cookie): Query<NewCookie>) -> Response {
    let kind = if cookie.partitioned { "SameSite=None; Secure; Partitioned" } else { "SameSite=Lax" };
    let mut header = format!("{}={}; Path=/; {kind}", cookie.name, cookie.value);
    if cookie.http_only {
        header.push_str("; HttpOnly");
    }
    if let Some(age) = cookie.max_age {
        header.push_str("; Max-Age=");
        header.push_str(&age.to_string());
    }
    ([(SET_COOKIE, header)], Json(json!({ "name": cookie.name, "value": cookie.value }))).into_response()
}

/// Both names of this server, for tests that need the second one.
pub(super) async fn origins(headers: HeaderMap) -> Json<Value> {
    let here = Origin::of(&headers);
    Json(json!({ "here": here.url(), "other": here.other().url() }))
}

pub(super) async fn stats(State(memory): Shared) -> Json<Stats> {
    Json(memory.stats())
}

pub(super) async fn reset_stats(State(memory): Shared) -> StatusCode {
    memory.reset_stats();
    StatusCode::NO_CONTENT
}

/// The value of a cookie that came with a request.
pub(super) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let pairs =
        headers.get_all(COOKIE).iter().filter_map(|header| header.to_str().ok()).flat_map(|text| text.split(';'));
    pairs
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}
