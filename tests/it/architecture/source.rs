//! [`SourceFile`]: one file of `src/`, cut into tokens, with the paths it names resolved.
//!
//! It reads text, not Rust: macros that build paths are not seen. That is enough for a fence.

use std::fs;
use std::path::Path;

use walkdir::WalkDir;

/// One file of `src/`.
pub(super) struct SourceFile {
    /// Relative to `src/`, with `/`.
    pub(super) name: String,
    pub(super) text: String,
    /// It belongs to tests only.
    pub(super) is_test: bool,
    tokens: Vec<String>,
}

impl SourceFile {
    /// Every file below `folder` that ends in `.EXTENSION`, sorted.
    pub(super) fn read_all(folder: &Path, extension: &str) -> Vec<Self> {
        let files = WalkDir::new(folder).sort_by_file_name().into_iter().map(Result::unwrap);
        let mut files: Vec<Self> = files
            .filter(|file| file.path().extension().is_some_and(|found| found == extension))
            .map(|file| {
                let name = file.path().strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                Self::new(name, fs::read_to_string(file.path()).unwrap())
            })
            .collect();
        let tests: Vec<Vec<String>> = files.iter().flat_map(Self::test_modules).collect();
        for file in &mut files {
            let module = file.module();
            file.is_test = tests.iter().any(|test| module.starts_with(test));
        }
        files
    }

    pub(super) fn new(name: String, text: String) -> Self {
        let tokens = tokens(&text);
        Self { name, text, is_test: false, tokens }
    }

    /// The file's name without folders and extension.
    pub(super) fn stem(&self) -> &str {
        let file = self.name.rsplit('/').next().unwrap_or_default();
        file.split('.').next().unwrap_or_default()
    }

    /// Its place among the modules: `browser/wire/mod.rs` is `browser`, `wire`.
    pub(super) fn module(&self) -> Vec<String> {
        let mut parts: Vec<String> = self.name.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
        if matches!(parts.last().map(String::as_str), Some("mod" | "lib" | "main")) {
            parts.pop();
        }
        parts
    }

    /// Modules in files of their own that it declares for tests.
    fn test_modules(&self) -> Vec<Vec<String>> {
        let declarations = self.text.split("#[cfg(test)]").skip(1).filter_map(|rest| {
            let line = rest.trim_start().lines().next()?;
            line.strip_suffix(';')?.split_once("mod ").map(|(_, name)| name.to_owned())
        });
        declarations.map(|name| [self.module(), vec![name]].concat()).collect()
    }

    /// The file without its inline tests.
    pub(super) fn without_tests(&self) -> Self {
        let mut starts = self.text.match_indices("#[cfg(test)]\nmod ").map(|(at, _)| at);
        let end = starts.find(|at| self.text[*at..].lines().nth(1).is_some_and(|line| line.ends_with('{')));
        Self::new(self.name.clone(), self.text[..end.unwrap_or(self.text.len())].to_owned())
    }

    /// These tokens stand side by side somewhere.
    pub(super) fn has(&self, tokens: &[&str]) -> bool {
        self.tokens.windows(tokens.len()).any(|window| window == tokens)
    }

