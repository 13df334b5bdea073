// Locators: from a list of parts to the elements they find, in document order, each once.

const FINDERS = {
  css: byCss,
  xpath: byXpath,
  role: byRole,
  text: byText,
  label: byLabel,
  placeholder: (root, part) => byAttribute(root, "placeholder", part.text),
  alt_text: (root, part) => byAttribute(root, "alt", part.text),
  title: (root, part) => byAttribute(root, "title", part.text),
  test_id: (root, part) => byAttribute(root, part.attribute, part.text),
};

/** Elements found by `parts`, starting from `roots`. */
function query(parts, roots = [page]) {
  let found = roots;
  for (const part of parts) found = narrow(part, found);
  return found;
}

/** What one part makes of what the part before it found. */
function narrow(part, roots) {
  if (part.by === "nth") {
    const index = part.index < 0 ? roots.length + part.index : part.index;
    return index in roots ? [roots[index]] : [];
  }
  if (part.by === "filter") return roots.filter((element) => isKept(element, part));
  if (part.by in SETS) return SETS[part.by](roots, part);
  const find = FINDERS[part.by];
  if (roots.length === 1) return find(roots[0], part);
  const found = new Set();
  for (const root of roots) for (const element of find(root, part)) found.add(element);
  return inDocumentOrder([...found]);
}

function isKept(element, part) {
  if (part.visible !== null && isVisible(element) !== part.visible) return false;
  const text = part.has_text || part.has_not_text ? fold(textOf(element)) : "";
  if (part.has_text && !matcherOf(part.has_text)(text)) return false;
  if (part.has_not_text && matcherOf(part.has_not_text)(text)) return false;
  if (part.has && query(part.has, [element]).length === 0) return false;
  return !part.has_not || query(part.has_not, [element]).length === 0;
}

function byCss(root, { selector }) {
  try {
    return deepSelect(root, selector);
  } catch (error) {
    throw new InvalidLocator(error.name === "SyntaxError" ? "not a valid CSS selector" : error.message);
  }
}

/** A selector in all trees below `root`; its descendant combinators reach into shadow trees. */
function deepSelect(root, selector) {
  const found = [...selectAll(root, selector)];
  if (selector.includes(":scope") && isElement(root) && matches(root, selector)) found.unshift(root);
  const shadows = shadowRootsIn(root);
  if (shadows.length === 0) return found;
  const all = new Set(found);
  for (const shadow of shadows) for (const element of selectAll(shadow, selector)) all.add(element);
  const steps = descendantSteps(selector);
  if (steps.length > 1) {
    let roots = [root];
    for (const step of steps) {
      const next = new Set();
      for (const from of roots) {
        const scoped = isElement(from) && from !== root ? ":scope " + step : step;
        for (const element of selectAll(from, scoped)) next.add(element);
        for (const shadow of shadowRootsIn(from)) for (const element of selectAll(shadow, step)) next.add(element);
      }
      roots = next;
    }
    for (const element of roots) all.add(element);
  }
  return inDocumentOrder([...all]);
}

/** A selector cut at its descendant combinators; one piece where that is not safe. */
function descendantSteps(selector) {
  const text = selector.trim();
  if (/[,:\\]/.test(text.replace(/\[[^\]]*\]/g, ""))) return [text];
  const steps = [];
  let step = "";
  let depth = 0;
  for (const word of text.split(/(\s+|[[\]])/)) {
    if (word === "[") depth++;
    if (word === "]") depth--;
    const isGap = depth === 0 && word !== "" && word.trim() === "";
    if (isGap && !/[>+~]$/.test(step)) {
      steps.push(step);
      step = "";
    } else if (/^[>+~]/.test(word) && step === "" && depth === 0) {
      step = steps.pop() + word;
    } else {
      step += isGap ? "" : word;
    }
  }
  return [...steps, step];
}

function byXpath(root, { expression }) {
  const relative = nodeTypeOf(root) === ELEMENT ? expression.replace(/^(\s*\(*\s*)\//, "$1./") : expression;
  let result;
  try {
    result = page.evaluate(relative, root, null, XPathResult.ORDERED_NODE_SNAPSHOT_TYPE, null);
  } catch (error) {
    throw new InvalidLocator(
      /node-?set|result|type/i.test(error.message) && error.name === "TypeError"
        ? "the expression does not give elements"
        : "not a valid XPath expression",
    );
  }
  const found = [];
  for (let i = 0; i < result.snapshotLength; i++) {
    const node = result.snapshotItem(i);
    if (!isElement(node)) throw new InvalidLocator("the expression gives texts or attributes, not elements");
    found.push(node);
  }
  return found;
}

/** The smallest elements with a text. A branch whose text does not contain it is not entered. */
function byText(root, part) {
  const isMatch = matcherOf(part.text);
  const mayContain = part.text.match === "regex" ? () => true : containsOf(part.text);
  const found = [];
  const visit = (element) => {
    if (UNREAD.has(tagOf(element))) return false;
    const text = fold(textOf(element));
    let inside = false;
    if (mayContain(text)) for (const child of drawnChildrenOf(element)) inside = visit(child) || inside;
    if (inside || !isMatch(text) || text === "") return inside;
    found.push(element);
    return true;
  };
  for (const child of drawnChildrenOf(root)) visit(child);
  return found;
}

function containsOf(match) {
  const wanted = fold(match.text);
  if (match.match !== "part") return (text) => text.includes(wanted);
  return matcherOf(match);
}

/** Elements directly below a node: those of its shadow tree, then its own. */
function* drawnChildrenOf(node) {
  const shadow = nodeTypeOf(node) === ELEMENT && shadowOf(node);
  for (const from of shadow ? [shadow, node] : [node]) {
    for (let child = firstChildOf(from); child; child = nextSiblingOf(child)) {
      if (nodeTypeOf(child) === ELEMENT) yield child;
    }
  }
}

const LABELLED =
  "button, input:not([type=hidden]), meter, output, progress, select, textarea, [aria-label], [aria-labelledby]";

/** Controls and other elements whose label has the text. */
function byLabel(root, part) {
  const isMatch = matcherOf(part.text);
  return deepSelect(root, LABELLED).filter((element) => labelTextsOf(element).some((text) => isMatch(fold(text))));
}

const isControl = (element) => /^(select|textarea|button|output|datalist)$/.test(tagOf(element));

function labelTextsOf(element) {
  const ids = getAttribute(element, "aria-labelledby");
  if (ids !== null && ids.trim() !== "") {
    const scope = rootOf(element);
    const labels = ids
      .trim()
      .split(/\s+/)
      .map((id) => (scope.getElementById ? scope.getElementById(id) : null));
    if (labels.some((label) => label)) return [labels.map((label) => (label ? textOf(label) : "")).join(" ")];
  }
  const own = getAttribute(element, "aria-label");
  const texts = own !== null && own.trim() !== "" ? [own] : [];
  // What a control inside its label shows (a list's options) is not part of the label's text, though
  // it was meant so by whoever wrote it out in full.
  for (const label of element.labels || []) texts.push(collectText(label, isControl), textOf(label));
  return texts;
}

function byAttribute(root, name, match) {
  const isMatch = matcherOf(match);
  return deepSelect(root, `[${escapeName(name)}]`).filter((element) => isMatch(fold(getAttribute(element, name))));
}
