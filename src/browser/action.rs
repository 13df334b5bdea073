//! What can be done to an element ([`Action`]) and read from it ([`Reading`]). Data only.

use std::time::Duration;

use base64::Engine as _;
use serde::Serialize;

/// One action on one element.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Action {
    /// Press and release at the element's middle, or at `position` from its top left corner.
    Click {
        /// Which mouse button.
        button: Button,
        /// 1 for a click, 2 for a double click.
        count: u32,
        /// Keys held meanwhile.
        modifiers: Vec<Modifier>,
        /// CSS pixels from the element's top left corner.
        position: Option<(f64, f64)>,
        /// Time between press and release.
        delay: Duration,
    },
    /// Touches it with a finger.
    Tap {
        /// Keys held meanwhile.
        modifiers: Vec<Modifier>,
        /// CSS pixels from the element's top left corner.
        position: Option<(f64, f64)>,
    },
    /// Turns the mouse wheel over it, by CSS pixels to the right and down.
    Wheel {
        /// To the right.
        dx: f64,
        /// Down.
        dy: f64,
        /// Keys held meanwhile.
        modifiers: Vec<Modifier>,
        /// CSS pixels from the element's top left corner.
        position: Option<(f64, f64)>,
    },
    /// Moves the pointer over it.
    Hover {
        /// Keys held meanwhile.
        modifiers: Vec<Modifier>,
        /// CSS pixels from the element's top left corner.
        position: Option<(f64, f64)>,
    },
    /// Replaces a text control's value, as typing into it would; works on range, date and colour too.
    Fill {
        /// The new value.
        value: String,
    },
    /// Empties a text control.
    Clear,
    /// Types key by key into the focused element, after focusing it. Requires enabled and editable.
    TypeText {
        /// The characters.
        text: String,
        /// Time between keys.
        delay: Duration,
    },
    /// Presses a key or a chord: `Enter`, `Control+A`, `ControlOrMeta+Shift+T`. Requires enabled.
    Press {
        /// Key names as in Playwright.
        keys: String,
        /// Time between down and up.
        delay: Duration,
    },
    /// Ticks or unticks a checkbox, radio button or switch; does nothing where it is so already.
    SetChecked {
        /// What it should be.
        checked: bool,
    },
    /// Chooses options of a `<select>`.
    SelectOption {
        /// All of these, and no others.
        choices: Vec<OptionChoice>,
    },
    /// Gives it the focus.
    Focus,
    /// Takes the focus away.
    Blur,
    /// Scrolls until it is in view.
    ScrollIntoView,
    /// Scrolls what is inside it.
    ScrollTo {
        /// From the left; `None` leaves it.
        x: Option<ScrollPlace>,
        /// From the top; `None` leaves it.
        y: Option<ScrollPlace>,
    },
    /// Puts files into a file input, in place of those that are in it.
    SetFiles {
        /// The files; none empties it.
        files: Vec<FileData>,
    },
    /// Drops files on it, as from outside of the browser.
    DropFiles {
        /// The files.
        files: Vec<FileData>,
        /// CSS pixels from the element's top left corner.
        position: Option<(f64, f64)>,
    },
    /// Names the element to the page's own scripts by an event of this name; for `evaluate_on`.
    PointOut {
        /// The event's type.
        event: String,
    },
}

impl Action {
    /// The name of the function people call for it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Click { button: Button::Right, .. } => "right_click",
            Self::Click { count: 2, .. } => "dblclick",
            Self::Click { .. } => "click",
            Self::Tap { .. } => "tap",
            Self::Wheel { .. } => "wheel",
            Self::Hover { .. } => "hover",
            Self::Fill { .. } => "fill",
            Self::Clear => "clear",
            Self::TypeText { .. } => "type_text",
            Self::Press { .. } => "press",
            Self::SetChecked { checked: true } => "check",
            Self::SetChecked { checked: false } => "uncheck",
            Self::SelectOption { .. } => "select_option",
            Self::Focus => "focus",
            Self::Blur => "blur",
            Self::ScrollIntoView => "scroll_into_view",
            Self::ScrollTo { .. } => "scroll_to",
            Self::SetFiles { .. } => "set_files",
            Self::DropFiles { .. } => "drop_files",
            Self::PointOut { .. } => "evaluate",
        }
    }
}

