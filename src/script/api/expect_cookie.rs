//! `expect(page()).to_have_cookie(...)`: cookies as the browser keeps them, those that scripts
//! cannot read too.

use rhai::{Dynamic, Engine, Map, NativeCallContext};

use crate::browser::TextMatch;
use crate::outcome::{Failure, FailureKind};
use crate::script::error::{Raw, misuse, throw};
use crate::script::expectation::{Expectation, argument_text};
use crate::script::handles::{PageValue, function};
use crate::script::options::Options;
use crate::script::retrying::Retrying;
use crate::script::values::{described, text_match};
use crate::script::world::{Call, World};

const TIMEOUT: &[&str] = &["timeout"];

pub(super) fn register(engine: &mut Engine) {
    let doc = "Waits until a cookie of this name would be sent to the page's address.";
    function("to_have_cookie", &["this: expectation", "name: string"], doc).register_into_engine(
        engine,
        |context: NativeCallContext, e: &mut Expectation, name: &str| {
            assert_cookie(&context, e, (name, None), Map::new())
        },
    );
    let doc = "Waits until a cookie of this name and value would be sent to the page's address.";
    function("to_have_cookie", &["this: expectation", "name: string", "value: string or regex"], doc)
        .register_into_engine(engine, |context: NativeCallContext, e: &mut Expectation, name: &str, value: Dynamic| {
            assert_cookie(&context, e, (name, Some(&value)), Map::new())
        });
    function("to_have_cookie", &["this: expectation", "name: string", "value: string or regex", "options: map"], doc)
        .register_into_engine(
            engine,
            |context: NativeCallContext, e: &mut Expectation, name: &str, value: Dynamic, options: Map| {
                assert_cookie(&context, e, (name, Some(&value)), options)
            },
        );
}

fn assert_cookie(
    context: &NativeCallContext,
    expectation: &Expectation,
    (name, value): (&str, Option<&Dynamic>),
    options: Map,
) -> Raw<()> {
    let world = World::of(context);
    if !expectation.subject.is::<PageValue>() {
        let failure = misuse(format!("`to_have_cookie` needs a page, not {}", described(&expectation.subject)));
        return Err(throw(failure.advise("write `expect(page()).to_have_cookie(...)`")));
    }
    let options = Options::new("to_have_cookie", options, TIMEOUT).map_err(throw)?;
    let timeout = options.duration("timeout").map_err(throw)?.unwrap_or(world.settings.timeouts.assertion);
    let wanted = value.map(|value| text_match(value, "`to_have_cookie`")).transpose().map_err(throw)?;
    let call = Call::new(context, format!("expect(page()).to_have_cookie({name:?})"));
    let mut retrying = Retrying::new(timeout, None);
    loop {
        let page = world.page(&call)?;
        let Some((open, _)) = world.opened() else { return Ok(()) };
        let cookies = world.wait(&call, async move {
            let url = page.url().await?;
            open.cookies(Some(&url)).await
        })?;
        let found = cookies.iter().find(|cookie| cookie.name == name).map(|cookie| cookie.value.as_str());
        let holds = found.is_some_and(|found| wanted.as_ref().is_none_or(|wanted| fits(wanted, found)));
        if holds != expectation.negated {
            return Ok(());
        }
        // A cookie may come with any answer; the browser tells nobody.
        if !retrying.again(&world, &call)? {
            let not = expectation.not();
            let mut failure =
                Failure::new(FailureKind::Assertion, format!("expected `page()` {not}to have the cookie `{name}`"));
            failure.expected = Some(format!("{not}{}", value.map_or_else(|| name.to_owned(), argument_text)));
            failure.found =
                Some(found.map_or_else(|| "no cookie of this name".to_owned(), |found| format!("{found:?}")));
            failure.waited = Some(retrying.length());
            let names: Vec<&str> = cookies.iter().map(|cookie| cookie.name.as_str()).collect();
            if found.is_none() && !names.is_empty() {
                failure.details.push(format!("there are: {}", names.join(", ")));
            }
            return expectation.fail(context, failure);
        }
    }
}

fn fits(wanted: &TextMatch, found: &str) -> bool {
    match wanted {
        TextMatch::Exact { text } => found == text,
        TextMatch::Part { text } | TextMatch::Contains { text } => found.contains(text.as_str()),
        TextMatch::Regex { source, flags } => {
            crate::script::values::RegexValue::new(source, flags).is_ok_and(|regex| regex.compiled.is_match(found))
        }
    }
}
