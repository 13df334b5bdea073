//! Storage of an origin, as the wires that reach every origin share it: the scripts that read, clear
//! and put it inside a page, and the empty documents that stand in for an application's
//! ([`StandIn`]). Sending them is the wires' business.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::browser::OriginStorage;

/// An origin, and the origin of the top page where its storage is partitioned by that.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::browser::wire) struct Visited {
    /// The top page's.
    pub(in crate::browser::wire) top: Option<String>,
    /// Its own.
    pub(in crate::browser::wire) origin: String,
}

impl Visited {
    /// Where this is stored.
    pub(in crate::browser::wire) fn of(storage: &OriginStorage) -> Self {
        Self { top: storage.top_origin.clone(), origin: storage.origin.clone() }
    }

    /// Nothing, stored there.
    pub(in crate::browser::wire) fn emptied(self) -> OriginStorage {
        let Self { top: top_origin, origin } = self;
        OriginStorage { origin, top_origin, local: Vec::new(), session: Vec::new(), databases: Vec::new() }
    }
}

/// What a capture has found so far.
pub(in crate::browser::wire) type Found = BTreeMap<Visited, OriginStorage>;

/// Which of a page's storage is taken.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::browser::wire) enum Taken {
    /// Both: it is the context's own page.
    Both,
    /// `localStorage` only: `sessionStorage` of another tab is not the page's.
    LocalOnly,
}

/// An expression: a promise of the entries of both storages and the databases, or of null where they
/// are not to be had. Databases that somebody holds are waited for, but not for ever.
pub(in crate::browser::wire) const READ: &str = concat!(
    "(async () => { const databases = ",
    include_str!("../page/databases.js"),
    ";
    const all = storage => Array.from({ length: storage.length }, (_, i) => {
        const key = storage.key(i); return [key, storage.getItem(key)]; });
    const late = new Promise(resolve => setTimeout(resolve, 5000, []));
    try {
        const [local, session] = [all(localStorage), all(sessionStorage)];
        return { local, session, databases: await Promise.race([databases.read(), late]).catch(() => []) };
    } catch { return null; } })()"
);

/// A function of a list of databases that puts them; a promise of null, or of what is wrong.
pub(in crate::browser::wire) const WRITE_DATABASES: &str = concat!(
    "async (all) => { try { await ",
    include_str!("../page/databases.js"),
    ".write(all); return null; } catch (error) { return String(error); } }"
);

/// An expression that empties both storages.
pub(in crate::browser::wire) const CLEAR: &str =
    "(() => { try { localStorage.clear(); sessionStorage.clear(); } catch {} })()";

/// A function: empties everything an origin keeps. A part that is forbidden or stuck does not hold up
/// the rest.
pub(in crate::browser::wire) const CLEAR_EVERYTHING: &str = "async () => {
    const attempt = async (work) => { try { await work(); } catch { /* not allowed here */ } };
    const deleteDatabase = (name) => new Promise((resolve) => {
        const request = indexedDB.deleteDatabase(name);
        request.onsuccess = request.onerror = request.onblocked = resolve;
    });
    await Promise.all([
        attempt(() => localStorage.clear()),
        attempt(() => sessionStorage.clear()),
        attempt(async () => Promise.all((await indexedDB.databases()).map((one) => deleteDatabase(one.name)))),
        attempt(async () => Promise.all((await caches.keys()).map((name) => caches.delete(name)))),
        attempt(async () => Promise.all(
            (await navigator.serviceWorker.getRegistrations()).map((one) => one.unregister()))),
    ]);
}";

/// What [`READ`] found, as ours.
pub(in crate::browser::wire) fn storage_of(visited: &Visited, read: &Value, taken: Taken) -> OriginStorage {
    OriginStorage {
        origin: visited.origin.clone(),
        top_origin: visited.top.clone(),
        local: entries(&read["local"]),
        session: if taken == Taken::Both { entries(&read["session"]) } else { Vec::new() },
        databases: read["databases"].as_array().cloned().unwrap_or_default(),
    }
}

fn entries(value: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    value.as_array().map(|all| all.iter().map(|pair| (text(&pair[0]), text(&pair[1]))).collect()).unwrap_or_default()
}

/// Empty documents that stand in for the application's: address of a document to the frames in it.
#[derive(Default)]
pub(in crate::browser::wire) struct StandIn {
    frames: BTreeMap<String, Vec<String>>,
}

