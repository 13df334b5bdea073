//! `describe`, `it`, hooks, `each`, `step`, `skip`, `within`.

use rhai::{Array, Dynamic, Engine, FnPtr, Map, NativeCallContext};

use crate::config::Isolation;
use crate::event::StepKind;
use crate::model::Mode;
use crate::outcome::{Failure, FailureKind};
use crate::script::closure::{Closure, call_site};
use crate::script::collect::{Collecting, HookKind, Inherited, NewTest, SessionRef};
use crate::script::definitions::SessionValue;
use crate::script::error::{Abort, Raw, abort, misuse, throw};
use crate::script::handles::{LocatorValue, function};
use crate::script::invoke::step;
use crate::script::options::Options;
use crate::script::values::described;
use crate::script::world::{Call, World};

const TEST_OPTIONS: &[&str] =
    &["tags", "retries", "timeout", "session", "viewport", "isolation", "only", "skip", "fixme", "fails", "requires"];
const SUITE_OPTIONS: &[&str] = &[
    "tags",
    "retries",
    "timeout",
    "session",
    "viewport",
    "isolation",
    "only",
    "skip",
    "fixme",
    "fails",
    "requires",
    "parallel",
];

/// What a suffix such as `_only` adds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Suffix {
    None,
    Only,
    Skip,
    Fixme,
    Fails,
}

const SUFFIXES: &[(&str, Suffix)] = &[
    ("", Suffix::None),
    ("_only", Suffix::Only),
    ("_skip", Suffix::Skip),
    ("_fixme", Suffix::Fixme),
    ("_fails", Suffix::Fails),
];

pub(super) fn register(engine: &mut Engine) {
    for base in ["it", "test"] {
        for (suffix, meaning) in SUFFIXES {
            register_it(engine, &format!("{base}{suffix}"), *meaning);
        }
    }
    for base in ["describe", "context"] {
        for (suffix, meaning) in SUFFIXES {
            register_describe(engine, &format!("{base}{suffix}"), *meaning);
        }
    }
    for (names, kind, when) in [
        (
            ["before_all", "before"],
            HookKind::BeforeAll,
            "once before the first test of the suite, on each worker that runs one",
        ),
        (["before_each", ""], HookKind::BeforeEach, "before each test of the suite"),
        (["after_each", ""], HookKind::AfterEach, "after each test of the suite, also after a failed one"),
        (
            ["after_all", "after"],
            HookKind::AfterAll,
            "once after the last test of the suite, on each worker that ran one",
        ),
    ] {
        for name in names.into_iter().filter(|name| !name.is_empty()) {
            function(name, &["body: function"], &format!("Runs `body` {when}."))
                .register_into_engine(engine, move |context: NativeCallContext, body: FnPtr| {
                    add_hook(&context, kind, body)
                });
        }
    }
    function(
        "each",
        &["list: array", "body: function"],
        "Calls `body` with each item of `list`: for tests made from data.",
    )
    .register_into_engine(engine, each);
    function("step", &["title: string", "body: function"], "Runs `body` as a named step, and gives what it returns.")
        .register_into_engine(engine, named_step);
    function("skip", &["reason: string"], "Ends the running test as skipped.")
        .register_into_engine(engine, |reason: &str| -> Raw<()> { Err(skipped(reason)) });
    function("skip", &[], "Ends the running test as skipped.")
        .register_into_engine(engine, || -> Raw<()> { Err(skipped("")) });
    function(
        "within",
        &["locator: locator", "body: function"],
        "Runs `body` with every `get*` searching inside `locator`.",
    )
    .register_into_engine(engine, within);
}

fn skipped(reason: &str) -> Box<rhai::EvalAltResult> {
    abort(Failure::new(FailureKind::Script, reason), Abort::Skipped)
}

fn register_it(engine: &mut Engine, name: &str, suffix: Suffix) {
    let owned = name.to_owned();
    function(name, &["title: string", "body: function"], "A test.").register_into_engine(
        engine,
        move |context: NativeCallContext, title: &str, body: FnPtr| {
            add_test(&context, &owned, suffix, title, Map::new(), body)
        },
    );
    let owned = name.to_owned();
    function(name, &["title: string", "options: map", "body: function"], "A test with options.").register_into_engine(
        engine,
        move |context: NativeCallContext, title: &str, options: Map, body: FnPtr| {
            add_test(&context, &owned, suffix, title, options, body)
        },
    );
}

