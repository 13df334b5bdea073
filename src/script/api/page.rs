//! The page as a whole: where it is, what it says, scripts in it, pictures of it.

use rhai::{Dynamic, Engine, Map, NativeCallContext};
use serde_json::Value;

use crate::browser::{ClipArea, ScreenshotOptions};
use crate::event::RunEvent;
use crate::outcome::{Artifact, Failure};
use crate::script::error::{Raw, misuse, throw};
use crate::script::handles::{LocatorValue, PageValue, function};
use crate::script::options::Options;
use crate::script::values::{described, from_json, number, to_json};
use crate::script::world::{Call, World};

const NAVIGATION: &[&str] = &["timeout"];
const SCREENSHOT: &[&str] = &["full_page", "clip"];

/// Registers a function of the page, as a global one and on `page()`.
macro_rules! on_page {
    ($engine:expr, $name:literal, [$($parameter:literal),*], $doc:literal, |$context:ident $(, $argument:ident : $kind:ty)*| $result:ty => $body:expr) => {
        function($name, &[$($parameter),*], $doc)
            .register_into_engine($engine, move |$context: NativeCallContext $(, $argument: $kind)*| -> Raw<$result> { $body });
        function($name, &["this: page" $(, $parameter)*], $doc)
            .register_into_engine($engine, move |$context: NativeCallContext, page: &mut PageValue $(, $argument: $kind)*| -> Raw<$result> {
                let call = Call::new(&$context, concat!("page().", $name));
                World::of(&$context).where_born(&call, (page.born, "page"), || $body)
            });
    };
}

pub(super) fn register(engine: &mut Engine) {
    engine.register_type_with_name::<PageValue>("Page");
    function("page", &[], "The current page, as a value with the same functions.")
        .register_into_engine(engine, |context: NativeCallContext| PageValue { born: World::of(&context).birth() });
    register_navigation(engine);
    register_content(engine);
    register_pictures(engine);
}

fn register_navigation(engine: &mut Engine) {
    on_page!(
        engine,
        "visit",
        ["url: string"],
        "Opens an address, resolved against `base_url`, and waits until it is loaded.",
        |context, url: &str| () => visit(&context, url, Map::new())
    );
    on_page!(
        engine,
        "visit",
        ["url: string", "options: map"],
        "Opens an address; `timeout`.",
        |context, url: &str, options: Map| () => visit(&context, url, options)
    );
    on_page!(engine, "reload", [], "Loads the page again.", |context| () => {
        let world = World::of(&context);
        let call = Call::new(&context, "reload()");
        let page = world.page(&call)?;
        let timeout = world.settings.timeouts.navigation;
        world.wait(&call, async move { page.reload(timeout).await })
    });
    on_page!(engine, "go_back", [], "One step back in the history.", |context| () => go(&context, -1, "go_back()"));
    on_page!(engine, "go_forward", [], "One step forward in the history.", |context| () => go(&context, 1, "go_forward()"));
    on_page!(engine, "url", [], "The page's address.", |context| String => {
        let world = World::of(&context);
        let call = Call::new(&context, "url()");
        let page = world.page(&call)?;
        world.wait(&call, async move { page.url().await })
    });
    on_page!(engine, "title", [], "The page's title.", |context| String => {
        let world = World::of(&context);
        let call = Call::new(&context, "title()");
        let page = world.page(&call)?;
        world.wait(&call, async move { page.title().await })
    });
}

