//! Assertions about plain values and responses: `to_equal`, `to_contain`, `to_throw` and their like,
//! and `assert`. They are judged once; nothing is waited for.

use rhai::{Array, Dynamic, Engine, FnPtr, Map, NativeCallContext};

use crate::outcome::{Failure, FailureKind};
use crate::script::difference::{differences, matches_part};
use crate::script::error::{Raw, misuse, throw};
use crate::script::expectation::{Expectation, argument_text};
use crate::script::handles::function;
use crate::script::response::Response;
use crate::script::retrying::{Retrying, Tried, is_catchable, try_once};
use crate::script::values::{RegexValue, described, kind_of, number, same_json, shown, to_json};
use crate::script::world::{Call, World};

/// How close `to_be_close_to` wants two numbers where nothing is said: two decimal places.
const CLOSE: f64 = 0.005;

/// An assertion about a plain value, judged once.
struct Plain {
    name: &'static str,
    words: &'static str,
    doc: &'static str,
    holds: fn(&Dynamic, &Dynamic) -> Result<bool, Failure>,
}

const PLAIN: &[Plain] = &[
    Plain {
        name: "to_equal",
        words: "to equal",
        doc: "The value equals this one: numbers by value, arrays and maps by what is in them.",
        holds: |value, expected| match (to_json(value), to_json(expected)) {
            (Ok(a), Ok(b)) => Ok(same_json(&a, &b)),
            (Err(problem), _) | (_, Err(problem)) => Err(misuse(format!("`to_equal` compares plain data: {problem}"))),
        },
    },
    Plain { name: "to_contain", words: "to contain", doc: "A text, array or map contains this.", holds: contains },
    Plain {
        name: "to_match",
        words: "to match",
        doc: "A text matches the regex.",
        holds: |value, expected| match (value.is_string(), expected.read_lock::<RegexValue>()) {
            (true, Some(regex)) => Ok(regex.compiled.is_match(&value.to_string())),
            (false, _) => Err(misuse(format!("`to_match` needs a string, not {}", described(value)))),
            (_, None) => Err(misuse(format!("`to_match` takes a `regex(...)`, not {}", described(expected)))),
        },
    },
    Plain {
        name: "to_be_greater_than",
        words: "to be greater than",
        doc: "A number is greater than this one.",
        holds: |value, expected| numbers(value, expected, "to_be_greater_than").map(|(a, b)| a > b),
    },
    Plain {
        name: "to_be_greater_than_or_equal",
        words: "to be at least",
        doc: "A number is this one or greater.",
        holds: |value, expected| numbers(value, expected, "to_be_greater_than_or_equal").map(|(a, b)| a >= b),
    },
    Plain {
        name: "to_be_less_than_or_equal",
        words: "to be at most",
        doc: "A number is this one or less.",
        holds: |value, expected| numbers(value, expected, "to_be_less_than_or_equal").map(|(a, b)| a <= b),
    },
    Plain {
        name: "to_have_length",
        words: "to have length",
        doc: "A text, array, map or blob has this many characters, items, keys or bytes.",
        holds: |value, expected| match (length(value), expected.as_int()) {
            (Some(length), Ok(wanted)) => Ok(length == wanted),
            (None, _) => Err(misuse(format!(
                "`to_have_length` needs a string, an array, a map or a blob, not {}",
                described(value)
            ))),
            (_, Err(_)) => Err(misuse(format!("`to_have_length` takes a whole number, not {}", described(expected)))),
        },
    },
    Plain {
        name: "to_match_object",
        words: "to match",
        doc: "A map has these keys with these values, in depth; it may have others.",
        holds: |value, expected| match (to_json(value), to_json(expected)) {
            (Ok(value), Ok(expected)) => Ok(matches_part(&value, &expected)),
            (Err(problem), _) | (_, Err(problem)) => {
                Err(misuse(format!("`to_match_object` compares plain data: {problem}")))
            }
        },
    },
    Plain {
        name: "to_be_less_than",
        words: "to be less than",
        doc: "A number is less than this one.",
        holds: |value, expected| numbers(value, expected, "to_be_less_than").map(|(a, b)| a < b),
    },
];

