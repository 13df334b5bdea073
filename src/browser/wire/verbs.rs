//! The verbs by wire: one enum for each level ([`BrowserWire`], [`ContextWire`], [`PageWire`]),
//! and [`capabilities`], the table of what each wire can do. A new wire is one more
//! variant and one more row.

use crate::config::{BrowserName, WireName};

use super::bidi::{BidiBrowser, BidiContext, BidiPage};
use super::classic::{ClassicBrowser, ClassicContext, ClassicPage};
use super::devtools::{DevtoolsBrowser, DevtoolsContext, DevtoolsPage};
use crate::browser::capability::Capability;
use crate::browser::error::BrowserError;

/// A browser over the wire that serves it.
#[derive(Clone, Debug)]
pub(in crate::browser) enum BrowserWire {
    /// Over `DevTools`.
    Devtools(DevtoolsBrowser),
    /// Over `BiDi`.
    Bidi(BidiBrowser),
    /// Over `WebDriver` alone.
    Classic(ClassicBrowser),
}

/// A context over the wire that serves it.
#[derive(Clone, Debug)]
pub(in crate::browser) enum ContextWire {
    /// Over `DevTools`.
    Devtools(DevtoolsContext),
    /// Over `BiDi`.
    Bidi(BidiContext),
    /// Over `WebDriver` alone.
    Classic(ClassicContext),
}

/// A page over the wire that serves it.
#[derive(Clone, Debug)]
pub(in crate::browser) enum PageWire {
    /// Over `DevTools`.
    Devtools(DevtoolsPage),
    /// Over `BiDi`.
    Bidi(BidiPage),
    /// Over `WebDriver` alone.
    Classic(ClassicPage),
}

/// Calls the same verb on whichever wire serves.
macro_rules! on_wire {
    ($kind:ident, $wire:expr, $target:ident => $call:expr) => {
        match $wire {
            $crate::browser::wire::verbs::$kind::Devtools($target) => $call,
            $crate::browser::wire::verbs::$kind::Bidi($target) => $call,
            $crate::browser::wire::verbs::$kind::Classic($target) => $call,
        }
    };
}
pub(in crate::browser) use on_wire;

/// What a wire can do of what not every wire can.
pub(in crate::browser) fn capabilities(wire: WireName) -> &'static [Capability] {
    match wire {
        WireName::Devtools | WireName::Bidi => Capability::ALL,
        // Classic WebDriver sees one origin at a time, takes pictures of the viewport only and tells of a
        // dialog no more than its text. It answers a dialog between two looks at the page, while the
        // command that opened it waits.
        WireName::Classic => {
            &[Capability::DialogDuringCommand, Capability::DragNative, Capability::MouseButtons, Capability::Touch]
        }
    }
}

/// What a browser cannot do on any wire.
pub(in crate::browser) fn lacking(browser: BrowserName) -> &'static [Capability] {
    match browser {
        // Firefox (153) fires `dragover` for what is dragged by its driver, and never `drop`.
        BrowserName::Firefox => &[Capability::DragNative],
        // WebKitGTK (2.50) begins no drag, lets every button go as the left one, has no touch, and its
        // window is 447 pixels wide at least.
        BrowserName::Webkit => {
            &[Capability::DragNative, Capability::MouseButtons, Capability::Touch, Capability::ViewportNarrow]
        }
        BrowserName::Chromium | BrowserName::Chrome | BrowserName::Edge | BrowserName::Safari => &[],
    }
}

/// Why the page library gave no answer.
#[derive(Debug)]
pub(in crate::browser) enum LibraryError {
    /// The document was replaced under the call.
    DocumentGone,
    /// Anything else.
    Browser(BrowserError),
}

impl From<BrowserError> for LibraryError {
    fn from(error: BrowserError) -> Self {
        Self::Browser(error)
    }
}
