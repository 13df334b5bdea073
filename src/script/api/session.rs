//! `define_session`, `use_session`, and what a session offers.

use std::cell::OnceCell;
use std::rc::Rc;
use std::sync::Arc;

use rhai::{Dynamic, Engine, FnPtr, Map, NativeCallContext};

use crate::model::{Location, SpecPath};
use crate::outcome::Failure;
use crate::script::closure::{Closure, call_site};
use crate::script::definitions::{Definition, SessionValue, Traits};
use crate::script::error::{Raw, misuse, throw};
use crate::script::handles::{PageValue, function};
use crate::script::kept::kept;
use crate::script::login::{refresh_session, use_session};
use crate::script::options::Options;
use crate::script::pool::Accounts;
use crate::script::values::{described, from_json, stable_json, to_json};
use crate::script::world::{Call, World};
use crate::session::{SessionKey, SessionScope, SessionSpec, Snapshot};

const OPTIONS: &[&str] =
    &["before", "after", "verify", "max_age", "scope", "retry", "persist", "write_back", "accounts", "lease"];
const MAP_OPTIONS: &[&str] = &[
    "name",
    "steps",
    "before",
    "after",
    "verify",
    "max_age",
    "scope",
    "retry",
    "persist",
    "write_back",
    "accounts",
    "lease",
];
const FORMS: &str = "define_session(name, || { ... }), define_session(name, || { ... }, #{ ... }) or define_session(#{ name, steps, ... })";

pub(super) fn register(engine: &mut Engine) {
    let doc = "Defines a login under a name. `steps` run once; every `use_session` then starts logged in.";
    function("define_session", &["name: string", "steps: function"], doc)
        .register_into_engine(engine, |context: NativeCallContext, name: Dynamic, steps: Dynamic| {
            define(&context, &name, &steps, Map::new())
        });
    function("define_session", &["name: string", "steps: function", "options: map"], doc).register_into_engine(
        engine,
        |context: NativeCallContext, name: Dynamic, steps: Dynamic, options: Dynamic| match options
            .clone()
            .try_cast::<Map>()
        {
            Some(map) => define(&context, &name, &steps, map),
            None => Err(throw(
                misuse(format!(
                    "the third argument of `define_session` is a map of options, not {}",
                    described(&options)
                ))
                .detail(format!("write {FORMS}")),
            )),
        },
    );
    function("define_session", &["definition: map"], doc)
        .register_into_engine(engine, |context: NativeCallContext, definition: Dynamic| {
            define_map(&context, &definition)
        });
    function("define_session", &[], doc).register_into_engine(engine, || -> Raw<SessionValue> {
        Err(throw(misuse("`define_session` needs a `name` and `steps`").detail(format!("write {FORMS}"))))
    });
    function(
        "use_session",
        &["session: session or name"],
        "Starts from a session: made now where it is new, restored otherwise.",
    )
    .register_into_engine(engine, use_by);
    function("use_session", &[], "Starts from a session: made now where it is new, restored otherwise.")
        .register_into_engine(engine, || -> Raw<()> {
            Err(throw(
                misuse("`use_session` needs a session or the name of one")
                    .advise("write `use_session(admin)` or `use_session(\"admin\")`"),
            ))
        });
    register_methods(engine);
}

