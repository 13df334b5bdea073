//! Errors become [`Failure`]s here: rhai's own, the browser's, and those our functions throw. The
//! only reader of rhai errors.

use rhai::{AST, ASTFlags, Dynamic, Engine, EvalAltResult, ParseError, Position, Stmt};

use crate::browser::BrowserError;
use crate::outcome::{Failure, FailureKind, Frame};
use crate::redact::Redactor;
use crate::suggest::closest;

use super::closure::location;
use super::error::{Abort, Effect, Thrown, misuse};
use super::source::{Extent, Sources};
use super::values::shown;

/// What a failed call of a script came to.
pub(crate) struct Told {
    /// The failure with its frames.
    pub(crate) failure: Failure,
    /// What it does to the attempt.
    pub(crate) effect: Effect,
}

/// Reads an error: what it says, and through which functions it came. `source` is the file the
/// outermost call belongs to.
pub(crate) fn read(error: &EvalAltResult, engine: &Engine, source: &str) -> Told {
    let mut frames = Vec::new();
    let (mut failure, effect) = walk(error, engine, source, None, &mut frames);
    failure.frames.extend(tidy(frames));
    Told { failure, effect }
}

/// Adds code frames and masks secrets.
pub(crate) fn finish(failure: &mut Failure, sources: &Sources, redactor: &Redactor) {
    let last = failure.frames.len().saturating_sub(1);
    for (index, frame) in failure.frames.iter_mut().enumerate() {
        let extent = if index == last { Extent::Around } else { Extent::Line };
        frame.excerpt = sources.excerpt(&frame.location, extent);
        for line in &mut frame.excerpt {
            line.text = redactor.redact(&line.text);
        }
    }
    mask(failure, redactor);
    if let Some(cause) = &mut failure.cause {
        finish(cause, sources, redactor);
    }
    for other in &mut failure.also {
        finish(other, sources, redactor);
    }
}

fn mask(failure: &mut Failure, redactor: &Redactor) {
    let one = |text: &mut String| *text = redactor.redact(text);
    one(&mut failure.title);
    failure.expected.as_mut().map(one);
    failure.found.as_mut().map(one);
    failure.advice.as_mut().map(one);
    failure.details.iter_mut().for_each(one);
    failure.during.iter_mut().for_each(one);
}

/// Innermost frame last in `frames`.
fn walk(
    error: &EvalAltResult,
    engine: &Engine,
    source: &str,
    function: Option<&str>,
    frames: &mut Vec<Frame>,
) -> (Failure, Effect) {
    match error {
        EvalAltResult::ErrorInFunctionCall(name, inner_source, inner, position) => {
            push(frames, source, *position, function);
            let name = if name.starts_with("anon$") { None } else { Some(name.as_str()) };
            let inner_source = if inner_source.is_empty() { source } else { inner_source };
            walk(inner, engine, inner_source, name, frames)
        }
        EvalAltResult::ErrorInModule(_, inner, position) => {
            push(frames, source, *position, function);
            walk(inner, engine, source, function, frames)
        }
        leaf => {
            push(frames, source, leaf.position(), function);
            leaf_failure(leaf, engine)
        }
    }
}

fn push(frames: &mut Vec<Frame>, source: &str, position: Position, function: Option<&str>) {
    if !position.is_none() {
        frames.push(Frame {
            location: location(source, position),
            function: function.map(str::to_owned),
            excerpt: Vec::new(),
        });
    }
}

/// Innermost first, and without the lines that only lead into a closure of the same file: the
/// place inside says more than the `step(` or `within(` around it.
fn tidy(frames: Vec<Frame>) -> Vec<Frame> {
    let mut kept: Vec<Frame> = Vec::new();
    for frame in frames {
        let leads_into = |outer: &Frame| outer.location.file == frame.location.file && frame.function.is_none();
        if kept.last().is_some_and(leads_into) {
            kept.pop();
        }
        kept.push(frame);
    }
    kept.reverse();
    kept
}

