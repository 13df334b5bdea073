//! `expect(x).to_...`: assertions. Those on a page or an element are retried until they hold;
//! those on plain values are judged once.

use rhai::{Array, Dynamic, Engine, FnPtr, Map, NativeCallContext};

use crate::browser::{Check, Condition, Subject, TextMatch};
use crate::outcome::{Failure, FailureKind};
use crate::script::error::{Raw, misuse, throw};
use crate::script::handles::{LocatorList, LocatorValue, PageValue, function};
use crate::script::options::Options;
use crate::script::response::Response;
use crate::script::values::{described, kind_of, shown, text_match, text_part, to_json};
use crate::script::world::{Call, World};

/// How close `to_be_close_to` wants two numbers where nothing is said: two decimal places.
const CLOSE: f64 = 0.005;

/// What `expect` gives.
#[derive(Clone, Debug)]
pub(crate) struct Expectation {
    /// What was given to it.
    pub(crate) subject: Dynamic,
    /// `.not` stands in front.
    pub(crate) negated: bool,
    /// The message given as its second argument.
    pub(crate) message: Option<String>,
}

/// An assertion about an element or page.
struct Retried {
    name: &'static str,
    /// "to be visible".
    words: &'static str,
    doc: &'static str,
    condition: fn(&World, &[Dynamic]) -> Result<Condition, Failure>,
    /// How many arguments it takes, at least and at most, options apart.
    arguments: (usize, usize),
}

macro_rules! state {
    ($name:literal, $words:literal, $condition:expr) => {
        Retried {
            name: $name,
            words: $words,
            doc: concat!("Waits for the element ", $words, "."),
            condition: |_, _| Ok($condition),
            arguments: (0, 0),
        }
    };
}

