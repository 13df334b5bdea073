//! `expect(x).to_...`: assertions. Those on a page or an element are retried until they hold;
//! those on plain values are judged once.

use rhai::{Array, Dynamic, Engine, FnPtr, Map, NativeCallContext};

use crate::browser::{Check, Condition, StorageArea, Subject, TextMatch};
use crate::outcome::{Failure, FailureKind};
use crate::script::error::{Raw, misuse, throw};
use crate::script::expectation::{Expectation, Poll, argument_text};
use crate::script::handles::{LocatorList, LocatorValue, PageValue, function};
use crate::script::options::Options;
use crate::script::values::{described, kind_of, shown, text_match, text_part, to_json};
use crate::script::world::{Call, World};

const TIMEOUT: &[&str] = &["timeout"];

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
        condition: |_, arguments| classes(&arguments[0], "to_have_class"),
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
        name: "to_contain_class",
        words: "to contain class",
        doc: "Waits until the element has all these class names; another name of `to_have_class`.",
        condition: |_, arguments| classes(&arguments[0], "to_contain_class"),
        arguments: (1, 1),
    },
    Retried {
        name: "to_have_accessible_description",
        words: "to have accessible description",
        doc: "Waits until the element is described so, by `aria-describedby`, `aria-description` or its title.",
        condition: |_, arguments| {
            Ok(Condition::AccessibleDescription {
                expected: text_match(&arguments[0], "`to_have_accessible_description`")?,
            })
        },
        arguments: (1, 1),
    },
    Retried {
        name: "to_have_local_storage_item",
        words: "to have the local storage item",
        doc: "Waits until the page's origin keeps this item, with this value where one is given.",
        condition: |_, arguments| stored(StorageArea::Local, arguments, "to_have_local_storage_item"),
        arguments: (1, 2),
    },
    Retried {
        name: "to_have_session_storage_item",
        words: "to have the session storage item",
        doc: "Waits until the page's tab keeps this item, with this value where one is given.",
        condition: |_, arguments| stored(StorageArea::Session, arguments, "to_have_session_storage_item"),
        arguments: (1, 2),
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

fn classes(names: &Dynamic, function: &str) -> Result<Condition, Failure> {
    let names = name_of(names, function)?;
    Ok(Condition::Class { tokens: names.split_whitespace().map(str::to_owned).collect() })
}

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
    .register_into_engine(engine, Expectation::of);
    function("expect", &["subject: any", "message: string"], "As `expect(subject)`, with the words to fail with.")
        .register_into_engine(engine, |subject: Dynamic, message: &str| Expectation {
            message: Some(message.to_owned()),
            ..Expectation::of(subject)
        });
    let doc = "As `expect`, but the test goes on where it does not hold, and fails when it is done.";
    function("expect_soft", &["subject: any"], doc)
        .register_into_engine(engine, |subject: Dynamic| Expectation { is_soft: true, ..Expectation::of(subject) });
    function("expect_soft", &["subject: any", "message: string"], doc).register_into_engine(
        engine,
        |subject: Dynamic, message: &str| Expectation {
            is_soft: true,
            message: Some(message.to_owned()),
            ..Expectation::of(subject)
        },
    );
    let doc = "Asks a function for a value until the assertion about it holds; an error in it is a failed try. \
               `timeout`, `interval`, `message`.";
    function("expect_poll", &["function: function"], doc)
        .register_into_engine(engine, |context: NativeCallContext, asked: FnPtr| polled(&context, asked, Map::new()));
    function("expect_poll", &["function: function", "options: map"], doc)
        .register_into_engine(engine, |context: NativeCallContext, asked: FnPtr, options: Map| {
            polled(&context, asked, options)
        });
    for retried in RETRIED {
        register_retried(engine, retried);
    }
}