fn register_content(engine: &mut Engine) {
    on_page!(engine, "content", [], "The page's HTML as it stands.", |context| String => {
        let world = World::of(&context);
        let call = Call::new(&context, "content()");
        let page = world.page(&call)?;
        world.wait(&call, async move { page.content().await })
    });
    on_page!(engine, "set_content", ["html: string"], "Replaces the document by this HTML.", |context, html: &str| () => {
        let world = World::of(&context);
        let call = Call::new(&context, "set_content(...)");
        let page = world.page(&call)?;
        let timeout = world.settings.timeouts.navigation;
        world.wait(&call, async move { page.set_content(html, timeout).await })
    });
    on_page!(
        engine,
        "set_viewport",
        ["width: integer", "height: integer"],
        "Sets the size of the viewport in CSS pixels.",
        |context, width: i64, height: i64| () => {
            let world = World::of(&context);
            let call = Call::new(&context, format!("set_viewport({width}, {height})"));
            let (Ok(width), Ok(height)) = (u32::try_from(width), u32::try_from(height)) else {
                return Err(throw(misuse("`set_viewport` takes a width and a height in pixels, both above 0")));
            };
            let activity = world.activity_of(&call)?;
            activity.viewport.set((width, height));
            let Some((_, page)) = world.opened() else { return Ok(()) };
            world.wait(&call, async move { page.set_viewport(width, height).await })
        }
    );
    let doc = "Runs JavaScript in the page: an expression, or a function that is called with the arguments. A promise is awaited.";
    function("evaluate", &["js: string"], doc)
        .register_into_engine(engine, |context: NativeCallContext, js: &str| evaluate(&context, js, &[]));
    function("evaluate", &["js: string", "argument: plain data"], doc)
        .register_into_engine(engine, |context: NativeCallContext, js: &str, a: Dynamic| evaluate(&context, js, &[a]));
    function("evaluate", &["js: string", "first: plain data", "second: plain data"], doc)
        .register_into_engine(engine, |context: NativeCallContext, js: &str, a: Dynamic, b: Dynamic| {
            evaluate(&context, js, &[a, b])
        });
    function("evaluate", &["js: string", "first: plain data", "second: plain data", "third: plain data"], doc)
        .register_into_engine(engine, |context: NativeCallContext, js: &str, a: Dynamic, b: Dynamic, c: Dynamic| {
            evaluate(&context, js, &[a, b, c])
        });
    function("evaluate", &["this: page", "js: string"], doc).register_into_engine(
        engine,
        |context: NativeCallContext, page: &mut PageValue, js: &str| {
            let call = Call::new(&context, "page().evaluate");
            World::of(&context).where_born(&call, (page.born, "page"), || evaluate(&context, js, &[]))
        },
    );
}

fn register_pictures(engine: &mut Engine) {
    on_page!(
        engine,
        "screenshot",
        ["name: string"],
        "Takes a picture of the viewport; gives `path width height`.",
        |context, name: &str| Dynamic => picture(&context, name, None, Map::new())
    );
    on_page!(
        engine,
        "screenshot",
        ["name: string", "options: map"],
        "Takes a picture; `full_page`, `clip: #{ x, y, width, height }`.",
        |context, name: &str, options: Map| Dynamic => picture(&context, name, None, options)
    );
    function(
        "screenshot",
        &["this: locator", "name: string"],
        "Takes a picture of the element; gives `path width height`.",
    )
    .register_into_engine(engine, |context: NativeCallContext, locator: &mut LocatorValue, name: &str| {
        picture(&context, name, Some(locator), Map::new())
    });
}

fn visit(context: &NativeCallContext, url: &str, options: Map) -> Raw<()> {
    let world = World::of(context);
    let call = Call::new(context, format!("visit({url:?})"));
    world.activity_of(&call)?;
    let options = Options::new("visit", options, NAVIGATION).map_err(throw)?;
    let timeout = options.duration("timeout").map_err(throw)?.unwrap_or(world.settings.timeouts.navigation);
    let url = world.resolve_url(url).map_err(throw)?;
    let page = world.page(&call)?;
    world.wait(&call, async move { page.navigate(&url, timeout).await })
}

fn go(context: &NativeCallContext, delta: i32, name: &str) -> Raw<()> {
    let world = World::of(context);
    let call = Call::new(context, name);
    let page = world.page(&call)?;
    let timeout = world.settings.timeouts.navigation;
    if world.wait(&call, async move { page.go(delta, timeout).await })? {
        return Ok(());
    }
    let direction = if delta < 0 { "before" } else { "after" };
    Err(throw(Failure::new(
        crate::outcome::FailureKind::Page,
        format!("`{name}`: the history has no page {direction} this one"),
    )))
}

