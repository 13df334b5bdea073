//! The classic wire on a real browser, against a small server that counts what it is asked.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{Request, State as Shared};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::browser::page::{Key, KeyStep, PointerStep};
use crate::browser::{
    Browser, BrowserError, Button, Callback, ClipArea, Context, ContextOptions, DialogAnswer, Locator, LocatorPart,
    Page, RoleOptions, SameSite, ScreenshotOptions, TextMatch,
};
use crate::config::{BrowserSettings, WireName};

const SECOND: Duration = Duration::from_secs(10);

/// A browser with one context and page, and what its dialogs said.
struct Fixture {
    browser: Browser,
    context: Context,
    page: Page,
    dialogs: Arc<Mutex<Vec<String>>>,
}

impl Fixture {
    async fn open() -> Self {
        Self::open_with(&[]).await
    }

    async fn open_with(args: &[&str]) -> Self {
        let args = args.iter().map(|arg| (*arg).to_owned()).collect();
        let settings = BrowserSettings { wire: Some(WireName::Classic), args, ..BrowserSettings::default() };
        let browser = Browser::open(&settings).await.unwrap();
        let dialogs = Arc::new(Mutex::new(Vec::new()));
        let context = open_context(&browser, &dialogs).await;
        let page = context.page().await.unwrap();
        Self { browser, context, page, dialogs }
    }

    async fn value(&self, script: &str) -> Value {
        self.page.evaluate(script, &[], SECOND).await.unwrap()
    }

    async fn visit(&self, url: &str) {
        self.page.navigate(url, SECOND).await.unwrap();
    }
}

/// Every dialog is accepted with the text "answer".
async fn open_context(browser: &Browser, dialogs: &Arc<Mutex<Vec<String>>>) -> Context {
    let (callbacks, mut asked) = mpsc::unbounded_channel();
    let seen = Arc::clone(dialogs);
    tokio::spawn(async move {
        while let Some(Callback::Dialog(dialog)) = asked.recv().await {
            seen.lock().unwrap().push(dialog.message.clone());
            dialog.reply.send(DialogAnswer::Accept(Some("answer".to_owned()))).unwrap();
        }
    });
    let options = ContextOptions { viewport: (1000, 600), navigation_timeout: SECOND };
    browser.open_context(&options, callbacks).await.unwrap()
}

type Asked = Arc<Mutex<Vec<String>>>;

/// Serves a page with a cookie at `/login`, an endless one at `/endless`, and a plain page elsewhere.
async fn serve() -> (String, Asked) {
    async fn answer(Shared(asked): Shared<Asked>, headers: HeaderMap, request: Request) -> Response {
        let path = request.uri().path().to_owned();
        asked.lock().unwrap().push(path.clone());
        match path.as_str() {
            "/login" => {
                let mut response = Html("<title>in</title>").into_response();
                let cookies = ["token=secret; HttpOnly; SameSite=Strict; Path=/", "plain=1"];
                for cookie in cookies {
                    response.headers_mut().append(header::SET_COOKIE, HeaderValue::from_static(cookie));
                }
                response
            }
            "/cookies" => {
                let cookies = headers.get(header::COOKIE).and_then(|cookie| cookie.to_str().ok()).unwrap_or("");
                Html(format!("<p id=cookies>{cookies}</p>")).into_response()
            }
            "/endless" => std::future::pending().await,
            "/robots.txt" => StatusCode::NOT_FOUND.into_response(),
            "/alert" => Html("<script>alert('on load')</script><title>after</title>").into_response(),
            _ => Html(format!("<title>{path}</title>")).into_response(),
        }
    }
    let asked = Asked::default();
    let app = axum::Router::new().fallback(answer).with_state(Arc::clone(&asked));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    (origin, asked)
}

