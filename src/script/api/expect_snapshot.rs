//! Assertions against files beside the spec: `to_match_snapshot` for values,
//! `to_match_aria_snapshot` for what assistive technology is told.

use rhai::{Dynamic, Engine, Map, NativeCallContext};
use serde_json::Value;

use crate::browser::{Locator, LocatorPart, Reading};
use crate::outcome::{Failure, FailureKind};
use crate::script::aria::{AriaTemplate, render};
use crate::script::error::{Raw, misuse, throw};
use crate::script::expectation::Expectation;
use crate::script::handles::{LocatorValue, PageValue, function};
use crate::script::options::Options;
use crate::script::retrying::Retrying;
use crate::script::values::{described, to_json};
use crate::script::world::{Call, World};

const ARIA: &[&str] = &["name", "timeout"];
const UPDATE: &str = "where the new one is right, write it with `-u` (`--update-snapshots`)";

pub(super) fn register(engine: &mut Engine) {
    function(
        "to_match_snapshot",
        &["this: expectation", "name: string"],
        "The value is what `SPEC.snapshots/NAME.txt` says: a string as it is, other plain data as JSON with sorted \
         keys. `-u` writes the file.",
    )
    .register_into_engine(engine, |context: NativeCallContext, e: &mut Expectation, name: &str| {
        match_value(&context, e, name)
    });
    let doc = "Waits until assistive technology is told at least this, in this order: `- role \"name\" [state]: text`, \
               with `/regex/` for names and texts, indented by what it stands in.";
    function("to_match_aria_snapshot", &["this: expectation", "template: string"], doc).register_into_engine(
        engine,
        |context: NativeCallContext, e: &mut Expectation, template: &str| {
            match_aria(&context, e, Some(template), Map::new())
        },
    );
    function("to_match_aria_snapshot", &["this: expectation", "template: string", "options: map"], doc)
        .register_into_engine(
            engine,
            |context: NativeCallContext, e: &mut Expectation, template: &str, options: Map| {
                match_aria(&context, e, Some(template), options)
            },
        );
    let doc = "As with a template, which is in `SPEC.snapshots/NAME.aria.yml`; `-u` writes it.";
    function("to_match_aria_snapshot", &["this: expectation", "options: map"], doc)
        .register_into_engine(engine, |context: NativeCallContext, e: &mut Expectation, options: Map| {
            match_aria(&context, e, None, options)
        });
}

fn match_value(context: &NativeCallContext, expectation: &Expectation, name: &str) -> Raw<()> {
    let world = World::of(context);
    let call = Call::new(context, format!("expect(...).to_match_snapshot({name:?})"));
    let baseline = world.baseline(&call, (name, "txt"))?;
    let found = text_of(&expectation.subject).map_err(throw)?;
    let expected = baseline.read()?.map(|bytes| String::from_utf8_lossy(&bytes).replace("\r\n", "\n"));
    let holds = expected.as_deref() == Some(found.as_str());
    if world.settings.update_snapshots && !expectation.negated {
        return if holds { Ok(()) } else { baseline.write(&world, found.as_bytes()) };
    }
    if holds != expectation.negated && expected.is_some() {
        return Ok(());
    }
    let Some(expected) = expected else { return expectation.fail(context, missing(&baseline.shown, &found)) };
    let not = expectation.not();
    let mut failure =
        Failure::new(FailureKind::Assertion, format!("expected the value {not}to match the snapshot `{name}`"));
    failure.expected = Some(expected);
    failure.found = Some(found);
    failure.details.push(format!("the snapshot: {}", baseline.shown));
    expectation.fail(context, failure.advise(UPDATE))
}

/// A snapshot that is not there is not one that matches.
fn missing(shown: &str, found: &str) -> Failure {
    let mut failure = Failure::new(FailureKind::Assertion, format!("there is no snapshot {shown} yet"));
    failure.found = Some(found.to_owned());
    failure.advise("write it with `-u` (`--update-snapshots`), and read it before it is kept")
}