fn register_describe(engine: &mut Engine, name: &str, suffix: Suffix) {
    let owned = name.to_owned();
    function(name, &["title: string", "body: function"], "A suite of tests.").register_into_engine(
        engine,
        move |context: NativeCallContext, title: &str, body: FnPtr| {
            add_suite(&context, &owned, suffix, title, Map::new(), body)
        },
    );
    let owned = name.to_owned();
    function(name, &["title: string", "options: map", "body: function"], "A suite of tests with options.")
        .register_into_engine(engine, move |context: NativeCallContext, title: &str, options: Map, body: FnPtr| {
            add_suite(&context, &owned, suffix, title, options, body)
        });
}

fn add_test(
    context: &NativeCallContext,
    name: &str,
    suffix: Suffix,
    title: &str,
    options: Map,
    body: FnPtr,
) -> Raw<()> {
    collecting(context, name, |collecting| {
        let title = checked_title(name, title)?;
        let options = inherit(collecting, name, options, TEST_OPTIONS, suffix)?;
        collecting.add_test(NewTest {
            title,
            location: call_site(context),
            options,
            body: Closure::keep(context, body),
        })
    })
}

fn add_suite(
    context: &NativeCallContext,
    name: &str,
    suffix: Suffix,
    title: &str,
    options: Map,
    body: FnPtr,
) -> Raw<()> {
    collecting(context, name, |collecting| {
        let title = checked_title(name, title)?;
        let options = inherit(collecting, name, options, SUITE_OPTIONS, suffix)?;
        collecting.open_suite(title, options);
        Ok(())
    })?;
    let done = body.call_within_context::<Dynamic>(context, ());
    if let Some(collecting) = &mut *World::of(context).collecting.borrow_mut() {
        collecting.close_suite();
    }
    done.map(|_| ())
}

fn add_hook(context: &NativeCallContext, kind: HookKind, body: FnPtr) -> Raw<()> {
    let world = World::of(context);
    let mut slot = world.collecting.borrow_mut();
    match &mut *slot {
        Some(collecting) => {
            collecting.add_hook(kind, Closure::keep(context, body));
            Ok(())
        }
        None => Err(throw(outside(kind.name()))),
    }
}

fn collecting(
    context: &NativeCallContext,
    name: &str,
    add: impl FnOnce(&mut Collecting) -> Result<(), Failure>,
) -> Raw<()> {
    let world = World::of(context);
    let mut slot = world.collecting.borrow_mut();
    match &mut *slot {
        Some(collecting) if collecting.is_support => Err(throw(
            misuse(format!("`{name}` stands in a support script"))
                .detail("support scripts are loaded for every spec: they hold sessions, functions, constants and hooks")
                .advise("move the test to a spec"),
        )),
        Some(collecting) => add(collecting).map_err(throw),
        None => Err(throw(outside(name))),
    }
}

fn outside(name: &str) -> Failure {
    misuse(format!("`{name}` is called inside a running test"))
        .advise("tests and hooks are collected before any of them runs: move it to the top level or into `describe`")
}

fn checked_title(name: &str, title: &str) -> Result<String, Failure> {
    if title.trim().is_empty() {
        return Err(misuse(format!("`{name}` needs a title that is not empty")));
    }
    Ok(title.to_owned())
}

/// What the suites around hand down, with `options` and the function's own suffix on top.
fn inherit(
    collecting: &Collecting,
    name: &str,
    map: Map,
    known: &[&str],
    suffix: Suffix,
) -> Result<Inherited, Failure> {
    let options = Options::new(name, map, known)?;
    let mut all = collecting.inherited();
    if let Some(tags) = options.texts("tags")? {
        all.tags.extend(tags.into_iter().map(|tag| tag.trim_start_matches('@').to_owned()));
    }
    all.retries = options.count("retries")?.or(all.retries);
    all.timeout = options.duration("timeout")?.or(all.timeout);
    all.requires.extend(options.texts("requires")?.unwrap_or_default());
    if let Some(session) = options.raw("session") {
        all.session =
            Some(session_ref(session).ok_or_else(|| options.wrong("session", "a session or the name of one"))?);
    }
    if let Some(viewport) = options.raw("viewport") {
        all.viewport = Some(viewport_of(viewport).ok_or_else(|| options.wrong("viewport", "`[width, height]`"))?);
    }
    all.isolation = match options.text("isolation")?.as_deref() {
        None => all.isolation,
        Some("context") => Some(Isolation::Context),
        Some("none") => Some(Isolation::None),
        Some(_) => return Err(options.wrong("isolation", "\"context\" or \"none\"")),
    };
    if let Some(parallel) = options.flag("parallel")? {
        all.parallel = Some((parallel, collecting.next_suite()));
    }
    all.only |= options.flag("only")?.unwrap_or(false) || suffix == Suffix::Only;
    let own = mode(&options, suffix)?;
    // What a suite around says about not running cannot be undone inside.
    let is_off = matches!(all.mode, Some(Mode::Skip(_) | Mode::Fixme(_)));
    if own.is_some() && !is_off {
        all.mode = own;
    }
    Ok(all)
}

