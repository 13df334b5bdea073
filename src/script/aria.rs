//! ARIA snapshots: the text form of what assistive technology is told, and whether a tree has at
//! least what a template says. Names and texts in slashes are regular expressions.

use serde_json::Value;

use crate::outcome::Failure;

use super::error::misuse;

/// What a tree must have, in this order.
#[derive(Debug)]
pub(crate) struct AriaTemplate {
    items: Vec<Item>,
    text: String,
}

#[derive(Debug)]
enum Item {
    Text(Match),
    Node { role: String, name: Option<Match>, states: Vec<(String, String)>, children: Vec<Item> },
}

#[derive(Debug)]
enum Match {
    Exact(String),
    Pattern(regex::Regex),
}

impl Match {
    fn parse(text: &str, line: usize) -> Result<Self, Failure> {
        let text = text.trim();
        if let Some(pattern) = text.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')) {
            return regex::Regex::new(pattern).map(Self::Pattern).map_err(|error| {
                wrong(line, &format!("{text} is not a regular expression")).detail(error.to_string())
            });
        }
        let plain = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
        Ok(Self::Exact(fold(&plain.replace("\\\"", "\""))))
    }

    fn fits(&self, text: &str) -> bool {
        match self {
            Self::Exact(wanted) => fold(text) == *wanted,
            Self::Pattern(pattern) => pattern.is_match(text),
        }
    }
}

fn fold(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn wrong(line: usize, what: &str) -> Failure {
    misuse(format!("the ARIA snapshot, line {line}: {what}"))
        .advise("write lines such as `- heading \"Cart\" [level=1]` and `- text: Total`, indented by two spaces")
}

impl AriaTemplate {
    /// Reads a template.
    pub(crate) fn parse(text: &str) -> Result<Self, Failure> {
        let lines: Vec<(usize, usize, &str)> = text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty() && !line.trim_start().starts_with('#'))
            .map(|(number, line)| (number + 1, line.len() - line.trim_start().len(), line.trim()))
            .collect();
        if lines.is_empty() {
            return Err(misuse("the ARIA snapshot is empty"));
        }
        let (items, rest) = items(&lines, lines[0].1)?;
        match rest.first() {
            Some((number, ..)) => Err(wrong(*number, "it is indented less than the first line")),
            None => Ok(Self { items, text: unindent(text) }),
        }
    }

    /// The template as it was written, without its indentation.
    pub(crate) fn text(&self) -> String {
        self.text.clone()
    }

    /// Whether the tree, or a part of it, has all of this.
    pub(crate) fn is_in(&self, tree: &Value) -> bool {
        let nodes = tree.as_array().map(Vec::as_slice).unwrap_or_default();
        are_in(&self.items, nodes) || nodes.iter().any(|node| self.is_in(&node["children"]))
    }
}

type Line<'a> = (usize, usize, &'a str);

/// The items of one depth, and the lines after them.
fn items<'a, 'b>(lines: &'b [Line<'a>], depth: usize) -> Result<(Vec<Item>, &'b [Line<'a>]), Failure> {
    let mut found = Vec::new();
    let mut rest = lines;
    while let Some(((number, indent, text), after)) = rest.split_first() {
        if *indent < depth {
            break;
        }
        if *indent > depth {
            return Err(wrong(*number, "it is indented more than the line before says"));
        }
        let Some(text) = text.strip_prefix("- ") else { return Err(wrong(*number, "it does not start with `- `")) };
        let inner = after.first().filter(|line| line.1 > depth).map(|line| line.1);
        let (children, next) = match inner {
            Some(inner) => items(after, inner)?,
            None => (Vec::new(), after),
        };
        found.push(item(*number, text, children)?);
        rest = next;
    }
    Ok((found, rest))
}

fn item(number: usize, text: &str, mut children: Vec<Item>) -> Result<Item, Failure> {
    let (head, tail) = split_head(text);
    let role_end = head.find(|letter: char| !letter.is_ascii_alphabetic()).unwrap_or(head.len());
    let (role, mut rest) = (&head[..role_end], head[role_end..].trim());
    if role.is_empty() {
        return Err(wrong(number, "it does not start with a role"));
    }
    if role == "text" {
        return Ok(Item::Text(Match::parse(tail.unwrap_or_default(), number)?));
    }
    let mut name = None;
    if let Some(mark) = rest.chars().next().filter(|mark| *mark == '"' || *mark == '/') {
        let end = closing(rest, mark).ok_or_else(|| wrong(number, "a name is not closed"))?;
        name = Some(Match::parse(&rest[..=end], number)?);
        rest = rest[end + 1..].trim();
    }
    let mut states = Vec::new();
    while let Some(inside) = rest.strip_prefix('[') {
        let Some((state, more)) = inside.split_once(']') else { return Err(wrong(number, "a `[` is not closed")) };
        let (key, value) = state.split_once('=').unwrap_or((state, "true"));
        states.push((key.trim().to_owned(), value.trim().to_owned()));
        rest = more.trim();
    }
    if !rest.is_empty() {
        return Err(wrong(number, &format!("`{rest}` is not understood")));
    }
    if let Some(tail) = tail.map(str::trim).filter(|tail| !tail.is_empty()) {
        children.insert(0, Item::Text(Match::parse(tail, number)?));
    }
    Ok(Item::Node { role: role.to_owned(), name, states, children })
}