pub(super) fn register(engine: &mut Engine) {
    for plain in PLAIN {
        function(plain.name, &["this: expectation", "expected: any"], plain.doc).register_into_engine(
            engine,
            move |context: NativeCallContext, e: &mut Expectation, expected: Dynamic| {
                let wanted = expected.clone();
                let told = Told { words: plain.words, expected: argument_text(&expected), value: Some(expected) };
                judge(&context, e, told, move |value| (plain.holds)(value, &wanted))
            },
        );
    }
    for (name, expected) in [("to_be_true", true), ("to_be_false", false)] {
        function(name, &["this: expectation"], "The value is this boolean.").register_into_engine(
            engine,
            move |context: NativeCallContext, e: &mut Expectation| {
                judge(&context, e, Told::new("to be", expected), move |value| Ok(value.as_bool() == Ok(expected)))
            },
        );
    }
    function(
        "to_be_close_to",
        &["this: expectation", "expected: number", "within: number"],
        "A number differs from this one by at most `within`.",
    )
    .register_into_engine(
        engine,
        |context: NativeCallContext, e: &mut Expectation, expected: Dynamic, within: Dynamic| {
            let (near, _) = numbers(&within, &within, "to_be_close_to").map_err(throw)?;
            let told = Told::new("to be close to", format!("{expected} ± {within}"));
            judge(&context, e, told, move |value| {
                numbers(value, &expected, "to_be_close_to").map(|(value, wanted)| (value - wanted).abs() <= near)
            })
        },
    );
    function(
        "to_be_close_to",
        &["this: expectation", "expected: number"],
        "A number differs from this one by less than 0.005.",
    )
    .register_into_engine(engine, |context: NativeCallContext, e: &mut Expectation, expected: Dynamic| {
        let told = Told::new("to be close to", format!("{expected} ± {CLOSE}"));
        judge(&context, e, told, move |value| {
            numbers(value, &expected, "to_be_close_to").map(|(value, wanted)| (value - wanted).abs() < CLOSE)
        })
    });
    register_property(engine);
    function("to_throw", &["this: expectation"], "The function throws.")
        .register_into_engine(engine, |context: NativeCallContext, e: &mut Expectation| throws(&context, e, None));
    function(
        "to_throw",
        &["this: expectation", "message: string or regex"],
        "The function throws an error whose message contains this.",
    )
    .register_into_engine(engine, |context: NativeCallContext, e: &mut Expectation, message: Dynamic| {
        throws(&context, e, Some(&message))
    });
    function("to_be_ok", &["this: expectation"], "The response has a status from 200 to 299.").register_into_engine(
        engine,
        |context: NativeCallContext, e: &mut Expectation| -> Raw<()> {
            let Some(response) = e.subject.read_lock::<Response>().map(|response| response.clone()) else {
                return Err(throw(misuse(format!("`to_be_ok` needs a response, not {}", described(&e.subject)))));
            };
            if response.is_ok() != e.negated {
                return Ok(());
            }
            let not = e.not();
            let mut failure = Failure::new(
                FailureKind::Assertion,
                format!("expected the answer of {} {} {not}to be ok", response.method, response.url),
            );
            failure.expected = Some(format!("{not}a status from 200 to 299"));
            failure.found = Some(format!("status {}", response.status));
            let body: String = response.text().chars().take(200).collect();
            if !body.trim().is_empty() {
                failure.details.push(format!("the answer begins: {}", body.trim()));
            }
            e.fail(&context, failure)
        },
    );
    function(
        "assert",
        &["condition: boolean", "message: string"],
        "Fails with `message` where `condition` is `false`.",
    )
    .register_into_engine(engine, |condition: bool, message: &str| -> Raw<()> {
        if condition { Ok(()) } else { Err(throw(Failure::new(FailureKind::Assertion, message))) }
    });
    function("assert", &["condition: boolean"], "Fails where `condition` is `false`.").register_into_engine(
        engine,
        |condition: bool| -> Raw<()> {
            if condition {
                Ok(())
            } else {
                Err(throw(Failure::new(FailureKind::Assertion, "the assertion does not hold")))
            }
        },
    );
}