fn leaf_failure(error: &EvalAltResult, engine: &Engine) -> (Failure, Effect) {
    let failure = match error {
        EvalAltResult::ErrorRuntime(value, _) | EvalAltResult::ErrorTerminated(value, _) => {
            if let Some(thrown) = value.read_lock::<Thrown>() {
                return ((*thrown.failure).clone(), thrown.effect.clone());
            }
            if matches!(error, EvalAltResult::ErrorTerminated(..)) {
                return (Failure::new(FailureKind::Timeout, "the script was stopped"), Effect::Abort(Abort::Halted));
            }
            thrown_value(value)
        }
        EvalAltResult::ErrorFunctionNotFound(signature, _) => unknown_function(signature, engine),
        EvalAltResult::ErrorVariableNotFound(name, _) => unknown_variable(name),
        EvalAltResult::ErrorParsing(kind, _) => misuse(kind.to_string()),
        EvalAltResult::ErrorStackOverflow(_) => {
            misuse("functions call each other too deeply").advise("look for a function that calls itself without end")
        }
        other => {
            let mut bare = clone_without_position(other);
            bare.truncate(bare.trim_end().len());
            misuse(bare)
        }
    };
    (failure, Effect::Fail)
}

fn clone_without_position(error: &EvalAltResult) -> String {
    let text = error.to_string();
    let text = match error.position() {
        position if position.is_none() => text,
        position => text.replace(&format!(" ({position})"), ""),
    };
    let mut letters = text.chars();
    match letters.next() {
        Some(first) if !text.starts_with(|c: char| c.is_uppercase() && text[1..].starts_with(char::is_uppercase)) => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => text,
    }
}

fn thrown_value(value: &Dynamic) -> Failure {
    if value.is_string() {
        return Failure::new(FailureKind::Script, value.to_string());
    }
    Failure::new(FailureKind::Script, "the script threw a value").detail(shown(value))
}

/// `vist (&str | ImmutableString | String)` becomes a sentence with what was meant.
fn unknown_function(signature: &str, engine: &Engine) -> Failure {
    let (name, arguments) =
        signature.split_once(" (").map_or((signature, ""), |(name, rest)| (name, rest.trim_end_matches(')')));
    let name = name.trim();
    if let Some(property) = name.strip_prefix("get$").or_else(|| name.strip_prefix("set$")) {
        return misuse(format!("there is no property `{property}` here"));
    }
    let known = names(engine);
    let given = arguments.split(", ").filter(|part| !part.is_empty()).map(plain_type).collect::<Vec<_>>().join(", ");
    if name.starts_with("anon$") {
        let failure = misuse(format!("a closure is called with ({given}), and takes other parameters"));
        return if given.is_empty() { failure.advise("write `|| { ... }`, without parameters") } else { failure };
    }
    let same: Vec<&Signature> = known.iter().filter(|signature| signature.name == name).collect();
    if same.is_empty() {
        return no_function(name, engine).detail(format!("it was called as `{name}({given})`"));
    }
    let mut failure = misuse(format!("`{name}` cannot be called with ({given})"));
    let mut forms: Vec<String> = same.iter().map(|signature| signature.text.clone()).collect();
    forms.sort();
    forms.dedup();
    let own = format!("{}.", given.split(", ").next().unwrap_or_default());
    // Called on a value, only the forms for such values help; called alone, only those without.
    let prefix = if forms.iter().any(|form| form.starts_with(&own)) { own } else { format!("{name}(") };
    let fits = |form: &String| form.starts_with(&prefix);
    if forms.iter().any(fits) {
        forms.retain(fits);
    }
    failure.details.push("it can be called as".to_owned());
    failure.details.extend(forms.into_iter().take(8).map(|form| format!("  {form}")));
    failure
}

/// A name that no function has.
pub(crate) fn no_function(name: &str, engine: &Engine) -> Failure {
    let mut failure = misuse(format!("there is no function `{name}`"));
    failure.advice = closest(name, names(engine).iter().map(|signature| signature.name.as_str()))
        .map(|near| format!("did you mean `{near}`?"));
    failure
}

/// A function called with a number of arguments that none of its forms takes.
pub(crate) fn takes_other_arguments(name: &str, given: &str, engine: &Engine) -> Failure {
    let mut forms: Vec<String> =
        names(engine).into_iter().filter(|signature| signature.name == name).map(|signature| signature.text).collect();
    forms.sort();
    forms.dedup();
    let mut failure = misuse(format!("`{name}` cannot be called with {given}"));
    failure.details.push("it can be called as".to_owned());
    failure.details.extend(forms.into_iter().take(8).map(|form| format!("  {form}")));
    failure
}

/// Whether the API has a function of this name.
pub(crate) fn is_known_function(engine: &Engine, name: &str) -> bool {
    names(engine).iter().any(|signature| signature.name == name)
}

