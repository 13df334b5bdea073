//! `request(method, url, options)`: HTTP from the runner, with the cookies of the current context.

use std::time::{Duration, Instant};

use reqwest::header::{CONTENT_TYPE, COOKIE, HeaderMap, HeaderName, HeaderValue, LOCATION, SET_COOKIE};
use reqwest::{Client, Method};
use rhai::{Dynamic, Engine, Map, NativeCallContext};
use url::Url;

use crate::browser::{BrowserError, Context, Cookie};
use crate::outcome::{Failure, FailureKind};
use crate::script::cookies::{cookie_header, is_expired, parse_set_cookie, put};
use crate::script::error::{Raw, misuse, throw};
use crate::script::handles::function;
use crate::script::options::Options;
use crate::script::response::Response;
use crate::script::tab::Tab;
use crate::script::values::{from_json, to_json};
use crate::script::world::{Call, World};

const OPTIONS: &[&str] = &["query", "json", "form", "body", "headers", "timeout", "max_redirects"];
/// Redirects followed, as browsers do (Fetch standard, HTTP-redirect fetch).
const MOST_REDIRECTS: u32 = 20;

pub(super) fn register(engine: &mut Engine) {
    engine
        .register_type_with_name::<Response>("Response")
        .register_get("status", |response: &mut Response| response.status)
        .register_get("ok", |response: &mut Response| response.is_ok())
        .register_get("url", |response: &mut Response| response.url.clone())
        .register_get("text", |response: &mut Response| response.text())
        .register_get("body", |response: &mut Response| -> rhai::Blob { response.body.clone() })
        .register_get("duration", |response: &mut Response| {
            i64::try_from(response.duration.as_millis()).unwrap_or(i64::MAX)
        })
        .register_get("headers", headers_of)
        .register_get("json", json_of)
        .register_fn("to_string", |response: &mut Response| {
            format!("{} {} answered {}", response.method, response.url, response.status)
        });
    let doc = "Asks a server, with the cookies of the current context; what it sets is kept there. Gives `status ok headers text json body url duration`.";
    function("request", &["method: string", "url: string"], doc)
        .register_into_engine(engine, |context: NativeCallContext, method: &str, url: &str| {
            request(&context, method, url, Map::new())
        });
    function("request", &["method: string", "url: string", "options: map"], doc)
        .register_into_engine(engine, |context: NativeCallContext, method: &str, url: &str, options: Map| {
            request(&context, method, url, options)
        });
}

fn headers_of(response: &mut Response) -> Map {
    let mut map = Map::new();
    for (name, value) in &response.headers {
        match map.get_mut(name.as_str()) {
            None => {
                map.insert(name.as_str().into(), value.clone().into());
            }
            Some(earlier) => *earlier = format!("{earlier}, {value}").into(),
        }
    }
    map
}

fn json_of(response: &mut Response) -> Raw<Dynamic> {
    serde_json::from_slice(&response.body).map(|json| from_json(&json)).map_err(|error| {
        let mut failure =
            Failure::new(FailureKind::Page, format!("the answer of {} {} is not JSON", response.method, response.url));
        failure.details.push(error.to_string());
        failure.found = Some(response.text().chars().take(200).collect());
        throw(failure)
    })
}

/// A request that is ready to be sent, apart from its cookies.
struct Prepared {
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Option<Vec<u8>>,
    most_redirects: u32,
}