const RETRIED: &[Retried] = &[
    state!("to_be_attached", "to be attached", Condition::Attached),
    state!("to_be_visible", "to be visible", Condition::Visible),
    state!("to_be_hidden", "to be hidden", Condition::Hidden),
    state!("to_be_enabled", "to be enabled", Condition::Enabled),
    state!("to_be_disabled", "to be disabled", Condition::Disabled),
    state!("to_be_editable", "to be editable", Condition::Editable),
    state!("to_be_checked", "to be checked", Condition::Checked),
    state!("to_be_focused", "to be focused", Condition::Focused),
    state!("to_be_empty", "to be empty", Condition::Empty),
    state!("to_be_in_viewport", "to be in the viewport", Condition::InViewport),
    Retried {
        name: "to_have_text",
        words: "to have text",
        doc: "Waits until the element's folded text is this, or matches the regex. An array: all matches, in order.",
        condition: |_, arguments| texts(&arguments[0], "`to_have_text`", text_match),
        arguments: (1, 1),
    },
    Retried {
        name: "to_contain_text",
        words: "to contain text",
        doc: "Waits until the element's folded text contains this, or matches the regex.",
        condition: |_, arguments| texts(&arguments[0], "`to_contain_text`", text_part),
        arguments: (1, 1),
    },
    Retried {
        name: "to_have_value",
        words: "to have value",
        doc: "Waits until a control has this value.",
        condition: |_, arguments| Ok(Condition::Value { expected: text_match(&arguments[0], "`to_have_value`")? }),
        arguments: (1, 1),
    },
    Retried {
        name: "to_have_values",
        words: "to have values",
        doc: "Waits until these options of a `<select multiple>` are chosen, in order.",
        condition: |_, arguments| {
            let Some(items) = arguments[0].read_lock::<Array>() else {
                return Err(misuse(format!("`to_have_values` takes an array, not {}", described(&arguments[0]))));
            };
            let expected = items.iter().map(|item| text_match(item, "`to_have_values`")).collect::<Result<_, _>>()?;
            Ok(Condition::Values { expected })
        },
        arguments: (1, 1),
    },
    Retried {
        name: "to_have_attribute",
        words: "to have attribute",
        doc: "Waits until the element has the attribute, with this value where one is given.",
        condition: |_, arguments| {
            let expected = arguments.get(1).map(|value| text_match(value, "`to_have_attribute`")).transpose()?;
            Ok(Condition::Attribute { name: name_of(&arguments[0], "to_have_attribute")?, expected })
        },
        arguments: (1, 2),
    },
    Retried {
        name: "to_have_class",
        words: "to have class",
        doc: "Waits until the element has all these class names.",
        condition: |_, arguments| {
            let tokens = name_of(&arguments[0], "to_have_class")?;
            Ok(Condition::Class { tokens: tokens.split_whitespace().map(str::to_owned).collect() })
        },
        arguments: (1, 1),
    },
    Retried {
        name: "to_have_css",
        words: "to have style",
        doc: "Waits until a computed style property has this value.",
        condition: |_, arguments| {
            Ok(Condition::Css {
                name: name_of(&arguments[0], "to_have_css")?,
                expected: text_match(&arguments[1], "`to_have_css`")?,
            })
        },
        arguments: (2, 2),
    },
    Retried {
        name: "to_have_id",
        words: "to have id",
        doc: "Waits until the element has this id.",
        condition: |_, arguments| Ok(Condition::Id { expected: text_match(&arguments[0], "`to_have_id`")? }),
        arguments: (1, 1),
    },
    Retried {
        name: "to_have_js_property",
        words: "to have property",
        doc: "Waits until a JavaScript property has this value.",
        condition: |_, arguments| {
            let expected =
                to_json(&arguments[1]).map_err(|problem| misuse(format!("`to_have_js_property`: {problem}")))?;
            Ok(Condition::Property { name: name_of(&arguments[0], "to_have_js_property")?, expected })
        },
        arguments: (2, 2),
    },
    Retried {
        name: "to_have_count",
        words: "to have count",
        doc: "Waits until this many elements match.",
        condition: |_, arguments| match arguments[0].as_int().ok().and_then(|count| u64::try_from(count).ok()) {
            Some(expected) => Ok(Condition::Count { expected }),
            None => {
                Err(misuse(format!("`to_have_count` takes a whole number from 0, not {}", described(&arguments[0]))))
            }
        },
        arguments: (1, 1),
    },
    Retried {
        name: "to_have_role",
        words: "to have role",
        doc: "Waits until the browser computes this ARIA role for the element.",
        condition: |_, arguments| Ok(Condition::Role { expected: name_of(&arguments[0], "to_have_role")? }),
        arguments: (1, 1),
    },
    Retried {
        name: "to_have_accessible_name",
        words: "to have accessible name",
        doc: "Waits until the browser computes this accessible name for the element.",
        condition: |_, arguments| {
            Ok(Condition::AccessibleName { expected: text_match(&arguments[0], "`to_have_accessible_name`")? })
        },
        arguments: (1, 1),
    },
    Retried {
        name: "to_have_url",
        words: "to have url",
        doc: "Waits until the page's whole address is this (resolved against `base_url`), or matches the regex.",
        condition: |world, arguments| Ok(Condition::Url { expected: url_match(world, &arguments[0])? }),
        arguments: (1, 1),
    },
    Retried {
        name: "to_have_title",
        words: "to have title",
        doc: "Waits until the page has this title.",
        condition: |_, arguments| Ok(Condition::Title { expected: text_match(&arguments[0], "`to_have_title`")? }),
        arguments: (1, 1),
    },
];

pub(super) fn register(engine: &mut Engine) {
    engine.register_type_with_name::<Expectation>("Expectation").register_get(
        "not",
        |expectation: &mut Expectation| Expectation { negated: !expectation.negated, ..expectation.clone() },
    );
    function(
        "expect",
        &["subject: any"],
        "Starts an assertion about a locator, the page, a response or a plain value.",
    )
    .register_into_engine(engine, |subject: Dynamic| Expectation { subject, negated: false, message: None });
    function("expect", &["subject: any", "message: string"], "As `expect(subject)`, with the words to fail with.")
        .register_into_engine(engine, |subject: Dynamic, message: &str| Expectation {
            subject,
            negated: false,
            message: Some(message.to_owned()),
        });
    for retried in RETRIED {
        register_retried(engine, retried);
    }
    register_plain(engine);
}

