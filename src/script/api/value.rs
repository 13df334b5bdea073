//! Values from around a test: `env`, `secret`, `fixture`, `regex`, `log`, `now`, `sleep`, `wait_until`.

use std::time::{SystemTime, UNIX_EPOCH};

use rhai::{Dynamic, Engine, FnPtr, Map, NativeCallContext};

use crate::outcome::{Failure, FailureKind};
use crate::script::error::{Raw, Thrown, misuse, throw};
use crate::script::handles::{LocatorValue, function};
use crate::script::options::Options;
use crate::script::retrying::{Retrying, Tried, try_once};
use crate::script::values::{RegexValue, duration, from_json, shown};
use crate::script::world::{Call, World};
use crate::suggest::closest;

pub(super) fn register(engine: &mut Engine) {
    function("env", &["name: string"], "A variable of the environment, or of `[env]` in `runner.toml`.")
        .register_into_engine(engine, |context: NativeCallContext, name: &str| variable(&context, name, None, "env"));
    function("env", &["name: string", "fallback: string"], "A variable, or `fallback` where it is not set.")
        .register_into_engine(engine, |context: NativeCallContext, name: &str, fallback: &str| {
            variable(&context, name, Some(fallback), "env")
        });
    function(
        "secret",
        &["name: string"],
        "As `env`, for what nobody should see: it is masked in everything that is shown or written.",
    )
    .register_into_engine(engine, |context: NativeCallContext, name: &str| -> Raw<String> {
        let value = variable(&context, name, None, "secret")?;
        World::of(&context).redactor.add(&value);
        Ok(value)
    });
    function(
        "fixture",
        &["path: string"],
        "A file beside the spec or in `fixtures/`: JSON as data, text as a string, anything else as a blob.",
    )
    .register_into_engine(engine, fixture);
    function("regex", &["pattern: string"], "A regular expression.")
        .register_into_engine(engine, |pattern: &str| RegexValue::new(pattern, "").map_err(throw));
    function("regex", &["pattern: string", "flags: string"], "A regular expression with flags of `i m s`.")
        .register_into_engine(engine, |pattern: &str, flags: &str| RegexValue::new(pattern, flags).map_err(throw));
    function("now", &[], "Milliseconds since 1970, by the clock of the machine that runs the tests.")
        .register_into_engine(engine, || -> i64 {
            SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .ok()
                .and_then(|since| i64::try_from(since.as_millis()).ok())
                .unwrap_or(0)
        });
    function("sleep", &["time: duration"], "Waits. Seldom needed: actions and assertions wait by themselves.")
        .register_into_engine(engine, |context: NativeCallContext, time: Dynamic| -> Raw<()> {
            let world = World::of(&context);
            let time = duration(&time, "`sleep`").map_err(throw)?;
            world.wait_plain(&Call::new(&context, "sleep(...)"), tokio::time::sleep(time))
        });
    function(
        "wait_until",
        &["condition: function"],
        "Calls `condition` until it gives something else than `false` or `()`; gives that.",
    )
    .register_into_engine(engine, |context: NativeCallContext, condition: FnPtr| {
        wait_until(&context, &condition, Map::new())
    });
    function(
        "wait_until",
        &["condition: function", "options: map"],
        "As `wait_until(condition)`; `timeout`, `message`.",
    )
    .register_into_engine(engine, |context: NativeCallContext, condition: FnPtr, options: Map| {
        wait_until(&context, &condition, options)
    });
    let doc = "Calls `body` again until nothing in it throws, and gives what it gives; `timeout`, `interval`.";
    function("retry", &["body: function"], doc)
        .register_into_engine(engine, |context: NativeCallContext, body: FnPtr| retry(&context, &body, Map::new()));
    function("retry", &["body: function", "options: map"], doc)
        .register_into_engine(engine, |context: NativeCallContext, body: FnPtr, options: Map| {
            retry(&context, &body, options)
        });
    register_log(engine);
}

fn register_log(engine: &mut Engine) {
    let doc = "Writes values under the test in the output.";
    function("log", &["value: any"], doc)
        .register_into_engine(engine, |context: NativeCallContext, a: Dynamic| log(&context, &[a]));
    function("log", &["first: any", "second: any"], doc)
        .register_into_engine(engine, |context: NativeCallContext, a: Dynamic, b: Dynamic| log(&context, &[a, b]));
    function("log", &["first: any", "second: any", "third: any"], doc).register_into_engine(
        engine,
        |context: NativeCallContext, a: Dynamic, b: Dynamic, c: Dynamic| {
            log(&context, &[a, b, c]);
        },
    );
    function("log", &["first: any", "second: any", "third: any", "fourth: any"], doc).register_into_engine(
        engine,
        |context: NativeCallContext, a: Dynamic, b: Dynamic, c: Dynamic, d: Dynamic| {
            log(&context, &[a, b, c, d]);
        },
    );
}