fn register_methods(engine: &mut Engine) {
    engine
        .register_type_with_name::<SessionValue>("Session")
        .register_get("name", |session: &mut SessionValue| session.0.spec.key.name.clone())
        .register_fn("to_string", |session: &mut SessionValue| format!("session `{}`", session.0.spec.key.name));
    function("clear", &["this: session"], "Forgets what is saved: the next use logs in again.").register_into_engine(
        engine,
        |context: NativeCallContext, session: &mut SessionValue| {
            let world = World::of(&context);
            for key in session.0.keys() {
                world.forget_session(&key);
            }
        },
    );
    function("refresh", &["this: session"], "Logs in again now, and saves that.").register_into_engine(
        engine,
        |context: NativeCallContext, session: &mut SessionValue| -> Raw<()> {
            refresh_session(&World::of(&context), &Call::new(&context, "refresh"), &session.0)
        },
    );
    function(
        "value",
        &["this: session"],
        "What `steps` returned when the session was made; `()` where nothing is saved.",
    )
    .register_into_engine(engine, |context: NativeCallContext, session: &mut SessionValue| {
        saved(&context, session).map_or(Dynamic::UNIT, |saved| kept(&saved.value))
    });
    function("data", &["this: session"], "The saved `cookies` and `storage`; `()` where nothing is saved.")
        .register_into_engine(engine, |context: NativeCallContext, session: &mut SessionValue| {
            saved(&context, session)
                .and_then(|saved| serde_json::to_value(&saved.state).ok())
                .map_or(Dynamic::UNIT, |state| from_json(&state))
        });
    function("account", &["this: session"], "The one of its `accounts` that the current page has; `()` without one.")
        .register_into_engine(engine, |context: NativeCallContext, session: &mut SessionValue| {
            World::of(&context).account_here(&session.0).unwrap_or(Dynamic::UNIT)
        });
    function("clear_all_sessions", &[], "Forgets everything that is saved: every next use logs in again.")
        .register_into_engine(engine, |context: NativeCallContext| World::of(&context).forget_sessions());
    function(
        "open_as",
        &["session: session or name"],
        "Opens a page with cookies and storage of its own, which starts from a session: a second user.",
    )
    .register_into_engine(engine, |context: NativeCallContext, wanted: Dynamic| -> Raw<PageValue> {
        let world = World::of(&context);
        let call = Call::new(&context, "open_as");
        let definition = definition_of(&world, &call, &wanted)?;
        world.open_aside(&call, &definition)
    });
    function(
        "with_page",
        &["page: page", "body: function"],
        "Runs `body` with another page as the current one; gives what it gives.",
    )
    .register_into_engine(engine, |context: NativeCallContext, page: PageValue, body: FnPtr| -> Raw<Dynamic> {
        let call = Call::new(&context, "with_page");
        World::of(&context).with_page(&call, &page, || body.call_within_context(&context, ()))
    });
}

/// What is saved of the session, for the account that the current page has.
fn saved(context: &NativeCallContext, session: &SessionValue) -> Option<Arc<Snapshot>> {
    let world = World::of(context);
    world.store.saved(&world.key_here(&session.0)?)
}

fn use_by(context: NativeCallContext, wanted: Dynamic) -> Raw<()> {
    let world = World::of(&context);
    let call = Call::new(&context, "use_session");
    let definition = definition_of(&world, &call, &wanted)?;
    use_session(&world, &call, &definition)
}

/// The session that a value or a name stands for.
fn definition_of(world: &World, call: &Call, wanted: &Dynamic) -> Raw<Rc<Definition>> {
    let activity = world.activity_of(call)?;
    if let Some(session) = wanted.read_lock::<SessionValue>() {
        return Ok(session.0.clone());
    }
    if let Some(name) = name_text(wanted) {
        return world.definitions.borrow().find(&name, Some(&activity.spec)).map_err(throw);
    }
    let name = &call.text;
    Err(throw(
        misuse(format!("`{name}` takes a session or the name of one, not {}", described(wanted)))
            .advise(format!("write `{name}(admin)` or `{name}(\"admin\")`")),
    ))
}

fn define_map(context: &NativeCallContext, definition: &Dynamic) -> Raw<SessionValue> {
    let Some(mut map) = definition.clone().try_cast::<Map>() else {
        let mut failure = misuse("`define_session` needs `steps`: a function that logs in");
        if name_text(definition).is_none() {
            failure =
                misuse(format!("the first argument of `define_session` is a name, not {}", described(definition)));
        }
        return Err(throw(failure.detail(format!("write {FORMS}"))));
    };
    // Checked as a whole first, so that a slip in any key is told with all of them.
    Options::new("define_session", map.clone(), MAP_OPTIONS).map_err(throw)?;
    let name = map.remove("name").unwrap_or(Dynamic::UNIT);
    let steps = map.remove("steps").unwrap_or(Dynamic::UNIT);
    define(context, &name, &steps, map)
}

fn define(context: &NativeCallContext, name: &Dynamic, steps: &Dynamic, options: Map) -> Raw<SessionValue> {
    let world = World::of(context);
    let name = name_text(name).ok_or_else(|| {
        throw(
            misuse(format!(
                "the name of a session is a string that is not empty, an array or a map, not {}",
                described(name)
            ))
            .detail(format!("write {FORMS}")),
        )
    })?;
    let steps = steps.clone().try_cast::<FnPtr>().ok_or_else(|| {
        throw(
            misuse(format!("`steps` of session `{name}` is a function that logs in, not {}", described(steps)))
                .detail(format!("write {FORMS}")),
        )
    })?;
    let options = Options::new("define_session", options, OPTIONS).map_err(throw)?;
    let new = definition(context, &world, name, steps, &options).map_err(throw)?;
    let definer = definer(&world, &new.spec.site).0;
    let definition = world.definitions.borrow_mut().add(new, definer.as_ref()).map_err(throw)?;
    Ok(SessionValue(definition))
}