impl StandIn {
    /// A document for each top page, with the frames of others in it.
    pub(in crate::browser::wire) fn plan(visited: &[Visited]) -> Self {
        let mut frames: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for Visited { top, origin } in visited {
            let frame = top.is_some().then(|| format!("{origin}/"));
            frames.entry(format!("{}/", top.as_ref().unwrap_or(origin))).or_default().extend(frame);
        }
        Self { frames }
    }

    /// Addresses to go to.
    pub(in crate::browser::wire) fn addresses(&self) -> Vec<String> {
        self.frames.keys().cloned().collect()
    }

    /// The document at an address.
    pub(in crate::browser::wire) fn document(&self, address: &str) -> String {
        let mut document = "<!doctype html><title></title>".to_owned();
        for frame in self.frames.get(address).into_iter().flatten() {
            document.extend(["<iframe src=\"", frame, "\"></iframe>"]);
        }
        document
    }
}

/// Storage waiting to be put into an origin, by a script before every document.
pub(in crate::browser::wire) struct Seeding<'a> {
    /// What is put.
    pub(in crate::browser::wire) storage: &'a OriginStorage,
    /// What is there goes first.
    pub(in crate::browser::wire) wipes: bool,
    /// Name of the script's function.
    pub(in crate::browser::wire) name: &'a str,
    /// A statement that tells us that it has been put, run at most once in a document.
    pub(in crate::browser::wire) signal: &'a str,
}

impl Seeding<'_> {
    /// A function expression that does nothing in a document of another origin or partition.
    pub(in crate::browser::wire) fn function(&self) -> String {
        let OriginStorage { origin, top_origin, local, session, .. } = self.storage;
        let (origin, top, local, session) = (json!(origin), json!(top_origin), json!(local), json!(session));
        format!(
            "function {name}() {{
  if (location.origin !== {origin} || !/^https?:$/.test(location.protocol)) return;
  const above = location.ancestorOrigins ?? {{ length: 0 }};
  const top = above[above.length - 1] ?? null, wanted = {top};
  const site = ({{ protocol, hostname }}) => /^[\\d.]+$|:/.test(hostname) ? protocol + hostname
    : protocol + hostname.split('.').slice(-2).join('.');
  const isOwn = top === null || site(new URL(top)) === site(location);
  if (wanted === null ? !isOwn : top !== wanted) return;
  let local, session;
  try {{ local = localStorage; session = sessionStorage; }} catch {{ return; }}
  if ({wipes}) {{ local.clear(); session.clear(); }}
  for (const [key, value] of {local}) try {{ local.setItem(key, value); }} catch {{}}
  for (const [key, value] of {session}) try {{ session.setItem(key, value); }} catch {{}}
  {signal}
}}",
            wipes = self.wipes,
            name = self.name,
            signal = self.signal,
        )
    }
}

/// A function's name that nothing in a page has by chance; it is not told to pages either.
pub(in crate::browser::wire) fn seed_name(origin: &str) -> String {
    let hash = std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), origin);
    format!("runnerSeed{hash:016x}")
}

/// The places that have databases, and these: what must be put by visiting them.
pub(in crate::browser::wire) fn databases_of(storage: &[OriginStorage]) -> BTreeMap<Visited, &[Value]> {
    let full = storage.iter().filter(|of| !of.databases.is_empty());
    full.map(|of| (Visited::of(of), of.databases.as_slice())).collect()
}

/// What is told where databases could not be put into an origin.
pub(in crate::browser::wire) fn not_put(visited: &Visited, why: &str) -> String {
    format!("IndexedDB of {} could not be put: {why}", visited.origin)
}

/// What a capture comes to: what was found, and what still waits to be put where nothing was.
pub(in crate::browser::wire) fn collected(mut found: Found, waiting: Vec<OriginStorage>) -> Vec<OriginStorage> {
    for waiting in waiting {
        found.entry(Visited::of(&waiting)).or_insert(waiting);
    }
    found.into_values().filter(|of| !of.is_empty()).collect()
}

/// Both are of one origin in one partition.
pub(in crate::browser::wire) fn is_same_place(a: &OriginStorage, b: &OriginStorage) -> bool {
    a.origin == b.origin && a.top_origin == b.top_origin
}
