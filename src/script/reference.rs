//! The reference and the editor definitions, from the doc texts of the functions of the API.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use rhai::Engine;

use super::api;
use super::failure::form;

/// A function as it was registered.
struct Entry {
    name: String,
    parameters: Vec<String>,
    doc: Vec<String>,
}

/// What a function is called on, and the heading of its kind.
const KINDS: &[(&str, &str)] = &[
    ("", "Functions"),
    ("locator", "On a locator"),
    ("list of locators", "On `locator.all()`"),
    ("expectation", "On `expect(...)`"),
    ("page", "On `page()`"),
    ("session", "On a session"),
    ("response", "On a response"),
    ("dialog", "On a dialog"),
    ("keyboard", "On `keyboard`"),
    ("mouse", "On `mouse`"),
];

/// The reference, as Markdown.
pub fn reference() -> String {
    let entries = entries();
    let mut out = String::from(
        "# Reference\n\nEvery function of the script API. Written by `runner definitions`; a test keeps it current.\n",
    );
    let mut others: Vec<&str> =
        entries.iter().map(kind).filter(|own| KINDS.iter().all(|(kind, _)| kind != own)).collect();
    others.sort_unstable();
    others.dedup();
    let headings = KINDS.iter().map(|(kind, heading)| (*kind, (*heading).to_owned()));
    for (of, heading) in headings.chain(others.into_iter().map(|kind| (kind, format!("On a {kind}")))) {
        let mut named: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
        for entry in entries.iter().filter(|entry| kind(entry) == of) {
            named.entry(&entry.name).or_default().push(entry);
        }
        if named.is_empty() {
            continue;
        }
        write!(out, "\n## {heading}\n").expect("a string takes everything");
        for (name, forms) in named {
            describe(&mut out, name, &forms);
        }
    }
    out
}

fn describe(out: &mut String, name: &str, forms: &[&Entry]) {
    let mut calls: Vec<String> = forms.iter().map(|entry| form(name, &entry.parameters)).collect();
    calls.sort_by_key(String::len);
    calls.dedup();
    let mut docs: Vec<String> = Vec::new();
    for entry in forms {
        let doc = entry.doc.join(" ");
        if !docs.contains(&doc) {
            docs.push(doc);
        }
    }
    write!(out, "\n### `{name}`\n\n```text\n{}\n```\n\n{}\n", calls.join("\n"), docs.join("\n"))
        .expect("a string takes everything");
    if let Some(keys) = api::option_keys(name).filter(|_| calls.iter().any(|call| call.contains("options: map"))) {
        write!(out, "\nOptions: `{}`\n", keys.join("` `")).expect("a string takes everything");
    }
}

/// Definitions for editors: a `.d.rhai` file.
pub fn definitions() -> String {
    let mut out = String::from("module static;\n");
    for entry in entries() {
        out.push('\n');
        for line in &entry.doc {
            writeln!(out, "/// {line}").expect("a string takes everything");
        }
        let parameters: Vec<String> = entry.parameters.iter().map(|parameter| declared(parameter)).collect();
        writeln!(out, "fn {}({});", entry.name, parameters.join(", ")).expect("a string takes everything");
    }
    out
}

fn kind(entry: &Entry) -> &str {
    entry.parameters.first().and_then(|first| first.strip_prefix("this: ")).unwrap_or_default()
}

/// What is registered beside what Rhai itself brings, sorted.
fn entries() -> Vec<Entry> {
    let mut engine = Engine::new();
    let own: Vec<(String, Vec<String>)> = collected(&engine).into_iter().map(|e| (e.name, e.parameters)).collect();
    api::register(&mut engine);
    let mut entries: Vec<Entry> = collected(&engine)
        .into_iter()
        .filter(|entry| !entry.doc.is_empty() && !own.contains(&(entry.name.clone(), entry.parameters.clone())))
        .collect();
    entries.sort_by(|a, b| {
        (&a.name, kind(a), a.parameters.len(), &a.parameters).cmp(&(
            &b.name,
            kind(b),
            b.parameters.len(),
            &b.parameters,
        ))
    });
    entries
}

fn collected(engine: &Engine) -> Vec<Entry> {
    engine.collect_fn_metadata(
        None,
        |info| {
            let metadata = info.metadata;
            let doc = metadata.comments.iter().map(|line| line.trim_start_matches("///").trim().to_owned()).collect();
            let parameters =
                metadata.params_info.iter().take(metadata.num_params).map(|text| text.trim().to_owned()).collect();
            Some(Entry { name: metadata.name.to_string(), parameters, doc })
        },
        true,
    )
}

/// `css: string` as an editor reads it: `css: String`.
fn declared(parameter: &str) -> String {
    let (name, kinds) = parameter.split_once(": ").unwrap_or((parameter, "any"));
    let kinds: Vec<&str> = kinds.split([',', ' ']).filter(|word| !word.is_empty() && *word != "or").collect();
    let named: Vec<&str> = match kinds.join(" ").as_str() {
        "plain data" | "any" => vec!["?"],
        "list of locators" => vec!["LocatorList"],
        _ => kinds.iter().map(|kind| type_name(kind)).collect(),
    };
    let name = if name == "this" { kinds.last().copied().unwrap_or("value").trim_end_matches('s') } else { name };
    format!("{name}: {}", named.join("|"))
}

fn type_name(kind: &str) -> &str {
    match kind {
        "string" => "String",
        "integer" => "int",
        "number" => "int|float",
        "boolean" => "bool",
        "map" => "Map",
        "array" => "Array",
        "function" => "FnPtr",
        "duration" => "String|int",
        "locator" => "Locator",
        "page" => "Page",
        "session" => "Session",
        "regex" => "Regex",
        "expectation" => "Expectation",
        "response" => "Response",
        "dialog" => "Dialog",
        "keyboard" => "Keyboard",
        "mouse" => "Mouse",
        _ => "?",
    }
}