/// Cut at the colon that stands outside of names.
fn split_head(text: &str) -> (&str, Option<&str>) {
    let mut open: Option<char> = None;
    let mut before = ' ';
    for (at, letter) in text.char_indices() {
        match open {
            Some(mark) if letter == mark && before != '\\' => open = None,
            None if letter == '"' || letter == '/' => open = Some(letter),
            None if letter == ':' => return (&text[..at], Some(&text[at + 1..])),
            _ => {}
        }
        before = letter;
    }
    (text, None)
}

fn closing(text: &str, mark: char) -> Option<usize> {
    let mut before = mark;
    for (at, letter) in text.char_indices().skip(1) {
        if letter == mark && before != '\\' {
            return Some(at);
        }
        before = letter;
    }
    None
}

/// Each item has its own node, in order; others may stand between them.
fn are_in(items: &[Item], nodes: &[Value]) -> bool {
    let mut rest = nodes.iter();
    items.iter().all(|item| rest.any(|node| fits(item, node)))
}

fn fits(item: &Item, node: &Value) -> bool {
    match item {
        Item::Text(wanted) => node.as_str().is_some_and(|text| wanted.fits(text)),
        Item::Node { role, name, states, children } => {
            let inside = node["children"].as_array().map(Vec::as_slice).unwrap_or_default();
            node["role"] == role.as_str()
                && name.as_ref().is_none_or(|name| name.fits(node["name"].as_str().unwrap_or_default()))
                && states.iter().all(|(key, value)| state(&node["states"][key]) == *value)
                && (are_in(children, inside) || only_text_is_the_name(children, node))
        }
    }
}

/// A node whose only text is its name has no text of its own in the tree.
fn only_text_is_the_name(children: &[Item], node: &Value) -> bool {
    matches!(children, [Item::Text(wanted)] if wanted.fits(node["name"].as_str().unwrap_or_default()))
}

fn state(value: &Value) -> String {
    match value {
        Value::Null => "false".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The tree as a template would say it.
pub(crate) fn render(tree: &Value) -> String {
    lines(tree, 0).into_iter().map(|line| line + "\n").collect()
}

fn lines(nodes: &Value, depth: usize) -> Vec<String> {
    let indent = "  ".repeat(depth);
    let mut found = Vec::new();
    for node in nodes.as_array().into_iter().flatten() {
        if let Some(text) = node.as_str() {
            found.push(format!("{indent}- text: {text}"));
            continue;
        }
        let name = node["name"].as_str().filter(|name| !name.is_empty());
        let name = name.map(|name| format!(" \"{}\"", name.replace('"', "\\\""))).unwrap_or_default();
        let states = node["states"].as_object().into_iter().flatten().map(|(key, value)| match state(value).as_str() {
            "true" => format!(" [{key}]"),
            value => format!(" [{key}={value}]"),
        });
        let head = format!(
            "{indent}- {}{name}{}",
            node["role"].as_str().unwrap_or_default(),
            states.collect::<Vec<_>>().concat()
        );
        let children = node["children"].as_array().map(Vec::as_slice).unwrap_or_default();
        match children {
            [] => found.push(head),
            [Value::String(text)] => found.push(format!("{head}: {text}")),
            _ => {
                found.push(format!("{head}:"));
                found.extend(lines(&node["children"], depth + 1));
            }
        }
    }
    found
}

fn unindent(text: &str) -> String {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let least = lines.iter().map(|line| line.len() - line.trim_start().len()).min().unwrap_or(0);
    lines.iter().map(|line| line[least..].to_owned() + "\n").collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{AriaTemplate, render};

    fn tree() -> Value {
        json!([{ "role": "main", "name": "", "states": {}, "children": [
            { "role": "heading", "name": "Cart", "states": { "level": 1 }, "children": [] },
            { "role": "list", "name": "", "states": {}, "children": [
                { "role": "listitem", "name": "", "states": {}, "children": ["Tea", { "role": "button", "name": "Remove", "states": { "disabled": true }, "children": [] }] },
                { "role": "listitem", "name": "", "states": {}, "children": ["Milk: 2"] },
            ] },
        ] }])
    }

    #[track_caller]
    fn check(template: &str, expected: bool) {
        assert_eq!(AriaTemplate::parse(template).unwrap().is_in(&tree()), expected, "{template}");
    }

    #[test]
    fn at_least_this_in_this_order() {
        check("- heading \"Cart\" [level=1]", true);
        check("- heading \"Car\"", false);
        check("- heading /^C/", true);
        check("- heading [level=2]", false);
        check("- heading: Cart", true);
        check("- list:\n  - listitem: Tea\n  - listitem: /Milk: \\d/", true);
        check("- list:\n  - listitem: /Milk/\n  - listitem: Tea", false);
        check("- listitem:\n  - text: Tea\n  - button \"Remove\" [disabled]", true);
        check("- main:\n  - list", true);
    }

    #[test]
    fn what_is_rendered_matches() {
        let text = render(&tree());
        assert_eq!(text.lines().nth(1), Some("  - heading \"Cart\" [level=1]"));
        check(&text, true);
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        let title = |text: &str| AriaTemplate::parse(text).unwrap_err().title;
        assert!(title("- list\nheading").contains("line 2: it does not start with `- `"));
        assert!(title("- list [level").contains("a `[` is not closed"));
        assert!(title("- button \"x").contains("a name is not closed"));
    }
}
