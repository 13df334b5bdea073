//! [`Locator`]: how to find elements. Data with a `Display` that reads like the script that made
//! it; the finding itself is done in the page.

use std::fmt;

use serde::Serialize;

/// A chain of parts, each searching below what the one before it found.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Locator {
    /// Outermost first.
    pub parts: Vec<LocatorPart>,
}

impl Locator {
    /// A locator of one part.
    pub fn new(part: LocatorPart) -> Self {
        Self { parts: vec![part] }
    }

    /// This locator, then `part`.
    #[must_use]
    pub fn then(&self, part: LocatorPart) -> Self {
        let mut parts = self.parts.clone();
        parts.push(part);
        Self { parts }
    }
}

/// One part of a locator.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum LocatorPart {
    /// `get(css)`.
    Css {
        /// The selector; `:scope` is the element searched in.
        selector: String,
    },
    /// `xpath(expression)`, relative to its locator.
    Xpath {
        /// The expression.
        expression: String,
    },
    /// `get_by_role(role, ...)`.
    Role {
        /// ARIA role.
        role: String,
        /// Name and states.
        #[serde(flatten)]
        options: RoleOptions,
    },
    /// `get_by_text(text)`: the smallest elements with that text.
    Text {
        /// The text.
        text: TextMatch,
    },
    /// `get_by_label(text)`.
    Label {
        /// The label's text.
        text: TextMatch,
    },
    /// `get_by_placeholder(text)`.
    Placeholder {
        /// The placeholder.
        text: TextMatch,
    },
    /// `get_by_alt_text(text)`.
    AltText {
        /// The alternative text.
        text: TextMatch,
    },
    /// `get_by_title(text)`.
    Title {
        /// The title attribute.
        text: TextMatch,
    },
    /// `get_by_test_id(id)`.
    TestId {
        /// The attribute that holds test ids.
        attribute: String,
        /// The id.
        text: TextMatch,
    },
    /// `filter(#{...})`: keeps those for which all of it holds.
    Filter {
        /// Contains an element found by this locator.
        has: Option<Locator>,
        /// Contains none.
        has_not: Option<Locator>,
        /// Contains this text.
        has_text: Option<TextMatch>,
        /// Does not contain this text.
        has_not_text: Option<TextMatch>,
        /// Is visible, or is not.
        visible: Option<bool>,
    },
    /// `nth(i)`, `first()` (0) and `last()` (-1). Negative counts from the end.
    Nth {
        /// The place.
        index: i64,
    },
}

/// What `get_by_role` may ask besides the role.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct RoleOptions {
    /// Accessible name.
    pub name: Option<TextMatch>,
    /// `aria-checked` or its native equal.
    pub checked: Option<bool>,
    /// `aria-pressed`.
    pub pressed: Option<bool>,
    /// `aria-expanded`.
    pub expanded: Option<bool>,
    /// `aria-selected`.
    pub selected: Option<bool>,
    /// Disabled.
    pub disabled: Option<bool>,
    /// Heading level.
    pub level: Option<u32>,
}

/// How a text is compared, after white space is folded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "match")]
pub enum TextMatch {
    /// The whole text.
    Exact {
        /// The text.
        text: String,
    },
    /// A part of it, without regard to case.
    Part {
        /// The text.
        text: String,
    },
    /// A part of it, with regard to case (`to_contain_text`, `has_text`).
    Contains {
        /// The text.
        text: String,
    },
    /// A regular expression of the dialect that Rust's `regex` and JavaScript share.
    Regex {
        /// Without slashes.
        source: String,
        /// Of `i m s`.
        flags: String,
    },
}

impl fmt::Display for TextMatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact { text } | Self::Part { text } | Self::Contains { text } => write!(f, "{text:?}"),
            Self::Regex { source, flags } if flags.is_empty() => write!(f, "regex({source:?})"),
            Self::Regex { source, flags } => write!(f, "regex({source:?}, {flags:?})"),
        }
    }
}

impl fmt::Display for Locator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.parts)
    }
}
