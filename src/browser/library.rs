//! The page library: what runs inside the page.

/// The source of the page library.
pub(in crate::browser) fn page_library() -> &'static str {
    "globalThis.runner = { run: async (command) => ({ echo: command }) };"
}
