//! [`Definitions`]: the sessions defined on a script thread, by what they are known by.

use std::collections::HashMap;
use std::rc::Rc;

use crate::model::SpecPath;
use crate::outcome::{Failure, FailureKind};
use crate::session::{SessionKey, SessionScope, SessionSpec};
use crate::suggest::closest;

use super::closure::Closure;

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
    /// Its options as text, to tell two definitions apart.
    pub(crate) options: Vec<(String, String)>,
}

impl Definition {
    /// Everything that makes it what it is, besides its place: captured values and options.
    fn fingerprint(&self) -> Vec<(String, String)> {
        let parts = [
            ("steps", Some(&self.steps)),
            ("before", self.before.as_ref()),
            ("after", self.after.as_ref()),
            ("verify", self.verify.as_ref()),
        ];
        let mut all = Vec::new();
        for (part, closure) in parts {
            let Some(closure) = closure else { continue };
            for (variable, value) in closure.captured() {
                all.push((format!("the captured value `{variable}` in `{part}`"), value));
            }
        }
        for (option, value) in &self.options {
            all.push((format!("option `{option}`"), value.clone()));
        }
        all
    }
}

/// A session as scripts hold it.
#[derive(Clone, Debug)]
pub(crate) struct SessionValue(pub(crate) Rc<Definition>);

/// The sessions defined on a script thread.
#[derive(Debug, Default)]
pub(crate) struct Definitions {
    by_key: HashMap<SessionKey, Rc<Definition>>,
}

impl Definitions {
    /// Adds a definition. The same one again is fine; another one under the same name is not.
    pub(crate) fn add(&mut self, new: Definition) -> Result<Rc<Definition>, Failure> {
        let namesake = |known: &&Rc<Definition>| {
            known.spec.key == new.spec.key
                || (known.is_support && new.is_support && known.spec.key.name == new.spec.key.name)
        };
        let Some(known) = self.by_key.values().find(namesake) else {
            let new = Rc::new(new);
            self.by_key.insert(new.spec.key.clone(), new.clone());
            return Ok(new);
        };
        let differences = differences(known, &new);
        if differences.is_empty() {
            return Ok(known.clone());
        }
        let mut failure = Failure::new(
            FailureKind::Session,
            format!("session `{}` is already defined, and differently", new.spec.key),
        );
        failure.details.push(format!("defined at {}", known.spec.site));
        failure.details.push(format!("and again at {}", new.spec.site));
        failure.details.extend(differences.into_iter().map(|line| format!("differs: {line}")));
        Err(failure.advise("give the second one another name; a name may hold what differs, such as `[\"user\", id]`"))
    }

    /// The session that `name` means inside `spec`: its own first, then one of the whole run.
    pub(crate) fn find(&self, name: &str, spec: Option<&SpecPath>) -> Result<Rc<Definition>, Failure> {
        let visible: Vec<&Rc<Definition>> =
            self.by_key.values().filter(|definition| is_visible(&definition.spec.key, spec)).collect();
        let own = |definition: &&&Rc<Definition>| matches!(definition.spec.key.scope, SessionScope::Spec(_));
        let named: Vec<&Rc<Definition>> =
            visible.iter().copied().filter(|definition| definition.spec.key.name == name).collect();
        if let Some(definition) = named.iter().find(own).or_else(|| named.first()) {
            return Ok(Rc::clone(definition));
        }
        let mut defined: Vec<&str> = visible.iter().map(|definition| definition.spec.key.name.as_str()).collect();
        defined.sort_unstable();
        let mut failure = Failure::new(FailureKind::Session, format!("there is no session `{name}`"));
        failure.details.push(if defined.is_empty() {
            "no session is defined for this spec".to_owned()
        } else {
            format!("defined are: {}", defined.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "))
        });
        failure.advice = match closest(name, defined.iter().copied()) {
            Some(near) => Some(format!("did you mean `{near}`?")),
            None => Some(format!("define it in a support script: `define_session({name:?}, || {{ ... }})`")),
        };
        Err(failure)
    }
}

fn is_visible(key: &SessionKey, spec: Option<&SpecPath>) -> bool {
    match &key.scope {
        SessionScope::Run => true,
        SessionScope::Spec(owner) => Some(owner) == spec,
    }
}

fn differences(known: &Definition, new: &Definition) -> Vec<String> {
    if known.spec.site != new.spec.site {
        return vec!["it stands at another place".to_owned()];
    }
    let (before, after) = (known.fingerprint(), new.fingerprint());
    let mut lines = Vec::new();
    for (what, value) in &before {
        match after.iter().find(|(other, _)| other == what) {
            Some((_, other)) if other == value => {}
            Some((_, other)) => lines.push(format!("{what} was {value} and is {other}")),
            None => lines.push(format!("{what} was {value} and is missing")),
        }
    }
    for (what, value) in &after {
        if !before.iter().any(|(other, _)| other == what) {
            lines.push(format!("{what} was missing and is {value}"));
        }
    }
    lines
}
