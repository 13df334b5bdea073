//! The page library: the files in `page/`, joined into one script.

use std::sync::LazyLock;

static SOURCE: LazyLock<String> =
    LazyLock::new(|| format!("(() => {{\n\"use strict\";\n{}\n}})();\n", FILES.join("\n")));

/// A script that defines `globalThis.runner`, not enumerable and with nothing else beside it:
///
/// - `run(command)`: a promise of the answer, JSON both. An answer `{need_accessible: true}` wants
///   the driver's roles and names for `pendingElements()`, given by `giveAccessible(elements, infos)`
///   (`{role, name}` each); `{need_tree: true}`, once for a document, asks for a kept accessibility
///   tree, without which each question for a role takes as long as the page is big. Then the same
///   command is sent again.
pub(in crate::browser) fn page_library() -> &'static str {
    &SOURCE
}

/// In the order they need each other: a file uses what stands above it when it is loaded, and
/// everything once it runs.
const FILES: &[&str] = &[
    include_str!("page/dom.js"),
    include_str!("page/text.js"),
    include_str!("page/describe.js"),
    include_str!("page/visible.js"),
    include_str!("page/role.js"),
    include_str!("page/name.js"),
    include_str!("page/query.js"),
    include_str!("page/along.js"),
    include_str!("page/near.js"),
    include_str!("page/log.js"),
    include_str!("page/wait.js"),
    include_str!("page/hit.js"),
    include_str!("page/readiness.js"),
    include_str!("page/fill.js"),
    include_str!("page/files.js"),
    include_str!("page/act.js"),
    include_str!("page/aria.js"),
    include_str!("page/read.js"),
    include_str!("page/expect.js"),
    include_str!("page/main.js"),
];
