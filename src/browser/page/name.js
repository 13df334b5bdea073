// A cheap test whether an element may have an accessible name, before the browser is asked.
//
// It may say yes to too many and never no to one that has it: each source a name can come from is
// read, and a name is made of sources in document order, some of them left out.

const NAMING = [
  "aria-label",
  "title",
  "alt",
  "placeholder",
  "value",
  "label",
  "summary",
  "aria-valuetext",
  "aria-description",
];

/** Comparable without regard to case (`text-transform` changes it) and white space. */
const squeeze = (text) => text.replace(/[\s\u200b\u00ad]+/g, "").toLowerCase();

function isInOrder(wanted, text) {
  let at = 0;
  for (const letter of wanted) {
    at = text.indexOf(letter, at);
    if (at < 0) return false;
    at += letter.length;
  }
  return true;
}

/** False only where the name certainly does not match. */
function mayBeNamed(element, match) {
  if (hasAttribute(element, "aria-labelledby") || hasAttribute(element, "aria-owns")) return true;
  const plain = isPlain(element);
  if (match.match === "regex") {
    return !plain || styleOf(element).textTransform !== "none" || regexOf(match).test(fold(rawTextOf(element)));
  }
  const wanted = squeeze(match.text);
  if (plain) {
    const text = squeeze(rawTextOf(element));
    return match.match === "exact" ? text === wanted : text.includes(wanted);
  }
  const sources = { text: "", unsure: false };
  for (const label of element.labels || []) gatherSources(label, sources);
  gatherSources(element, sources);
  return sources.unsure || isInOrder(wanted, squeeze(sources.text));
}

/** Nothing but text inside and nothing else that names it. */
function isPlain(element) {
  return (
    firstElementOf(element) === null &&
    !shadowOf(element) &&
    NAMING.every((name) => !hasAttribute(element, name)) &&
    !(element.labels && element.labels.length) &&
    !tagOf(element).includes("-") &&
    !/^(img|svg|input|select|textarea|slot|fieldset|table|figure|iframe|object)$/.test(tagOf(element)) &&
    drawnText(element, "::before") === "" &&
    drawnText(element, "::after") === ""
  );
}

/** What a pseudo element draws: "" for nothing, null where it cannot be told. */
function drawnText(element, pseudo) {
  const content = styleOf(element, pseudo).content;
  if (content === "none" || content === "normal" || content === "") return "";
  return /counter|attr\(|quote/.test(content) ? null : content.replace(/["\\]/g, "");
}

function gatherSources(element, sources) {
  if (hasAttribute(element, "aria-labelledby") || hasAttribute(element, "aria-owns") || tagOf(element).includes("-"))
    sources.unsure = true;
  for (const name of NAMING) {
    const value = getAttribute(element, name);
    if (value !== null) sources.text += value;
  }
  const tag = tagOf(element);
  if (tag === "slot") {
    for (const node of element.assignedNodes({ flatten: true })) {
      if (isElement(node)) gatherSources(node, sources);
      else sources.text += node.data;
    }
  }
  if (tag === "input" || tag === "textarea" || tag === "select") sources.text += element.value;
  if (tag === "input")
    sources.unsure ||= /^(submit|reset|image|file|color|date|time|month|week|datetime-local)$/.test(element.type);
  gatherDrawn(element, "::before", sources);
  for (const from of [element, shadowOf(element)]) {
    for (let child = from && firstChildOf(from); child; child = nextSiblingOf(child)) {
      if (nodeTypeOf(child) === TEXT) sources.text += child.data;
      else if (isElement(child)) gatherSources(child, sources);
    }
  }
  gatherDrawn(element, "::after", sources);
}

function gatherDrawn(element, pseudo, sources) {
  const text = drawnText(element, pseudo);
  if (text === null) sources.unsure = true;
  else sources.text += text;
}
