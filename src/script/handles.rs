//! Values that stand for something in a page: [`LocatorValue`], [`LocatorList`], [`PageValue`];
//! and how a function of the API is described.

use std::time::Instant;

use rhai::{Dynamic, Engine, FuncRegistration};

use crate::browser::{Locator, LocatorPart, Reading};
use crate::model::Location;
use crate::outcome::{Failure, FailureKind};

use super::activity::Activity;
use super::error::{Raw, throw};
use super::world::{Call, World};

/// A locator as scripts hold it.
#[derive(Clone, Debug)]
pub(crate) struct LocatorValue {
    /// How to find the elements.
    pub(crate) locator: Locator,
    /// The context it was made in; `None` when it was made outside any test.
    pub(crate) born: Option<Birth>,
}

impl LocatorValue {
    /// This locator, then `part`.
    pub(crate) fn then(&self, part: LocatorPart) -> Self {
        Self { locator: self.locator.then(part), born: self.born }
    }
}

/// `locator.all()`: every match, looked up when it is used.
#[derive(Clone)]
pub(crate) struct LocatorList {
    /// All of them at once.
    pub(crate) every: LocatorValue,
    /// Who counts them: a `for` loop gives its iterator nothing but the list.
    pub(crate) world: World,
    /// Where `all()` was called.
    pub(crate) site: Location,
}

impl LocatorList {
    /// How many match now.
    pub(crate) fn count(&self, engine: Option<&Engine>) -> Raw<i64> {
        let call = Call { engine, text: format!("{}.all()", self.every.locator), site: self.site.clone() };
        let (locator, page) = self.world.locate_on(&call, &self.every)?;
        let timeout = self.world.settings.timeouts.action;
        let total = self.world.wait(&call, async move { page.read(&locator, &Reading::Count, timeout).await })?;
        Ok(total.as_i64().unwrap_or(0))
    }

    /// One of them.
    pub(crate) fn at(&self, index: i64) -> LocatorValue {
        LocatorValue { locator: self.every.locator.then(LocatorPart::Nth { index }), born: self.every.born }
    }
}

impl IntoIterator for LocatorList {
    type Item = Raw<LocatorValue>;
    type IntoIter = Box<dyn Iterator<Item = Self::Item>>;

    fn into_iter(self) -> Self::IntoIter {
        match self.count(None) {
            Ok(total) => Box::new((0..total).map(move |index| Ok(self.at(index)))),
            Err(error) => Box::new(std::iter::once(Err(error))),
        }
    }
}

/// `page()`.
#[derive(Clone, Debug)]
pub(crate) struct PageValue {
    /// The context it was made in.
    pub(crate) born: Option<Birth>,
}

/// `keyboard`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeyboardValue;

/// `mouse`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MouseValue;

/// Values that every script sees under their names, unless it has a variable of that name.
pub(crate) fn device(name: &str) -> Option<Dynamic> {
    match name {
        "keyboard" => Some(Dynamic::from(KeyboardValue)),
        "mouse" => Some(Dynamic::from(MouseValue)),
        _ => None,
    }
}

/// A moment in an activity: its identity and the number of its context.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Birth {
    activity: Instant,
    epoch: u32,
}

impl Birth {
    /// The place among the parked contexts, where it was one of them.
    pub(crate) fn place_in(self, activity: &Activity) -> Option<usize> {
        let is_here = self.activity == activity.began && self.epoch != activity.epoch.get();
        activity.others.borrow().iter().position(|parked| is_here && parked.epoch == self.epoch)
    }
}

impl World {
    /// Where a locator or page made now belongs to.
    pub(crate) fn birth(&self) -> Option<Birth> {
        let activity = self.activity()?;
        Some(Birth { activity: activity.began, epoch: activity.epoch.get() })
    }

    /// An error where what was `born` in an earlier context of this activity is used in a later one.
    pub(crate) fn check_birth(&self, call: &Call, born: Option<Birth>, what: &str) -> Raw<()> {
        let (Some(born), Some(activity)) = (born, self.activity()) else { return Ok(()) };
        if born.activity != activity.began || born.epoch == activity.epoch.get() {
            return Ok(());
        }
        if born.place_in(&activity).is_some() {
            return Err(throw(
                Failure::new(FailureKind::Action, format!("`{}` uses a {what} of another page", call.text))
                    .advise("put it into `with_page(page, || ...)`"),
            ));
        }
        let mut failure =
            Failure::new(FailureKind::Action, format!("`{}` uses a {what} of a page that was closed", call.text));
        if let Some(ended) = activity.ended.borrow().iter().find(|ended| ended.epoch == born.epoch) {
            failure.details.push(format!("it was closed by `use_session` of `{}` at {}", ended.session, ended.site));
        }
        Err(throw(failure.advise(format!("make the {what} again after `use_session`"))))
    }

    /// The locator behind a value, with `within` scopes applied when it is made, checked here.
    pub(crate) fn locate(&self, call: &Call, value: &LocatorValue) -> Raw<Locator> {
        self.check_birth(call, value.born, "locator")?;
        Ok(value.locator.clone())
    }
}

/// A function of the API: its name, its parameters (`name: type`), and what it does.
pub(crate) fn function(name: &str, parameters: &[&str], doc: &str) -> FuncRegistration {
    FuncRegistration::new(name)
        .with_params_info(parameters)
        .with_comments(doc.lines().map(|line| format!("/// {}", line.trim())))
}