/// A text ends with a line break, as editors want it.
fn text_of(value: &Dynamic) -> Result<String, Failure> {
    let text = if value.is_string() {
        value.to_string()
    } else {
        let json =
            to_json(value).map_err(|problem| misuse(format!("`to_match_snapshot` needs plain data: {problem}")))?;
        serde_json::to_string_pretty(&sorted(json)).expect("JSON can be written")
    };
    Ok(format!("{}\n", text.trim_end_matches('\n')))
}

fn sorted(json: Value) -> Value {
    match json {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.into_iter().collect();
            fields.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(fields.into_iter().map(|(key, value)| (key, sorted(value))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        plain => plain,
    }
}

fn match_aria(context: &NativeCallContext, expectation: &Expectation, template: Option<&str>, options: Map) -> Raw<()> {
    let world = World::of(context);
    let options = Options::new("to_match_aria_snapshot", options, ARIA).map_err(throw)?;
    let timeout = options.duration("timeout").map_err(throw)?.unwrap_or(world.settings.timeouts.assertion);
    let name = options.text("name").map_err(throw)?;
    let (subject, locator, shown) = subject(expectation).map_err(throw)?;
    let call = Call::new(context, format!("expect({shown}).to_match_aria_snapshot(...)"));
    let baseline = match (template, &name) {
        (None, Some(name)) => Some(world.baseline(&call, (name, "aria.yml"))?),
        (Some(_), None) => None,
        _ => {
            return Err(throw(misuse("`to_match_aria_snapshot` takes a template, or `#{ name }` for one in a file")));
        }
    };
    if let Some(subject) = &subject {
        world.check_birth(&call, subject.born, "locator")?;
    }
    let look = || -> Raw<Value> {
        let page = world.page(&call)?;
        world.wait(&call, async { page.read(&locator, &Reading::Aria, timeout).await })
    };
    let text = match (template, &baseline) {
        (Some(template), _) => template.to_owned(),
        (None, Some(baseline)) if world.settings.update_snapshots => {
            return baseline.write(&world, render(&look()?).as_bytes());
        }
        (None, Some(baseline)) => match baseline.read()? {
            Some(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            None => return expectation.fail(context, missing(&baseline.shown, &render(&look()?))),
        },
        (None, None) => unreachable!("one of them was given"),
    };
    let wanted = AriaTemplate::parse(&text).map_err(throw)?;
    let mut retrying = Retrying::new(timeout, None);
    loop {
        let tree = look()?;
        if wanted.is_in(&tree) != expectation.negated {
            return Ok(());
        }
        if !retrying.again(&world, &call)? {
            let not = expectation.not();
            let title = format!("expected `{shown}` {not}to match the ARIA snapshot");
            let mut failure = Failure::new(FailureKind::Assertion, title);
            failure.expected = Some(wanted.text());
            failure.found = Some(render(&tree));
            failure.waited = Some(retrying.length());
            if let Some(baseline) = &baseline {
                failure.details.push(format!("the snapshot: {}", baseline.shown));
                failure = failure.advise(UPDATE);
            }
            return expectation.fail(context, failure);
        }
    }
}

/// The element, how it is found, and how the script names it; the page is all that is in it.
fn subject(expectation: &Expectation) -> Result<(Option<LocatorValue>, Locator, String), Failure> {
    if let Some(value) = expectation.subject.read_lock::<LocatorValue>() {
        return Ok((Some(value.clone()), value.locator.clone(), value.locator.to_string()));
    }
    if expectation.subject.is::<PageValue>() {
        let body = Locator::new(LocatorPart::Css { selector: "body".to_owned() });
        return Ok((None, body, "page()".to_owned()));
    }
    Err(misuse(format!("`to_match_aria_snapshot` needs a locator or a page, not {}", described(&expectation.subject))))
}

/// Options of each function here, for the check and the reference.
pub(super) fn option_keys() -> Vec<(&'static str, &'static [&'static str])> {
    vec![("to_match_aria_snapshot", ARIA)]
}