fn click(x: f64, y: f64) -> Vec<PointerStep> {
    vec![
        PointerStep::Move { x, y, modifiers: 0 },
        PointerStep::Press { button: Button::Left, count: 1, modifiers: 0 },
        PointerStep::Release { button: Button::Left, count: 1, modifiers: 0 },
    ]
}

#[tokio::test]
async fn navigation_and_what_goes_wrong_with_it() {
    let (origin, _) = serve().await;
    let fixture = Fixture::open().await;
    let page = &fixture.page;
    assert_eq!(page.url().await.unwrap(), "about:blank");
    assert_eq!(fixture.value("[innerWidth, innerHeight]").await, json!([1000, 600]));
    fixture.visit(&format!("{origin}/a")).await;
    fixture.visit(&format!("{origin}/b")).await;
    assert_eq!(page.title().await.unwrap(), "/b");
    assert!(page.go(-1, SECOND).await.unwrap());
    assert_eq!(page.url().await.unwrap(), format!("{origin}/a"));
    assert!(page.go(1, SECOND).await.unwrap());
    assert!(!page.go(1, SECOND).await.unwrap(), "there is nothing after the last page");
    page.reload(SECOND).await.unwrap();
    assert_eq!(page.title().await.unwrap(), "/b");

    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let refused = format!("http://{}/", nobody.local_addr().unwrap());
    drop(nobody);
    let error = page.navigate(&refused, SECOND).await.unwrap_err();
    assert_eq!(error.to_string(), format!("cannot open {refused}: connection refused"));
    let error = page.navigate(&format!("{origin}/endless"), Duration::from_millis(300)).await.unwrap_err();
    assert!(matches!(&error, BrowserError::NavigationTimeout { .. }), "{error:?}");
    fixture.visit(&format!("{origin}/c")).await;
    page.blank().await.unwrap();
    assert_eq!(page.url().await.unwrap(), "about:blank");
    fixture.browser.close().await;
}

#[tokio::test]
async fn evaluate_takes_expressions_functions_and_statements() {
    let fixture = Fixture::open().await;
    assert_eq!(fixture.value("1 + 1").await, 2);
    assert_eq!(fixture.value("undefined").await, Value::Null);
    assert_eq!(fixture.value("Promise.resolve({ a: [1] });").await, json!({ "a": [1] }));
    assert_eq!(fixture.value("async () => { await null; return 'late'; } // so").await, "late");
    assert_eq!(fixture.value("let sum = 0; for (const n of [1, 2]) sum += n; sum").await, 3);
    let sum = fixture.page.evaluate("(a, b) => a + b", &[json!(2), json!(3)], SECOND).await.unwrap();
    assert_eq!(sum, 5);
    let slow = "new Promise((resolve) => setTimeout(() => resolve('done'), 1300))";
    assert_eq!(fixture.value(slow).await, "done", "longer than a slice");

    let failing = "() => {\n  const here = 1;\n  return missing.field;\n}";
    let error = fixture.page.evaluate(failing, &[], SECOND).await.unwrap_err();
    let BrowserError::Javascript { message, line, column } = error else { panic!("{error}") };
    assert_eq!((message.as_str(), line, column), ("ReferenceError: missing is not defined", Some(3), Some(3)));
    let error = fixture.page.evaluate("1 +* 2", &[], SECOND).await.unwrap_err();
    assert!(error.to_string().starts_with("SyntaxError: "), "{error}");
    let error = fixture.page.evaluate("new Promise(() => {})", &[], Duration::from_millis(100)).await.unwrap_err();
    assert!(matches!(error, BrowserError::Timeout { .. }), "{error:?}");
    let error = fixture.page.evaluate("location.reload(), new Promise(() => {})", &[], SECOND).await.unwrap_err();
    assert_eq!(error.to_string(), "the page was replaced while the script ran");
    assert_eq!(fixture.value("JSON.stringify(Object.keys(window)).includes('runner')").await, false);
    fixture.browser.close().await;
}