/// A mouse button.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Button {
    /// The main one.
    #[default]
    Left,
    /// The wheel.
    Middle,
    /// The one for the context menu.
    Right,
}

/// A key held during a click.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Modifier {
    /// Alt, Option on macOS.
    Alt,
    /// Control.
    Control,
    /// Command on macOS, the Windows key elsewhere.
    Meta,
    /// Shift.
    Shift,
    /// Meta on macOS, Control elsewhere.
    ControlOrMeta,
}

/// An option of a `<select>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OptionChoice {
    /// By its text or its value, whichever matches.
    TextOrValue(String),
    /// By its `value`.
    Value(String),
    /// By its label.
    Label(String),
    /// By its place, from 0.
    Index(u32),
}

/// Where to scroll to in one direction.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ScrollPlace {
    /// CSS pixels.
    Pixels(f64),
    /// Of what can be scrolled: 0 is the start, 100 the end.
    Percent(f64),
}

/// A file that was never on a disk, or was read from one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileData {
    /// Its name, without a folder.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Its bytes.
    #[serde(serialize_with = "as_base64")]
    pub content: Vec<u8>,
}

fn as_base64<S: serde::Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&base64::engine::general_purpose::STANDARD.encode(bytes))
}

/// How an action is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActOptions {
    /// Skip the readiness checks; the input is real all the same.
    pub force: bool,
    /// Afterwards, do not wait for a navigation that the action started.
    pub no_wait_after: bool,
    /// Time for everything, waiting included.
    pub timeout: Duration,
}

/// What can be read from an element.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "read", rename_all = "snake_case")]
pub enum Reading {
    /// `textContent`.
    Text,
    /// `innerText`.
    InnerText,
    /// `innerHTML`.
    InnerHtml,
    /// The value of a control.
    Value,
    /// An attribute; null where it is absent.
    Attribute {
        /// Its name.
        name: String,
    },
    /// A JavaScript property, as JSON.
    Property {
        /// Its name.
        name: String,
    },
    /// A computed style property.
    Css {
        /// Its name, e.g. `background-color`.
        name: String,
    },
    /// `x y width height` in CSS pixels of the viewport; null where it has no box.
    BoundingBox,
    /// How many elements match. Does not wait.
    Count,
    /// The text of every match, folded. Does not wait.
    AllTexts,
    /// The box of every match: `x y width height`, and `page_x page_y` from the top of the document.
    /// Does not wait.
    Boxes,
    /// What assistive technology is told of it and what is inside it.
    Aria,
    /// It is there and visible. Does not wait.
    IsVisible,
    /// Not attached, or not visible. Does not wait.
    IsHidden,
    /// Not disabled.
    IsEnabled,
    /// A checkbox, radio button or switch that is on.
    IsChecked,
    /// Takes text.
    IsEditable,
}

impl Reading {
    /// The name of the function people call for it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::InnerText => "inner_text",
            Self::InnerHtml => "inner_html",
            Self::Value => "value",
            Self::Attribute { .. } => "attr",
            Self::Property { .. } => "prop",
            Self::Css { .. } => "css",
            Self::BoundingBox => "bounding_box",
            Self::Count => "count",
            Self::AllTexts => "all_texts",
            Self::Boxes => "boxes",
            Self::Aria => "aria",
            Self::IsVisible => "is_visible",
            Self::IsHidden => "is_hidden",
            Self::IsEnabled => "is_enabled",
            Self::IsChecked => "is_checked",
            Self::IsEditable => "is_editable",
        }
    }
}
