//! [`CustomFunctions`]: assertions and commands that support scripts define, and how they are called.

use std::cell::RefCell;

use rhai::{Dynamic, Engine, Map, NativeCallContext};

use crate::event::StepKind;
use crate::outcome::{Failure, FailureKind};

use super::closure::Closure;
use super::error::{Raw, misuse, throw};
use super::expectation::{Expectation, argument_text};
use super::failure::is_known_function;
use super::handles::{LocatorValue, PageValue, function};
use super::invoke::step;
use super::options::Options;
use super::retrying::{Retrying, is_catchable};
use super::values::{described, shown};
use super::world::{Call, World};

/// The most arguments such a function may take, its subject included.
const MOST: usize = 5;

/// What support scripts have defined and the engine does not know yet.
#[derive(Default)]
pub(crate) struct CustomFunctions(RefCell<Vec<Custom>>);

/// A function that a support script adds.
#[derive(Clone)]
pub(crate) struct Custom {
    pub(crate) name: String,
    pub(crate) kind: CustomKind,
    pub(crate) body: Closure,
    /// Parameters of its body, captured variables apart.
    pub(crate) parameters: usize,
}

/// What it is called on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CustomKind {
    /// On `expect(...)`.
    Assertion,
    /// On nothing.
    Command,
    /// On a locator.
    LocatorCommand,
    /// On `page()`.
    PageCommand,
}

impl CustomFunctions {
    /// Keeps a definition until the script that makes it has been loaded.
    ///
    /// # Errors
    /// When it takes no subject, or has the name of a function that is there.
    pub(crate) fn define(&self, engine: &Engine, custom: Custom) -> Result<(), Failure> {
        let definer = if custom.kind == CustomKind::Assertion { "define_assertion" } else { "define_command" };
        let is_taken = is_known_function(engine, &custom.name)
            || self.0.borrow().iter().any(|other| other.name == custom.name && other.kind == custom.kind);
        let is_name = custom.name.starts_with(|letter: char| letter.is_ascii_lowercase())
            && custom.name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
        if !is_name {
            return Err(misuse(format!("`{definer}` needs the name of a function, not {:?}", custom.name))
                .advise("write it with small letters, digits and `_`"));
        }
        if is_taken {
            return Err(misuse(format!("`{definer}`: there is a function `{}` already", custom.name))
                .advise("give it another name"));
        }
        if custom.kind != CustomKind::Command && custom.parameters == 0 {
            return Err(misuse(format!("the body of `{}` takes no parameter", custom.name))
                .advise(format!("its first one is what `{}` is called on: `|subject| ...`", custom.name)));
        }
        if custom.parameters > MOST {
            return Err(misuse(format!("`{}` takes more than {MOST} parameters", custom.name)).advise("give it a map"));
        }
        self.0.borrow_mut().push(custom);
        Ok(())
    }

    /// Makes known what was defined since the last time.
    pub(crate) fn register(&self, engine: &mut Engine) {
        for custom in self.0.take() {
            register(engine, custom);
        }
    }
}

/// Registers one function for the number of arguments its body takes.
fn register(engine: &mut Engine, custom: Custom) {
    let own = custom.parameters - usize::from(custom.kind != CustomKind::Command);
    let names: Vec<String> = (1..=own).map(|number| format!("argument{number}: any")).collect();
    let subject = match custom.kind {
        CustomKind::Assertion => Some("this: expectation"),
        CustomKind::LocatorCommand => Some("this: locator"),
        CustomKind::PageCommand => Some("this: page"),
        CustomKind::Command => None,
    };
    let parameters: Vec<&str> = subject.into_iter().chain(names.iter().map(String::as_str)).collect();
    let name = custom.name.clone();
    let registration = function(&name, &parameters, "Defined by a support script.");
    macro_rules! with_arguments {
        ($call:ident; $($subject:ident: $kind:ty)?; $($argument:ident),*) => {
            registration.register_into_engine(
                engine,
                move |context: NativeCallContext $(, $subject: &mut $kind)? $(, $argument: Dynamic)*| {
                    $call(&context, &custom, $(Dynamic::from($subject.clone()),)? vec![$($argument),*])
                },
            )
        };
    }
    macro_rules! by_count {
        ($call:ident; $($subject:ident: $kind:ty)?) => {
            match own {
                0 => with_arguments!($call; $($subject: $kind)?;),
                1 => with_arguments!($call; $($subject: $kind)?; a),
                2 => with_arguments!($call; $($subject: $kind)?; a, b),
                3 => with_arguments!($call; $($subject: $kind)?; a, b, c),
                4 => with_arguments!($call; $($subject: $kind)?; a, b, c, d),
                _ => with_arguments!($call; $($subject: $kind)?; a, b, c, d, e),
            }
        };
    }
    match custom.kind {
        CustomKind::Assertion => by_count!(assert_custom; subject: Expectation),
        CustomKind::LocatorCommand => by_count!(on_subject; subject: LocatorValue),
        CustomKind::PageCommand => by_count!(on_subject; subject: PageValue),
        CustomKind::Command => by_count!(command;),
    };
}

