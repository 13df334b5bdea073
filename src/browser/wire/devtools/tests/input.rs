//! Pointer and keys, what they start, and the dialogs they open.

use std::time::{Duration, Instant};

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::harness::{Fixture, LIMIT, Server, answering, click_at, html, press};
use crate::browser::DialogAnswer;

fn answer(path: &str, _port: u16) -> Response {
    match path {
        "/" => html(
            "<style>body > * { position: absolute; left: 10px; height: 20px }</style>
             <a style='top:10px' href='/after/300'>link</a>
             <form style='top:40px' action='/after/200'><button>send</button></form>
             <button style='top:70px' onclick=\"location.href = '/after/200'\">go</button>
             <a style='top:100px' href='#part'>part</a>
             <a style='top:130px' href='/download'>download</a>
             <button style='top:160px' onclick=\"if (confirm('sure?')) location.href = '/after/200'\">ask</button>
             <button style='top:190px' onclick=\"window.said = [prompt('name', 'Bob'), confirm('x')]\">prompt</button>
             <input style='top:220px' id=i value=old>
             <button style='top:250px' onclick='window.open(\"/two\")'>open</button>
             <button style='top:280px' onclick='window.clicks = (window.clicks ?? 0) + 1'>count</button>",
        ),
        "/leave" => html("<script>onbeforeunload = e => e.preventDefault(); window.before = typeof seen</script>"),
        "/two" => html("<script>window.early = 1</script>two"),
        "/download" => ([(header::CONTENT_DISPOSITION, "attachment; filename=a.bin")], "abc").into_response(),
        _ if path.starts_with("/after/") => html("<title>arrived</title>"),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn settles_after_a_navigation_and_not_without() {
    let fixture = Fixture::open().await;
    let server = Server::start(answer).await;
    let page = fixture.page().await;
    for (y, end) in [(15.0, "/after/300"), (45.0, "/after/200?"), (75.0, "/after/200"), (105.0, "/#part"), (135.0, "/")]
    {
        page.navigate(&server.url("/"), LIMIT).await.unwrap();
        page.pointer(&click_at(15.0, y)).await.unwrap();
        page.settle(LIMIT).await.unwrap();
        assert!(page.inner().read(|state| state.is_settled(&page.inner().target)));
        assert_eq!(page.url().await.unwrap(), server.url(end), "at {y}");
    }
    page.navigate(&server.url("/"), LIMIT).await.unwrap();
    page.evaluate("document.querySelector('a').href = '/after/3600000'", &[], LIMIT).await.unwrap();
    page.pointer(&click_at(15.0, 15.0)).await.unwrap();
    // An hour later this would be another page: it settles no longer than it may.
    page.settle(Duration::from_millis(50)).await.unwrap();
    assert!(!page.inner().read(|state| state.is_settled(&page.inner().target)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_click_without_navigation_costs_little() {
    let fixture = Fixture::open().await;
    let server = Server::start(answer).await;
    let page = fixture.page().await;
    page.navigate(&server.url("/"), LIMIT).await.unwrap();
    let mut times = Vec::new();
    for _ in 0..50 {
        let since = Instant::now();
        page.pointer(&click_at(15.0, 285.0)).await.unwrap();
        page.settle(LIMIT).await.unwrap();
        times.push(since.elapsed());
    }
    times.sort();
    assert_eq!(page.evaluate("clicks", &[], LIMIT).await.unwrap(), 50);
    assert!(times[25] < Duration::from_millis(200), "{:?}", times[25]);
}

#[tokio::test(flavor = "multi_thread")]
async fn types_as_a_keyboard_does() {
    let fixture = Fixture::open().await;
    let server = Server::start(answer).await;
    let page = fixture.page().await;
    page.navigate(&server.url("/"), LIMIT).await.unwrap();
    let value = async || page.evaluate("i.value", &[], LIMIT).await.unwrap();
    page.evaluate("i.focus(); window.log = []; for (const t of ['keydown', 'keypress', 'input', 'keyup']) i.addEventListener(t, e => log.push(t + ' ' + (e.code ?? e.data)))", &[], LIMIT).await.unwrap();
    page.keys(&press("a", "KeyA", 65, 2)).await.unwrap();
    page.keys(&press("b", "KeyB", 66, 0)).await.unwrap();
    assert_eq!(value().await, "b", "Control+A has selected all");
    let log = page.evaluate("log.slice(-4)", &[], LIMIT).await.unwrap();
    assert_eq!(log, json!(["keydown KeyB", "keypress KeyB", "input b", "keyup KeyB"]));
    page.insert_text("äö 漢字 🙂").await.unwrap();
    assert_eq!(value().await, "bäö 漢字 🙂");
    page.keys(&press("Backspace", "Backspace", 8, 0)).await.unwrap();
    assert_eq!(value().await, "bäö 漢字 ");
}

#[tokio::test(flavor = "multi_thread")]
async fn dialogs_are_asked_of_the_script() {
    let mut fixture = Fixture::open().await;
    let server = Server::start(answer).await;
    let page = fixture.page().await;
    page.navigate(&server.url("/"), LIMIT).await.unwrap();
    let script = answering(
        std::mem::replace(&mut fixture.callbacks, tokio::sync::mpsc::unbounded_channel().1),
        vec![
            DialogAnswer::Accept(Some("Eve".to_owned())),
            DialogAnswer::Dismiss,
            DialogAnswer::Accept(None),
            DialogAnswer::Dismiss,
        ],
    );
    page.pointer(&click_at(15.0, 195.0)).await.unwrap();
    page.settle(LIMIT).await.unwrap();
    assert_eq!(page.evaluate("said", &[], LIMIT).await.unwrap(), json!(["Eve", false]));
    page.pointer(&click_at(15.0, 165.0)).await.unwrap();
    page.settle(LIMIT).await.unwrap();
    assert_eq!(page.url().await.unwrap(), server.url("/after/200"));
    page.evaluate("alert('from evaluate')", &[], LIMIT).await.unwrap();
    let said = script.await.unwrap();
    assert_eq!(said, ["prompt name [Bob]", "confirm x []", "confirm sure? []", "alert from evaluate []"]);
    // Nobody listens any more: dismissed, and nothing hangs.
    assert_eq!(page.evaluate("confirm('anybody?')", &[], LIMIT).await.unwrap(), Value::Bool(false));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_asks_before_it_is_left_is_left() {
    let mut fixture = Fixture::open().await;
    let server = Server::start(answer).await;
    let page = fixture.page().await;
    page.navigate(&server.url("/leave"), LIMIT).await.unwrap();
    page.pointer(&click_at(300.0, 300.0)).await.unwrap();
    page.blank().await.unwrap();
    assert!(fixture.callbacks.try_recv().is_err(), "nobody was asked");
    page.navigate(&server.url("/leave"), LIMIT).await.unwrap();
    page.pointer(&click_at(300.0, 300.0)).await.unwrap();
    fixture.context.close().await;
    assert!(page.is_closed());
    assert!(page.title().await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dialog_does_not_use_up_the_time() {
    let mut fixture = Fixture::open().await;
    let page = fixture.page().await;
    let asking = tokio::spawn({
        let page = page.clone();
        async move { page.evaluate("confirm('slow')", &[], Duration::from_millis(100)).await }
    });
    let request = fixture.callbacks.recv().await.unwrap();
    let pause = page.inner().within(Duration::from_secs(1), std::future::pending::<()>());
    assert!(tokio::time::timeout(Duration::from_millis(300), pause).await.is_err());
    let crate::browser::Callback::Dialog(request) = request;
    request.reply.send(DialogAnswer::Accept(None)).unwrap();
    assert_eq!(asking.await.unwrap().unwrap(), Value::Bool(true));
}