#[tokio::test]
async fn content_is_written_and_read() {
    let fixture = Fixture::open().await;
    let html =
        "<!DOCTYPE html><html><head><title>T</title></head><body><script>document.title += 1</script></body></html>";
    fixture.page.set_content(html, SECOND).await.unwrap();
    assert_eq!(fixture.page.title().await.unwrap(), "T1");
    let content = fixture.page.content().await.unwrap();
    assert!(content.starts_with("<!DOCTYPE html>\n<html><head><title>T1</title>"), "{content}");
    fixture.browser.close().await;
}

#[tokio::test]
async fn dialogs_are_answered_and_the_command_goes_on() {
    let (origin, _) = serve().await;
    let fixture = Fixture::open().await;
    let script = "(window.runs = (window.runs || 0) + 1, confirm('sure?') && prompt('name?') + window.runs)";
    assert_eq!(fixture.value(script).await, "answer1", "the script ran once");
    fixture
        .page
        .set_content("<button onclick=\"alert('clicked'); document.title = 'after'\">B</button>", SECOND)
        .await
        .unwrap();
    fixture.page.pointer(&click(20.0, 20.0)).await.unwrap();
    fixture.page.settle(SECOND).await.unwrap();
    assert_eq!(fixture.page.title().await.unwrap(), "after");
    fixture.value("setTimeout(() => { alert('later'); }, 50), 1").await;
    assert_eq!(fixture.value("new Promise((resolve) => setTimeout(() => resolve(7), 300))").await, 7);
    fixture.visit(&format!("{origin}/alert")).await;
    assert_eq!(fixture.page.title().await.unwrap(), "after");
    let expected = ["sure?", "name?", "clicked", "later", "on load"];
    assert_eq!(*fixture.dialogs.lock().unwrap(), expected);
    fixture.browser.close().await;
}

#[tokio::test]
async fn a_dialog_nobody_answers_is_dismissed() {
    let fixture = Fixture::open().await;
    let (callbacks, asked) = mpsc::unbounded_channel();
    drop(asked);
    let options = ContextOptions { viewport: (800, 600), navigation_timeout: SECOND };
    let context = fixture.browser.open_context(&options, callbacks).await.unwrap();
    let page = context.page().await.unwrap();
    assert_eq!(page.evaluate("confirm('sure?')", &[], SECOND).await.unwrap(), false);
    fixture.browser.close().await;
}

#[tokio::test]
async fn keys_text_and_pictures() {
    let fixture = Fixture::open().await;
    let html = "<body style='margin:0'><input style='width:200px;height:20px' value=old><a href='#x' style='position:fixed;left:0;top:100px'>x</a>";
    fixture.page.set_content(html, SECOND).await.unwrap();
    fixture.value("document.querySelector('input').select()").await;
    fixture.page.insert_text("héllo ").await.unwrap();
    let key = |key: &str, code: &str| Key {
        key: key.to_owned(),
        code: code.to_owned(),
        key_code: 0,
        text: Some(key.to_owned()),
        location: 0,
        modifiers: 0,
    };
    let keys = [key("w", "KeyW"), key("é", "")];
    let steps: Vec<_> = keys.iter().flat_map(|key| [KeyStep::Down(key.clone()), KeyStep::Up(key.clone())]).collect();
    fixture.page.keys(&steps).await.unwrap();
    assert_eq!(fixture.value("document.querySelector('input').value").await, "héllo wé");

    let whole = fixture.page.screenshot(&ScreenshotOptions::default(), SECOND).await.unwrap();
    let size = |png: &[u8]| image::load_from_memory(png).map(|image| (image.width(), image.height())).unwrap();
    assert_eq!(size(&whole), (1000, 600));
    let clip = Some(ClipArea { x: 10.0, y: 5.5, width: 100.0, height: 10.0 });
    let part = fixture.page.screenshot(&ScreenshotOptions { clip, ..Default::default() }, SECOND).await.unwrap();
    assert_eq!(size(&part), (100, 11));
    let full = ScreenshotOptions { full_page: true, ..Default::default() };
    let error = fixture.page.screenshot(&full, SECOND).await.unwrap_err();
    assert!(matches!(error, BrowserError::Unsupported { capability: "screenshot.full_page", .. }), "{error}");
    fixture.page.set_viewport(640, 480).await.unwrap();
    assert_eq!(fixture.value("[innerWidth, innerHeight]").await, json!([640, 480]));
    fixture.browser.close().await;
}