fn register_retried(engine: &mut Engine, retried: &'static Retried) {
    let (least, most) = retried.arguments;
    let doc = retried.doc;
    if least == 0 {
        function(retried.name, &["this: expectation"], doc)
            .register_into_engine(engine, move |context: NativeCallContext, e: &mut Expectation| {
                assert_retried(&context, e, retried, &[], None)
            });
        function(retried.name, &["this: expectation", "options: map"], doc).register_into_engine(
            engine,
            move |context: NativeCallContext, e: &mut Expectation, options: Map| {
                assert_retried(&context, e, retried, &[], Some(options))
            },
        );
    }
    if least <= 1 && most >= 1 {
        function(retried.name, &["this: expectation", "expected: any"], doc).register_into_engine(
            engine,
            move |context: NativeCallContext, e: &mut Expectation, a: Dynamic| {
                assert_retried(&context, e, retried, &[a], None)
            },
        );
        function(retried.name, &["this: expectation", "expected: any", "options: map"], doc).register_into_engine(
            engine,
            move |context: NativeCallContext, e: &mut Expectation, a: Dynamic, options: Map| {
                assert_retried(&context, e, retried, &[a], Some(options))
            },
        );
    }
    if most == 2 {
        function(retried.name, &["this: expectation", "name: string", "expected: any"], doc).register_into_engine(
            engine,
            move |context: NativeCallContext, e: &mut Expectation, a: &str, b: Dynamic| {
                assert_retried(&context, e, retried, &[a.into(), b], None)
            },
        );
        function(retried.name, &["this: expectation", "name: string", "expected: any", "options: map"], doc)
            .register_into_engine(
                engine,
                move |context: NativeCallContext, e: &mut Expectation, a: &str, b: Dynamic, options: Map| {
                    assert_retried(&context, e, retried, &[a.into(), b], Some(options))
                },
            );
    }
}

fn assert_retried(
    context: &NativeCallContext,
    expectation: &Expectation,
    retried: &Retried,
    arguments: &[Dynamic],
    options: Option<Map>,
) -> Raw<()> {
    let world = World::of(context);
    let options = Options::new(retried.name, options.unwrap_or_default(), &["timeout"]).map_err(throw)?;
    let timeout = options.duration("timeout").map_err(throw)?.unwrap_or(world.settings.timeouts.assertion);
    let condition = (retried.condition)(&world, arguments).map_err(throw)?;
    let not = if expectation.negated { ".not" } else { "" };
    let given: Vec<String> = arguments.iter().map(|argument| argument_text(argument)).collect();
    let (subject, name) = subject_of(&world, context, expectation, retried, &condition)?;
    let call = Call::new(context, format!("expect({name}){not}.{}({})", retried.name, given.join(", ")));
    if let Some(locator) = locator_of(&expectation.subject) {
        world.check_birth(&call, locator.born, "locator")?;
    }
    let page = world.page(&call)?;
    let check = Check { subject, condition, negated: expectation.negated };
    let checked = world.wait(&call, async { page.check(&check, timeout).await })?;
    if checked.held {
        return Ok(());
    }
    let not = if expectation.negated { "not " } else { "" };
    let title = format!("expected `{name}` {not}{}", retried.words);
    let mut failure = Failure::new(FailureKind::Assertion, title);
    failure.expected = Some(expected_text(retried, &check.condition, expectation.negated, &given));
    failure.found = Some(checked.found);
    failure.waited = Some(checked.waited);
    failure.details = checked.notes;
    Err(throw(worded(failure, expectation)))
}

/// The subject of a check, and how the script names it.
fn subject_of(
    world: &World,
    context: &NativeCallContext,
    expectation: &Expectation,
    retried: &Retried,
    condition: &Condition,
) -> Raw<(Subject, String)> {
    let is_about_page = matches!(condition, Condition::Url { .. } | Condition::Title { .. });
    let subject = &expectation.subject;
    if let Some(list) = subject.read_lock::<LocatorList>() {
        if !is_about_page {
            return Ok((Subject::Each(list.every.locator.clone()), format!("{}.all()", list.every.locator)));
        }
    } else if let Some(value) = subject.read_lock::<LocatorValue>() {
        if !is_about_page {
            return Ok((Subject::Element(value.locator.clone()), value.locator.to_string()));
        }
    } else if let Some(page) = subject.read_lock::<PageValue>()
        && is_about_page
    {
        world.check_birth(&Call::new(context, "expect(page())"), page.born, "page")?;
        return Ok((Subject::Page, "page()".to_owned()));
    }
    let needed = if is_about_page { "a page" } else { "a locator" };
    let mut failure = misuse(format!("`{}` needs {needed}, not {}", retried.name, described(subject)));
    if is_about_page {
        failure.advice = Some(format!("write `expect(page()).{}(...)`", retried.name));
    } else if kind_of(subject) == "a string" {
        failure.advice = Some(format!("write `expect(get({})).{}(...)`", shown(subject), retried.name));
    }
    Err(throw(failure))
}