fn request(context: &NativeCallContext, method: &str, url: &str, options: Map) -> Raw<Response> {
    let world = World::of(context);
    let call = Call::new(context, format!("request({method:?}, {url:?})"));
    let activity = world.activity_of(&call)?;
    let options = Options::new("request", options, OPTIONS).map_err(throw)?;
    let prepared = prepare(&world, method, url, &options).map_err(throw)?;
    let timeout = options.duration("timeout").map_err(throw)?.unwrap_or(world.settings.timeouts.navigation);
    let client = world.http_client().map_err(throw)?;
    let jar = match (world.opened(), &*activity.tab.borrow()) {
        (Some((context, _)), _) => Jar::Context(context),
        (None, Tab::Unopened { state }) => Jar::Own(state.cookies.clone()),
        (None, Tab::Open { .. }) => Jar::Own(Vec::new()),
    };
    let started = Instant::now();
    let work = async move { tokio::time::timeout(timeout, send(&client, prepared, jar)).await };
    let (response, jar) = match world.wait_plain(&call, work)? {
        Ok(Ok(done)) => done,
        Ok(Err(Sent::Browser(error))) => return world.wait(&call, async move { Err::<Response, _>(error) }),
        Ok(Err(Sent::Failed(failure))) => return Err(throw(*failure)),
        Err(_) => {
            let mut failure = Failure::new(FailureKind::Page, format!("`{}` was not answered", call.text));
            failure.waited = Some(timeout);
            return Err(throw(failure.advise("give it more with `#{ timeout: \"30s\" }`")));
        }
    };
    if let (Jar::Own(cookies), Tab::Unopened { state }) = (jar, &mut *activity.tab.borrow_mut()) {
        state.cookies = cookies;
    }
    Ok(Response { duration: started.elapsed(), ..response })
}

fn prepare(world: &World, method: &str, url: &str, options: &Options) -> Result<Prepared, Failure> {
    let name = method.to_ascii_uppercase();
    let method =
        Method::from_bytes(name.as_bytes()).map_err(|_| misuse(format!("`{method}` is not an HTTP method")))?;
    let mut url =
        Url::parse(&world.resolve_url(url)?).map_err(|error| misuse(format!("`{url}` is not an address: {error}")))?;
    if let Some(query) = options.map("query")? {
        for (key, value) in &query {
            url.query_pairs_mut().append_pair(key, &value.to_string());
        }
    }
    let mut headers = HeaderMap::new();
    let mut body = None;
    if let Some(json) = options.raw("json") {
        let json = to_json(json)
            .map_err(|problem| misuse(format!("option `json` of `request` takes plain data: {problem}")))?;
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        body = Some(json.to_string().into_bytes());
    }
    if let Some(form) = options.map("form")? {
        let mut pairs = url::form_urlencoded::Serializer::new(String::new());
        for (key, value) in &form {
            pairs.append_pair(key, &value.to_string());
        }
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        body = Some(pairs.finish().into_bytes());
    }
    if let Some(text) = options.text("body")? {
        body = Some(text.into_bytes());
    }
    if let Some(given) = options.map("headers")? {
        for (key, value) in &given {
            let header = HeaderName::from_bytes(key.as_bytes())
                .map_err(|_| misuse(format!("`{key}` is not the name of a header")))?;
            let value = HeaderValue::from_str(&value.to_string())
                .map_err(|_| misuse(format!("the value of header `{key}` has characters no header may have")))?;
            headers.insert(header, value);
        }
    }
    let most_redirects = options.count("max_redirects")?.unwrap_or(MOST_REDIRECTS);
    Ok(Prepared { method, url, headers, body, most_redirects })
}

/// Where the cookies are.
enum Jar {
    /// In an open context.
    Context(Context),
    /// In a state that waits for its context.
    Own(Vec<Cookie>),
}

/// Why a request gave no answer.
enum Sent {
    Browser(BrowserError),
    Failed(Box<Failure>),
}

impl From<BrowserError> for Sent {
    fn from(error: BrowserError) -> Self {
        Self::Browser(error)
    }
}

