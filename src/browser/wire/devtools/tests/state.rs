//! Capture, restore, clear: what a session is made of.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::harness::{Fixture, LIMIT, Server, click_at, html};
use crate::browser::wire::devtools::DevtoolsContext;
use crate::browser::{Cookie, OriginStorage, SameSite, State};

const REPORT: &str =
    "<script>window.saw = [localStorage.token ?? null, sessionStorage.tab ?? null, document.cookie]</script>";

fn answer(path: &str, port: u16) -> Response {
    match path {
        "/login" => {
            let mut response = html("<script>localStorage.token = 'T'; sessionStorage.tab = 'S'</script>");
            for cookie in ["sid=secret; HttpOnly; Path=/; Max-Age=3600", "plain=1; SameSite=Lax"] {
                response.headers_mut().append(header::SET_COOKIE, cookie.parse().unwrap());
            }
            response
        }
        "/after/300" => html("<script>localStorage.late = 'L'</script>"),
        "/app" => html(REPORT),
        "/frames" => html(&format!("<iframe src='http://127.0.0.1:{port}/frame'></iframe>")),
        "/frame" => html(
            "<script>localStorage.framed ??= 'F' + (localStorage.count ?? ''); window.saw = localStorage.framed</script>",
        ),
        "/frame-check" => html(&format!(
            "<script>window.saw = new Promise(tell => onmessage = event => tell(event.data))</script>
             <iframe src='http://127.0.0.1:{port}/frame-report'></iframe>"
        )),
        "/frame-report" => html("<script>parent.postMessage(localStorage.framed ?? null, '*')</script>"),
        // Logs out in its first script and starts over: a second seeding would log in again, for ever.
        // It waits for its answer, since a reload may cancel a request that is under way.
        "/logout" => html(
            "<script>if (localStorage.token) { localStorage.clear(); sessionStorage.clear();
             const told = new XMLHttpRequest(); told.open('GET', '/was-in', false); told.send();
             location.reload() } else window.done = true</script>",
        ),
        "/opener" => html(&format!(
            "<button style='position:absolute;left:0;top:0' onclick='window.open(`http://localhost:{port}/popup`)'>open</button>
             <script>window.told = new Promise(tell => onmessage = event => tell(event.data))</script>"
        )),
        "/popup" => html("<script>opener.postMessage(localStorage.token ?? null, '*')</script>"),
        "/csp" => {
            let mut response = html(REPORT);
            let policy = "default-src 'none'; script-src 'unsafe-inline'";
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy.parse().unwrap());
            response
        }
        "/debugger" => html(&format!("<script>debugger</script>{REPORT}")),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn saw(context: &DevtoolsContext, url: &str) -> Value {
    let page = context.page().await.unwrap();
    page.navigate(url, LIMIT).await.unwrap();
    page.evaluate("saw", &[], LIMIT).await.unwrap()
}

fn storage(origin: &str, top: Option<&str>, local: &[(&str, &str)], session: &[(&str, &str)]) -> OriginStorage {
    let owned = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    OriginStorage {
        origin: origin.to_owned(),
        top_origin: top.map(str::to_owned),
        local: owned(local),
        session: owned(session),
        databases: Vec::new(),
    }
}