fn register_property(engine: &mut Engine) {
    let doc = "A map has something at this path (`a.b[0].c`), with this value where one is given.";
    function("to_have_property", &["this: expectation", "path: string"], doc).register_into_engine(
        engine,
        |context: NativeCallContext, e: &mut Expectation, path: &str| {
            let path = path.to_owned();
            let told = Told::new("to have the property", format!("something at `{path}`"));
            judge(&context, e, told, move |value| Ok(at_path(value, &path)?.is_some()))
        },
    );
    function("to_have_property", &["this: expectation", "path: string", "expected: any"], doc).register_into_engine(
        engine,
        |context: NativeCallContext, e: &mut Expectation, path: &str, expected: Dynamic| {
            let path = path.to_owned();
            let told = Told::new("to have the property", format!("{path} = {}", argument_text(&expected)));
            judge(&context, e, told, move |value| {
                let wanted = to_json(&expected)
                    .map_err(|problem| misuse(format!("`to_have_property` compares plain data: {problem}")))?;
                Ok(at_path(value, &path)?.is_some_and(|found| same_json(&found, &wanted)))
            })
        },
    );
}

fn at_path(value: &Dynamic, path: &str) -> Result<Option<serde_json::Value>, Failure> {
    let json = to_json(value).map_err(|problem| misuse(format!("`to_have_property` needs plain data: {problem}")))?;
    let parts = path.replace('[', ".").replace(']', "").replace('~', "~0");
    let pointer = format!("/{}", parts.split('.').collect::<Vec<_>>().join("/"));
    Ok(json.pointer(&pointer).cloned())
}

fn length(value: &Dynamic) -> Option<i64> {
    let count = if value.is_string() {
        value.to_string().chars().count()
    } else if let Some(items) = value.read_lock::<Array>() {
        items.len()
    } else if let Some(map) = value.read_lock::<Map>() {
        map.len()
    } else {
        value.read_lock::<rhai::Blob>()?.len()
    };
    i64::try_from(count).ok()
}

/// How an assertion and what it expects are told.
struct Told {
    words: &'static str,
    expected: String,
    /// What was expected, where it may have an inside to compare.
    value: Option<Dynamic>,
}

impl Told {
    fn new(words: &'static str, expected: impl ToString) -> Self {
        Self { words, expected: expected.to_string(), value: None }
    }
}

/// Judges the value once, or what `expect_poll` asks until it holds.
fn judge(
    context: &NativeCallContext,
    expectation: &Expectation,
    told: Told,
    holds: impl Fn(&Dynamic) -> Result<bool, Failure>,
) -> Raw<()> {
    let Some(poll) = &expectation.poll else {
        if holds(&expectation.subject).map_err(throw)? != expectation.negated {
            return Ok(());
        }
        return expectation.fail(context, refuted(expectation, &told, &expectation.subject));
    };
    let world = World::of(context);
    let call = Call::new(context, "expect_poll(...)");
    let mut retrying = Retrying::new(poll.timeout, poll.interval);
    loop {
        let mut failure = match try_once(&world, context, &poll.function)? {
            Tried::Value(value) => match holds(&value) {
                Ok(held) if held != expectation.negated => return Ok(()),
                Ok(_) => refuted(expectation, &told, &value),
                Err(failure) => failure,
            },
            Tried::Failed(failure) => *failure,
        };
        if !retrying.again(&world, &call)? {
            failure.waited = Some(retrying.length());
            return expectation.fail(context, failure);
        }
    }
}