fn log(context: &NativeCallContext, values: &[Dynamic]) {
    let words: Vec<String> = values.iter().map(said).collect();
    World::of(context).say(&words.join(" "));
}

/// A value as `log` writes it: what was caught by its message, a locator as the script writes it.
fn said(value: &Dynamic) -> String {
    if value.is_string() {
        return value.to_string();
    }
    if let Some(thrown) = value.read_lock::<Thrown>() {
        return thrown.failure.title.clone();
    }
    if let Some(locator) = value.read_lock::<LocatorValue>() {
        return locator.locator.to_string();
    }
    shown(value)
}

fn variable(context: &NativeCallContext, name: &str, fallback: Option<&str>, function: &str) -> Raw<String> {
    let world = World::of(context);
    if let Ok(value) = std::env::var(name) {
        return Ok(value);
    }
    if let Some(value) = world.settings.env.get(name) {
        return Ok(value.clone());
    }
    if let Some(fallback) = fallback {
        return Ok(fallback.to_owned());
    }
    let mut failure = misuse(format!("`{function}({name:?})`: the variable `{name}` is not set"));
    failure.advice = Some(match closest(name, world.settings.env.keys().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("set it in the environment, or under `[env]` in `runner.toml`: {name} = \"...\""),
    });
    Err(throw(failure))
}

fn fixture(context: NativeCallContext, path: &str) -> Raw<Dynamic> {
    let world = World::of(&context);
    let source = context.call_source().unwrap_or_default();
    let file = world.fixture_file(source, path, "fixture").map_err(throw)?;
    let bytes =
        std::fs::read(&file).map_err(|error| throw(misuse(format!("`fixture({path:?})` cannot be read: {error}"))))?;
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("json") => serde_json::from_slice(&bytes)
            .map(|json| from_json(&json))
            .map_err(|error| throw(misuse(format!("`fixture({path:?})` is not JSON: {error}")))),
        _ => Ok(match String::from_utf8(bytes) {
            Ok(text) => Dynamic::from(text),
            Err(error) => Dynamic::from_blob(error.into_bytes()),
        }),
    }
}

fn wait_until(context: &NativeCallContext, condition: &FnPtr, options: Map) -> Raw<Dynamic> {
    let world = World::of(context);
    let options = Options::new("wait_until", options, &["timeout", "message"]).map_err(throw)?;
    let timeout = options.duration("timeout").map_err(throw)?.unwrap_or(world.settings.timeouts.assertion);
    let message = options.text("message").map_err(throw)?;
    let call = Call::new(context, "wait_until(...)");
    let mut retrying = Retrying::new(timeout, None);
    loop {
        let last = match try_once(&world, context, condition)? {
            Tried::Value(value) if value.is_unit() || value.as_bool() == Ok(false) => shown(&value),
            Tried::Value(value) => return Ok(value),
            Tried::Failed(failure) => format!("an error: {}", failure.title),
        };
        // Nothing tells us when a condition of the script's own changes: it is asked again.
        if !retrying.again(&world, &call)? {
            let mut failure = Failure::new(
                FailureKind::Assertion,
                message.unwrap_or_else(|| "the condition did not become true".to_owned()),
            );
            failure.expected = Some("a value other than `false` and `()`".to_owned());
            failure.found = Some(last);
            failure.waited = Some(timeout);
            return Err(throw(failure.advise("give it more with `#{ timeout: \"20s\" }`")));
        }
    }
}

/// Calls `body` until it throws no more; gives what it gives.
fn retry(context: &NativeCallContext, body: &FnPtr, options: Map) -> Raw<Dynamic> {
    let world = World::of(context);
    let options = Options::new("retry", options, &["timeout", "interval"]).map_err(throw)?;
    let timeout = options.duration("timeout").map_err(throw)?.unwrap_or(world.settings.timeouts.assertion);
    let mut retrying = Retrying::new(timeout, options.duration("interval").map_err(throw)?);
    let call = Call::new(context, "retry(...)");
    loop {
        let mut failure = match try_once(&world, context, body)? {
            Tried::Value(value) => return Ok(value),
            Tried::Failed(failure) => *failure,
        };
        if !retrying.again(&world, &call)? {
            failure.details.push(format!("tried {} in `retry`", times(retrying.tries)));
            failure.waited = Some(retrying.length());
            return Err(throw(failure));
        }
    }
}

fn times(count: u32) -> String {
    if count == 1 { "once".to_owned() } else { format!("{count} times") }
}

/// Options of each function here, for the check and the reference.
pub(super) fn option_keys() -> Vec<(&'static str, &'static [&'static str])> {
    vec![("wait_until", &["timeout", "message"]), ("retry", &["timeout", "interval"])]
}
