// Conditions of assertions: does it hold, and what is there instead, as people read it.

const state = (held, yes, no, why = null) => ({ held, found: held ? yes : no, why: held ? null : why });
const compare = (text, match, shown = quote(text)) => ({ held: matcherOf(match)(fold(text)), found: shown });

const CONDITIONS = {
  attached: () => ({ held: true, found: "attached" }),
  visible: (element) => (isVisible(element) ? state(true, "visible") : state(false, "", "hidden", whyHidden(element))),
  hidden: (element) =>
    isVisible(element) ? state(false, "", "visible") : { held: true, found: "hidden", why: whyHidden(element) },
  enabled: (element) => {
    const why = whyDisabled(controlOf(element));
    return state(why === null, "enabled", "disabled", why);
  },
  disabled: (element) => {
    const why = whyDisabled(controlOf(element));
    return { held: why !== null, found: why === null ? "enabled" : "disabled", why };
  },
  editable: (element) => {
    const control = controlOf(element);
    const why = textKindOf(control) ? whyDisabled(control) || whyReadOnly(control) : "it is no text control";
    return state(why === null, "editable", why === null ? "" : "not editable", why);
  },
  checked: (element) => {
    const checked = checkedStateOf(controlOf(element));
    if (checked === null) return { held: null, found: "no checkbox, radio button or switch" };
    return { held: checked === true, found: checked === "mixed" ? "mixed" : checked ? "checked" : "unchecked" };
  },
  focused: (element) => {
    const focused = focusedElement();
    const why = focused && focused !== page.body ? `the focus is on \`${describe(focused)}\`` : "nothing has the focus";
    return state(focused === element, "focused", "not focused", why);
  },
  empty: (element) => {
    const text = hasValue(element) && textKindOf(element) ? element.value : fold(textOf(element));
    if (text !== "") return { held: false, found: quote(text) };
    const child = textKindOf(element) ? null : firstElementOf(element);
    return state(child === null, "empty", "not empty", child && `there is \`${describe(child)}\` in it`);
  },
  in_viewport: (element) => {
    const box = firstBox(element);
    return state(
      isVisible(element) && box !== null && visiblePart(element, box) !== null,
      "in the viewport",
      "outside of the viewport",
      isVisible(element) ? whereIs(element) : whyHidden(element),
    );
  },
  text: (element, { expected }) => {
    const text = fold(textOf(element));
    return compare(text, expected);
  },
  value: (element, { expected }) => {
    const text = valueOf(controlOf(element));
    return text === null ? { held: null, found: "no value: it is not a control" } : compare(text, expected);
  },
  values: (element, { expected }) => {
    const control = controlOf(element);
    if (!(control instanceof HTMLSelectElement))
      return { held: null, found: "no list of options: it is not a `<select>`" };
    return compareAll(
      [...control.selectedOptions].map((option) => option.value),
      expected,
    );
  },
  attribute: (element, { name, expected }) => {
    const text = getAttribute(element, name);
    if (text === null) return { held: false, found: `no attribute \`${name}\`` };
    return expected ? compare(text, expected) : { held: true, found: `${name}=${quote(text)}` };
  },
  class: (element, { tokens }) => {
    const found = [...classesOf(element)];
    return {
      held: tokens.every((token) => found.includes(token)),
      found: found.length ? quote(found.join(" ")) : "no class",
    };
  },
  css: (element, { name, expected }) => {
    const text = styleOf(element).getPropertyValue(name);
    if (text === "") return { held: false, found: `no style property \`${name}\`` };
    return compare(text, expected);
  },
  id: (element, { expected }) => {
    const text = getAttribute(element, "id");
    return text === null ? { held: false, found: "no `id`" } : compare(text, expected);
  },
  property: (element, { name, expected }) => {
    const found = plainOf(element[name]);
    const isThere = element[name] !== undefined;
    return {
      held: isThere && isEqual(found, expected),
      found: isThere ? shorten(stringify(found), 1000) : `no property \`${name}\``,
    };
  },
  role: (element, { expected }) => {
    const info = accessibleNow(element);
    return {
      held: info.role === roleName(expected.trim().toLowerCase()),
      found: info.role ? quote(info.role) : "no role",
    };
  },
  accessible_name: (element, { expected }) => {
    const info = accessibleNow(element);
    return compare(info.name, expected, info.name ? quote(info.name) : "no name");
  },
  accessible_description: (element, { expected }) => {
    const text = descriptionOf(element);
    return compare(text, expected, text ? quote(text) : "no description");
  },
};

/** What describes it (Accessible Name and Description Computation, section 4.2). */
function descriptionOf(element) {
  const ids = (getAttribute(element, "aria-describedby") || "").split(/\s+/).filter(Boolean);
  const scope = rootOf(element);
  const texts = ids.map((id) => scope.getElementById && scope.getElementById(id)).filter(Boolean);
  if (texts.length) return fold(texts.map((at) => textOf(at)).join(" "));
  const own = fold(getAttribute(element, "aria-description") || "");
  if (own) return own;
  const title = fold(getAttribute(element, "title") || "");
  return title && accessibleNow(element).name !== title ? title : "";
}

