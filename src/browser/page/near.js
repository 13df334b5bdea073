// Near misses: where nothing matches, what is there that somebody may have meant.

/** Lines for a message, and advice where one candidate stands out. */
function nearMisses(locator, shown) {
  const { found, failed } = lastFound(locator);
  if (failed < 0) return { lines: [] };
  const lines = [];
  if (failed < locator.length - 1 || found.length !== 1 || found[0] !== page) {
    if (failed > 0)
      lines.push(
        `${plural(found.length)} matched up to \`${shown[failed - 1]}\`, none of them has \`${shown[failed]}\``,
      );
    else if (locator.length > 1) lines.push(`already \`${shown[0]}\` matches nothing`);
  }
  const near = nearPart(locator[failed], found);
  return { lines: [...lines, ...near.lines], advice: near.advice };
}

/** The elements before the first part that finds none, and the place of that part. */
function lastFound(locator) {
  let found = [page];
  for (let i = 0; i < locator.length; i++) {
    const next = narrow(locator[i], found);
    if (next.length === 0) return { found, failed: i };
    found = next;
  }
  return { found, failed: -1 };
}

function nearPart(part, roots) {
  if (part.by === "role") return nearRole(part, roots);
  if (part.by === "text") return nearText(part, roots);
  if (part.by === "nth") return { lines: [`there ${roots.length === 1 ? "is" : "are"} only ${plural(roots.length)}`] };
  const attribute = {
    label: null,
    placeholder: "placeholder",
    alt_text: "alt",
    title: "title",
    test_id: part.attribute,
  }[part.by];
  if (attribute)
    return nearValues(part, roots, `[${escapeName(attribute)}]`, (element) => [getAttribute(element, attribute)]);
  if (part.by === "label") return nearValues(part, roots, LABELLED, labelTextsOf);
  return { lines: [] };
}

const ANYTHING = {
  name: null,
  checked: null,
  pressed: null,
  expanded: null,
  selected: null,
  disabled: null,
  level: null,
};

function nearRole(part, roots) {
  const role = roleName(part.role.trim().toLowerCase());
  const elements = [];
  let hidden = 0;
  for (const root of roots) {
    for (const element of roleCandidates(root, role)) {
      if (isHiddenFromAccessibility(element)) hidden += part.name && mayBeNamed(element, part.name) ? 1 : 0;
      else elements.push(element);
    }
  }
  const names = [];
  // Each answer of the browser is dear, and a message shows a few.
  const begin = now();
  for (const element of inDocumentOrder(elements).slice(0, 40)) {
    if (now() - begin > 150) break;
    const info = accessibleOf(element);
    if (info && info.role === role && names.length < 20) names.push(info.name);
  }
  const unknown = pending.length > 0;
  pending = [];
  const wanted = part.name && part.name.match !== "regex" ? part.name.text : "";
  const lines = names.length
    ? [
        `there ${names.length === 1 ? "is 1" : `are ${names.length}${names.length === 20 ? " or more" : ""}`} with the role \`${part.role}\`: ${listNear(names, wanted)}`,
      ]
    : unknown
      ? []
      : [`nothing has the role \`${part.role}\``];
  if (hidden)
    lines.push(`${plural(hidden)} of that name ${hidden === 1 ? "is" : "are"} hidden, and so not found by role`);
  return { lines, advice: adviceFor(names, wanted) };
}

function nearText(part, roots) {
  if (part.text.match === "regex") return { lines: [] };
  const wanted = fold(part.text.text);
  const texts = [];
  for (const root of roots) {
    for (const element of byText(root, { text: { match: "part", text: wanted } }).slice(0, 10))
      texts.push(shorten(fold(textOf(element)), 80));
  }
  if (texts.length)
    return {
      lines: [`a part of it, or in other letters: ${listNear(texts, wanted)}`],
      advice: adviceFor(texts, wanted, true),
    };
  for (const name of ["placeholder", "aria-label", "title", "alt"]) {
    for (const root of roots) {
      const found = byAttribute(root, name, { match: "part", text: wanted });
      if (found.length) return { lines: [`it is the \`${name}\` of \`${describe(found[0])}\``] };
    }
  }
  return { lines: [] };
}

function nearValues(part, roots, selector, textsOf) {
  const values = new Set();
  for (const root of roots) {
    for (const element of deepSelect(root, selector))
      for (const text of textsOf(element)) if (fold(text)) values.add(fold(text));
  }
  if (values.size === 0) return { lines: [] };
  const wanted = part.text.match === "regex" ? "" : part.text.text;
  return { lines: ["there are: " + listNear([...values], wanted)], advice: adviceFor([...values], wanted) };
}

/** The six nearest, nearest first. */
function listNear(texts, wanted) {
  const unique = [...new Set(texts)];
  const sorted = wanted
    ? unique
        .map((text) => ({ text, far: distance(text, wanted) }))
        .sort((a, b) => a.far - b.far)
        .map((entry) => entry.text)
    : unique;
  const list = sorted
    .slice(0, 6)
    .map((text) => quote(text, 60))
    .join(", ");
  return unique.length > 6 ? `${list} and ${unique.length - 6} more` : list;
}

function adviceFor(texts, wanted, isText = false) {
  if (!wanted) return undefined;
  const lower = fold(wanted).toLowerCase();
  const part = texts.find((text) => text.toLowerCase() !== lower && text.toLowerCase().includes(lower));
  const nearest = [...new Set(texts)].sort((a, b) => distance(a, wanted) - distance(b, wanted))[0];
  if (nearest && distance(nearest, wanted) <= max(1, wanted.length / 3)) return `did you mean ${quote(nearest, 60)}?`;
  if (part === undefined) return undefined;
  return `the whole ${isText ? "text" : "name"} is compared; \`exact: false\` matches a part of it`;
}

/** Edits between two texts; letters that differ in case only count half. */
function distance(a, b) {
  const from = shorten(a, 60);
  const to = shorten(b, 60);
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1] ? 0 : from[i - 1].toLowerCase() === to[j - 1].toLowerCase() ? 0.1 : 1;
      next.push(min(next[j - 1] + 1, row[j] + 1, row[j - 1] + same));
    }
    row = next;
  }
  return row[to.length];
}
