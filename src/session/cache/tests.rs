//! What is kept, what is used again and what is not, in a folder of its own.

use super::*;
use crate::browser::OriginStorage;
use crate::session::define::Account;

struct Fixture {
    folder: tempfile::TempDir,
    cache: SessionCache,
}

fn fixture() -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let cache = SessionCache::with_key_file(folder.path().join("sessions"), &folder.path().join("key"));
    Fixture { folder, cache }
}

fn key(name: &str) -> SessionKey {
    SessionKey { scope: SessionScope::Run, file: "support/s.rhai".into(), name: name.into(), account: None }
}

fn kept(name: &str, made_at_ms: u64) -> KeptSession {
    let storage = vec![OriginStorage {
        origin: "http://app.test".into(),
        top_origin: None,
        local: vec![("token".into(), "plainly-to-be-seen".into())],
        session: Vec::new(),
        databases: Vec::new(),
    }];
    KeptSession {
        name: name.into(),
        spec: None,
        file: "support/s.rhai".into(),
        site: "support/s.rhai:1:1".into(),
        account: None,
        circumstances: Circumstances::default(),
        fingerprint: "f".into(),
        made: "m".into(),
        made_at_ms,
        making_ms: 300,
        max_age_ms: None,
        state: State { cookies: Vec::new(), storage },
        value: Value::from(7),
    }
}

fn now_ms() -> u64 {
    u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

fn wanted(key: &SessionKey) -> Wanted<'_> {
    Wanted { key, fingerprint: "f", max_age: None }
}

#[test]
fn what_is_kept_is_found_and_shows_nothing() {
    let Fixture { folder, cache } = fixture();
    let admin = key("admin");
    assert!(cache.load(wanted(&admin)).unwrap().is_none());
    cache.save(&admin, &kept("admin", now_ms())).unwrap();
    assert_eq!(cache.load(wanted(&admin)).unwrap().map(|kept| kept.value), Some(Value::from(7)));
    for entry in std::fs::read_dir(folder.path().join("sessions")).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        assert!(!bytes.windows(7).any(|part| part == b"plainly"), "{}", path.display());
        if path.extension().is_some() {
            assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o777, 0o600, "{}", path.display());
        }
    }
    assert_eq!(std::fs::metadata(folder.path().join("sessions")).unwrap().mode() & 0o777, 0o700);
    cache.remove(&admin).unwrap();
    cache.remove(&admin).unwrap();
    assert!(cache.load(wanted(&admin)).unwrap().is_none());
}

#[test]
fn sessions_are_told_apart() {
    let Fixture { folder, cache } = fixture();
    let admin = key("admin");
    cache.save(&admin, &kept("admin", now_ms())).unwrap();
    let spec = SessionScope::Spec(crate::model::SpecPath::new("specs/a.rhai"));
    let account = Account { identity: "1".into(), label: "ann".into() };
    for other in [
        key("user"),
        SessionKey { file: "support/t.rhai".into(), ..key("admin") },
        SessionKey { scope: spec, ..key("admin") },
        SessionKey { account: Some(account), ..key("admin") },
    ] {
        assert!(cache.load(wanted(&other)).unwrap().is_none(), "{other:?}");
    }
    let elsewhere = Circumstances { browser: "firefox".into(), base_url: String::new() };
    let other = SessionCache::new(folder.path().join("sessions"), elsewhere);
    other.key.set(CacheKey::of_file(&folder.path().join("key"))).unwrap();
    assert!(other.load(wanted(&admin)).unwrap().is_none());
}

#[test]
fn what_is_outdated_is_not_used() {
    let Fixture { cache, .. } = fixture();
    let admin = key("admin");
    cache.save(&admin, &kept("admin", now_ms() - 60_000)).unwrap();
    let changed = Wanted { fingerprint: "g", ..wanted(&admin) };
    assert!(matches!(cache.load(changed), Err(Unfit::Outdated(why)) if why.contains("has changed")));
    let old = Wanted { max_age: Some(Duration::from_secs(30)), ..wanted(&admin) };
    assert!(matches!(cache.load(old), Err(Unfit::Outdated(why)) if why.contains("`max_age` is 30s")));
    let young = Wanted { max_age: Some(Duration::from_secs(300)), ..wanted(&admin) };
    assert!(cache.load(young).unwrap().is_some());
}

#[test]
fn what_is_damaged_or_foreign_is_told() {
    let Fixture { folder, cache } = fixture();
    let admin = key("admin");
    cache.save(&admin, &kept("admin", now_ms())).unwrap();
    let path = cache.path(&admin);
    let sealed = std::fs::read(&path).unwrap();
    std::fs::write(&path, &sealed[..sealed.len() / 2]).unwrap();
    let told = |cache: &SessionCache| match cache.load(wanted(&admin)) {
        Err(Unfit::Broken(error)) => error.in_full(),
        other => panic!("{other:?}"),
    };
    assert!(told(&cache).ends_with("is not used: it is damaged"), "{}", told(&cache));
    std::fs::write(&path, &sealed).unwrap();
    let other = SessionCache::with_key_file(folder.path().join("sessions"), &folder.path().join("other"));
    assert!(told(&other).ends_with("is not used: it was made with another key"), "{}", told(&other));
    assert_eq!(other.list().unwrap().len(), 1);
}

#[test]
fn what_is_carried_elsewhere_opens_there() {
    let Fixture { folder, cache } = fixture();
    let admin = key("admin");
    cache.save(&admin, &kept("admin", now_ms())).unwrap();
    let (path, _) = cache.list().unwrap().remove(0);
    let sealed = cache.sealed(&path).unwrap();
    let there = SessionCache::with_key_file(folder.path().join("there"), &folder.path().join("key"));
    assert_eq!(there.take_in(&name_of(&path), &sealed).unwrap().name, "admin");
    assert!(there.load(wanted(&admin)).unwrap().is_some());
    let foreign = SessionCache::with_key_file(folder.path().join("foreign"), &folder.path().join("k"));
    assert!(foreign.take_in(&name_of(&path), &sealed).is_err());
    assert!(foreign.list().unwrap().is_empty());
}

#[test]
fn one_process_at_a_time_makes_it() {
    let Fixture { folder, cache } = fixture();
    let other = SessionCache::with_key_file(folder.path().join("sessions"), &folder.path().join("key"));
    let admin = key("admin");
    let lock = cache.try_lock(&admin).unwrap();
    assert!(lock.is_some());
    assert!(other.try_lock(&admin).unwrap().is_none());
    assert!(other.try_lock(&key("user")).unwrap().is_some());
    drop(lock);
    assert!(other.try_lock(&admin).unwrap().is_some());
    let left: Vec<_> = std::fs::read_dir(folder.path().join("sessions")).unwrap().collect();
    assert_eq!(left.len(), 1, "only the list of what is ignored: {left:?}");
}