fn locator_of(subject: &Dynamic) -> Option<LocatorValue> {
    if let Some(list) = subject.read_lock::<LocatorList>() {
        return Some(list.every.clone());
    }
    subject.read_lock::<LocatorValue>().map(|value| value.clone())
}

fn argument_text(value: &Dynamic) -> String {
    match value.read_lock::<crate::script::values::RegexValue>() {
        Some(regex) => TextMatch::Regex { source: regex.source.clone(), flags: regex.flags.clone() }.to_string(),
        None => shown(value),
    }
}

fn expected_text(retried: &Retried, condition: &Condition, negated: bool, given: &[String]) -> String {
    let plain = match condition {
        Condition::Url { expected } | Condition::Title { expected } => expected.to_string(),
        Condition::Count { expected } => format!("{expected} element{}", if *expected == 1 { "" } else { "s" }),
        _ if given.is_empty() => retried.words.trim_start_matches("to be ").to_owned(),
        _ => given.join(" = "),
    };
    if negated { format!("not {plain}") } else { plain }
}

/// The failure with the message given to `expect`, where there is one.
fn worded(mut failure: Failure, expectation: &Expectation) -> Failure {
    if let Some(message) = &expectation.message {
        let title = std::mem::replace(&mut failure.title, message.clone());
        failure.details.insert(0, title);
    }
    failure
}

fn texts(
    value: &Dynamic,
    what: &str,
    one: fn(&Dynamic, &str) -> Result<TextMatch, Failure>,
) -> Result<Condition, Failure> {
    if let Some(items) = value.read_lock::<Array>() {
        return Ok(Condition::Texts { expected: items.iter().map(|item| one(item, what)).collect::<Result<_, _>>()? });
    }
    Ok(Condition::Text { expected: one(value, what)? })
}

fn name_of(value: &Dynamic, function: &str) -> Result<String, Failure> {
    if value.is_string() {
        return Ok(value.to_string());
    }
    Err(misuse(format!("`{function}` takes a name as a string, not {}", described(value))))
}

fn url_match(world: &World, value: &Dynamic) -> Result<TextMatch, Failure> {
    match text_match(value, "`to_have_url`")? {
        TextMatch::Exact { text } => Ok(TextMatch::Exact { text: world.resolve_url(&text)? }),
        other => Ok(other),
    }
}

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
            (Ok(a), Ok(b)) => Ok(crate::script::values::same_json(&a, &b)),
            (Err(problem), _) | (_, Err(problem)) => Err(misuse(format!("`to_equal` compares plain data: {problem}"))),
        },
    },
    Plain { name: "to_contain", words: "to contain", doc: "A text, array or map contains this.", holds: contains },
    Plain {
        name: "to_match",
        words: "to match",
        doc: "A text matches the regex.",
        holds: |value, expected| match (value.is_string(), expected.read_lock::<crate::script::values::RegexValue>()) {
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
        name: "to_be_less_than",
        words: "to be less than",
        doc: "A number is less than this one.",
        holds: |value, expected| numbers(value, expected, "to_be_less_than").map(|(a, b)| a < b),
    },
];