fn definition(
    context: &NativeCallContext,
    world: &World,
    name: String,
    steps: FnPtr,
    options: &Options,
) -> Result<Definition, Failure> {
    let site = call_site(context);
    let (spec, is_support) = definer(world, &site);
    let definer = spec.clone();
    let scope = scope(spec, is_support, options)?;
    let closure = |key: &str| -> Result<Option<Closure>, Failure> {
        Ok(options.function(key)?.map(|pointer| Closure::keep(context, pointer)))
    };
    let steps = Closure::keep(context, steps);
    let (before, after, verify) = (closure("before")?, closure("after")?, closure("verify")?);
    let max_age = options.duration("max_age")?;
    let retry = options.flag("retry")?.unwrap_or(false);
    let persist = options.flag("persist")?;
    if persist == Some(true) && verify.is_none() {
        return Err(misuse(format!("`persist` of session `{name}` needs `verify`"))
            .detail("a session of an earlier run is used again only after `verify` has said yes")
            .advise("add something quick, such as `verify: || request(\"GET\", \"/api/me\").status == 200`"));
    }
    let write_back = options.flag("write_back")?.unwrap_or(false);
    let accounts = Accounts::read(options)?;
    if !accounts.all.is_empty() && steps.arity().is_some_and(|arity| arity != 1) {
        return Err(misuse(format!("`steps` of session `{name}` are given one of its `accounts`"))
            .advise("write them as a function of one: `|account| { ... }`"));
    }
    let mut traits = Traits::default();
    traits.callback("steps", &steps);
    for (part, closure) in [("before", &before), ("after", &after), ("verify", &verify)] {
        if let Some(closure) = closure {
            traits.callback(part, closure);
        }
    }
    traits.option("scope", if scope == SessionScope::Run { "\"run\"" } else { "\"spec\"" }.to_owned());
    traits.option("retry", retry.to_string());
    traits.option("write_back", write_back.to_string());
    if !accounts.all.is_empty() {
        traits.option("accounts", accounts.digest());
        traits.option("lease", format!("{:?}", accounts.kind).to_lowercase());
    }
    if let Some(persist) = persist {
        traits.option("persist", persist.to_string());
    }
    if let Some(age) = max_age {
        traits.option("max_age", format!("{}ms", age.as_millis()));
    }
    let key = SessionKey { scope, file: site.file.clone(), name, account: None };
    let spec = SessionSpec { key, site, has_verify: verify.is_some(), max_age, retry, kept: None };
    let fingerprint = OnceCell::new();
    Ok(Definition {
        spec,
        steps,
        before,
        after,
        verify,
        is_support,
        definer,
        accounts,
        write_back,
        persist,
        traits,
        fingerprint,
    })
}

/// The spec that is being collected or run, and whether the definition stands in a support script.
/// A function of one may be called by a spec: what it defines is the whole run's all the same.
fn definer(world: &World, site: &Location) -> (Option<SpecPath>, bool) {
    let is_support_file = world.definitions.borrow().is_support_file(&site.file);
    match (&*world.collecting.borrow(), world.activity()) {
        (Some(collecting), _) => (Some(collecting.spec.clone()), collecting.is_support || is_support_file),
        (None, Some(activity)) => (Some(activity.spec.clone()), is_support_file),
        (None, None) => (None, true),
    }
}

/// Defined in a support script: the whole run's. In a spec: its own, unless it says otherwise.
fn scope(spec: Option<SpecPath>, is_support: bool, options: &Options) -> Result<SessionScope, Failure> {
    match (options.text("scope")?.as_deref(), spec) {
        (Some("run"), _) | (None, None) => Ok(SessionScope::Run),
        (None, Some(_)) if is_support => Ok(SessionScope::Run),
        (None, Some(spec)) => Ok(SessionScope::Spec(spec)),
        (Some("spec"), Some(spec)) if !is_support => Ok(SessionScope::Spec(spec)),
        (Some("spec"), _) => Err(misuse("`scope: \"spec\"` means nothing in a support script")
            .advise("define the session in the spec it belongs to")),
        (Some(_), _) => Err(options.wrong("scope", "\"run\" or \"spec\"")),
    }
}

/// A string as it is; arrays and maps as JSON with sorted keys.
fn name_text(name: &Dynamic) -> Option<String> {
    if name.is_string() {
        let text = name.to_string();
        return (!text.trim().is_empty()).then_some(text);
    }
    if name.is_array() || name.is_map() {
        return to_json(name).ok().map(|json| stable_json(&json));
    }
    None
}
