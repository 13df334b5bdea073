//! `get`, `get_by_*`, `xpath`, and what narrows a locator down.

use rhai::{Dynamic, Engine, Map, NativeCallContext};

use crate::browser::{Locator, LocatorPart, RoleOptions, TextMatch};
use crate::outcome::Failure;
use crate::script::closure::call_site;
use crate::script::error::{Raw, misuse, throw};
use crate::script::handles::{LocatorList, LocatorValue, PageValue, function};
use crate::script::options::Options;
use crate::script::values::{described, text_match, text_part};
use crate::script::world::{Call, World};

/// A function that finds elements.
#[derive(Clone, Copy)]
struct Finder {
    name: &'static str,
    parameter: &'static str,
    options: &'static [&'static str],
    doc: &'static str,
    part: fn(&World, &Dynamic, &Options) -> Result<LocatorPart, Failure>,
}

const ROLE_OPTIONS: &[&str] = &["name", "exact", "checked", "pressed", "expanded", "selected", "disabled", "level"];

const FINDERS: &[Finder] = &[
    Finder {
        name: "get",
        parameter: "css: string",
        options: &[],
        doc: "Elements that match a CSS selector. Open shadow roots are searched too.",
        part: |_, value, _| Ok(LocatorPart::Css { selector: text(value, "get")? }),
    },
    Finder {
        name: "xpath",
        parameter: "expression: string",
        options: &[],
        doc: "Elements that an XPath expression finds, relative to the locator it is called on.",
        part: |_, value, _| Ok(LocatorPart::Xpath { expression: text(value, "xpath")? }),
    },
    Finder {
        name: "get_by_role",
        parameter: "role: string",
        options: ROLE_OPTIONS,
        doc: "Elements with an ARIA role, as the browser computes it.",
        part: |_, value, options| {
            Ok(LocatorPart::Role { role: text(value, "get_by_role")?, options: role_options(options)? })
        },
    },
    Finder {
        name: "get_by_text",
        parameter: "text: string or regex",
        options: &["exact"],
        doc: "The smallest elements with this text. `#{ exact: false }` matches a part of it.",
        part: |_, value, options| Ok(LocatorPart::Text { text: by_text(value, options, "get_by_text")? }),
    },
    Finder {
        name: "get_by_label",
        parameter: "text: string or regex",
        options: &["exact"],
        doc: "Controls with this label.",
        part: |_, value, options| Ok(LocatorPart::Label { text: by_text(value, options, "get_by_label")? }),
    },
    Finder {
        name: "get_by_placeholder",
        parameter: "text: string or regex",
        options: &["exact"],
        doc: "Controls with this placeholder.",
        part: |_, value, options| Ok(LocatorPart::Placeholder { text: by_text(value, options, "get_by_placeholder")? }),
    },
    Finder {
        name: "get_by_alt_text",
        parameter: "text: string or regex",
        options: &["exact"],
        doc: "Images with this alternative text.",
        part: |_, value, options| Ok(LocatorPart::AltText { text: by_text(value, options, "get_by_alt_text")? }),
    },
    Finder {
        name: "get_by_title",
        parameter: "text: string or regex",
        options: &["exact"],
        doc: "Elements with this `title` attribute.",
        part: |_, value, options| Ok(LocatorPart::Title { text: by_text(value, options, "get_by_title")? }),
    },
    Finder {
        name: "get_by_test_id",
        parameter: "id: string or regex",
        options: &[],
        doc: "Elements with this test id (`data-testid`, or what `test_id_attribute` says).",
        part: |world, value, _| {
            Ok(LocatorPart::TestId {
                attribute: world.settings.test_id_attribute.clone(),
                text: text_match(value, "`get_by_test_id`")?,
            })
        },
    },
];

pub(super) fn register(engine: &mut Engine) {
    engine
        .register_type_with_name::<LocatorValue>("Locator")
        .register_fn("to_string", |locator: &mut LocatorValue| locator.locator.to_string())
        .register_fn("to_debug", |locator: &mut LocatorValue| locator.locator.to_string());
    for finder in FINDERS {
        register_finder(engine, *finder);
    }
    register_role_name(engine);
    register_narrowing(engine);
    register_list(engine);
}