fn polled(context: &NativeCallContext, function: FnPtr, options: Map) -> Raw<Expectation> {
    let options = Options::new("expect_poll", options, &["timeout", "interval", "message"]).map_err(throw)?;
    let usual = World::of(context).settings.timeouts.assertion;
    let poll = Poll {
        timeout: options.duration("timeout").map_err(throw)?.unwrap_or(usual),
        interval: options.duration("interval").map_err(throw)?,
        function,
    };
    let message = options.text("message").map_err(throw)?;
    Ok(Expectation { poll: Some(poll), message, ..Expectation::of(Dynamic::UNIT) })
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
                // Where the value may be left out, a map is the options.
                match b.try_cast_result::<Map>() {
                    Ok(options) if least == 1 => assert_retried(&context, e, retried, &[a.into()], Some(options)),
                    Ok(map) => assert_retried(&context, e, retried, &[a.into(), map.into()], None),
                    Err(b) => assert_retried(&context, e, retried, &[a.into(), b], None),
                }
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
    let options = Options::new(retried.name, options.unwrap_or_default(), TIMEOUT).map_err(throw)?;
    let timeout = options.duration("timeout").map_err(throw)?.unwrap_or(world.settings.timeouts.assertion);
    let condition = (retried.condition)(&world, arguments).map_err(throw)?;
    let not = if expectation.negated { ".not" } else { "" };
    let given: Vec<String> = arguments.iter().map(argument_text).collect();
    let (subject, name) = subject_of(expectation, retried, &condition)?;
    let call = Call::new(context, format!("expect({name}){not}.{}({})", retried.name, given.join(", ")));
    let born = match expectation.subject.read_lock::<PageValue>() {
        Some(page) => (page.born, "page"),
        None => (locator_of(&expectation.subject).and_then(|locator| locator.born), "locator"),
    };
    let page = world.where_born(&call, born, || world.page(&call))?;
    let check = Check { subject, condition, negated: expectation.negated };
    let checked = world.wait(&call, async { page.check(&check, timeout).await })?;
    if checked.held {
        return Ok(());
    }
    let not = expectation.not();
    let title = format!("expected `{name}` {not}{}", retried.words);
    let mut failure = Failure::new(FailureKind::Assertion, title);
    failure.expected = Some(expected_text(retried, &check.condition, expectation.negated, &given));
    failure.found = Some(checked.found);
    failure.waited = Some(checked.waited);
    failure.details = checked.notes;
    expectation.fail(context, failure)
}

/// The subject of a check, and how the script names it.
fn subject_of(expectation: &Expectation, retried: &Retried, condition: &Condition) -> Raw<(Subject, String)> {
    let is_about_page = matches!(condition, Condition::Url { .. } | Condition::Title { .. } | Condition::Stored { .. });
    let subject = &expectation.subject;
    if let Some(list) = subject.read_lock::<LocatorList>() {
        if !is_about_page {
            return Ok((Subject::Each(list.every.locator.clone()), format!("{}.all()", list.every.locator)));
        }
    } else if let Some(value) = subject.read_lock::<LocatorValue>() {
        if !is_about_page {
            return Ok((Subject::Element(value.locator.clone()), value.locator.to_string()));
        }
    } else if subject.is::<PageValue>() && is_about_page {
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

fn expected_text(retried: &Retried, condition: &Condition, negated: bool, given: &[String]) -> String {
    let plain = match condition {
        Condition::Url { expected } | Condition::Title { expected } => expected.to_string(),
        Condition::Count { expected } => format!("{expected} element{}", if *expected == 1 { "" } else { "s" }),
        _ if given.is_empty() => retried.words.trim_start_matches("to be ").to_owned(),
        _ => given.join(" = "),
    };
    if negated { format!("not {plain}") } else { plain }
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

fn stored(area: StorageArea, arguments: &[Dynamic], function: &str) -> Result<Condition, Failure> {
    let expected = arguments.get(1).map(|value| text_match(value, &format!("`{function}`"))).transpose()?;
    Ok(Condition::Stored { area, name: name_of(&arguments[0], function)?, expected })
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

/// Options of each function here, for the check and the reference.
pub(super) fn option_keys() -> Vec<(&'static str, &'static [&'static str])> {
    RETRIED
        .iter()
        .filter(|retried| retried.name != "to_have_js_property")
        .map(|retried| (retried.name, TIMEOUT))
        .collect()
}
