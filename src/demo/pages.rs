//! The pages: bodies in a common layout, with the few values the server fills in.

use axum::http::HeaderName;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{Html, IntoResponse};

const LAYOUT: &str = include_str!("pages/layout.html");

/// A page that is the same for everybody.
pub(super) struct Page {
    /// Where it is.
    pub(super) path: &'static str,
    /// Its title; the layout adds the name of the application.
    pub(super) title: &'static str,
    /// What is inside `<main>`.
    pub(super) body: &'static str,
}

macro_rules! page {
    ($path:literal, $title:literal, $file:literal) => {
        Page { path: $path, title: $title, body: include_str!(concat!("pages/", $file)) }
    };
}

/// Pages without anything to fill in.
pub(super) const PAGES: &[Page] = &[
    page!("/", "Start", "start.html"),
    page!("/todos", "To-dos", "todos.html"),
    page!("/late", "Late", "late.html"),
    page!("/form", "Form", "form.html"),
    page!("/dialogs", "Dialogs", "dialogs.html"),
    page!("/storage", "Storage", "storage.html"),
    page!("/shadow", "Shadow", "shadow.html"),
    page!("/drag", "Drag", "drag.html"),
    page!("/files", "Files", "files.html"),
];

/// Pages and bodies that [`fill`] completes.
pub(super) const LOGIN: &str = include_str!("pages/login.html");
pub(super) const APP: &str = include_str!("pages/app.html");
pub(super) const FRAME: &str = include_str!("pages/frame.html");
pub(super) const MESSAGE: &str = include_str!("pages/message.html");
pub(super) const WELCOME: &str = include_str!("pages/welcome.html");
pub(super) const SSO: &str = include_str!("pages/sso.html");

/// Whole documents: their first script must be the first thing that runs.
pub(super) const INNER: &str = include_str!("pages/inner.html");
pub(super) const LOGOUT: &str = include_str!("pages/logout.html");

const STYLE: &str = include_str!("pages/style.css");
const SCRIPTS: &[(&str, &str)] = &[
    ("todos.js", include_str!("pages/todos.js")),
    ("late.js", include_str!("pages/late.js")),
    ("form.js", include_str!("pages/form.js")),
    ("dialogs.js", include_str!("pages/dialogs.js")),
    ("storage.js", include_str!("pages/storage.js")),
    ("shadow.js", include_str!("pages/shadow.js")),
    ("drag.js", include_str!("pages/drag.js")),
    ("files.js", include_str!("pages/files.js")),
];

/// A document from a body in the layout.
pub(super) fn in_layout(title: &str, body: &str) -> Html<String> {
    Html(LAYOUT.replace("{{title}}", &escape(title)).replace("{{body}}", body))
}

/// Puts values in the place of `{{names}}`, escaped for HTML text and attributes.
pub(super) fn fill(template: &str, values: &[(&str, &str)]) -> String {
    values
        .iter()
        .fold(template.to_owned(), |page, (name, value)| page.replace(&format!("{{{{{name}}}}}"), &escape(value)))
}

/// A page with a heading and a sentence.
pub(super) fn message(heading: &str, text: &str) -> Html<String> {
    in_layout(heading, &fill(MESSAGE, &[("heading", heading), ("text", text)]))
}

/// A stylesheet or script by its file name.
pub(super) fn asset(name: &str) -> Option<impl IntoResponse + use<>> {
    let (kind, text) = match name {
        "style.css" => ("text/css; charset=utf-8", STYLE),
        _ => {
            SCRIPTS.iter().find(|(file, _)| *file == name).map(|(_, text)| ("text/javascript; charset=utf-8", *text))?
        }
    };
    // A page that changed between two builds must not be mixed with a script of the old one.
    let headers: [(HeaderName, &str); 2] = [(CONTENT_TYPE, kind), (CACHE_CONTROL, "no-cache")];
    Some((headers, text))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}
