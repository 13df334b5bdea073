//! Opening pages, asking them, looking at them.

use std::time::Duration;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::{Value, json};

use super::harness::{Fixture, LIMIT, Server, html};
use crate::browser::page::LibraryError;
use crate::browser::{BrowserError, ClipArea, ScreenshotOptions};

fn answer(path: &str, _port: u16) -> Response {
    match path {
        "/" => html("<title>home</title><h1>home</h1>"),
        "/two" => html("<title>two</title>"),
        "/redirect" => Redirect::to("/two").into_response(),
        "/script-redirect" => html("<script>location.replace('/two')</script>"),
        "/missing" => (StatusCode::NOT_FOUND, html("<title>not here</title>")).into_response(),
        "/empty" => StatusCode::NO_CONTENT.into_response(),
        "/download" => ([(header::CONTENT_DISPOSITION, "attachment; filename=a.bin")], "abc").into_response(),
        "/after/400" => html("<title>slow</title>"),
        "/slow-image" => html("<title>image</title><img src=/after/60000>"),
        "/bad-script" => html("<script>\n\nfirst.second()</script>"),
        "/tall" => html(
            "<body style='margin:0'><div style='height:1000px;background:red'></div><div style='height:1000px;background:blue'></div>",
        ),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn opens_pages_and_says_why_not() {
    let fixture = Fixture::open().await;
    let server = Server::start(answer).await;
    let page = fixture.page().await;
    for (path, title, end) in [
        ("/", "home", "/"),
        ("/redirect", "two", "/two"),
        ("/script-redirect", "two", "/two"),
        ("/missing", "not here", "/missing"),
        ("/missing#part", "not here", "/missing#part"),
    ] {
        page.navigate(&server.url(path), LIMIT).await.unwrap();
        assert_eq!(page.title().await.unwrap(), title, "{path}");
        assert_eq!(page.url().await.unwrap(), server.url(end), "{path}");
    }
    let refusal = |url: String| {
        let page = page.clone();
        async move {
            match page.navigate(&url, LIMIT).await.unwrap_err() {
                BrowserError::Navigation { reason, .. } => reason,
                other => panic!("{other:?}"),
            }
        }
    };
    assert_eq!(refusal(server.url("/download")).await, "the server sent a download, not a page");
    assert!(refusal(server.url("/empty")).await.starts_with("the server sent no page"));
    assert_eq!(refusal("http://nowhere.invalid/".to_owned()).await, "the host name is not known");
    assert_eq!(refusal("http://localhost:1/".to_owned()).await, "the browser refuses this port");
    assert_eq!(
        refusal(format!("https://localhost:{}/", server.port)).await,
        "the server does not speak TLS there; is it `http://`?"
    );
    assert_eq!(refusal("not an address".to_owned()).await, "it is not a valid address");
    page.navigate(&server.url("/"), LIMIT).await.unwrap();
    let error = page.navigate(&server.url("/slow-image"), Duration::from_millis(500)).await.unwrap_err();
    assert!(matches!(&error, BrowserError::NavigationTimeout { progress, .. } if progress.contains("still loading")));
    let error = page.navigate(&server.url("/after/60000"), Duration::from_millis(300)).await.unwrap_err();
    assert!(matches!(&error, BrowserError::NavigationTimeout { progress, .. } if progress.contains("no answer")));
    page.navigate(&server.url("/two"), LIMIT).await.unwrap();
    page.blank().await.unwrap();
    assert_eq!(page.url().await.unwrap(), "about:blank");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_could_not_be_opened_is_not_in_the_way_of_the_next() {
    let fixture = Fixture::open().await;
    let server = Server::start(answer).await;
    let page = fixture.page().await;
    for _ in 0..20 {
        page.navigate(&format!("https://localhost:{}/", server.port), LIMIT).await.unwrap_err();
        page.navigate(&server.url("/two"), LIMIT).await.unwrap();
        assert_eq!(page.title().await.unwrap(), "two");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn goes_through_history() {
    let fixture = Fixture::open().await;
    let server = Server::start(answer).await;
    let page = fixture.page().await;
    assert!(!page.go(-1, LIMIT).await.unwrap());
    page.navigate(&server.url("/"), LIMIT).await.unwrap();
    page.navigate(&server.url("/two"), LIMIT).await.unwrap();
    page.evaluate("history.pushState({}, '', '/three')", &[], LIMIT).await.unwrap();
    assert_eq!(page.url().await.unwrap(), server.url("/three"));
    assert!(page.go(-1, LIMIT).await.unwrap());
    assert_eq!(page.url().await.unwrap(), server.url("/two"));
    assert!(page.go(-1, LIMIT).await.unwrap());
    assert_eq!(page.title().await.unwrap(), "home");
    assert!(page.go(1, LIMIT).await.unwrap());
    assert_eq!(page.title().await.unwrap(), "two");
    // Another site: this one may come back from the back/forward cache, which fires no load event.
    page.navigate(&server.other("/"), LIMIT).await.unwrap();
    assert!(page.go(-1, LIMIT).await.unwrap());
    assert_eq!(page.url().await.unwrap(), server.url("/two"));
    assert_eq!(page.library(&json!({}), LIMIT).await.unwrap()["href"], server.url("/two"));
    page.evaluate("window.mark = 1", &[], LIMIT).await.unwrap();
    page.reload(LIMIT).await.unwrap();
    assert_eq!(page.evaluate("window.mark", &[], LIMIT).await.unwrap(), Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn evaluates_in_the_page() {
    let fixture = Fixture::open().await;
    let page = fixture.page().await;
    let check = async |script: &str, args: &[Value], expected: Value| {
        assert_eq!(page.evaluate(script, args, LIMIT).await.unwrap(), expected, "{script}");
    };
    check("1 + 1", &[], json!(2)).await;
    check("undefined", &[], Value::Null).await;
    check("({ a: [1, { b: 'x' }] })", &[], json!({ "a": [1, { "b": "x" }] })).await;
    check("{ a: 1 }", &[], json!({ "a": 1 })).await;
    check("const n = 2; n * 2", &[], json!(4)).await;
    check("(a, b) => a.n + b", &[json!({ "n": 1 }), json!(2)], json!(3)).await;
    check("x => x * 2", &[json!(21)], json!(42)).await;
    check("async function () { return await Promise.resolve('late') }", &[], json!("late")).await;
    check("Promise.resolve([1])", &[], json!([1])).await;
    check("(async () => 7)();", &[], json!(7)).await;
    check("new Date(0)", &[], json!("1970-01-01T00:00:00.000Z")).await;
    check("new Map([['k', new Set([1])]])", &[], json!({ "k": [1] })).await;
    check("({ f() {}, u: undefined, n: null })", &[], json!({ "n": null })).await;
    check("-0", &[], json!(0)).await;
    let fails =
        async |script: &str, message: &str, place: Option<(u32, u32)>| match page.evaluate(script, &[], LIMIT).await {
            Err(BrowserError::Javascript { message: found, line, column }) => {
                assert_eq!((found.as_str(), line.zip(column)), (message, place), "{script}");
            }
            other => panic!("{script}: {other:?}"),
        };
    fails("1 +\n nothing", "ReferenceError: nothing is not defined", Some((2, 2))).await;
    fails("() => nothing", "ReferenceError: nothing is not defined", Some((1, 7))).await;
    fails("async () => {\n throw new Error('two\\nlines') }", "Error: two\nlines", Some((2, 8))).await;
    fails("Promise.reject('text')", "text", None).await;
    fails("NaN", "TypeError: the result is NaN, which is not JSON", None).await;
    fails("1n", "TypeError: the result is a BigInt, which is not JSON", None).await;
    fails("({ a: [1, 1 / 0] })", "TypeError: the result has Infinity at a[1], which is not JSON", None).await;
    fails("const a = {}; a.b = a; a", "TypeError: the result has a cycle at b, which is not JSON", None).await;
    fails("document.body", "TypeError: the result is a DOM node (body), which is not JSON", None).await;
    let error = page.evaluate("for (;;);", &[], Duration::from_millis(200)).await.unwrap_err();
    assert!(matches!(error, BrowserError::Timeout { .. }));
    check("'alive'", &[], json!("alive")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_library_is_in_every_document_and_out_of_sight() {
    let fixture = Fixture::open().await;
    let server = Server::start(answer).await;
    let page = fixture.page().await;
    page.navigate(&server.url("/"), LIMIT).await.unwrap();
    let answer = page.library(&json!({ "say": "\u{2028}'\"" }), LIMIT).await.unwrap();
    assert_eq!(answer, json!({ "href": server.url("/"), "echo": { "say": "\u{2028}'\"" } }));
    assert_eq!(page.evaluate("typeof runner", &[], LIMIT).await.unwrap(), "undefined");
    let waiting = tokio::spawn({
        let page = page.clone();
        async move { page.library(&json!({ "never": true }), LIMIT).await }
    });
    page.navigate(&server.url("/two"), LIMIT).await.unwrap();
    assert!(matches!(waiting.await.unwrap(), Err(LibraryError::DocumentGone)));
    assert_eq!(page.library(&json!({}), LIMIT).await.unwrap()["href"], server.url("/two"));
    assert_eq!(page.library(&json!({ "tree": true }), LIMIT).await.unwrap(), json!({ "tree": true }));
    let failed = page.library(&json!({ "fail": "no" }), LIMIT).await;
    assert!(
        matches!(failed, Err(LibraryError::Browser(BrowserError::Javascript { message, .. })) if message == "Error: no")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn replaces_content_and_keeps_errors() {
    let fixture = Fixture::open().await;
    let server = Server::start(answer).await;
    let page = fixture.page().await;
    page.set_content("<title>set</title><script>document.title += '!'</script><p>text", LIMIT).await.unwrap();
    assert_eq!(page.title().await.unwrap(), "set!");
    assert!(page.content().await.unwrap().contains("<p>text</p>"));
    page.navigate(&server.url("/bad-script"), LIMIT).await.unwrap();
    assert_eq!(page.errors(), [format!("ReferenceError: first is not defined ({}:3)", server.url("/bad-script"))]);
}

#[tokio::test(flavor = "multi_thread")]
async fn takes_pictures() {
    let fixture = Fixture::open().await;
    let server = Server::start(answer).await;
    let page = fixture.page().await;
    page.navigate(&server.url("/tall"), LIMIT).await.unwrap();
    let shot = async |options: ScreenshotOptions| {
        image::load_from_memory(&page.screenshot(&options, LIMIT).await.unwrap()).unwrap().to_rgb8()
    };
    let viewport = shot(ScreenshotOptions::default()).await;
    assert_eq!(viewport.dimensions(), (1280, 720));
    assert_eq!(viewport.get_pixel(5, 715).0, [255, 0, 0]);
    let full = shot(ScreenshotOptions { full_page: true, ..Default::default() }).await;
    assert_eq!(full.dimensions(), (1280, 2000));
    assert_eq!(full.get_pixel(5, 1995).0, [0, 0, 255]);
    page.evaluate("scrollTo(0, 900)", &[], LIMIT).await.unwrap();
    let clip = ClipArea { x: 10.0, y: 90.0, width: 20.0, height: 20.0 };
    let part = shot(ScreenshotOptions { clip: Some(clip), ..Default::default() }).await;
    assert_eq!(part.dimensions(), (20, 20));
    assert_eq!((part.get_pixel(5, 8).0, part.get_pixel(5, 12).0), ([255, 0, 0], [0, 0, 255]));
    page.set_viewport(400, 300).await.unwrap();
    let size = page.evaluate("[innerWidth, innerHeight]", &[], LIMIT).await.unwrap();
    assert_eq!(size, json!([400, 300]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_dies_is_lost() {
    let fixture = Fixture::open().await;
    let page = fixture.page().await;
    let waiting = tokio::spawn({
        let page = page.clone();
        async move { page.library(&json!({ "never": true }), LIMIT).await }
    });
    fixture.kill();
    assert!(matches!(waiting.await.unwrap(), Err(LibraryError::Browser(BrowserError::Lost { .. }))));
    assert!(page.title().await.unwrap_err().is_lost());
    assert!(fixture.context.cookies(None).await.unwrap_err().is_lost());
}