async fn a_login_moves(args: &[&str]) {
    let fixture = Fixture::open_with(args).await;
    let server = Server::start(answer).await;
    let (site, other) = (server.url(""), server.other(""));
    let page = fixture.page().await;
    for url in [server.url("/frames"), server.other("/login"), server.url("/login")] {
        page.navigate(&url, LIMIT).await.unwrap();
    }
    server.take_hits();
    let captured = fixture.context.capture(true).await.unwrap().state;
    assert!(server.take_hits().is_empty(), "a capture asks no server");
    let mut expected = vec![
        storage(&other, None, &[("token", "T")], &[("tab", "S")]),
        storage(&site, None, &[("token", "T")], &[("tab", "S")]),
        storage(&other, Some(&site), &[("framed", "F")], &[]),
    ];
    expected.sort_by_key(|of| (of.top_origin.clone(), of.origin.clone()));
    assert_eq!(captured.storage, expected);
    let mut cookies: Vec<_> = captured
        .cookies
        .iter()
        .map(|c| (c.domain.as_str(), c.name.as_str(), c.http_only, c.same_site, c.expires.is_some()))
        .collect();
    cookies.sort_unstable_by_key(|cookie| (cookie.0, cookie.1));
    let of = |host: &'static str| [(host, "plain", false, Some(SameSite::Lax), false), (host, "sid", true, None, true)];
    assert_eq!(cookies, [of("127.0.0.1"), of("localhost")].concat());

    let fresh = fixture.fresh().await;
    fresh.page().await.unwrap();
    fresh.restore(&captured).await.unwrap();
    assert!(server.take_hits().is_empty(), "a restore asks no server");
    assert_eq!(fresh.page().await.unwrap().url().await.unwrap(), "about:blank");
    assert_eq!(fresh.capture(false).await.unwrap().state.storage, captured.storage, "before anything was visited");
    assert_eq!(saw(&fresh, &server.url("/csp")).await, json!(["T", "S", "plain=1"]));
    assert_eq!(saw(&fresh, &server.other("/app")).await, json!(["T", "S", "plain=1"]));
    assert_eq!(saw(&fresh, &server.url("/frame-check")).await, json!("F"));
    let again = fresh.capture(false).await.unwrap().state;
    assert_eq!(again.cookies, captured.cookies);
    let locals = |state: &State| state.storage.iter().map(|of| of.local.clone()).collect::<Vec<_>>();
    assert_eq!(locals(&again), locals(&captured));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_moves_to_a_fresh_context() {
    a_login_moves(&[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_moves_where_frames_have_their_own_process() {
    a_login_moves(&["--site-per-process"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_origin_is_restored_exactly_once() {
    let fixture = Fixture::open().await;
    let server = Server::start(answer).await;
    let unvisited = storage("https://elsewhere.test", None, &[("a", "b")], &[]);
    let state = State {
        cookies: Vec::new(),
        storage: vec![storage(&server.url(""), None, &[("token", "T")], &[("tab", "S")]), unvisited.clone()],
    };
    fixture.context.restore(&state).await.unwrap();
    let page = fixture.page().await;
    page.navigate(&server.url("/logout"), LIMIT).await.unwrap();
    assert_eq!(page.evaluate("done", &[], LIMIT).await.unwrap(), Value::Bool(true));
    let hits = server.take_hits();
    assert_eq!(hits.iter().filter(|hit| hit.ends_with("/was-in")).count(), 1, "{hits:?}");
    assert_eq!(hits.iter().filter(|hit| hit.ends_with("/logout")).count(), 2, "{hits:?}");
    assert_eq!(saw(&fixture.context, &server.url("/debugger")).await, json!([null, null, ""]));
    assert_eq!(fixture.context.capture(false).await.unwrap().state.storage, [unvisited]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pop_up_is_restored_too() {
    let fixture = Fixture::open().await;
    let server = Server::start(answer).await;
    let page = fixture.page().await;
    let state = State { cookies: Vec::new(), storage: vec![storage(&server.url(""), None, &[("token", "T")], &[])] };
    fixture.context.restore(&state).await.unwrap();
    page.navigate(&server.other("/opener"), LIMIT).await.unwrap();
    page.pointer(&click_at(5.0, 5.0)).await.unwrap();
    page.settle(LIMIT).await.unwrap();
    assert_eq!(page.evaluate("told", &[], LIMIT).await.unwrap(), "T");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_capture_waits_for_a_redirect_and_can_leave_the_page_alone() {
    let fixture = Fixture::open().await;
    let server = Server::start(answer).await;
    let page = fixture.page().await;
    page.navigate(&server.other("/login"), LIMIT).await.unwrap();
    page.navigate(&server.url("/app"), LIMIT).await.unwrap();
    page.evaluate("location.href = '/after/300'", &[], LIMIT).await.unwrap();
    let storage = fixture.context.capture(false).await.unwrap().state.storage;
    assert_eq!(page.url().await.unwrap(), server.url("/after/300"));
    assert_eq!(page.evaluate("localStorage.late", &[], LIMIT).await.unwrap(), "L");
    let expected = [
        self::storage(&server.other(""), None, &[("token", "T")], &[]),
        self::storage(&server.url(""), None, &[("late", "L")], &[]),
    ];
    assert_eq!(storage, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn clears_in_place() {
    let fixture = Fixture::open().await;
    let server = Server::start(answer).await;
    let page = fixture.page().await;
    for url in [server.other("/login"), server.url("/frames"), server.url("/login")] {
        page.navigate(&url, LIMIT).await.unwrap();
    }
    server.take_hits();
    fixture.context.clear().await.unwrap();
    assert!(server.take_hits().is_empty());
    assert_eq!(page.url().await.unwrap(), server.url("/login"));
    assert!(fixture.context.cookies(None).await.unwrap().is_empty());
    assert_eq!(saw(&fixture.context, &server.url("/app")).await, json!([null, null, ""]));
    assert_eq!(saw(&fixture.context, &server.other("/app")).await, json!([null, null, ""]));
    assert_eq!(saw(&fixture.context, &server.url("/frame-check")).await, Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn cookies_keep_every_attribute() {
    let fixture = Fixture::open().await;
    let cookie = |name: &str, domain: &str, secure: bool, same_site| Cookie {
        name: name.to_owned(),
        value: "v".to_owned(),
        domain: domain.to_owned(),
        path: "/x".to_owned(),
        expires: (name == "late").then_some(2_000_000_000.0),
        http_only: secure,
        secure,
        same_site,
        partition_key: None,
    };
    let mut cookies = vec![
        cookie("absent", "app.test", false, None),
        cookie("late", ".app.test", true, Some(SameSite::None)),
        cookie("strict", "127.0.0.1", false, Some(SameSite::Strict)),
    ];
    cookies[1].partition_key = Some(json!({ "topLevelSite": "https://top.test", "hasCrossSiteAncestor": true }));
    fixture.context.set_cookies(&cookies).await.unwrap();
    let mut found = fixture.context.cookies(None).await.unwrap();
    found.sort_by(|a, b| a.name.cmp(&b.name));
    for (found, given) in found.iter_mut().zip(&mut cookies) {
        // The browser caps how long a cookie may live.
        assert_eq!(found.expires.take().is_some(), given.expires.take().is_some());
        assert_eq!(found, given);
    }
    let names = |cookies: Vec<Cookie>| cookies.into_iter().map(|c| c.name).collect::<Vec<_>>();
    assert_eq!(names(fixture.context.cookies(Some("https://www.app.test/x")).await.unwrap()), ["late"]);
    fixture.context.remove_cookies(&found[..2]).await.unwrap();
    assert_eq!(names(fixture.context.cookies(None).await.unwrap()), ["strict"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn contexts_that_were_opened_ahead_are_as_wanted_and_know_nothing() {
    let fixture = Fixture::open().await;
    let server = Server::start(answer).await;
    let browser = fixture.browser.clone().opening_ahead();
    let (same, _asked) = tokio::sync::mpsc::unbounded_channel();
    for (width, height) in [(800, 600), (800, 600), (800, 600), (500, 400), (500, 400)] {
        let options = crate::browser::ContextOptions { viewport: (width, height), navigation_timeout: LIMIT };
        let context = browser.open_context(&options, same.clone()).await.unwrap();
        let restored = storage(&server.url(""), None, &[("token", "R")], &[]);
        assert_eq!(saw(&context, &server.url("/app")).await, json!([null, null, ""]));
        let page = context.page().await.unwrap();
        assert_eq!(page.evaluate("[innerWidth, innerHeight]", &[], LIMIT).await.unwrap(), json!([width, height]));
        page.navigate(&server.url("/login"), LIMIT).await.unwrap();
        context.close().await;
        let context = browser.open_context(&options, same.clone()).await.unwrap();
        context.restore(&State { cookies: Vec::new(), storage: vec![restored] }).await.unwrap();
        assert_eq!(saw(&context, &server.url("/app")).await, json!(["R", null, ""]));
        context.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_context_that_was_opened_ahead_asks_whoever_took_it() {
    let fixture = Fixture::open().await;
    let browser = fixture.browser.clone().opening_ahead();
    let options = crate::browser::ContextOptions { viewport: (800, 600), navigation_timeout: LIMIT };
    for _ in 0..3 {
        let (callbacks, mut asked) = tokio::sync::mpsc::unbounded_channel();
        let page = browser.open_context(&options, callbacks).await.unwrap().page().await.unwrap();
        let answer = tokio::spawn(async move { page.evaluate("confirm('sure?')", &[], LIMIT).await.unwrap() });
        let Some(crate::browser::Callback::Dialog(request)) = asked.recv().await else { panic!("nobody asks") };
        request.reply.send(crate::browser::DialogAnswer::Accept(None)).unwrap();
        assert_eq!(answer.await.unwrap(), true);
    }
}
