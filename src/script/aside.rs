//! Contexts beside the test's own: `open_as` opens one, `with_page` makes it the current one for a
//! while. An activity holds the current context in its own fields; the others are parked.

use std::cell::Cell;
use std::rc::Rc;

use crate::browser::{Locator, Page};
use crate::outcome::{Failure, FailureKind};

use super::activity::{Activity, Parked};
use super::definitions::Definition;
use super::error::{Raw, misuse, throw};
use super::handles::{Birth, LocatorValue, PageValue};
use super::login::use_session;
use super::tab::Tab;
use super::world::{Call, World};

impl World {
    /// Opens a context of its own that starts from a session, beside the current one.
    pub(crate) fn open_aside(&self, call: &Call, definition: &Rc<Definition>) -> Raw<PageValue> {
        let activity = self.activity_of(call)?;
        if let Some(around) = activity.logins.borrow().last() {
            return Err(throw(
                Failure::new(
                    FailureKind::Session,
                    format!("`{}` cannot be called inside session `{}`", call.text, around.key),
                )
                .advise("a session is made in one context: log in there"),
            ));
        }
        let place = activity.others.borrow().len();
        activity.others.borrow_mut().push(Parked::new(activity.next_epoch()));
        let opened = activity.beside(place, || {
            use_session(self, call, definition)?;
            Ok(PageValue { born: self.birth() })
        });
        if opened.is_err() {
            let failed = activity.others.borrow_mut().remove(place);
            self.close_tab(failed.tab);
        }
        opened
    }

    /// Runs `work` with the context in which a page or locator was `born` as the current one.
    pub(crate) fn where_born<T>(
        &self,
        call: &Call,
        (born, what): (Option<Birth>, &str),
        work: impl FnOnce() -> Raw<T>,
    ) -> Raw<T> {
        let Some(activity) = self.activity() else { return work() };
        if let Some(place) = born.and_then(|born| born.place_in(&activity)) {
            return activity.beside(place, work);
        }
        self.check_birth(call, born, what)?;
        work()
    }

    /// A locator and the page it belongs to, in whichever context that is.
    pub(crate) fn locate_on(&self, call: &Call, value: &LocatorValue) -> Raw<(Locator, Page)> {
        self.where_born(call, (value.born, "locator"), || Ok((value.locator.clone(), self.page(call)?)))
    }

    /// The page of `with_page`; anything else is an error.
    pub(crate) fn with_page<T>(&self, call: &Call, page: &PageValue, work: impl FnOnce() -> Raw<T>) -> Raw<T> {
        if page.born.is_none() {
            return Err(throw(
                misuse(format!("`{}` takes a page that was opened in this test", call.text))
                    .advise("open one with `open_as(session)`"),
            ));
        }
        self.where_born(call, (page.born, "page"), work)
    }
}

impl Parked {
    /// A context that is not opened yet.
    fn new(epoch: u32) -> Self {
        Self { tab: Tab::default(), epoch, scopes: Vec::new(), used: None, is_aside: true }
    }
}

impl Activity {
    /// A number no context of this activity has had.
    pub(crate) fn next_epoch(&self) -> u32 {
        let next = self.epochs.get() + 1;
        self.epochs.set(next);
        next
    }

    /// Runs `work` with the parked context in the place of the current one.
    pub(crate) fn beside<T>(&self, place: usize, work: impl FnOnce() -> T) -> T {
        self.exchange(place);
        let done = work();
        self.exchange(place);
        done
    }

    /// The current context and a parked one change places.
    fn exchange(&self, place: usize) {
        let mut others = self.others.borrow_mut();
        let parked = &mut others[place];
        std::mem::swap(&mut *self.tab.borrow_mut(), &mut parked.tab);
        std::mem::swap(&mut *self.scopes.borrow_mut(), &mut parked.scopes);
        std::mem::swap(&mut *self.used.borrow_mut(), &mut parked.used);
        swap_cell(&self.epoch, &mut parked.epoch);
        swap_cell(&self.is_aside, &mut parked.is_aside);
    }
}

fn swap_cell<T: Copy>(cell: &Cell<T>, value: &mut T) {
    *value = cell.replace(*value);
}