const PAGE_CONDITIONS = {
  stored: ({ area, name, expected }) => {
    const text = (area === "local" ? view.localStorage : view.sessionStorage).getItem(name);
    if (text === null) return { held: false, found: `no item \`${name}\`` };
    return expected ? compare(text, expected) : { held: true, found: `${name}=${quote(text)}` };
  },
  url: ({ expected }) => compare(view.location.href, expected),
  title: ({ expected }) => compare(page.title, expected),
};

/** Of conditions that hold or not without an element. */
const WITHOUT_ELEMENT = { attached: false, visible: false, in_viewport: false, hidden: true };

/** Answers `{held, found, notes}`. */
async function check(command, ask) {
  const { subject, condition, negated } = command.check;
  const look = (isLast) => {
    const result = subject === "page" ? onPage(condition) : onElements(subject, condition, negated);
    const held = result.isFinal ? result.held : result.held === null ? false : result.held !== negated;
    ask.log.note(result.found);
    if (!held && !isLast) return { done: false };
    const notes = held ? [] : notesOn(result, command, ask);
    return { done: true, answer: { held, found: result.found, notes } };
  };
  return (await lookUntil(ask.fresh(look), ask.start, command.timeout)).answer;
}

function onPage(condition) {
  const test = PAGE_CONDITIONS[condition.is];
  return test ? test(condition) : { held: null, found: "a page, not an element" };
}

/** `held` is null where neither the condition nor its opposite can be said to hold. */
function onElements(subject, condition, negated) {
  const found = query(subject.element || subject.each);
  if (condition.is === "count")
    return {
      held: found.length === condition.expected,
      found: found.length === 0 ? "no element matches" : plural(found.length),
      elements: found,
      isCount: true,
    };
  if (condition.is === "texts")
    return {
      ...compareAll(
        found.map((element) => fold(textOf(element))),
        condition.expected,
      ),
      elements: found,
    };
  const test = CONDITIONS[condition.is];
  if (!test) return { held: null, found: "elements, not a page" };
  if (found.length === 0)
    return { held: WITHOUT_ELEMENT[condition.is] ?? null, found: "no element matches", elements: found };
  if (subject.each) return onEach(found, test, condition, negated);
  if (found.length > 1) return { held: null, found: plural(found.length), elements: found };
  return { ...test(found[0], condition), elements: found };
}

function onEach(found, test, condition, negated) {
  for (let i = 0; i < found.length; i++) {
    const result = test(found[i], condition);
    if (result.held === null || result.held === negated) {
      const place = `number ${i + 1} of ${found.length}`;
      return { ...result, isFinal: true, held: false, found: `${result.found} (${place})`, elements: [found[i]] };
    }
  }
  return { isFinal: true, held: true, found: plural(found.length), elements: found };
}

function compareAll(texts, expected) {
  const held = texts.length === expected.length && texts.every((text, i) => matcherOf(expected[i])(fold(text)));
  return { held, found: texts.length ? `[${texts.map((text) => quote(text, 200)).join(", ")}]` : "[]" };
}

function notesOn(result, command, ask) {
  const { subject } = command.check;
  const notes = [];
  const elements = result.elements || [];
  if (result.why) notes.push(result.why);
  if (elements.length === 1) notes.push("the element: " + describe(elements[0]));
  if (elements.length > 1) {
    for (const line of describeFirst(elements)) notes.push(line);
    if (elements.length > 10) notes.push(`and ${elements.length - 10} more`);
  }
  if (elements.length > 1 && !result.isCount && result.held === null)
    notes.push("one element is needed: `filter`, `first()` or `nth(i)` choose one, `all()` takes each");
  if (elements.length === 0 && subject !== "page") {
    const near = nearMisses(subject.element || subject.each, command.shown);
    notes.push(...near.lines);
    if (near.advice) notes.push(near.advice);
  }
  return [...notes, ...ask.log.lines().map((line) => shorten(line, 300))];
}

function whereIs(element) {
  const { left, top, right, bottom } = boxOf(element);
  if (top >= view.innerHeight) return "it is below";
  if (bottom <= 0) return "it is above";
  if (left >= view.innerWidth) return "it is to the right";
  return right <= 0 ? "it is to the left" : "what is around it cuts it off";
}

/** Role and name, or a question to the wire. */
function accessibleNow(element) {
  const info = accessibleOf(element);
  if (!info) throw new Need({ need_accessible: true });
  return info;
}

/** Equal as JSON; the order of keys does not count. */
function isEqual(a, b) {
  if (a === b) return true;
  if (
    typeof a !== "object" ||
    typeof b !== "object" ||
    a === null ||
    b === null ||
    Array.isArray(a) !== Array.isArray(b)
  )
    return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && isEqual(a[key], b[key]));
}