    /// Every path of the crate that it names, from the crate's root: `browser`, `wire`, `Page`.
    pub(super) fn paths(&self) -> Vec<Vec<String>> {
        let mut found = Vec::new();
        let mut blocks: Vec<Option<&str>> = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() {
            let follows = |offset: usize, token: &str| self.tokens.get(at + offset).is_some_and(|next| next == token);
            match self.tokens[at].as_str() {
                "mod" if follows(2, "{") => {
                    blocks.push(Some(&self.tokens[at + 1]));
                    at += 3;
                    continue;
                }
                "{" => blocks.push(None),
                "}" => drop(blocks.pop()),
                "crate" | "super" | "self" if follows(1, "::") && (at == 0 || self.tokens[at - 1] != "::") => {
                    let mut base = self.module();
                    base.extend(blocks.iter().flatten().map(|name| (*name).to_owned()));
                    at = read_tree(&self.tokens, at, base, &mut found);
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
        found
    }
}

/// Reads one path or use tree that starts at `at`, and gives the place behind it.
fn read_tree(tokens: &[String], mut at: usize, mut base: Vec<String>, found: &mut Vec<Vec<String>>) -> usize {
    loop {
        match tokens.get(at).map(String::as_str) {
            Some("crate") => base.clear(),
            Some("super") => drop(base.pop()),
            Some("{") => {
                at += 1;
                while at < tokens.len() && tokens[at] != "}" {
                    at = if tokens[at] == "," { at + 1 } else { read_tree(tokens, at, base.clone(), found) };
                }
                return at + 1;
            }
            Some(name) if name != "self" => base.push(name.to_owned()),
            _ => {}
        }
        at += 1;
        if tokens.get(at).is_none_or(|next| next != "::") {
            break;
        }
        at += 1;
    }
    found.push(base);
    // `as name` inside braces belongs to the tree.
    if tokens.get(at).is_some_and(|next| next == "as") { at + 2 } else { at }
}

/// Words, `::` and single signs; no comments, and of texts and numbers nothing but a place.
fn tokens(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(length) = raw_text_length(rest) {
            length
        } else if first == '"' || rest.starts_with("b\"") {
            quoted_length(rest)
        } else if first == '\'' {
            character_length(rest)
        } else if first.is_alphanumeric() || first == '_' {
            let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            out.push(rest[..length].to_owned());
            length
        } else if rest.starts_with("::") {
            out.push("::".to_owned());
            2
        } else {
            if !first.is_whitespace() {
                out.push(first.to_string());
            }
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    out
}

/// `r"…"`, `r#"…"#`, `br"…"`.
fn raw_text_length(text: &str) -> Option<usize> {
    let start = text.strip_prefix('b').unwrap_or(text).strip_prefix('r')?;
    let hashes = start.len() - start.trim_start_matches('#').len();
    let inside = start[hashes..].strip_prefix('"')?;
    let close = format!("\"{}", "#".repeat(hashes));
    let end = inside.find(&close).map_or(inside.len(), |end| end + close.len());
    Some(text.len() - inside.len() + end)
}

fn quoted_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, sign) in text.char_indices().skip_while(|(_, sign)| *sign != '"').skip(1) {
        match sign {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// `'a'` and `'\n'` as a whole; of a lifetime only the quote.
fn character_length(text: &str) -> usize {
    let mut signs = text.char_indices().skip(1);
    match signs.next() {
        Some((_, '\\')) => text[2..].find('\'').map_or(text.len(), |end| {
            // `'\''` holds the quote itself.
            if text[2..].starts_with('\'') { 4 } else { end + 3 }
        }),
        Some(_) if signs.next().is_some_and(|(_, sign)| sign == '\'') => {
            text.char_indices().nth(3).map_or(text.len(), |(at, _)| at)
        }
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::SourceFile;

    fn paths(name: &str, text: &str) -> Vec<String> {
        SourceFile::new(name.to_owned(), text.to_owned()).paths().iter().map(|path| path.join("::")).collect()
    }

    #[test]
    fn finds_paths_in_use_lines_and_bodies() {
        assert_eq!(
            paths("a/b.rs", "use crate::{x::{Y, z as w}, v};\nfn f() { crate::q::r(); }"),
            ["x::Y", "x::z", "v", "q::r"]
        );
    }

    #[test]
    fn resolves_super_from_where_it_stands() {
        assert_eq!(paths("a/b.rs", "use super::c::D;"), ["a::c::D"]);
        assert_eq!(paths("a/mod.rs", "use super::c::D;"), ["c::D"]);
        assert_eq!(paths("a/b/c.rs", "fn f() { super::super::d::e() }"), ["a::d::e"]);
        assert_eq!(paths("a/b.rs", "mod tests { use super::super::c; fn f() {} } use super::d;"), ["a::c", "a::d"]);
    }

    #[test]
    fn comments_and_texts_name_nothing() {
        let text = r##"// crate::a
            /* crate::b */ const C: &str = "crate::\"c"; const D: &str = r#"crate::"d"#; fn f<'a>(c: char) { '\''; 'x'; crate::e() }"##;
        assert_eq!(paths("a.rs", text), ["e"]);
    }
}
