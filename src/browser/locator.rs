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

impl Locator {
    /// What stands below `scope`, where it begins with it.
    #[must_use]
    pub fn below(&self, scope: &Self) -> Self {
        let parts = self.parts.strip_prefix(scope.parts.as_slice()).unwrap_or(&self.parts);
        Self { parts: parts.to_vec() }
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
    /// `parent()`, `children(css)` and their like: what stands at a place beside each element.
    Along {
        /// In which direction.
        axis: Axis,
        /// Only those that match this selector.
        css: Option<String>,
        /// Stops before the first that matches this selector.
        until: Option<String>,
    },
    /// `and(other)`: keeps those that `other` finds too.
    And {
        /// The other locator, from the top of the page.
        other: Locator,
    },
    /// `or(other)`: adds those that `other` finds.
    Or {
        /// The other locator, from the top of the page.
        other: Locator,
    },
    /// `not(other)`: leaves out those that `other` finds.
    Not {
        /// What is left out.
        other: Excluded,
    },
}

/// What `not` leaves out.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Excluded {
    /// What matches a selector.
    Css(String),
    /// What a locator finds, from the top of the page.
    Found(Locator),
}

/// Where to look from an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Axis {
    /// The element around it.
    Parent,
    /// All elements around it.
    Ancestors,
    /// Itself or the nearest element around it that matches.
    Closest,
    /// Directly inside it.
    Children,
    /// Beside it.
    Siblings,
    /// The one directly after it.
    Next,
    /// All after it.
    NextAll,
    /// The one directly before it.
    Prev,
    /// All before it.
    PrevAll,
}

impl Axis {
    /// The name of the function people call for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Parent => "parent",
            Self::Ancestors => "ancestors",
            Self::Closest => "closest",
            Self::Children => "children",
            Self::Siblings => "siblings",
            Self::Next => "next",
            Self::NextAll => "next_all",
            Self::Prev => "prev",
            Self::PrevAll => "prev_all",
        }
    }
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

impl Locator {
    /// Each part as the script would write it, without the dots between them.
    pub(in crate::browser) fn shown_parts(&self) -> Vec<String> {
        self.parts.iter().map(ToString::to_string).collect()
    }
}

impl fmt::Display for Locator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown_parts().join("."))
    }
}

impl fmt::Display for LocatorPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Css { selector } => write!(f, "get({selector:?})"),
            Self::Xpath { expression } => write!(f, "xpath({expression:?})"),
            Self::Role { role, options } => write!(f, "get_by_role({role:?}{options})"),
            Self::Text { text } => write!(f, "get_by_text({})", Argument(text)),
            Self::Label { text } => write!(f, "get_by_label({})", Argument(text)),
            Self::Placeholder { text } => write!(f, "get_by_placeholder({})", Argument(text)),
            Self::AltText { text } => write!(f, "get_by_alt_text({})", Argument(text)),
            Self::Title { text } => write!(f, "get_by_title({})", Argument(text)),
            Self::TestId { text, .. } => write!(f, "get_by_test_id({})", Argument(text)),
            Self::Filter { has, has_not, has_text, has_not_text, visible } => {
                let mut options = Options::default();
                options.add("has", has.as_ref());
                options.add("has_not", has_not.as_ref());
                options.add("has_text", has_text.as_ref());
                options.add("has_not_text", has_not_text.as_ref());
                options.add("visible", visible.as_ref());
                write!(f, "filter({options})")
            }
            Self::Nth { index: 0 } => f.write_str("first()"),
            Self::Nth { index: -1 } => f.write_str("last()"),
            Self::Nth { index } => write!(f, "nth({index})"),
            Self::Along { axis, css, until } => {
                let css = css.as_ref().map(|css| format!("{css:?}"));
                let until = until.as_ref().map(|until| format!("#{{ stop_at: {until:?} }}"));
                let arguments: Vec<String> = css.into_iter().chain(until).collect();
                write!(f, "{}({})", axis.name(), arguments.join(", "))
            }
            Self::And { other } => write!(f, "and({other})"),
            Self::Or { other } => write!(f, "or({other})"),
            Self::Not { other: Excluded::Css(css) } => write!(f, "not({css:?})"),
            Self::Not { other: Excluded::Found(other) } => write!(f, "not({other})"),
        }
    }
}

/// Everything after the role: `, "Add", #{ checked: true }`.
impl fmt::Display for RoleOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut options = Options::default();
        match &self.name {
            Some(TextMatch::Part { text }) => {
                options.add("name", Some(&format!("{text:?}")));
                options.add("exact", Some(&false));
            }
            Some(name) => write!(f, ", {name}")?,
            None => {}
        }
        options.add("checked", self.checked.as_ref());
        options.add("pressed", self.pressed.as_ref());
        options.add("expanded", self.expanded.as_ref());
        options.add("selected", self.selected.as_ref());
        options.add("disabled", self.disabled.as_ref());
        options.add("level", self.level.as_ref());
        if options.0.is_empty() { Ok(()) } else { write!(f, ", {options}") }
    }
}