fn refuted(expectation: &Expectation, told: &Told, value: &Dynamic) -> Failure {
    let not = expectation.not();
    let mut failure = Failure::new(FailureKind::Assertion, format!("expected {} {not}{}", kind_of(value), told.words));
    failure.expected = Some(format!("{not}{}", told.expected));
    failure.found = Some(shown(value));
    if let (Some(Ok(expected)), Ok(found), false) =
        (told.value.as_ref().map(to_json), to_json(value), expectation.negated)
    {
        failure.details = differences(&expected, &found);
    }
    failure
}

fn throws(context: &NativeCallContext, expectation: &Expectation, message: Option<&Dynamic>) -> Raw<()> {
    let Some(body) = expectation.subject.clone().try_cast::<FnPtr>() else {
        return Err(throw(
            misuse(format!("`to_throw` needs a function, not {}", described(&expectation.subject)))
                .advise("write `expect(|| ...).to_throw()`"),
        ));
    };
    let world = World::of(context);
    let error = match body.call_within_context::<Dynamic>(context, ()) {
        Ok(_) => return judge_thrown(context, expectation, (false, None), "nothing was thrown"),
        Err(error) if !is_catchable(&error) => return Err(error),
        Err(error) => error,
    };
    let thrown = world.read(&error, context.engine(), context.call_source().unwrap_or_default()).failure;
    let thrown: Vec<String> = [thrown.title].into_iter().chain(thrown.details).chain(thrown.advice).collect();
    let thrown = thrown.join("\n");
    let Some(message) = message else { return judge_thrown(context, expectation, (true, None), &thrown) };
    let holds = match message.read_lock::<RegexValue>() {
        Some(regex) => regex.compiled.is_match(&thrown),
        None => thrown.contains(&message.to_string()),
    };
    judge_thrown(context, expectation, (holds, Some(&argument_text(message))), &thrown)
}

fn judge_thrown(
    context: &NativeCallContext,
    expectation: &Expectation,
    (holds, expected): (bool, Option<&str>),
    found: &str,
) -> Raw<()> {
    if holds != expectation.negated {
        return Ok(());
    }
    let not = expectation.not();
    let mut failure = Failure::new(FailureKind::Assertion, format!("expected the function {not}to throw"));
    failure.expected = Some(format!("{not}{}", expected.unwrap_or("an error")));
    failure.found = Some(found.to_owned());
    expectation.fail(context, failure)
}

fn contains(value: &Dynamic, expected: &Dynamic) -> Result<bool, Failure> {
    if value.is_string() {
        return Ok(value.to_string().contains(&expected.to_string()));
    }
    if let Some(map) = value.read_lock::<Map>() {
        if expected.is_string() {
            return Ok(map.contains_key(expected.to_string().as_str()));
        }
        if let Some(part) = expected.read_lock::<Map>() {
            return Ok(part.iter().all(|(key, item)| {
                map.get(key)
                    .is_some_and(|own| matches!((to_json(own), to_json(item)), (Ok(a), Ok(b)) if same_json(&a, &b)))
            }));
        }
    }
    if let Some(items) = value.read_lock::<Array>() {
        let wanted =
            to_json(expected).map_err(|problem| misuse(format!("`to_contain` compares plain data: {problem}")))?;
        return Ok(items.iter().any(|item| to_json(item).is_ok_and(|item| same_json(&item, &wanted))));
    }
    Err(misuse(format!("`to_contain` needs a string, an array or a map, not {}", described(value))))
}

fn numbers(value: &Dynamic, expected: &Dynamic, name: &str) -> Result<(f64, f64), Failure> {
    match (number(value), number(expected)) {
        (Some(a), Some(b)) => Ok((a, b)),
        (None, _) => Err(misuse(format!("`{name}` needs a number, not {}", described(value)))),
        (_, None) => Err(misuse(format!("`{name}` takes a number, not {}", described(expected)))),
    }
}
