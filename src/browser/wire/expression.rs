//! JavaScript given to `evaluate`, as the wires that run it in the page's own world share it: what may
//! be a function to call, and how a result becomes JSON ([`TO_JSON`]).

/// Name of the text in stack traces, by which its lines are found again.
pub(in crate::browser::wire) const SOURCE: &str = "evaluate";

/// Turns a result into JSON text; runs in the page. What JSON cannot hold is an error that names
/// the path to it, but for what has a plain meaning: dates, maps, sets, `undefined` (null).
pub(in crate::browser::wire) const TO_JSON: &str = r"function () {
  const seen = [];
  const plain = (value, path) => {
    const no = what => { throw new TypeError(`the result ${path ? 'has ' : 'is '}${what}${path ? ` at ${path}` : ''}, which is not JSON`); };
    switch (typeof value) {
      case 'undefined': case 'symbol': case 'function': return null;
      case 'bigint': return no('a BigInt');
      case 'number': return Number.isFinite(value) ? value : no(String(value));
      case 'string': case 'boolean': return value;
    }
    if (value === null) return null;
    if (seen.includes(value)) return no('a cycle');
    if (typeof Node === 'function' && value instanceof Node) return no(`a DOM node (${value.nodeName.toLowerCase()})`);
    if (value === globalThis) return no('the window');
    if (value instanceof Date) return isNaN(value) ? null : value.toISOString();
    if (value instanceof RegExp) return String(value);
    if (value instanceof Error) return String(value);
    seen.push(value);
    let result;
    if (Array.isArray(value) || ArrayBuffer.isView(value) && !(value instanceof DataView))
      result = Array.from(value, (item, i) => plain(item, `${path}[${i}]`));
    else if (value instanceof Set) result = Array.from(value, (item, i) => plain(item, `${path}[${i}]`));
    else {
      const entries = value instanceof Map ? [...value] : Object.entries(value);
      result = {};
      for (const [key, item] of entries)
        if (item !== undefined && typeof item !== 'function')
          Object.defineProperty(result, String(key), { value: plain(item, path ? `${path}.${String(key)}` : String(key)), enumerable: true });
    }
    seen.pop();
    return result;
  };
  return plain(this, '');
}";

/// In parentheses, which makes an expression of a function or an object literal.
pub(in crate::browser::wire) fn wrapped(script: &str) -> String {
    format!("({}\n)\n//# sourceURL={SOURCE}", script.trim_end().trim_end_matches(';'))
}

/// What could be a function expression or an object literal by its first word.
pub(in crate::browser::wire) fn may_be_function_or_object(script: &str) -> bool {
    let text = script.trim_start();
    let word = text.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '$').unwrap_or(text.len());
    let (word, rest) = text.split_at(word);
    matches!(word, "function" | "async") || text.starts_with(['(', '{', '/']) || rest.trim_start().starts_with("=>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_what_may_be_a_function() {
        let check = |text: &str, expected: bool| assert_eq!(may_be_function_or_object(text), expected, "{text}");
        check("() => 1", true);
        check("x => x", true);
        check("async (a) => a", true);
        check("function f() {}", true);
        check("{ a: 1 }", true);
        check("document.title", false);
        check("1 + 1", false);
        check("const a = 1; a", false);
    }
}
