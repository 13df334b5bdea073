//! [`Capability`]: what a browser may or may not be able to do, by the names `requires` uses.

/// Something that not every wire can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Capability {
    /// Cookies and storage of every domain are captured and restored.
    SessionAllDomains,
    /// A restore asks nothing of the application's server.
    SessionSilentRestore,
    /// Partitioned cookies and storage of third-party frames are captured and restored.
    SessionPartitioned,
    /// A page can be screenshot beyond the viewport, or in part.
    ScreenshotFullPage,
    /// A dialog is answered while the command that opened it still runs.
    DialogDuringCommand,
}

impl Capability {
    /// Every one, for messages and tables.
    pub const ALL: &[Self] = &[
        Self::SessionAllDomains,
        Self::SessionSilentRestore,
        Self::SessionPartitioned,
        Self::ScreenshotFullPage,
        Self::DialogDuringCommand,
    ];

    /// The name `requires` uses.
    pub fn name(self) -> &'static str {
        match self {
            Self::SessionAllDomains => "session.all_domains",
            Self::SessionSilentRestore => "session.silent_restore",
            Self::SessionPartitioned => "session.partitioned",
            Self::ScreenshotFullPage => "screenshot.full_page",
            Self::DialogDuringCommand => "dialog.during_command",
        }
    }

    /// By its name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|capability| capability.name() == name)
    }
}
