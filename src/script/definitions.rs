//! [`Definitions`]: the sessions defined on a script thread, by what they are known by.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use crate::model::SpecPath;
use crate::outcome::{Failure, FailureKind};
use crate::session::SessionSpec;
use crate::suggest::closest;

use super::closure::Closure;
use super::pool::Accounts;

/// A session's definition with its closures.
#[derive(Debug)]
pub(crate) struct Definition {
    /// What it says.
    pub(crate) spec: SessionSpec,
    /// How to log in.
    pub(crate) steps: Closure,
    /// Runs first at each use.
    pub(crate) before: Option<Closure>,
    /// Runs last at each use.
    pub(crate) after: Option<Closure>,
    /// Says whether the session is good.
    pub(crate) verify: Option<Closure>,
    /// It stands in a support script: every spec sees it, by its name alone.
    pub(crate) is_support: bool,
    /// The spec that was collected or run when it was defined.
    pub(crate) definer: Option<SpecPath>,
    /// Its accounts, where it has several.
    pub(crate) accounts: Accounts,
    /// It is captured again after a test that passed.
    pub(crate) write_back: bool,
    /// Whether it says that it is kept between runs.
    pub(crate) persist: Option<bool>,
    /// What makes it what it is, besides its place.
    pub(crate) traits: Traits,
    /// Digest of its code, once it was needed.
    pub(crate) fingerprint: OnceCell<String>,
}

/// Callbacks, captured values and options as text, as they were when the session was defined: the
/// variables behind captured values change later.
#[derive(Debug, Default)]
pub(crate) struct Traits {
    callbacks: Vec<(&'static str, String)>,
    values: Vec<(String, String)>,
}

impl Traits {
    /// A callback that is there.
    pub(crate) fn callback(&mut self, part: &'static str, closure: &Closure) {
        self.callbacks.push((part, closure.name().to_owned()));
        for (variable, value) in closure.captured() {
            self.values.push((format!("the captured value `{variable}` in `{part}`"), value));
        }
    }

    /// Which callbacks there are, and every value.
    pub(crate) fn text(&self) -> String {
        let callbacks = self.callbacks.iter().map(|(part, _)| (*part).to_owned());
        let values = self.values.iter().map(|(what, value)| format!("{what}: {value}"));
        callbacks.chain(values).collect::<Vec<_>>().join("\n")
    }

    /// An option and what it is.
    pub(crate) fn option(&mut self, name: &str, value: String) {
        self.values.push((format!("option `{name}`"), value));
    }
}

/// A session as scripts hold it.
#[derive(Clone, Debug)]
pub(crate) struct SessionValue(pub(crate) Rc<Definition>);

/// The sessions defined on a script thread.
#[derive(Debug, Default)]
pub(crate) struct Definitions {
    known: Vec<Known>,
    support_files: BTreeSet<String>,
}

#[derive(Debug)]
struct Known {
    definition: Rc<Definition>,
    /// The specs that define it: more than one where it stands in a file they import.
    specs: BTreeSet<SpecPath>,
}

impl Known {
    fn is_seen_by(&self, spec: Option<&SpecPath>) -> bool {
        self.definition.is_support || spec.is_some_and(|spec| self.specs.contains(spec))
    }

    /// One name cannot mean both.
    fn is_namesake(&self, new: &Definition, definer: Option<&SpecPath>) -> bool {
        let (old, key) = (&self.definition.spec.key, &new.spec.key);
        if old.name != key.name {
            return false;
        }
        old == key
            || (self.definition.is_support && new.is_support)
            || (old.file == key.file && self.is_seen_by(definer))
    }
}

impl Definitions {
    /// A file of the support folder is loaded: what stands in it is the whole run's.
    pub(crate) fn add_support_file(&mut self, file: &str) {
        self.support_files.insert(file.to_owned());
    }

    /// Whether `file` is one of the support folder's.
    pub(crate) fn is_support_file(&self, file: &str) -> bool {
        self.support_files.contains(file)
    }

    /// The files of the support folder, sorted.
    pub(crate) fn support_files(&self) -> impl Iterator<Item = &str> {
        self.support_files.iter().map(String::as_str)
    }

    /// Adds what `definer` defines. The same one again takes the place of the first, with its own
    /// closures; another one under the same name is an error.
    pub(crate) fn add(&mut self, new: Definition, definer: Option<&SpecPath>) -> Result<Rc<Definition>, Failure> {
        let Some(known) = self.known.iter_mut().find(|known| known.is_namesake(&new, definer)) else {
            let definition = Rc::new(new);
            self.known.push(Known { definition: definition.clone(), specs: definer.cloned().into_iter().collect() });
            return Ok(definition);
        };
        let differences = differences(&known.definition, &new);
        if !differences.is_empty() {
            return Err(defined_twice(&known.definition, &new, &differences));
        }
        known.definition = Rc::new(new);
        known.specs.extend(definer.cloned());
        Ok(known.definition.clone())
    }

