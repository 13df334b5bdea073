//! The server as a browser sees it: real requests to a free port.

use std::future::Future;
use std::time::{Duration, Instant};

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::{Demo, DemoError};

const FORM: [(&str, &str); 2] = [("user", "user7"), ("password", "demo-user-password")];

/// Runs a server on a free port, gives its address to `visit`, and stops it.
async fn with_demo<F: Future>(visit: impl FnOnce(String, Client) -> F) {
    // Another test of this process may have done so already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder().redirect(Policy::none()).no_proxy().build().unwrap();
    let demo = Demo::bind(0).await.unwrap();
    let url = demo.url();
    let (stop, stopped) = oneshot::channel::<()>();
    let server = tokio::spawn(demo.run(stopped));
    visit(url, client).await;
    stop.send(()).unwrap();
    server.await.unwrap();
}

fn header(response: &Response, name: reqwest::header::HeaderName) -> String {
    response.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
}

/// Signs in as `user7` and gives the cookie as a browser would send it.
async fn sign_in(client: &Client, url: &str) -> String {
    let response = client.post(format!("{url}/login")).form(&FORM).send().await.unwrap();
    header(&response, SET_COOKIE).split(';').next().unwrap().to_owned()
}

async fn status_of(client: &Client, url: &str, cookie: &str) -> u16 {
    client.get(format!("{url}/api/me")).header(COOKIE, cookie).send().await.unwrap().status().as_u16()
}

