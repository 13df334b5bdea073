//! The fences of the house: who may import whom, and what a file may be like. `src/README.md` says
//! it in prose. A new edge is a change to [`LAYERS`], in a commit of its own, with its reason.

mod source;

use std::fmt::Write as _;

use crate::harness::repository;
use source::SourceFile;

/// What a folder or file of `src/` may import of the crate, besides itself and [`EVERYWHERE`].
struct Layer {
    module: &'static str,
    may: &'static [&'static str],
    why: &'static str,
}

/// What everything may import, but for those whose row says `ALONE`.
const EVERYWHERE: &[&str] = &["model", "outcome", "redact", "clock", "suggest"];

const LAYERS: &[Layer] = &[
    Layer { module: "model", may: &[], why: "plain data that everything shares" },
    Layer { module: "redact", may: &[], why: "secrets are masked by those who make a text" },
    Layer { module: "clock", may: &[], why: "time is given to those who wait" },
    Layer { module: "suggest", may: &[], why: "\"did you mean\", wherever people name something" },
    Layer { module: "outcome", may: &["model"], why: "a failure names a place in a script" },
    Layer { module: "event", may: EVERYWHERE, why: "the only language between the engine and the reports" },
    Layer { module: "config", may: &[], why: "complete settings; nobody below asks where they came from" },
    Layer { module: "discovery", may: &["config"], why: "finds and selects; runs no script" },
    Layer { module: "browser", may: &["config"], why: "knows neither scripts nor sessions" },
    Layer { module: "server", may: &["config"], why: "starts the application under test, and no more" },
    Layer { module: "demo", may: &[], why: "an application like any other that is tested" },
    Layer { module: "session", may: &["browser", "config"], why: "the login itself comes from above, as a trait" },
    Layer {
        module: "script",
        may: &["session", "browser", "config", "event"],
        why: "joins scripts with browsers; tells steps as events",
    },
    Layer {
        module: "schedule",
        may: &["script", "session", "browser", "server", "config", "event"],
        why: "runs everything; shows nothing",
    },
    Layer {
        module: "report",
        may: &["event", "config"],
        why: "file reports are made from events alone, so that a stored run can be reported again",
    },
    Layer {
        module: "cli",
        may: &["config", "discovery", "browser", "server", "demo", "session", "script", "schedule", "report", "event"],
        why: "the commands put everything together; only main.rs imports it",
    },
];

/// Layer 0: they do not even import all of [`EVERYWHERE`].
const ALONE: &[&str] = &["model", "redact", "clock", "suggest", "outcome", "demo"];

/// Neighbours inside a folder that do not import one another.
struct Apart {
    folder: &'static [&'static str],
    neighbours: &'static [&'static str],
    why: &'static str,
}

const APART: &[Apart] = &[
    Apart {
        folder: &["browser"],
        neighbours: &["wire", "driver"],
        why: "a wire does not care who started the driver; `connection.rs` joins them",
    },
    Apart {
        folder: &["browser", "wire"],
        neighbours: &["classic", "devtools", "bidi"],
        why: "each wire stands alone, so that one can be read, tested and dropped without the others",
    },
    Apart {
        folder: &["script", "api"],
        neighbours: &[
            "structure",
            "page",
            "element",
            "locator",
            "action",
            "expect",
            "expect_value",
            "session",
            "totp",
            "network",
            "environment",
            "dialog",
            "value",
            "wait",
            "along",
            "custom",
            "expect_cookie",
            "surroundings",
            "expect_snapshot",
            "expect_screenshot",
            "pointer",
            "files",
            "element_script",
            "input",
        ],
        why: "the parts of the script API meet in the folder above",
    },
    Apart {
        folder: &["cli"],
        neighbours: &["run", "list", "check", "doctor", "sessions", "merge", "install", "demo", "definitions", "init"],
        why: "a command does not call another one",
    },
];

/// A crate, and the only places where its name may stand.
struct Kept {
    package: &'static str,
    places: &'static [&'static str],
    why: &'static str,
}

const KEPT: &[Kept] = &[
    Kept { package: "fantoccini", places: &["browser/"], why: "WebDriver types do not leave the folder" },
    Kept { package: "tokio_tungstenite", places: &["browser/"], why: "sockets belong to the wires" },
    Kept { package: "rhai", places: &["script/"], why: "the script language is one folder's business" },
    Kept {
        package: "clap",
        places: &["cli/args.rs", "cli/args/", "cli/dispatch.rs"],
        why: "arguments become settings at once",
    },
    Kept { package: "indicatif", places: &["report/terminal/"], why: "one writer to the terminal" },
    Kept { package: "quick_junit", places: &["report/junit.rs", "report/junit/"], why: "one format, one file" },
    Kept { package: "axum", places: &["demo/"], why: "nothing else serves pages" },
];

/// Those who may write to the terminal.
const PRINTERS: &[&str] = &["report/terminal/", "cli/"];

/// Names that say nothing. A module that has no better one is not a module yet.
const EMPTY_NAMES: &[&str] =
    &["util", "utils", "helper", "helpers", "common", "misc", "core", "imp", "types", "manager", "prelude"];

const LONGEST_FILE: usize = 500;
const LONGEST_INLINE_TESTS: usize = 150;

fn rust_files() -> Vec<SourceFile> {
    SourceFile::read_all(&repository("src"), "rs")
}

/// Runs `check` on every file of `src/`; whatever it says is a failure of the test.
#[track_caller]
fn every_file(check: impl Fn(&SourceFile) -> Vec<String>) {
    let mut complaints = String::new();
    for file in rust_files() {
        for complaint in check(&file) {
            writeln!(complaints, "src/{}: {complaint}", file.name).unwrap();
        }
    }
    assert!(complaints.is_empty(), "\n{complaints}");
}

