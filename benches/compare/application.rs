//! The application both tools test: a still page, a login that takes 300 ms, a to-do page, and the
//! place where single operations report their figures. It listens on a free port of loopback.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::Context;
use axum::extract::{Form, State};
use axum::http::HeaderMap;
use axum::http::header::SET_COOKIE;
use axum::response::{Html, IntoResponse, Json, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

/// What the application's server needs to sign somebody in.
const LOGIN: Duration = Duration::from_millis(300);

/// One run's figures: milliseconds by operation.
pub(crate) type Figures = BTreeMap<String, f64>;

/// The running application.
pub(crate) struct Application {
    /// Where it listens.
    pub(crate) url: String,
    figures: Arc<Mutex<Figures>>,
}

impl Application {
    /// Starts it; it runs as long as the process.
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let figures = Arc::new(Mutex::new(Figures::new()));
        let routes = axum::Router::new()
            .route("/still", get(async || Html(include_str!("still.html"))))
            .route("/login", get(async || Html(include_str!("login.html"))).post(sign_in))
            .route("/todos", get(todos))
            .route("/figures", post(record))
            .with_state(Arc::clone(&figures));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.context("cannot listen on loopback")?;
        let url = format!("http://{}", listener.local_addr()?);
        tokio::spawn(axum::serve(listener, routes).into_future());
        Ok(Self { url, figures })
    }

    /// The figures that came in since the last call.
    pub(crate) fn take_figures(&self) -> Figures {
        std::mem::take(&mut *self.figures.lock().expect("nobody panics while holding the figures"))
    }
}

#[derive(Deserialize)]
struct Login {
    user: String,
}

async fn sign_in(Form(login): Form<Login>) -> Response {
    tokio::time::sleep(LOGIN).await;
    ([(SET_COOKIE, format!("user={}; Path=/; SameSite=Lax", login.user))], Redirect::to("/todos")).into_response()
}

async fn todos(headers: HeaderMap) -> Response {
    if headers.contains_key("cookie") {
        Html(include_str!("todos.html")).into_response()
    } else {
        Redirect::to("/login").into_response()
    }
}

#[derive(Deserialize)]
struct Figure {
    name: String,
    ms: f64,
}

async fn record(State(figures): State<Arc<Mutex<Figures>>>, Json(figure): Json<Figure>) {
    figures.lock().expect("nobody panics while holding the figures").insert(figure.name, figure.ms);
}