struct Signature {
    name: String,
    text: String,
}

/// Every function a script can call, with the forms it takes.
fn names(engine: &Engine) -> Vec<Signature> {
    engine.collect_fn_metadata(
        None,
        |info| {
            let metadata = info.metadata;
            let name = metadata.name.to_string();
            if !name.starts_with(|letter: char| letter.is_alphabetic()) || name.contains('$') {
                return None;
            }
            let parameters: Vec<String> = metadata
                .params_info
                .iter()
                .take(metadata.num_params)
                .map(|parameter| {
                    let (name, kind) = parameter.split_once(':').unwrap_or((parameter.as_str(), ""));
                    let kind = plain_type(kind.trim());
                    if kind.is_empty() { name.trim().to_owned() } else { format!("{}: {kind}", name.trim()) }
                })
                .collect();
            Some(Signature { text: form(&name, &parameters), name })
        },
        true,
    )
}

/// A call as people write it: what a function is called on stands in front.
pub(super) fn form(name: &str, parameters: &[String]) -> String {
    match parameters.split_first() {
        Some((first, rest)) if first.starts_with("this: ") => {
            format!("{}.{name}({})", first.trim_start_matches("this: "), rest.join(", "))
        }
        _ => format!("{name}({})", parameters.join(", ")),
    }
}

/// Rust's and rhai's names of types, as people say them.
fn plain_type(name: &str) -> &str {
    let name = name.trim().trim_start_matches('&').trim_start_matches("mut ").trim();
    match name {
        "str" | "ImmutableString" | "String" | "str | ImmutableString | String" | "&str | ImmutableString | String" => {
            "string"
        }
        "i64" | "INT" => "integer",
        "f64" | "FLOAT" => "float",
        "bool" => "boolean",
        "Fn" | "FnPtr" => "function",
        "Array" | "array" => "array",
        "Map" | "map" => "map",
        "()" => "()",
        "Dynamic" | "?" => "any",
        "LocatorValue" => "locator",
        other if other.contains("ImmutableString") => "string",
        other => other.rsplit("::").next().unwrap_or(other),
    }
}

fn unknown_variable(name: &str) -> Failure {
    misuse(format!("there is no variable `{name}` here"))
}

/// Adds what only the spec itself can tell about an unknown variable: that it is one of its own
/// top-level names, which functions do not see.
pub(crate) fn explain_variable(failure: &mut Failure, ast: &AST, exports: &[String]) {
    let Some(name) = failure
        .title
        .strip_prefix("there is no variable `")
        .and_then(|rest| rest.strip_suffix("` here"))
        .map(str::to_owned)
    else {
        return;
    };
    if failure.advice.is_some() {
        return;
    }
    let own: Vec<(String, bool)> = ast
        .statements()
        .iter()
        .filter_map(|statement| match statement {
            Stmt::Var(declared, flags, _) => Some((declared.0.name.to_string(), flags.intersects(ASTFlags::CONSTANT))),
            _ => None,
        })
        .collect();
    failure.advice = match own.iter().find(|(own, _)| *own == name) {
        Some((_, true)) => Some(format!("a function sees the file's own constants as `global::{name}`")),
        Some((_, false)) => {
            Some(format!("a function does not see the file's variables: pass `{name}` to it as an argument"))
        }
        None => closest(&name, own.iter().map(|(own, _)| own.as_str()).chain(exports.iter().map(String::as_str)))
            .map(|near| format!("did you mean `{near}`?")),
    };
}

/// A file that does not compile.
pub(crate) fn parse_failure(error: &ParseError, file: &str) -> Failure {
    let text = error.err_type().to_string();
    let mut letters = text.chars();
    let text: String = letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default();
    let mut failure = misuse(format!("the script does not compile: {text}"));
    if let rhai::ParseErrorType::Reserved(word) = error.err_type() {
        failure.title = format!("the script does not compile: `{word}` is a reserved word");
        failure.advice = Some("use another name; in a map, put the key in quotes".to_owned());
    }
    let place = location(file, error.position());
    failure.frames.push(Frame { location: place, function: None, excerpt: Vec::new() });
    failure
}

