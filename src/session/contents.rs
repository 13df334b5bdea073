//! [`contents`]: what a state holds, in counts and sites, never values.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::browser::{OriginStorage, State};

/// One line for the cookies, one for each kind of storage of each site.
pub fn contents(state: &State) -> Vec<String> {
    let mut lines = Vec::new();
    if !state.cookies.is_empty() {
        let mut domains: Vec<&str> = state.cookies.iter().map(|cookie| cookie.domain.trim_start_matches('.')).collect();
        domains.sort_unstable();
        domains.dedup();
        lines.push(format!("{} of {}", counted(state.cookies.len(), "cookie", "cookies"), domains.join(" and ")));
    }
    let kinds: [(&str, Count); 2] =
        [("localStorage", |origin| origin.local.len()), ("sessionStorage", |origin| origin.session.len())];
    for (kind, count) in kinds {
        for origin in state.storage.iter().filter(|origin| count(origin) > 0) {
            lines.push(format!("{kind} of {}: {}", place(origin), counted(count(origin), "entry", "entries")));
        }
    }
    for origin in state.storage.iter().filter(|origin| !origin.databases.is_empty()) {
        let place = place(origin);
        let databases = counted(origin.databases.len(), "database", "databases");
        let records = counted(origin.databases.iter().map(records).sum(), "record", "records");
        lines.push(format!("IndexedDB of {place}: {databases}, {records}"));
        let lost: BTreeSet<&str> =
            origin.databases.iter().flat_map(|one| list(&one["lost"])).filter_map(Value::as_str).collect();
        if !lost.is_empty() {
            let kinds: Vec<&str> = lost.into_iter().collect();
            lines.push(format!("IndexedDB of {place}: not kept are values of {}", kinds.join(", ")));
        }
    }
    lines
}

fn place(of: &OriginStorage) -> String {
    of.top_origin.as_ref().map_or_else(|| of.origin.clone(), |top| format!("{} inside {top}", of.origin))
}

fn records(database: &Value) -> usize {
    list(&database["stores"]).iter().map(|store| list(&store["records"]).len()).sum()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// Counts the entries of one kind of storage.
type Count = fn(&OriginStorage) -> usize;

/// `1 cookie`, `2 cookies`.
pub fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