fn mode(options: &Options, suffix: Suffix) -> Result<Option<Mode>, Failure> {
    match suffix {
        Suffix::Skip => return Ok(Some(Mode::Skip(None))),
        Suffix::Fixme => return Ok(Some(Mode::Fixme(None))),
        Suffix::Fails => return Ok(Some(Mode::Fails)),
        Suffix::None | Suffix::Only => {}
    }
    if let (true, why) = reason(options, "skip")? {
        return Ok(Some(Mode::Skip(why)));
    }
    if let (true, why) = reason(options, "fixme")? {
        return Ok(Some(Mode::Fixme(why)));
    }
    Ok(options.flag("fails")?.unwrap_or(false).then_some(Mode::Fails))
}

/// Whether an option such as `skip` says so, and the reason where it is given instead of `true`.
fn reason(options: &Options, key: &str) -> Result<(bool, Option<String>), Failure> {
    let Some(value) = options.raw(key) else { return Ok((false, None)) };
    if value.is_string() {
        return Ok((true, Some(value.to_string())));
    }
    match value.as_bool() {
        Ok(said) => Ok((said, None)),
        Err(_) => Err(options.wrong(key, "`true` or a reason")),
    }
}

fn session_ref(value: &Dynamic) -> Option<SessionRef> {
    if let Some(session) = value.read_lock::<SessionValue>() {
        return Some(SessionRef::Value(session.clone()));
    }
    value.is_string().then(|| SessionRef::Name(value.to_string()))
}

fn viewport_of(value: &Dynamic) -> Option<(u32, u32)> {
    let items = value.read_lock::<Array>()?;
    let [width, height] = items.as_slice() else { return None };
    Some((u32::try_from(width.as_int().ok()?).ok()?, u32::try_from(height.as_int().ok()?).ok()?))
}

fn each(context: NativeCallContext, list: Array, body: FnPtr) -> Raw<()> {
    for item in list {
        drop(body.call_within_context::<Dynamic>(&context, (item,))?);
    }
    Ok(())
}

fn named_step(context: NativeCallContext, title: &str, body: FnPtr) -> Raw<Dynamic> {
    let world = World::of(&context);
    step(&world, title, StepKind::Named, || body.call_within_context::<Dynamic>(&context, ()))
}

fn within(context: NativeCallContext, scope: Dynamic, body: FnPtr) -> Raw<Dynamic> {
    let world = World::of(&context);
    let call = Call::new(&context, "within(...)");
    let Some(scope) = scope.read_lock::<LocatorValue>().map(|scope| scope.clone()) else {
        return Err(throw(misuse(format!("`within` takes a locator, not {}", described(&scope)))));
    };
    let activity = world.activity_of(&call)?;
    let scope = world.locate(&call, &scope)?;
    activity.scopes.borrow_mut().push(scope);
    let done = body.call_within_context::<Dynamic>(&context, ());
    activity.scopes.borrow_mut().pop();
    done
}

/// Options of each function here, for the check and the reference.
pub(super) fn option_keys() -> Vec<(&'static str, &'static [&'static str])> {
    let both = |name: &'static str, keys: &'static [&'static str]| (name, keys);
    let tests = ["it", "it_only", "it_skip", "it_fixme", "it_fails", "test", "test_only", "test_skip"];
    let suites = ["describe", "describe_only", "describe_skip", "describe_fixme", "describe_fails", "context"];
    let tests = tests.into_iter().map(|name| both(name, TEST_OPTIONS));
    tests.chain(suites.into_iter().map(|name| both(name, SUITE_OPTIONS))).collect()
}
