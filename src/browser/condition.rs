//! What an assertion asks of the page ([`Check`]) and what it found ([`Checked`]). Data only;
//! retrying happens inside the page.

use std::time::Duration;

use serde::Serialize;

use super::locator::{Locator, TextMatch};

/// A condition on a subject.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Check {
    /// Of whom.
    pub subject: Subject,
    /// What.
    pub condition: Condition,
    /// It must not hold.
    pub negated: bool,
}

/// Of whom a condition is asked.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// The one element that matches.
    Element(Locator),
    /// Every element that matches; the condition must hold for each.
    Each(Locator),
    /// The page.
    Page,
}

/// What must hold.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Condition {
    /// In the document.
    Attached,
    /// Has a box and is not hidden by style.
    Visible,
    /// Not attached, or not visible.
    Hidden,
    /// Not disabled, by itself or by its fieldset.
    Enabled,
    /// The opposite of enabled.
    Disabled,
    /// Takes text: enabled and not read-only.
    Editable,
    /// A checkbox, radio button or switch that is on.
    Checked,
    /// Has the focus.
    Focused,
    /// No text, no child; an empty value for a control.
    Empty,
    /// At least a part is inside the viewport, clipping by ancestors counted.
    InViewport,
    /// Folded text.
    Text {
        /// What the text must be.
        expected: TextMatch,
    },
    /// All matches in order, one for each; only with [`Subject::Element`].
    Texts {
        /// What each text must be.
        expected: Vec<TextMatch>,
    },
    /// The value of a control.
    Value {
        /// What the value must be.
        expected: TextMatch,
    },
    /// The values chosen in a `<select multiple>`.
    Values {
        /// What each must be, in order.
        expected: Vec<TextMatch>,
    },
    /// An attribute; with no expected value: it is there.
    Attribute {
        /// Its name.
        name: String,
        /// What it must be.
        expected: Option<TextMatch>,
    },
    /// Has all these class tokens.
    Class {
        /// Tokens.
        tokens: Vec<String>,
    },
    /// A computed style property.
    Css {
        /// Its name.
        name: String,
        /// What it must be.
        expected: TextMatch,
    },
    /// Its `id`.
    Id {
        /// What it must be.
        expected: TextMatch,
    },
    /// A JavaScript property, compared as JSON.
    Property {
        /// Its name.
        name: String,
        /// What it must be.
        expected: serde_json::Value,
    },
    /// How many elements match.
    Count {
        /// Exactly this many.
        expected: u64,
    },
    /// Computed role.
    Role {
        /// The role.
        expected: String,
    },
    /// Computed accessible name.
    AccessibleName {
        /// What it must be.
        expected: TextMatch,
    },
    /// What describes it to assistive technology.
    AccessibleDescription {
        /// What it must be.
        expected: TextMatch,
    },
    /// The page's origin keeps an item; only with [`Subject::Page`].
    Stored {
        /// Where.
        area: StorageArea,
        /// Its key.
        name: String,
        /// What it must be; with no expected value: it is there.
        expected: Option<TextMatch>,
    },
    /// The page's whole address; only with [`Subject::Page`].
    Url {
        /// What it must be, resolved already.
        expected: TextMatch,
    },
    /// The page's title; only with [`Subject::Page`].
    Title {
        /// What it must be.
        expected: TextMatch,
    },
}

/// A storage of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StorageArea {
    /// `localStorage`.
    Local,
    /// `sessionStorage`.
    Session,
}

/// How a check ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The condition held (or, negated, did not) before the time was over.
    pub held: bool,
    /// What was there at the last look, as people read it: `"Hello"`, `hidden`, `3 elements`,
    /// `no element matches`.
    pub found: String,
    /// From the first look to the last.
    pub waited: Duration,
    /// More lines: the element that was looked at, several matches, what changed meanwhile.
    pub notes: Vec<String>,
}