fn evaluate(context: &NativeCallContext, js: &str, arguments: &[Dynamic]) -> Raw<Dynamic> {
    let world = World::of(context);
    let call = Call::new(context, format!("evaluate({})", shortened(js)));
    let arguments: Vec<Value> = arguments
        .iter()
        .map(|argument| {
            to_json(argument).map_err(|problem| throw(misuse(format!("`evaluate` passes plain data: {problem}"))))
        })
        .collect::<Raw<_>>()?;
    let page = world.page(&call)?;
    let timeout = world.settings.timeouts.action;
    let value = world.wait(&call, async move { page.evaluate(js, &arguments, timeout).await })?;
    Ok(from_json(&value))
}

fn shortened(js: &str) -> String {
    let line = js.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= 50 {
        format!("{line:?}")
    } else {
        format!("\"{}…\"", line.chars().take(49).collect::<String>())
    }
}

fn picture(context: &NativeCallContext, name: &str, element: Option<&LocatorValue>, options: Map) -> Raw<Dynamic> {
    let world = World::of(context);
    let call = Call::new(context, format!("screenshot({name:?})"));
    if name.trim().is_empty() {
        return Err(throw(misuse("`screenshot` needs a name that is not empty")));
    }
    let options = Options::new("screenshot", options, SCREENSHOT).map_err(throw)?;
    let shot = ScreenshotOptions {
        full_page: options.flag("full_page").map_err(throw)?.unwrap_or(false),
        clip: clip(&options).map_err(throw)?,
        element: None,
    };
    let activity = world.activity_of(&call)?;
    let (shot, page) = match element {
        Some(element) => {
            let (found, page) = world.locate_on(&call, element)?;
            (ScreenshotOptions { element: Some(found), ..shot }, page)
        }
        None => (shot, world.page(&call)?),
    };
    let timeout = world.settings.timeouts.action;
    let bytes = world.wait(&call, async move { page.screenshot(&shot, timeout).await })?;
    let path = world
        .write_artifact(&activity, name, "png", &bytes)
        .map_err(|error| throw(misuse(format!("the screenshot `{name}` could not be written: {error}"))))?;
    let (width, height) = png_size(&bytes).unwrap_or_default();
    let artifact = Artifact { name: name.to_owned(), path: path.clone(), media_type: "image/png".to_owned() };
    if let Some((test, attempt)) = activity.test {
        world.events.send(RunEvent::ArtifactWritten { test, attempt, artifact });
    }
    let mut map = Map::new();
    map.insert("path".into(), path.display().to_string().into());
    map.insert("width".into(), Dynamic::from(width));
    map.insert("height".into(), Dynamic::from(height));
    Ok(Dynamic::from_map(map))
}

/// Width and height from a PNG's header (PNG specification, section 11.2.2: IHDR comes first).
fn png_size(bytes: &[u8]) -> Option<(i64, i64)> {
    let number = |at: usize| {
        bytes.get(at..at + 4).map(|four| i64::from(u32::from_be_bytes([four[0], four[1], four[2], four[3]])))
    };
    Some((number(16)?, number(20)?))
}

fn clip(options: &Options) -> Result<Option<ClipArea>, Failure> {
    let Some(map) = options.map("clip")? else { return Ok(None) };
    let side = |key: &str| -> Result<f64, Failure> {
        map.get(key).and_then(number).ok_or_else(|| {
            misuse(format!(
                "option `clip` of `screenshot` needs `{key}` as a number, has {}",
                map.get(key).map_or_else(|| "none".to_owned(), described)
            ))
        })
    };
    Ok(Some(ClipArea { x: side("x")?, y: side("y")?, width: side("width")?, height: side("height")? }))
}

impl World {
    /// An address as the browser needs it: absolute, resolved against `base_url`.
    pub(crate) fn resolve_url(&self, text: &str) -> Result<String, Failure> {
        if let Ok(url) = url::Url::parse(text) {
            return Ok(url.to_string());
        }
        let Some(base) = &self.settings.base_url else {
            return Err(misuse(format!("`{text}` is relative, and there is no `base_url` to resolve it against"))
                .advise("set `base_url` in `runner.toml`, or give `--base-url http://...`"));
        };
        base.join(text)
            .map(|url| url.to_string())
            .map_err(|error| misuse(format!("`{text}` is not an address: {error}")))
    }
}

/// Options of each function here, for the check and the reference.
pub(super) fn option_keys() -> Vec<(&'static str, &'static [&'static str])> {
    vec![("visit", NAVIGATION), ("screenshot", SCREENSHOT)]
}
