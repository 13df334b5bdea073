//! Signing in and out: by form, by the other site's ticket, and what needs a signed-in user.

use std::sync::Arc;

use axum::extract::{Form, Query, State};
use axum::http::header::{CACHE_CONTROL, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{Html, IntoResponse, Json, Redirect, Response};
use serde::Deserialize;
use serde_json::json;
use url::form_urlencoded::byte_serialize;

use super::accounts::Account;
use super::api::cookie;
use super::memory::{Memory, random_id};
use super::origin::{Origin, is_path};
use super::pages::{self, APP, LOGIN, LOGOUT, SSO, WELCOME, fill, in_layout};

type Shared = State<Arc<Memory>>;

const NEVER_STORED: [(HeaderName, &str); 1] = [(CACHE_CONTROL, "no-store")];
const EXPIRED: &str = "sid=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0";

/// What the address of the login page may carry.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct LoginQuery {
    delay: u64,
    next: String,
}

/// What the login form sends.
#[derive(Debug, Deserialize)]
pub(super) struct Credentials {
    user: String,
    password: String,
}

pub(super) async fn form(headers: HeaderMap) -> Response {
    login_page(&headers, "", "").into_response()
}

pub(super) async fn submit(
    State(memory): Shared,
    Query(query): Query<LoginQuery>,
    headers: HeaderMap,
    Form(credentials): Form<Credentials>,
) -> Response {
    memory.pause(query.delay).await;
    if let Some(account) = Account::check(&credentials.user, &credentials.password) {
        let_in(&memory, account, &query.next)
    } else {
        let page = login_page(&headers, "wrong user or password", &credentials.user);
        (StatusCode::UNAUTHORIZED, page).into_response()
    }
}

fn login_page(headers: &HeaderMap, alert: &str, user: &str) -> Html<String> {
    let here = Origin::of(headers);
    let back: String = byte_serialize(format!("{}/sso/return", here.url()).as_bytes()).collect();
    let sso = format!("{}/sso?next={back}", here.other().url());
    in_layout("Sign in", &fill(LOGIN, &[("alert", alert), ("user", user), ("sso", &sso)]))
}

/// Sets the cookie and goes on to the page that stores the token.
fn let_in(memory: &Memory, account: Account, next: &str) -> Response {
    let token = format!("{}-{}", account.user, random_id());
    let next = if is_path(next) { next } else { "/app" };
    let next: String = byte_serialize(next.as_bytes()).collect();
    let cookie = format!("sid={}; Path=/; HttpOnly; SameSite=Lax", memory.sign_in(account));
    let location = format!("/welcome?token={token}&next={next}");
    (StatusCode::SEE_OTHER, [(SET_COOKIE, cookie), (LOCATION, location)]).into_response()
}

/// Its script reads the address itself.
pub(super) async fn welcome() -> Response {
    (NEVER_STORED, in_layout("Welcome", WELCOME)).into_response()
}

pub(super) async fn app(State(memory): Shared, headers: HeaderMap) -> Response {
    let Some(account) = visitor(&memory, &headers) else {
        return Redirect::to("/login?next=/app").into_response();
    };
    let body = fill(APP, &[("user", &account.user), ("role", account.role)]);
    (NEVER_STORED, in_layout("Your page", &body)).into_response()
}

/// Ends the session at the server, then the page forgets its own part and leaves.
pub(super) async fn logout(State(memory): Shared, headers: HeaderMap) -> Response {
    end_session(&memory, &headers);
    (NEVER_STORED, [(SET_COOKIE, EXPIRED)], Html(LOGOUT)).into_response()
}

pub(super) async fn api_logout(State(memory): Shared, headers: HeaderMap) -> Response {
    end_session(&memory, &headers);
    ([(SET_COOKIE, EXPIRED)], Json(json!({ "ok": true }))).into_response()
}

/// Ends the session at the server only: the browser keeps a cookie that is worth nothing.
pub(super) async fn revoke(State(memory): Shared, headers: HeaderMap) -> Response {
    Json(json!({ "revoked": end_session(&memory, &headers) })).into_response()
}

pub(super) async fn me(State(memory): Shared, headers: HeaderMap) -> Response {
    match visitor(&memory, &headers) {
        Some(account) => Json(json!({ "user": account.user, "role": account.role })).into_response(),
        None => (StatusCode::UNAUTHORIZED, Json(json!({ "error": "not signed in" }))).into_response(),
    }
}

/// What the address of the single sign-on page carries.
#[derive(Debug, Deserialize)]
pub(super) struct SsoQuery {
    next: String,
    #[serde(default = "default_user")]
    user: String,
}

fn default_user() -> String {
    "user".to_owned()
}

/// Signs in on this site and sends a ticket to the one that asked.
pub(super) async fn sso(State(memory): Shared, headers: HeaderMap, Query(query): Query<SsoQuery>) -> Response {
    let Some(account) = Account::find(&query.user) else {
        return (StatusCode::NOT_FOUND, pages::message("Nobody of that name", &query.user)).into_response();
    };
    if !Origin::of(&headers).owns(&query.next) {
        let page = pages::message("Not our site", "The parameter next must be an address of this server.");
        return (StatusCode::BAD_REQUEST, page).into_response();
    }
    let cookie = format!("sso={}; Path=/; HttpOnly; SameSite=Lax", account.user);
    let separator = if query.next.contains('?') { '&' } else { '?' };
    let user = account.user.clone();
    let next = format!("{}{separator}ticket={}", query.next, memory.issue_ticket(account));
    let body = fill(SSO, &[("user", &user), ("next", &next)]);
    (NEVER_STORED, [(SET_COOKIE, cookie)], in_layout("Single sign-on", &body)).into_response()
}

/// What the other site sends back.
#[derive(Debug, Deserialize)]
pub(super) struct TicketQuery {
    ticket: String,
}

pub(super) async fn sso_return(State(memory): Shared, Query(query): Query<TicketQuery>) -> Response {
    match memory.take_ticket(&query.ticket) {
        Some(account) => let_in(&memory, account, "/app"),
        None => (StatusCode::FORBIDDEN, pages::message("Ticket refused", "A ticket is good for once.")).into_response(),
    }
}

fn visitor(memory: &Memory, headers: &HeaderMap) -> Option<Account> {
    memory.signed_in(&cookie(headers, "sid")?)
}

fn end_session(memory: &Memory, headers: &HeaderMap) -> bool {
    cookie(headers, "sid").is_some_and(|id| memory.sign_out(&id))
}