fn register_finder(engine: &mut Engine, finder: Finder) {
    function(finder.name, &[finder.parameter], finder.doc)
        .register_into_engine(engine, move |context: NativeCallContext, value: Dynamic| {
            find(&context, finder, None, &value, Map::new())
        });
    function(finder.name, &["this: locator", finder.parameter], finder.doc).register_into_engine(
        engine,
        move |context: NativeCallContext, base: &mut LocatorValue, value: Dynamic| {
            find(&context, finder, Some(base), &value, Map::new())
        },
    );
    function(finder.name, &["this: page", finder.parameter], finder.doc).register_into_engine(
        engine,
        move |context: NativeCallContext, page: &mut PageValue, value: Dynamic| {
            on(&context, page, finder, || find(&context, finder, None, &value, Map::new()))
        },
    );
    if finder.options.is_empty() {
        return;
    }
    function(finder.name, &[finder.parameter, "options: map"], finder.doc).register_into_engine(
        engine,
        move |context: NativeCallContext, value: &str, options: Map| {
            find(&context, finder, None, &value.into(), options)
        },
    );
    function(finder.name, &["this: locator", finder.parameter, "options: map"], finder.doc).register_into_engine(
        engine,
        move |context: NativeCallContext, base: &mut LocatorValue, value: &str, options: Map| {
            find(&context, finder, Some(base), &value.into(), options)
        },
    );
    function(finder.name, &["this: page", finder.parameter, "options: map"], finder.doc).register_into_engine(
        engine,
        move |context: NativeCallContext, page: &mut PageValue, value: &str, options: Map| {
            on(&context, page, finder, || find(&context, finder, None, &value.into(), options))
        },
    );
}

/// `get_by_role("button", "Save")`: the second argument is the name.
fn register_role_name(engine: &mut Engine) {
    let finder = *FINDERS.iter().find(|finder| finder.name == "get_by_role").expect("it stands in the table above");
    let named =
        move |context: &NativeCallContext, base: Option<&LocatorValue>, role: &str, name: Dynamic, mut options: Map| {
            options.insert("name".into(), name);
            find(context, finder, base, &role.into(), options)
        };
    let doc = "Elements with an ARIA role and an accessible name, as the browser computes them.";
    macro_rules! with_name {
        ($kind:ty) => {
            function(finder.name, &["role: string", "name: string or regex"], doc).register_into_engine(
                engine,
                move |context: NativeCallContext, role: &str, name: $kind| {
                    named(&context, None, role, Dynamic::from(name.to_owned()), Map::new())
                },
            );
            function(finder.name, &["this: locator", "role: string", "name: string or regex"], doc)
                .register_into_engine(
                    engine,
                    move |context: NativeCallContext, base: &mut LocatorValue, role: &str, name: $kind| {
                        named(&context, Some(base), role, Dynamic::from(name.to_owned()), Map::new())
                    },
                );
            function(finder.name, &["this: page", "role: string", "name: string or regex"], doc).register_into_engine(
                engine,
                move |context: NativeCallContext, page: &mut PageValue, role: &str, name: $kind| {
                    on(&context, page, finder, || {
                        named(&context, None, role, Dynamic::from(name.to_owned()), Map::new())
                    })
                },
            );
            function(finder.name, &["role: string", "name: string or regex", "options: map"], doc)
                .register_into_engine(
                    engine,
                    move |context: NativeCallContext, role: &str, name: $kind, options: Map| {
                        named(&context, None, role, Dynamic::from(name.to_owned()), options)
                    },
                );
            function(finder.name, &["this: locator", "role: string", "name: string or regex", "options: map"], doc)
                .register_into_engine(
                    engine,
                    move |context: NativeCallContext,
                          base: &mut LocatorValue,
                          role: &str,
                          name: $kind,
                          options: Map| {
                        named(&context, Some(base), role, Dynamic::from(name.to_owned()), options)
                    },
                );
        };
    }
    with_name!(&str);
    with_name!(crate::script::values::RegexValue);
}

/// Runs `work` where the page is.
fn on<T>(context: &NativeCallContext, page: &PageValue, finder: Finder, work: impl FnOnce() -> Raw<T>) -> Raw<T> {
    let call = Call::new(context, format!("page().{}", finder.name));
    World::of(context).where_born(&call, (page.born, "page"), work)
}

fn register_narrowing(engine: &mut Engine) {
    const FILTER: &[&str] = &["has", "has_not", "has_text", "has_not_text", "visible"];
    function(
        "filter",
        &["this: locator", "options: map"],
        "Keeps those matches for which all of it holds: `has has_not has_text has_not_text visible`.",
    )
    .register_into_engine(engine, |context: NativeCallContext, base: &mut LocatorValue, options: Map| {
        let options = Options::new("filter", options, FILTER).map_err(throw)?;
        let scope = World::of(&context).activity().and_then(|activity| activity.scopes.borrow().last().cloned());
        let part = filter_part(&options, scope.as_ref()).map_err(throw)?;
        Ok::<_, Box<rhai::EvalAltResult>>(narrowed(&context, base, part))
    });
    function(
        "nth",
        &["this: locator", "index: integer"],
        "One match by its place, from 0; negative counts from the end.",
    )
    .register_into_engine(engine, |context: NativeCallContext, base: &mut LocatorValue, index: i64| {
        narrowed(&context, base, LocatorPart::Nth { index })
    });
    function("first", &["this: locator"], "The first match.")
        .register_into_engine(engine, |context: NativeCallContext, base: &mut LocatorValue| {
            narrowed(&context, base, LocatorPart::Nth { index: 0 })
        });
    function("last", &["this: locator"], "The last match.")
        .register_into_engine(engine, |context: NativeCallContext, base: &mut LocatorValue| {
            narrowed(&context, base, LocatorPart::Nth { index: -1 })
        });
}