async fn send(client: &Client, mut next: Prepared, mut jar: Jar) -> Result<(Response, Jar), Sent> {
    let mut followed = 0;
    loop {
        let cookies = match &jar {
            Jar::Context(context) => context.cookies(Some(next.url.as_str())).await?,
            Jar::Own(cookies) => cookies.clone(),
        };
        let mut headers = next.headers.clone();
        if let Some(value) = cookie_header(&cookies, &next.url).and_then(|text| HeaderValue::from_str(&text).ok()) {
            headers.entry(COOKIE).or_insert(value);
        }
        let mut builder = client.request(next.method.clone(), next.url.clone()).headers(headers);
        if let Some(body) = next.body.clone() {
            builder = builder.body(body);
        }
        let answer = builder.send().await.map_err(|error| unanswered(&next, &error))?;
        keep_cookies(&mut jar, answer.headers(), &next.url).await?;
        if let Some(target) = redirect(&answer, &next.url) {
            if followed < next.most_redirects {
                followed += 1;
                follow(&mut next, answer.status().as_u16(), target);
                continue;
            }
            if next.most_redirects > 0 {
                let failure = Failure::new(
                    FailureKind::Page,
                    format!("{} {} was redirected {followed} times", next.method, next.url),
                );
                return Err(Sent::Failed(Box::new(failure)));
            }
        }
        let status = i64::from(answer.status().as_u16());
        let headers = answer
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        let body = answer.bytes().await.map_err(|error| unanswered(&next, &error))?.to_vec();
        let response = Response {
            method: next.method.to_string(),
            url: next.url.to_string(),
            status,
            headers,
            body,
            duration: Duration::ZERO,
        };
        return Ok((response, jar));
    }
}

fn redirect(answer: &reqwest::Response, url: &Url) -> Option<Url> {
    if !matches!(answer.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    url.join(answer.headers().get(LOCATION)?.to_str().ok()?).ok()
}

/// The next request of a redirect (Fetch standard, HTTP-redirect fetch): a 303, and a POST that
/// is answered by 301 or 302, become a GET without a body.
fn follow(next: &mut Prepared, status: u16, target: Url) {
    let becomes_get =
        status == 303 && next.method != Method::HEAD || matches!(status, 301 | 302) && next.method == Method::POST;
    if becomes_get {
        next.method = Method::GET;
        next.body = None;
        next.headers.remove(CONTENT_TYPE);
    }
    if target.origin() != next.url.origin() {
        next.headers.remove("authorization");
    }
    next.url = target;
}

async fn keep_cookies(jar: &mut Jar, headers: &HeaderMap, url: &Url) -> Result<(), BrowserError> {
    let set: Vec<Cookie> =
        headers.get_all(SET_COOKIE).iter().filter_map(|header| parse_set_cookie(header.to_str().ok()?, url)).collect();
    if set.is_empty() {
        return Ok(());
    }
    match jar {
        Jar::Own(cookies) => set.into_iter().for_each(|cookie| put(cookies, cookie)),
        Jar::Context(context) => {
            let (gone, kept): (Vec<Cookie>, Vec<Cookie>) = set.into_iter().partition(is_expired);
            if !gone.is_empty() {
                context.remove_cookies(&gone).await?;
            }
            if !kept.is_empty() {
                context.set_cookies(&kept).await?;
            }
        }
    }
    Ok(())
}

fn unanswered(request: &Prepared, error: &reqwest::Error) -> Sent {
    let mut reason = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        reason = inner.to_string();
        source = inner.source();
    }
    let reason = reason.split(" (os error").next().unwrap_or(&reason).to_lowercase();
    let mut failure =
        Failure::new(FailureKind::Page, format!("{} {} was not answered: {reason}", request.method, request.url));
    if error.is_connect() {
        failure.advice = Some("is the application running? `[server]` in `runner.toml` can start it".to_owned());
    }
    Sent::Failed(Box::new(failure))
}

impl World {
    /// The client for `request`, made when it is first needed.
    fn http_client(&self) -> Result<Client, Failure> {
        if let Some(client) = self.http.borrow().clone() {
            return Ok(client);
        }
        // Says which cryptography TLS uses; a second call finds it said already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| misuse("no HTTP client could be made").detail(error.to_string()))?;
        *self.http.borrow_mut() = Some(client.clone());
        Ok(client)
    }
}