async fn stats(client: &Client, url: &str) -> Value {
    client.get(format!("{url}/api/stats")).send().await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn a_login_sets_a_cookie_and_leads_to_the_token() {
    with_demo(|url, client| async move {
        let response = client.post(format!("{url}/login?next=/todos")).form(&FORM).send().await.unwrap();
        assert_eq!(response.status(), 303);
        let cookie = header(&response, SET_COOKIE);
        assert!(cookie.starts_with("sid=") && cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax"), "{cookie}");
        let location = header(&response, LOCATION);
        assert!(location.starts_with("/welcome?token=user7-") && location.ends_with("&next=%2Ftodos"), "{location}");

        let me = client.get(format!("{url}/api/me")).header(COOKIE, cookie.split(';').next().unwrap());
        let me: Value = me.send().await.unwrap().json().await.unwrap();
        assert_eq!(me, json!({ "user": "user7", "role": "user" }));
        assert_eq!(stats(&client, &url).await["logins"], json!({ "user7": 1 }));
    })
    .await;
}

#[tokio::test]
async fn a_wrong_password_is_an_alert_and_no_login() {
    with_demo(|url, client| async move {
        for form in [[("user", "admin"), ("password", "demo-user-password")], [("user", "<eve>"), ("password", "x")]] {
            let response = client.post(format!("{url}/login")).form(&form).send().await.unwrap();
            assert_eq!(response.status(), 401);
            let page = response.text().await.unwrap();
            assert!(page.contains(r#"<p role="alert">wrong user or password</p>"#), "{page}");
            assert!(!page.contains("<eve>"), "{page}");
        }
        assert_eq!(stats(&client, &url).await["logins"], json!({}));
    })
    .await;
}

#[tokio::test]
async fn the_app_is_for_signed_in_users() {
    with_demo(|url, client| async move {
        let response = client.get(format!("{url}/app")).send().await.unwrap();
        assert_eq!((response.status().as_u16(), header(&response, LOCATION).as_str()), (303, "/login?next=/app"));

        let cookie = sign_in(&client, &url).await;
        let page = client.get(format!("{url}/app")).header(COOKIE, cookie).send().await.unwrap().text().await.unwrap();
        assert!(page.contains("<h1>Hello, user7</h1>"), "{page}");
        assert!(!page.contains("{{"), "{page}");
    })
    .await;
}

#[tokio::test]
async fn logging_out_and_revoking_end_the_session_at_the_server() {
    with_demo(|url, client| async move {
        for end in ["/logout", "/api/logout", "/api/session/revoke"] {
            let cookie = sign_in(&client, &url).await;
            assert_eq!(status_of(&client, &url, &cookie).await, 200);
            let request =
                if end == "/logout" { client.get(format!("{url}{end}")) } else { client.post(format!("{url}{end}")) };
            let response = request.header(COOKIE, &cookie).send().await.unwrap();
            assert_eq!(response.status(), 200);
            let expires = header(&response, SET_COOKIE).contains("Max-Age=0");
            assert_eq!(expires, end != "/api/session/revoke", "{end}");
            assert_eq!(status_of(&client, &url, &cookie).await, 401, "{end}");
        }
    })
    .await;
}

#[tokio::test]
async fn single_sign_on_comes_back_with_a_ticket_for_once() {
    with_demo(|url, client| async move {
        let other = url.replace("127.0.0.1", "localhost");
        let page = format!("{other}/sso?user=user7&next={url}/sso/return");
        let response = client.get(page).send().await.unwrap();
        assert_eq!(header(&response, SET_COOKIE), "sso=user7; Path=/; HttpOnly; SameSite=Lax");
        let page = response.text().await.unwrap();
        let back = page.split("href=\"").find(|part| part.contains("ticket=")).unwrap().split('"').next().unwrap();

        let response = client.get(back).send().await.unwrap();
        assert!(header(&response, SET_COOKIE).starts_with("sid="));
        assert_eq!(client.get(back).send().await.unwrap().status(), 403);
        let away = client.get(format!("{other}/sso?next=http://example.com/")).send().await.unwrap();
        assert_eq!(away.status(), 400);
    })
    .await;
}

#[tokio::test]
async fn both_names_reach_the_same_server_as_different_sites() {
    with_demo(|url, client| async move {
        let other = url.replace("127.0.0.1", "localhost");
        let origins: Value = client.get(format!("{url}/api/origins")).send().await.unwrap().json().await.unwrap();
        assert_eq!(origins, json!({ "here": url, "other": other }));
        let page = client.get(format!("{other}/frame")).send().await.unwrap().text().await.unwrap();
        assert!(page.contains(&format!(r#"src="{url}/inner""#)), "{page}");
        let stats = stats(&client, &url).await;
        assert_eq!(stats["hosts"], json!({ "127.0.0.1": 1, "localhost": 1 }));
        assert_eq!(stats["requests"], json!({ "/api/origins": 1, "/frame": 1 }));
        assert_eq!(stats["total"], 2);
    })
    .await;
}

#[tokio::test]
async fn counters_start_again_after_a_reset() {
    with_demo(|url, client| async move {
        sign_in(&client, &url).await;
        let response = client.post(format!("{url}/api/stats/reset")).send().await.unwrap();
        assert_eq!(response.status(), 204);
        assert_eq!(stats(&client, &url).await, json!({ "logins": {}, "requests": {}, "hosts": {}, "total": 0 }));
    })
    .await;
}

#[tokio::test]
async fn the_echo_says_what_arrived() {
    with_demo(|url, client| async move {
        let request = client.put(format!("{url}/api/echo?page=2")).header("x-trace", "7").json(&json!({ "a": [1] }));
        let echo: Value = request.send().await.unwrap().json().await.unwrap();
        assert_eq!(echo["method"], "PUT");
        assert_eq!(echo["query"], json!({ "page": "2" }));
        assert_eq!(echo["headers"]["x-trace"], "7");
        assert_eq!(echo["json"], json!({ "a": [1] }));
        assert_eq!(echo["form"], Value::Null);

        let echo: Value =
            client.post(format!("{url}/api/echo")).form(&FORM).send().await.unwrap().json().await.unwrap();
        assert_eq!(echo["form"], json!({ "user": "user7", "password": "demo-user-password" }));
    })
    .await;
}

#[tokio::test]
async fn items_can_be_added_and_read() {
    with_demo(|url, client| async move {
        let request = client.post(format!("{url}/api/items")).json(&json!({ "name": "fig" }));
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 201);
        assert_eq!(response.json::<Value>().await.unwrap(), json!({ "id": 4, "name": "fig" }));
        let items: Value = client.get(format!("{url}/api/items")).send().await.unwrap().json().await.unwrap();
        assert_eq!(items[3]["name"], "fig");
        assert_eq!(client.get(format!("{url}/api/items/0")).send().await.unwrap().status(), 404);
    })
    .await;
}

#[tokio::test]
async fn every_page_of_the_start_page_is_there() {
    with_demo(|url, client| async move {
        let start = client.get(&url).send().await.unwrap().text().await.unwrap();
        let links = start.split("href=\"/").skip(1).map(|rest| rest.split('"').next().unwrap());
        for link in links {
            let response = client.get(format!("{url}/{link}")).send().await.unwrap();
            let expected: &[u16] = match link {
                "app" | "redirect?to=/todos" => &[303],
                "status/404" => &[404],
                _ => &[200],
            };
            assert!(expected.contains(&response.status().as_u16()), "{link}: {}", response.status());
            let page = response.text().await.unwrap();
            assert!(!page.contains("{{"), "{link} has something left to fill in");
            for script in page.split("src=\"/assets/").skip(1).map(|rest| rest.split('"').next().unwrap()) {
                let response = client.get(format!("{url}/assets/{script}")).send().await.unwrap();
                assert_eq!(response.status(), 200, "{script}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let first = Demo::bind(0).await.unwrap();
    let error = Demo::bind(first.port()).await.unwrap_err();
    assert!(matches!(error, DemoError::PortInUse { port } if port == first.port()));
    assert_eq!(
        error.to_string(),
        format!(
            "port {} is in use by another program; stop it or choose another with `--port`, 0 for any free one",
            first.port()
        )
    );
}

#[tokio::test]
async fn a_stop_answers_whoever_still_waits() {
    let started = Instant::now();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder().no_proxy().build().unwrap();
    let demo = Demo::bind(0).await.unwrap();
    let url = demo.url();
    let (stop, stopped) = oneshot::channel::<()>();
    let server = tokio::spawn(demo.run(stopped));
    let waiting = tokio::spawn(client.get(format!("{url}/hang")).send());
    // The counter shows when the request has arrived.
    while stats(&client, &url).await["requests"]["/hang"] != 1 {
        tokio::task::yield_now().await;
    }
    stop.send(()).unwrap();
    server.await.unwrap();
    assert_eq!(waiting.await.unwrap().unwrap().status(), 503);
    assert!(started.elapsed() < Duration::from_secs(10));
}