#[tokio::test]
async fn a_click_that_leaves_the_page_has_left_it_when_it_settles() {
    let (origin, _) = serve().await;
    let fixture = Fixture::open().await;
    fixture.visit(&origin).await;
    let link = "<body style='margin:0'><a href='/next' style='display:block;width:100px;height:50px'>x</a>";
    fixture.page.set_content(link, SECOND).await.unwrap();
    fixture.page.pointer(&click(10.0, 10.0)).await.unwrap();
    fixture.page.settle(SECOND).await.unwrap();
    assert_eq!(fixture.page.title().await.unwrap(), "/next");
    fixture.browser.close().await;
}

#[tokio::test]
async fn state_goes_from_one_context_to_another() {
    let (origin, asked) = serve().await;
    let (other, _) = serve().await;
    let fixture = Fixture::open().await;
    fixture.visit(&other).await;
    fixture.value("localStorage.setItem('theme', 'dark')").await;
    fixture.visit(&format!("{origin}/login")).await;
    fixture.value("localStorage.setItem('user', 'ann'), sessionStorage.setItem('tab', '1')").await;
    let cookies = fixture.context.cookies(Some(&origin)).await.unwrap();
    let token = cookies.iter().find(|cookie| cookie.name == "token").unwrap();
    assert!(token.http_only && token.same_site == Some(SameSite::Strict), "{token:?}");

    let captured = fixture.context.capture(true).await.unwrap();
    assert_eq!(captured.notes, [format!("asked {other}/robots.txt to take its cookies and storage")]);
    assert_eq!(captured.state.storage.len(), 2);
    fixture.context.close().await;
    assert!(fixture.page.is_closed());
    assert!(matches!(fixture.page.title().await.unwrap_err(), BrowserError::Closed { .. }));

    let context = open_context(&fixture.browser, &fixture.dialogs).await;
    let page = context.page().await.unwrap();
    asked.lock().unwrap().clear();
    let restored = context.restore(&captured.state).await.unwrap();
    assert_eq!(restored.notes.len(), 2, "{:?}", restored.notes);
    assert_eq!(*asked.lock().unwrap(), ["/robots.txt"], "every request is known");
    assert_eq!(page.url().await.unwrap(), "about:blank");
    page.navigate(&format!("{origin}/cookies"), SECOND).await.unwrap();
    let seen = "[document.querySelector('#cookies').textContent.split('; ').sort().join(), localStorage.user, sessionStorage.tab]";
    let seen = page.evaluate(seen, &[], SECOND).await.unwrap();
    assert_eq!(seen, json!(["plain=1,token=secret", "ann", "1"]));

    context.clear().await.unwrap();
    assert_eq!(page.url().await.unwrap(), format!("{origin}/cookies"), "the page stays");
    let left = context.capture(false).await.unwrap().state;
    assert!(left.is_empty(), "{left:?}");
    page.navigate(&other, SECOND).await.unwrap();
    assert_eq!(page.evaluate("localStorage.length", &[], SECOND).await.unwrap(), 0);
    fixture.browser.close().await;
}

