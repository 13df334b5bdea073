//! Answers that are late, elsewhere, never or not the page that was meant; and the frame.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::memory::Memory;
use super::origin::Origin;
use super::pages::{self, FRAME, INNER, fill, in_layout};

type Shared = State<Arc<Memory>>;

/// A page with a frame of the other site.
pub(super) async fn frame(headers: HeaderMap) -> Html<String> {
    let other = Origin::of(&headers).other().url();
    in_layout("Frame", &fill(FRAME, &[("other", &other)]))
}

pub(super) async fn inner() -> Html<&'static str> {
    Html(INNER)
}

pub(super) async fn asset(Path(name): Path<String>) -> Response {
    match pages::asset(&name) {
        Some(asset) => asset.into_response(),
        None => not_found().await,
    }
}

/// How late [`slow`] is.
#[derive(Debug, Deserialize)]
pub(super) struct SlowQuery {
    #[serde(default)]
    ms: u64,
}

pub(super) async fn slow(State(memory): Shared, Query(query): Query<SlowQuery>) -> Html<String> {
    memory.pause(query.ms).await;
    pages::message("Slow page", &format!("This answer took {} ms.", query.ms))
}

/// Answers with the status in the address; one that cannot be sent with a page is refused.
pub(super) async fn status(Path(code): Path<u16>) -> Response {
    match StatusCode::from_u16(code) {
        Ok(status) if !status.is_informational() => {
            let heading = format!("Status {code}");
            (status, pages::message(&heading, status.canonical_reason().unwrap_or("No usual meaning"))).into_response()
        }
        _ => (StatusCode::BAD_REQUEST, pages::message("Status", "A number from 200 to 999, please.")).into_response(),
    }
}

/// Answers when the server stops, and not before.
pub(super) async fn hang(State(memory): Shared) -> StatusCode {
    memory.stopped().await;
    StatusCode::SERVICE_UNAVAILABLE
}

/// Where [`redirect`] leads.
#[derive(Debug, Deserialize)]
pub(super) struct RedirectQuery {
    #[serde(default = "start_page")]
    to: String,
}

fn start_page() -> String {
    "/".to_owned()
}

pub(super) async fn redirect(headers: HeaderMap, Query(query): Query<RedirectQuery>) -> Response {
    if Origin::of(&headers).owns(&query.to) {
        Redirect::to(&query.to).into_response()
    } else {
        let page = pages::message("Not our site", "The parameter to must be an address of this server.");
        (StatusCode::BAD_REQUEST, page).into_response()
    }
}

pub(super) async fn not_found() -> Response {
    (StatusCode::NOT_FOUND, pages::message("Not found", "There is no such page.")).into_response()
}
