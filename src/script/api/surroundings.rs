//! What a script may know of its run, and addresses taken apart: `run_info`, `parse_url`.

use rhai::{Dynamic, Engine, Map, NativeCallContext};

use crate::script::error::{Raw, misuse, throw};
use crate::script::handles::function;
use crate::script::world::World;

pub(super) fn register(engine: &mut Engine) {
    function(
        "run_info",
        &[],
        "`version os arch browser worker spec test attempt` of what runs; `test` and `attempt` are `()` outside of one.",
    )
    .register_into_engine(engine, |context: NativeCallContext| run_info(&World::of(&context)));
    function(
        "parse_url",
        &["url: string"],
        "An address in parts, by the names of `window.location`: `href protocol host hostname port pathname search \
         hash origin`; and `query`, a map. A relative one is resolved against `base_url`.",
    )
    .register_into_engine(engine, |context: NativeCallContext, url: &str| parts(&World::of(&context), url));
}

fn run_info(world: &World) -> Map {
    let mut info = Map::new();
    let mut add = |key: &str, value: Dynamic| info.insert(key.into(), value);
    add("version", env!("CARGO_PKG_VERSION").into());
    add("os", std::env::consts::OS.into());
    add("arch", std::env::consts::ARCH.into());
    add("browser", world.settings.browser.name.to_string().into());
    add("worker", world.worker.to_string().into());
    add("spec", world.spec().map_or(Dynamic::UNIT, |spec| spec.as_str().to_owned().into()));
    let activity = world.activity();
    let running = activity.as_ref().and_then(|activity| Some((activity.title.clone(), activity.test?.1)));
    let (test, attempt) =
        running.map_or((Dynamic::UNIT, Dynamic::UNIT), |(title, attempt)| (title.into(), i64::from(attempt).into()));
    add("test", test);
    add("attempt", attempt);
    info
}

fn parts(world: &World, text: &str) -> Raw<Map> {
    let resolved = world.resolve_url(text).map_err(throw)?;
    let url = url::Url::parse(&resolved)
        .map_err(|error| throw(misuse(format!("`parse_url({text:?})`: it is no address: {error}"))))?;
    let hostname = url.host_str().unwrap_or_default().to_owned();
    let port = url.port().map(|port| port.to_string()).unwrap_or_default();
    let host = if port.is_empty() { hostname.clone() } else { format!("{hostname}:{port}") };
    let marked = |mark: &str, piece: Option<&str>| match piece {
        Some(piece) if !piece.is_empty() => format!("{mark}{piece}"),
        _ => String::new(),
    };
    let query: Map = url.query_pairs().map(|(key, value)| (key.as_ref().into(), value.into_owned().into())).collect();
    let fields = [
        ("href", url.to_string()),
        ("protocol", format!("{}:", url.scheme())),
        ("host", host),
        ("hostname", hostname),
        ("port", port),
        ("pathname", url.path().to_owned()),
        ("search", marked("?", url.query())),
        ("hash", marked("#", url.fragment())),
        ("origin", url.origin().ascii_serialization()),
    ];
    let mut map: Map = fields.into_iter().map(|(key, value)| (key.into(), value.into())).collect();
    map.insert("query".into(), query.into());
    Ok(map)
}