    /// Every session that is defined here.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Rc<Definition>> {
        self.known.iter().map(|known| &known.definition)
    }

    /// The session that `name` means inside `spec`: its own file's first, then one of a file it
    /// imports, then one of a support script.
    pub(crate) fn find(&self, name: &str, spec: Option<&SpecPath>) -> Result<Rc<Definition>, Failure> {
        let visible: Vec<&Rc<Definition>> =
            self.known.iter().filter(|known| known.is_seen_by(spec)).map(|known| &known.definition).collect();
        let rank = |definition: &Definition| match spec {
            _ if definition.is_support => 2,
            Some(spec) if *definition.spec.key.file == *spec.as_str() => 0,
            _ => 1,
        };
        let mut named: Vec<&Rc<Definition>> =
            visible.iter().copied().filter(|definition| definition.spec.key.name == name).collect();
        named.sort_by_key(|definition| rank(definition));
        match named.as_slice() {
            [first, second, ..] if rank(first) == rank(second) => Err(two_meanings(name, first, second)),
            [first, ..] => Ok(Rc::clone(first)),
            [] => Err(not_there(name, &visible)),
        }
    }
}

fn defined_twice(known: &Definition, new: &Definition, differences: &[String]) -> Failure {
    let mut failure =
        Failure::new(FailureKind::Session, format!("session `{}` is already defined, and differently", new.spec.key));
    failure.details.push(format!("defined at {}", known.spec.site));
    failure.details.push(format!("and again at {}", new.spec.site));
    failure.details.extend(differences.iter().map(|line| format!("differs: {line}")));
    failure.advise("give the second one another name; a name may hold what differs, such as `[\"user\", id]`")
}

fn two_meanings(name: &str, first: &Definition, second: &Definition) -> Failure {
    Failure::new(FailureKind::Session, format!("`{name}` means two sessions here"))
        .detail(format!("one is defined at {}", first.spec.site))
        .detail(format!("one is defined at {}", second.spec.site))
        .advise("use the value that `define_session` returns, or give one of them another name")
}

fn not_there(name: &str, visible: &[&Rc<Definition>]) -> Failure {
    let mut names: Vec<&str> = visible.iter().map(|definition| definition.spec.key.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let mut failure = Failure::new(FailureKind::Session, format!("there is no session `{name}`"));
    failure.details.push(if names.is_empty() {
        "no session is defined for this spec".to_owned()
    } else {
        format!("defined are: {}", names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "))
    });
    failure.advise(match closest(name, names.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        // The name of an array or a map is its JSON text, which nobody would write.
        None if name.starts_with(['{', '[']) => {
            "define it in a support script with `define_session(name, || { ... })`, \
             or write the name of another one: `use_session(\"admin\")`"
                .to_owned()
        }
        None => format!("define it in a support script: `define_session({name:?}, || {{ ... }})`"),
    })
}

fn differences(known: &Definition, new: &Definition) -> Vec<String> {
    let mut lines = Vec::new();
    let is_elsewhere = known.spec.site != new.spec.site;
    if is_elsewhere {
        lines.push("it stands at another place".to_owned());
    }
    let (before, after) = (&known.traits, &new.traits);
    for (part, function) in &before.callbacks {
        match after.callbacks.iter().find(|(other, _)| other == part) {
            None => lines.push(format!("the first has `{part}`, this one has not")),
            // At another place it is another function in any case.
            Some((_, other)) if other != function && !is_elsewhere => {
                lines.push(format!("`{part}` is another function"));
            }
            Some(_) => {}
        }
    }
    for (part, _) in &after.callbacks {
        if !before.callbacks.iter().any(|(other, _)| other == part) {
            lines.push(format!("this one has `{part}`, the first has not"));
        }
    }
    for (what, value) in &before.values {
        match after.values.iter().find(|(other, _)| other == what) {
            Some((_, other)) if other == value => {}
            Some((_, other)) => lines.push(format!("{what} was {value} and is {other}")),
            None => lines.push(format!("{what} was {value} and is missing")),
        }
    }
    for (what, value) in &after.values {
        if !before.values.iter().any(|(other, _)| other == what) {
            lines.push(format!("{what} was missing and is {value}"));
        }
    }
    lines
}