#[tokio::test]
async fn cookies_are_set_and_removed_one_by_one() {
    let (origin, _) = serve().await;
    let fixture = Fixture::open().await;
    fixture.visit(&format!("{origin}/login")).await;
    let mut cookie = fixture.context.cookies(None).await.unwrap().remove(0);
    cookie.name = "added".to_owned();
    cookie.expires = Some(4_000_000_000.0);
    fixture.context.set_cookies(std::slice::from_ref(&cookie)).await.unwrap();
    fixture.page.blank().await.unwrap();
    fixture.visit(&format!("{origin}/cookies")).await;
    let names = |cookies: Vec<crate::browser::Cookie>| {
        let mut names: Vec<_> = cookies.into_iter().map(|cookie| cookie.name).collect();
        names.sort();
        names
    };
    assert_eq!(names(fixture.context.cookies(None).await.unwrap()), ["added", "plain", "token"]);
    fixture.context.remove_cookies(&[cookie]).await.unwrap();
    assert_eq!(names(fixture.context.cookies(None).await.unwrap()), ["plain", "token"]);
    fixture.browser.close().await;
}

#[tokio::test]
async fn the_page_library_is_put_into_every_document() {
    let (origin, _) = serve().await;
    let fixture = Fixture::open().await;
    for path in ["/a", "/b"] {
        fixture.visit(&format!("{origin}{path}")).await;
        for _ in 0..2 {
            fixture.page.library(&json!({ "do": "query", "locator": [] }), SECOND).await.unwrap();
        }
        assert_eq!(fixture.value("'runner' in window").await, false);
    }
    fixture.browser.close().await;
}

#[tokio::test]
async fn roles_and_names_come_from_the_driver_where_the_page_has_none() {
    let fixture = Fixture::open_with(&["--disable-blink-features=ComputedAccessibilityInfo"]).await;
    assert_eq!(fixture.value("'computedRole' in Element.prototype").await, false);
    let html = "<button>Save</button><button aria-label=Remove>x</button><div role=button>Div</div>";
    fixture.page.set_content(html, SECOND).await.unwrap();
    let name = Some(TextMatch::Exact { text: "Remove".to_owned() });
    let options = RoleOptions { name, ..RoleOptions::default() };
    let locator = Locator::new(LocatorPart::Role { role: "button".to_owned(), options });
    let found = fixture.page.library(&json!({ "do": "query", "locator": locator }), SECOND).await.unwrap();
    assert_eq!(found["total"], 1, "{found}");
    fixture.browser.close().await;
}

#[tokio::test]
async fn roles_are_found_on_a_big_page() {
    let fixture = Fixture::open().await;
    let html = "<div><p>text</p><div role=button>Press</div><a href=#>Go</a></div>".repeat(500);
    fixture.page.set_content(&html, SECOND).await.unwrap();
    let options = RoleOptions::default();
    let locator = Locator::new(LocatorPart::Role { role: "button".to_owned(), options });
    let command = json!({ "do": "query", "locator": locator, "timeout": SECOND.as_millis() });
    let found = fixture.page.library(&command, SECOND).await.unwrap();
    assert_eq!(found["total"], 500, "{found}");
    fixture.browser.close().await;
}

#[tokio::test]
async fn cookies_are_seen_and_removed_from_a_blank_page() {
    let (origin, _) = serve().await;
    let fixture = Fixture::open().await;
    fixture.visit(&format!("{origin}/login")).await;
    fixture.page.blank().await.unwrap();
    let seen = async || fixture.context.cookies(Some(&format!("{origin}/other"))).await.unwrap();
    let cookies = seen().await;
    assert_eq!(cookies.len(), 2, "{cookies:?}");
    let token: Vec<_> = cookies.into_iter().filter(|cookie| cookie.name == "token").collect();
    assert!(token[0].http_only);
    fixture.context.remove_cookies(&token).await.unwrap();
    let left: Vec<String> = seen().await.into_iter().map(|cookie| cookie.name).collect();
    assert_eq!(left, ["plain"]);
    assert_eq!(fixture.page.url().await.unwrap(), "about:blank");
    assert!(
        fixture.context.cookies(Some("http://localhost:1/")).await.unwrap().is_empty(),
        "nothing was visited there"
    );
    fixture.browser.close().await;
}