fn starts_with_any(name: &str, places: &[&str]) -> bool {
    places.iter().any(|place| name.starts_with(place))
}

#[test]
fn a_folder_imports_only_what_its_row_allows() {
    every_file(|file| {
        let module = file.module();
        let Some(own) = module.first() else { return Vec::new() };
        let Some(layer) = LAYERS.iter().find(|layer| layer.module == own) else {
            return vec![format!("`{own}` has no row in `LAYERS` of tests/it/architecture.rs")];
        };
        let mut imported: Vec<String> = file.paths().into_iter().filter_map(|path| path.into_iter().next()).collect();
        imported.sort();
        imported.dedup();
        imported.retain(|name| {
            let is_module = LAYERS.iter().any(|layer| layer.module == name);
            let is_shared = EVERYWHERE.contains(&name.as_str()) && !ALONE.contains(&own.as_str());
            is_module && name != own && !is_shared && !layer.may.contains(&name.as_str())
        });
        imported.iter().map(|name| format!("imports `{name}`, but of `{own}` is said: {}", layer.why)).collect()
    });
}

#[test]
fn neighbours_that_are_kept_apart_do_not_import_one_another() {
    every_file(|file| {
        let module = file.module();
        let mut complaints = Vec::new();
        for apart in APART {
            let Some(own) = below(&module, apart) else { continue };
            for path in file.paths() {
                if let Some(other) = below(&path, apart).filter(|other| *other != own) {
                    complaints.push(format!("`{own}` imports `{other}`, but {}", apart.why));
                }
            }
        }
        complaints.dedup();
        complaints
    });
}

/// The neighbour that a path belongs to.
fn below<'a>(path: &'a [String], apart: &Apart) -> Option<&'a str> {
    let rest = path.strip_prefix(apart.folder.iter().map(|&name| name.to_owned()).collect::<Vec<_>>().as_slice())?;
    rest.first().map(String::as_str).filter(|name| apart.neighbours.contains(name))
}

#[test]
fn a_crate_is_named_only_where_it_belongs() {
    every_file(|file| {
        if file.is_test {
            return Vec::new();
        }
        let strange = KEPT.iter().filter(|kept| {
            let is_named = file.has(&[kept.package, "::"]) || file.has(&["use", kept.package]);
            is_named && !starts_with_any(&file.name, kept.places)
        });
        strange.map(|kept| format!("names `{}`; only {:?} may: {}", kept.package, kept.places, kept.why)).collect()
    });
}

#[test]
fn only_the_terminal_report_and_the_commands_print() {
    every_file(|file| {
        if starts_with_any(&file.name, PRINTERS) {
            return Vec::new();
        }
        let macros =
            ["println", "eprintln", "print", "eprint", "dbg"].into_iter().filter(|name| file.has(&[name, "!"]));
        let mut complaints: Vec<String> = macros.map(|name| format!("calls `{name}!`")).collect();
        for stream in ["stdout", "stderr"] {
            if file.has(&["io", "::", stream]) || file.has(&["use", stream]) {
                complaints.push(format!("takes `{stream}`"));
            }
        }
        complaints
    });
}

#[test]
fn only_main_imports_the_command_line() {
    every_file(|file| {
        let is_reached = file.has(&["runner", "::", "cli"]);
        if is_reached && file.name != "main.rs" { vec!["imports `cli`".to_owned()] } else { Vec::new() }
    });
    let main = rust_files().into_iter().find(|file| file.name == "main.rs").unwrap();
    assert!(main.text.lines().count() <= 20, "main.rs does nothing but call `cli`");
}

#[test]
fn a_file_has_a_telling_name_and_says_what_it_is() {
    every_file(|file| {
        let mut complaints = Vec::new();
        if file.module().iter().any(|part| EMPTY_NAMES.contains(&part.as_str())) {
            complaints.push("the name says nothing".to_owned());
        }
        if !file.text.starts_with("//!") {
            complaints.push("does not start with `//!`: what it does, and what it does not".to_owned());
        }
        complaints
    });
}

#[test]
fn a_file_is_short_enough_to_be_read() {
    every_file(|file| {
        let length = file.text.lines().count();
        let own = file.without_tests().text.lines().count();
        let mut complaints = Vec::new();
        if own > LONGEST_FILE && !file.is_test && !file.text.contains("Over 500 lines because") {
            complaints.push(format!("{own} lines; split it, or say in its first comment \"Over 500 lines because\""));
        }
        if length - own > LONGEST_INLINE_TESTS {
            complaints.push(format!("{} lines of inline tests; move them to `{}/tests.rs`", length - own, file.stem()));
        }
        complaints
    });
    for file in SourceFile::read_all(&repository("src"), "js") {
        let length = file.text.lines().count();
        assert!(length <= LONGEST_FILE, "src/{}: {length} lines", file.name);
    }
}

#[test]
fn a_mod_file_holds_no_logic() {
    every_file(|file| {
        if !file.name.ends_with("mod.rs") {
            return Vec::new();
        }
        let logic = ["fn", "impl", "struct", "enum", "trait", "static", "macro_rules", "*"];
        logic.iter().filter(|word| file.has(&[word])).map(|word| format!("has `{word}`")).collect()
    });
}

#[test]
fn unwrap_is_for_tests() {
    every_file(|file| {
        let has = !file.is_test && file.without_tests().has(&[".", "unwrap", "(", ")"]);
        if has { vec!["calls `unwrap`; say with `expect` why it holds".to_owned()] } else { Vec::new() }
    });
}
