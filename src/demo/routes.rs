//! [`router`]: which address is answered by what, and the counter before all of them.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{any, get, post};

use super::memory::Memory;
use super::origin::Origin;
use super::pages::{PAGES, in_layout};
use super::{api, login, network};

/// The whole application.
pub(super) fn router(memory: Arc<Memory>) -> Router {
    let pages = PAGES.iter().fold(Router::new(), |router, page| {
        router.route(page.path, get(|| async { in_layout(page.title, page.body) }))
    });
    pages
        .route("/login", get(login::form).post(login::submit))
        .route("/welcome", get(login::welcome))
        .route("/app", get(login::app))
        .route("/logout", get(login::logout))
        .route("/sso", get(login::sso))
        .route("/sso/return", get(login::sso_return))
        .route("/api/me", get(login::me))
        .route("/api/logout", post(login::api_logout))
        .route("/api/session/revoke", post(login::revoke))
        .route("/frame", get(network::frame))
        .route("/inner", get(network::inner))
        .route("/assets/{name}", get(network::asset))
        .route("/slow", get(network::slow))
        .route("/status/{code}", any(network::status))
        .route("/hang", any(network::hang))
        .route("/redirect", any(network::redirect))
        .route("/api/echo", any(api::echo))
        .route("/api/items", get(api::items).post(api::add_item))
        .route("/api/items/{id}", get(api::item))
        .route("/api/cookie", get(api::set_cookie).post(api::set_cookie))
        .route("/api/origins", get(api::origins))
        .route("/api/stats", get(api::stats))
        .route("/api/stats/reset", post(api::reset_stats))
        .fallback(network::not_found)
        .layer(from_fn_with_state(Arc::clone(&memory), count))
        .with_state(memory)
}

async fn count(State(memory): State<Arc<Memory>>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if !path.starts_with("/api/stats") {
        memory.count(Origin::of(request.headers()).host(), path);
    }
    next.run(request).await
}