fn command(context: &NativeCallContext, custom: &Custom, arguments: Vec<Dynamic>) -> Raw<Dynamic> {
    let given: Vec<String> = arguments.iter().map(argument_text).collect();
    let title = format!("{}({})", custom.name, given.join(", "));
    step(&World::of(context), &title, StepKind::Named, || custom.body.run(context.engine(), arguments))
}

fn on_subject(context: &NativeCallContext, custom: &Custom, subject: Dynamic, arguments: Vec<Dynamic>) -> Raw<Dynamic> {
    let given: Vec<String> = arguments.iter().map(argument_text).collect();
    let title = format!("{}.{}({})", named(&subject), custom.name, given.join(", "));
    let all: Vec<Dynamic> = [subject].into_iter().chain(arguments).collect();
    step(&World::of(context), &title, StepKind::Named, || custom.body.run(context.engine(), all))
}

/// Asks the body until it says yes (or, after `.not`, no); a plain value is judged once.
fn assert_custom(
    context: &NativeCallContext,
    custom: &Custom,
    expectation: Dynamic,
    arguments: Vec<Dynamic>,
) -> Raw<Dynamic> {
    let expectation = expectation.cast::<Expectation>();
    let world = World::of(context);
    let is_retried = expectation.subject.is::<LocatorValue>() || expectation.subject.is::<PageValue>();
    let timeout = if is_retried { world.settings.timeouts.assertion } else { std::time::Duration::ZERO };
    let mut retrying = Retrying::new(timeout, None);
    let given: Vec<String> = arguments.iter().map(argument_text).collect();
    let call = Call::new(context, format!("expect({}).{}(...)", named(&expectation.subject), custom.name));
    loop {
        let all: Vec<Dynamic> = [expectation.subject.clone()].into_iter().chain(arguments.clone()).collect();
        let mut failure = Failure::new(
            FailureKind::Assertion,
            format!("expected {} {}{}", named(&expectation.subject), expectation.not(), custom.name.replace('_', " ")),
        );
        failure.expected = (!given.is_empty()).then(|| format!("{}{}", expectation.not(), given.join(", ")));
        let holds = match custom.body.run(context.engine(), all) {
            Ok(answer) => verdict(&custom.name, &answer, &mut failure).map_err(throw)?,
            Err(error) if !is_catchable(&error) => return Err(error),
            Err(error) => {
                let source = context.call_source().unwrap_or_default();
                let told = world.read(&error, context.engine(), source).failure;
                failure.details.push(told.title);
                failure.found = failure.found.or(told.found);
                failure.expected = told.expected.or(failure.expected);
                false
            }
        };
        if holds != expectation.negated {
            return Ok(Dynamic::UNIT);
        }
        if !is_retried || !retrying.again(&world, &call)? {
            failure.waited = is_retried.then(|| retrying.length());
            return expectation.fail(context, failure).map(Dynamic::from);
        }
    }
}

/// What the body answers: a boolean, or `#{ pass, message, expected, found }`.
fn verdict(name: &str, answer: &Dynamic, failure: &mut Failure) -> Result<bool, Failure> {
    if let Ok(holds) = answer.as_bool() {
        return Ok(holds);
    }
    if answer.is_unit() {
        // Nothing in it threw.
        return Ok(true);
    }
    let Some(map) = answer.read_lock::<Map>().map(|map| map.clone()) else {
        return Err(misuse(format!("the body of `{name}` gives {}", described(answer)))
            .advise("give `true` or `false`, or `#{ pass, message, expected, found }`"));
    };
    let options = Options::new(name, map, &["pass", "message", "expected", "found"])?;
    let holds = options.flag("pass")?.ok_or_else(|| options.wrong("pass", "`true` or `false`"))?;
    if let Some(message) = options.text("message")? {
        failure.title = message;
    }
    if let Some(expected) = options.raw("expected") {
        failure.expected = Some(shown(expected));
    }
    failure.found = options.raw("found").map(shown);
    Ok(holds)
}

fn named(subject: &Dynamic) -> String {
    if let Some(locator) = subject.read_lock::<LocatorValue>() {
        return locator.locator.to_string();
    }
    if subject.is::<PageValue>() { "page()".to_owned() } else { shown(subject) }
}