/// What the browser said, in the words of a failure. `command` is the call as the script wrote it.
pub(crate) fn browser_failure(command: &str, error: &BrowserError, dialogs: &[String]) -> Failure {
    let mut failure = match error {
        BrowserError::Lost { reason, output } => {
            let mut failure = Failure::new(FailureKind::Infrastructure, format!("the browser was lost: {reason}"));
            failure.details.push(format!("during `{command}`"));
            failure.details.extend(output.iter().cloned());
            if reason.ends_with("signal 9") {
                failure.advice = Some(
                    "where nobody killed it, the machine was short of memory: use fewer workers (`-j 1`), or give a \
                     container more"
                        .to_owned(),
                );
            }
            failure
        }
        BrowserError::Start { title, details, advice } | BrowserError::NoSlot { title, details, advice } => {
            let mut failure = Failure::new(FailureKind::Infrastructure, title.clone());
            failure.details.clone_from(details);
            failure.advice.clone_from(advice);
            failure
        }
        BrowserError::NotReady(report) => {
            let mut failure = Failure::new(FailureKind::Action, format!("`{command}` was not possible"));
            failure.expected = Some(format!("{} {}", report.locator, report.unmet));
            failure.found = Some(report.found.clone());
            failure.waited = Some(report.waited);
            failure.details.clone_from(&report.log);
            failure.advice.clone_from(&report.advice);
            failure
        }
        BrowserError::NotUnique { locator, matches, total } => {
            let mut failure = Failure::new(FailureKind::Action, format!("`{command}` needs one element"));
            failure.expected = Some(format!("`{locator}` matches 1 element"));
            failure.found = Some(format!("{total} elements"));
            failure.details.extend(matches.iter().enumerate().map(|(index, line)| format!("{}. {line}", index + 1)));
            let more = total.saturating_sub(matches.len() as u64);
            if more > 0 {
                failure.details.push(format!("and {more} more"));
            }
            failure.advise("narrow it down, or choose with `filter(#{ has_text: \"...\" })`, `first()` or `nth(0)`")
        }
        BrowserError::InvalidLocator { locator, reason } => {
            Failure::new(FailureKind::Script, format!("`{locator}` is not a valid locator")).detail(reason.clone())
        }
        BrowserError::InvalidKeys { keys, reason } => {
            Failure::new(FailureKind::Script, format!("`{keys}` cannot be pressed")).detail(reason.clone())
        }
        BrowserError::Navigation { url, reason } => {
            let failure = Failure::new(FailureKind::Page, format!("cannot open {url}: {reason}"));
            if reason.contains("refused") {
                failure.advise(
                    "start the application, or have `[server]` in `runner.toml` start it; `--base-url` says where it is",
                )
            } else {
                failure
            }
        }
        BrowserError::NavigationTimeout { url, waited, progress } => {
            let mut failure = Failure::new(FailureKind::Page, format!("{url} was not loaded in time"));
            failure.found = Some(progress.clone());
            failure.waited = Some(*waited);
            failure.advise("give it more with `--navigation-timeout` or `#{ timeout: \"30s\" }`")
        }
        BrowserError::Javascript { message, line, column } => {
            let mut failure = Failure::new(FailureKind::Page, format!("the script in `{command}` threw: {message}"));
            if let (Some(line), Some(column)) = (line, column) {
                failure.details.push(format!("at line {line}, column {column} of the script"));
            }
            failure
        }
        BrowserError::Unsupported { what, browser, capability, alternatives } => {
            let mut failure = Failure::new(FailureKind::Unsupported, format!("{what} is not possible on {browser}"));
            failure.details.push(format!("it lacks the capability `{capability}`"));
            failure.advice = Some(match alternatives {
                Some(other) => format!("{other}; or skip the test there with `requires: [\"{capability}\"]`"),
                None => format!("skip the test there with `requires: [\"{capability}\"]`"),
            });
            failure
        }
        BrowserError::Closed { what } => {
            Failure::new(FailureKind::Action, format!("`{command}`: the {what} was closed"))
        }
        BrowserError::Timeout { command: asked, waited } => {
            let mut failure = Failure::new(FailureKind::Page, format!("`{command}` was not answered"));
            failure.details.push(format!("waiting for {asked}"));
            failure.waited = Some(*waited);
            failure
        }
        BrowserError::Protocol { command: asked, message } => {
            Failure::new(FailureKind::Page, format!("`{command}` was refused by the browser"))
                .detail(format!("{asked}: {message}"))
        }
    };
    failure.details.extend(dialogs.iter().cloned());
    failure
}
