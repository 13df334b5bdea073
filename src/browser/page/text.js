// Texts: reading them from elements, folding white space, comparing, quoting for people.

const UNREAD = new Set(["script", "style", "noscript", "template", "head", "title", "meta", "link"]);
const BUTTON_TYPES = new Set(["button", "submit", "reset"]);

/** White space folded, invisible characters dropped, as people read it. */
function fold(text) {
  return text
    .replace(/[\u200b\u00ad]/g, "")
    .replace(/\s+/g, " ")
    .trim();
}

/** The text of an element, of open shadow trees too, with white space as it is. */
function textOf(element) {
  if (BUTTON_TYPES.has(inputTypeOf(element))) return element.value;
  if (!shadowOf(element) && firstElementOf(element) === null)
    return UNREAD.has(tagOf(element)) ? "" : rawTextOf(element);
  return collectText(element, () => false);
}

/** As `textOf`, without the elements for which `skip` holds. */
function collectText(node, skip) {
  if (nodeTypeOf(node) === ELEMENT) {
    if (UNREAD.has(tagOf(node)) || skip(node)) return "";
    if (BUTTON_TYPES.has(inputTypeOf(node))) return node.value;
  }
  let text = "";
  for (let child = firstChildOf(node); child; child = nextSiblingOf(child)) {
    const type = nodeTypeOf(child);
    if (type === TEXT) text += child.data;
    else if (type === ELEMENT) text += collectText(child, skip);
  }
  const shadow = nodeTypeOf(node) === ELEMENT && shadowOf(node);
  return shadow ? text + collectText(shadow, skip) : text;
}

/** A function that compares a folded text with a `TextMatch`. */
function matcherOf(match) {
  if (match.match === "regex") {
    const pattern = regexOf(match);
    return (text) => pattern.test(text);
  }
  const wanted = fold(match.text);
  if (match.match === "exact") return (text) => text === wanted;
  if (match.match === "contains") return (text) => text.includes(wanted);
  const lower = wanted.toLowerCase();
  return (text) => text.toLowerCase().includes(lower);
}

const regexes = new Map();

/** Compiled once. Unicode mode first: it is what the other side understands by the pattern. */
function regexOf({ source, flags }) {
  const key = flags + "/" + source;
  let pattern = regexes.get(key);
  if (!pattern) {
    try {
      pattern = new RegExp(source, flags + "u");
    } catch {
      try {
        pattern = new RegExp(source, flags);
      } catch (error) {
        throw new InvalidLocator(error.message);
      }
    }
    regexes.set(key, pattern);
  }
  return pattern;
}

/** A locator the browser does not understand. Waiting would not help. */
class InvalidLocator extends Error {}

function shorten(text, length) {
  return text.length <= length ? text : text.slice(0, length - 1) + "…";
}

const quote = (text, length = 1000) => stringify(shorten(text, length));

const plural = (count, noun = "element") => count + " " + noun + (count === 1 ? "" : "s");