/// A text as an argument of `get_by_*`, where the whole text is meant unless it says otherwise.
struct Argument<'a>(&'a TextMatch);

impl fmt::Display for Argument<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            text @ TextMatch::Part { .. } => write!(f, "{text}, #{{ exact: false }}"),
            text => write!(f, "{text}"),
        }
    }
}

/// `#{ a: 1, b: 2 }`.
#[derive(Default)]
struct Options(Vec<String>);

impl Options {
    fn add(&mut self, key: &str, value: Option<&impl fmt::Display>) {
        self.0.extend(value.map(|value| format!("{key}: {value}")));
    }
}

impl fmt::Display for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{{ {} }}", self.0.join(", "))
    }
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

#[cfg(test)]
mod tests {
    use super::{Axis, Excluded, Locator, LocatorPart, RoleOptions, TextMatch};

    #[track_caller]
    fn check(part: &LocatorPart, expected: &str) {
        assert_eq!(part.to_string(), expected);
    }

    fn exact(text: &str) -> TextMatch {
        TextMatch::Exact { text: text.to_owned() }
    }

    fn part(text: &str) -> TextMatch {
        TextMatch::Part { text: text.to_owned() }
    }

    fn css(selector: &str) -> LocatorPart {
        LocatorPart::Css { selector: selector.to_owned() }
    }

    fn role(options: RoleOptions) -> LocatorPart {
        LocatorPart::Role { role: "button".to_owned(), options }
    }

    #[test]
    fn reads_like_the_script() {
        check(&css("a[href=\"x\"]"), "get(\"a[href=\\\"x\\\"]\")");
        check(&LocatorPart::Xpath { expression: "//b".to_owned() }, "xpath(\"//b\")");
        check(&LocatorPart::Text { text: exact("Hi") }, "get_by_text(\"Hi\")");
        check(&LocatorPart::Text { text: part("Hi") }, "get_by_text(\"Hi\", #{ exact: false })");
        let regex = TextMatch::Regex { source: "^a".to_owned(), flags: "i".to_owned() };
        check(&LocatorPart::Label { text: regex }, "get_by_label(regex(\"^a\", \"i\"))");
        check(&LocatorPart::TestId { attribute: "data-x".to_owned(), text: exact("q") }, "get_by_test_id(\"q\")");
        check(&LocatorPart::Nth { index: 0 }, "first()");
        check(&LocatorPart::Nth { index: -1 }, "last()");
        check(&LocatorPart::Nth { index: 2 }, "nth(2)");
    }

    #[test]
    fn roles() {
        check(&role(RoleOptions::default()), "get_by_role(\"button\")");
        check(
            &role(RoleOptions { name: Some(exact("Add")), ..Default::default() }),
            "get_by_role(\"button\", \"Add\")",
        );
        check(
            &role(RoleOptions { name: Some(part("Add")), checked: Some(true), ..Default::default() }),
            "get_by_role(\"button\", #{ name: \"Add\", exact: false, checked: true })",
        );
        check(&role(RoleOptions { level: Some(2), ..Default::default() }), "get_by_role(\"button\", #{ level: 2 })");
    }

    #[test]
    fn places_and_sets() {
        let along = |axis, css: Option<&str>, until: Option<&str>| LocatorPart::Along {
            axis,
            css: css.map(str::to_owned),
            until: until.map(str::to_owned),
        };
        check(&along(Axis::Parent, None, None), "parent()");
        check(&along(Axis::NextAll, Some("li"), None), "next_all(\"li\")");
        check(&along(Axis::Ancestors, None, Some("main")), "ancestors(#{ stop_at: \"main\" })");
        check(&LocatorPart::And { other: Locator::new(css(".a")) }, "and(get(\".a\"))");
        check(&LocatorPart::Not { other: Excluded::Css(".a".to_owned()) }, "not(\".a\")");
        check(&LocatorPart::Not { other: Excluded::Found(Locator::new(css("b"))) }, "not(get(\"b\"))");
    }

    #[test]
    fn chains_and_filters() {
        let filter = LocatorPart::Filter {
            has: Some(Locator::new(css("b"))),
            has_not: None,
            has_text: Some(TextMatch::Contains { text: "x".to_owned() }),
            has_not_text: None,
            visible: Some(true),
        };
        let locator = Locator::new(css(".row")).then(filter).then(LocatorPart::Nth { index: 0 });
        assert_eq!(
            locator.to_string(),
            "get(\".row\").filter(#{ has: get(\"b\"), has_text: \"x\", visible: true }).first()"
        );
    }
}