fn register_plain(engine: &mut Engine) {
    for plain in PLAIN {
        function(plain.name, &["this: expectation", "expected: any"], plain.doc).register_into_engine(
            engine,
            move |e: &mut Expectation, expected: Dynamic| -> Raw<()> {
                let holds = (plain.holds)(&e.subject, &expected).map_err(throw)?;
                judge(e, holds, plain.words, &argument_text(&expected))
            },
        );
    }
    for (name, expected) in [("to_be_true", true), ("to_be_false", false)] {
        function(name, &["this: expectation"], "The value is this boolean.")
            .register_into_engine(engine, move |e: &mut Expectation| {
                judge(e, e.subject.as_bool() == Ok(expected), "to be", &expected.to_string())
            });
    }
    function(
        "to_be_close_to",
        &["this: expectation", "expected: number", "within: number"],
        "A number differs from this one by at most `within`.",
    )
    .register_into_engine(engine, |e: &mut Expectation, expected: Dynamic, within: Dynamic| -> Raw<()> {
        let (value, wanted) = numbers(&e.subject, &expected, "to_be_close_to").map_err(throw)?;
        let (within, _) = numbers(&within, &within, "to_be_close_to").map_err(throw)?;
        judge(e, (value - wanted).abs() <= within, "to be close to", &format!("{expected} ± {within}"))
    });
    function(
        "to_be_close_to",
        &["this: expectation", "expected: number"],
        "A number differs from this one by less than 0.005.",
    )
    .register_into_engine(engine, |e: &mut Expectation, expected: Dynamic| -> Raw<()> {
        let (value, wanted) = numbers(&e.subject, &expected, "to_be_close_to").map_err(throw)?;
        judge(e, (value - wanted).abs() < CLOSE, "to be close to", &format!("{expected} ± {CLOSE}"))
    });
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
        |e: &mut Expectation| -> Raw<()> {
            let Some(response) = e.subject.read_lock::<Response>().map(|response| response.clone()) else {
                return Err(throw(misuse(format!("`to_be_ok` needs a response, not {}", described(&e.subject)))));
            };
            if response.is_ok() != e.negated {
                return Ok(());
            }
            let not = if e.negated { "not " } else { "" };
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
            Err(throw(worded(failure, e)))
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

fn judge(expectation: &Expectation, holds: bool, words: &str, expected: &str) -> Raw<()> {
    if holds != expectation.negated {
        return Ok(());
    }
    let not = if expectation.negated { "not " } else { "" };
    let mut failure =
        Failure::new(FailureKind::Assertion, format!("expected {} {not}{words}", kind_of(&expectation.subject)));
    failure.expected = Some(format!("{not}{expected}"));
    failure.found = Some(shown(&expectation.subject));
    Err(throw(worded(failure, expectation)))
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
        Ok(_) => return judge_thrown(expectation, false, None, "nothing was thrown"),
        Err(error) if !is_catchable(&error) => return Err(error),
        Err(error) => error,
    };
    let thrown = world.read(&error, context.engine(), context.call_source().unwrap_or_default()).failure;
    let thrown: Vec<String> = [thrown.title].into_iter().chain(thrown.details).chain(thrown.advice).collect();
    let thrown = thrown.join("\n");
    let Some(message) = message else { return judge_thrown(expectation, true, None, &thrown) };
    let holds = match message.read_lock::<crate::script::values::RegexValue>() {
        Some(regex) => regex.compiled.is_match(&thrown),
        None => thrown.contains(&message.to_string()),
    };
    judge_thrown(expectation, holds, Some(&argument_text(message)), &thrown)
}

fn is_catchable(error: &rhai::EvalAltResult) -> bool {
    error.unwrap_inner().is_catchable()
}

fn judge_thrown(expectation: &Expectation, holds: bool, expected: Option<&str>, found: &str) -> Raw<()> {
    if holds != expectation.negated {
        return Ok(());
    }
    let not = if expectation.negated { "not " } else { "" };
    let mut failure = Failure::new(FailureKind::Assertion, format!("expected the function {not}to throw"));
    failure.expected = Some(format!("{not}{}", expected.unwrap_or("an error")));
    failure.found = Some(found.to_owned());
    Err(throw(worded(failure, expectation)))
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
                map.get(key).is_some_and(|own| matches!((to_json(own), to_json(item)), (Ok(a), Ok(b)) if crate::script::values::same_json(&a, &b)))
            }));
        }
    }
    if let Some(items) = value.read_lock::<Array>() {
        let wanted =
            to_json(expected).map_err(|problem| misuse(format!("`to_contain` compares plain data: {problem}")))?;
        return Ok(items
            .iter()
            .any(|item| to_json(item).is_ok_and(|item| crate::script::values::same_json(&item, &wanted))));
    }
    Err(misuse(format!("`to_contain` needs a string, an array or a map, not {}", described(value))))
}

fn numbers(value: &Dynamic, expected: &Dynamic, name: &str) -> Result<(f64, f64), Failure> {
    let number = |value: &Dynamic| value.as_float().ok().or_else(|| value.as_int().ok().map(|number| number as f64));
    match (number(value), number(expected)) {
        (Some(a), Some(b)) => Ok((a, b)),
        (None, _) => Err(misuse(format!("`{name}` needs a number, not {}", described(value)))),
        (_, None) => Err(misuse(format!("`{name}` takes a number, not {}", described(expected)))),
    }
}
