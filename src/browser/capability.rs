//! [`Capability`]: what a browser may or may not be able to do, by the names `requires` uses.
//! Which wire can do what is the table in `wire/verbs.rs`.

/// Something that not every wire can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Capability {
    /// Cookies and storage of every domain are captured and restored.
    SessionAllDomains,
    /// A restore asks nothing of the application's server.
    SessionSilentRestore,
    /// Partitioned cookies and storage of third-party frames are captured and restored.
    SessionPartitioned,
    /// `IndexedDB` is captured and restored.
    SessionDatabases,
    /// A page can be screenshot beyond the viewport.
    ScreenshotFullPage,
    /// A dialog is answered while the command that opened it still runs.
    DialogDuringCommand,
    /// It is known whether a dialog is an alert, a confirm or a prompt, and its default text.
    DialogKind,
    /// Uncaught errors of the page's scripts are seen.
    PageErrors,
    /// The mouse can be moved while a button is held that an earlier command pressed.
    MouseHeld,
    /// The browser's own drag and drop (`draggable`) follows the mouse to the drop.
    DragNative,
    /// The right and the middle button are let go as what they were pressed.
    MouseButtons,
    /// A tap is a touch, with touch events.
    Touch,
    /// A page can be narrower than a window of the browser may be, as on a telephone.
    ViewportNarrow,
}

impl Capability {
    /// Every one, for messages and tables.
    pub const ALL: &[Self] = &[
        Self::SessionAllDomains,
        Self::SessionSilentRestore,
        Self::SessionPartitioned,
        Self::SessionDatabases,
        Self::ScreenshotFullPage,
        Self::DialogDuringCommand,
        Self::DialogKind,
        Self::PageErrors,
        Self::MouseHeld,
        Self::DragNative,
        Self::MouseButtons,
        Self::Touch,
        Self::ViewportNarrow,
    ];

    /// The name `requires` uses.
    pub fn name(self) -> &'static str {
        match self {
            Self::SessionAllDomains => "session.all_domains",
            Self::SessionSilentRestore => "session.silent_restore",
            Self::SessionPartitioned => "session.partitioned",
            Self::SessionDatabases => "session.indexed_db",
            Self::ScreenshotFullPage => "screenshot.full_page",
            Self::DialogDuringCommand => "dialog.during_command",
            Self::DialogKind => "dialog.kind",
            Self::PageErrors => "page.errors",
            Self::MouseHeld => "mouse.held",
            Self::DragNative => "drag.native",
            Self::MouseButtons => "mouse.buttons",
            Self::Touch => "touch",
            Self::ViewportNarrow => "viewport.narrow",
        }
    }

    /// By its name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|capability| capability.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_capability_is_found_by_its_name() {
        for capability in Capability::ALL {
            assert_eq!(Capability::parse(capability.name()), Some(*capability));
        }
        assert_eq!(Capability::parse("session.everything"), None);
    }
}
