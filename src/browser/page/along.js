// From elements to those at a place beside them, and sets of elements.

const AXES = {
  parent: (element) => only(treeParentOf(element)),
  ancestors: ancestorsOf,
  closest: (element, { css }) => {
    let at = element;
    while (at && !fits(at, css)) at = treeParentOf(at);
    return only(at);
  },
  children: (element) => drawnChildrenOf(element),
  siblings: (element) => [...childrenBeside(element)].filter((at) => at !== element),
  next: (element) => only(nextOf(element)),
  next_all: (element, { until }) => walk(element, nextOf, until),
  prev: (element) => only(previousOf(element)),
  prev_all: (element, { until }) => walk(element, previousOf, until),
};

const only = (element) => (element ? [element] : []);
const nextOf = getter(Element, "nextElementSibling");
const previousOf = getter(Element, "previousElementSibling");

/** The element around it; a shadow tree hangs on its host. */
function treeParentOf(element) {
  const parent = parentOf(element);
  if (parent === null || nodeTypeOf(parent) === ELEMENT) return parent;
  return parent instanceof ShadowRoot ? parent.host : null;
}

function ancestorsOf(element, { until }) {
  return walk(element, treeParentOf, until);
}

function walk(element, step, until) {
  const found = [];
  for (let at = step(element); at && !(until && fits(at, until)); at = step(at)) found.push(at);
  return found;
}

function* childrenBeside(element) {
  const parent = parentOf(element);
  for (let at = parent && firstChildOf(parent); at; at = nextSiblingOf(at)) if (isElement(at)) yield at;
}

function fits(element, css) {
  if (css === null) return true;
  try {
    return matches(element, css);
  } catch {
    throw new InvalidLocator(`${quote(css, 60)} is not a valid CSS selector`);
  }
}

/** What stands at a place beside each of `elements`. */
function along(elements, part) {
  const found = new Set();
  for (const element of elements) {
    if (!isElement(element)) continue;
    for (const other of AXES[part.axis](element, part)) if (fits(other, part.css)) found.add(other);
  }
  return inDocumentOrder([...found]);
}

const SETS = {
  along,
  and: (elements, { other }) => {
    const both = new Set(query(other));
    return elements.filter((element) => both.has(element));
  },
  or: (elements, { other }) => inDocumentOrder([...new Set([...elements, ...query(other)])]),
  not: (elements, { other }) => {
    if (other.css !== undefined) return elements.filter((element) => !fits(element, other.css));
    const out = new Set(query(other.found));
    return elements.filter((element) => !out.has(element));
  },
};