fn register_list(engine: &mut Engine) {
    engine
        .register_type_with_name::<LocatorList>("LocatorList")
        .register_iterator_result::<LocatorList, LocatorValue>()
        .register_indexer_get(|list: &mut LocatorList, index: i64| list.at(index));
    function(
        "all",
        &["this: locator"],
        "Every match, as a list that is looked up when it is used: with an index, or in `for`.",
    )
    .register_into_engine(engine, |context: NativeCallContext, base: &mut LocatorValue| LocatorList {
        every: base.clone(),
        world: World::of(&context),
        site: call_site(&context),
    });
    function("len", &["this: list of locators"], "How many elements match now.")
        .register_into_engine(engine, |context: NativeCallContext, list: &mut LocatorList| {
            list.count(Some(context.engine()))
        });
}

fn narrowed(context: &NativeCallContext, base: &LocatorValue, part: LocatorPart) -> LocatorValue {
    let born = base.born.or_else(|| World::of(context).birth());
    LocatorValue { locator: base.locator.then(part), born }
}

fn find(
    context: &NativeCallContext,
    finder: Finder,
    base: Option<&LocatorValue>,
    value: &Dynamic,
    options: Map,
) -> Raw<LocatorValue> {
    let world = World::of(context);
    let options = Options::new(finder.name, options, finder.options).map_err(throw)?;
    let part = (finder.part)(&world, value, &options).map_err(throw)?;
    let start = match base {
        Some(base) => base.locator.clone(),
        None => world.activity().and_then(|activity| activity.scopes.borrow().last().cloned()).unwrap_or_default(),
    };
    let born = base.map_or_else(|| world.birth(), |base| base.born);
    Ok(LocatorValue { locator: start.then(part), born })
}

fn text(value: &Dynamic, name: &str) -> Result<String, Failure> {
    match value.clone().into_immutable_string() {
        Ok(text) if !text.trim().is_empty() => Ok(text.to_string()),
        _ => Err(misuse(format!("`{name}` takes a string that is not empty, not {}", described(value)))),
    }
}

fn by_text(value: &Dynamic, options: &Options, name: &str) -> Result<TextMatch, Failure> {
    let what = format!("`{name}`");
    Ok(match (text_match(value, &what)?, options.flag("exact")?) {
        (TextMatch::Exact { text }, Some(false)) => TextMatch::Part { text },
        (matching, _) => matching,
    })
}

fn role_options(options: &Options) -> Result<RoleOptions, Failure> {
    let name = match options.raw("name") {
        None => None,
        Some(value) => Some(by_text(value, options, "get_by_role")?),
    };
    Ok(RoleOptions {
        name,
        checked: options.flag("checked")?,
        pressed: options.flag("pressed")?,
        expanded: options.flag("expanded")?,
        selected: options.flag("selected")?,
        disabled: options.flag("disabled")?,
        level: options.count("level")?,
    })
}

/// `scope` is that of the `within` around it: what is inside a match is not looked for there again.
fn filter_part(options: &Options, scope: Option<&Locator>) -> Result<LocatorPart, Failure> {
    let inner = |key: &str| -> Result<Option<Locator>, Failure> {
        match options.raw(key) {
            None => Ok(None),
            Some(value) => match value.read_lock::<LocatorValue>() {
                Some(locator) => {
                    Ok(Some(scope.map_or_else(|| locator.locator.clone(), |scope| locator.locator.below(scope))))
                }
                None => Err(options.wrong(key, "a locator")),
            },
        }
    };
    let text = |key: &str| -> Result<Option<TextMatch>, Failure> {
        options.raw(key).map(|value| text_part(value, &format!("option `{key}` of `filter`"))).transpose()
    };
    Ok(LocatorPart::Filter {
        has: inner("has")?,
        has_not: inner("has_not")?,
        has_text: text("has_text")?,
        has_not_text: text("has_not_text")?,
        visible: options.flag("visible")?,
    })
}

/// Options of each function here, for the check and the reference.
pub(super) fn option_keys() -> Vec<(&'static str, &'static [&'static str])> {
    FINDERS.iter().filter(|finder| !finder.options.is_empty()).map(|finder| (finder.name, finder.options)).collect()
}
