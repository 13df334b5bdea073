// How elements are shown in messages: `<button id="a" class="b">Save</button>`.

const SHOWN = [
  "id",
  "class",
  "type",
  "name",
  "role",
  "aria-label",
  "placeholder",
  "href",
  "alt",
  "title",
  "data-testid",
  "for",
];

/** One line of at most about 160 characters. */
function describe(element) {
  const tag = tagOf(element);
  let start = "<" + tag;
  for (const name of SHOWN) {
    const value = getAttribute(element, name);
    if (value === null || start.length > 110) continue;
    start += value === "" ? " " + name : ` ${name}="${shorten(fold(value), 40)}"`;
  }
  if (VOID.has(tag)) return start + ">";
  const text = shorten(fold(tag === "select" ? "" : textOf(element)), 50);
  const inside = text || (firstElementOf(element) ? "…" : "");
  return `${start}>${inside}</${tag}>`;
}

/** As `describe`, without what is inside: for an element named as the cause of something. */
function describeStart(element) {
  return describe(element).replace(/^(<[^>]*>).*$/s, "$1");
}

const VOID = new Set([
  "area",
  "base",
  "br",
  "col",
  "embed",
  "hr",
  "img",
  "input",
  "link",
  "meta",
  "source",
  "track",
  "wbr",
]);

const describeFirst = (elements) => elements.slice(0, 10).map(describe);
