// Reading from elements. What needs an element waits for it.

const READ_NOW = {
  count: (found) => found.length,
  boxes: (found) => found.map(placeOf).filter((box) => box.width && box.height),
  all_texts: (found) => found.map((element) => fold(textOf(element))),
  is_visible: (found) => found.length === 1 && isVisible(found[0]),
  is_hidden: (found) => found.length === 0 || !isVisible(found[0]),
};

function placeOf(element) {
  const { left: x, top: y, width, height } = boxOf(element);
  return { x, y, width, height, page_x: x + view.scrollX, page_y: y + view.scrollY };
}

const READ = {
  aria: (element) => ariaOf(element),
  text: (element) => rawTextOf(element),
  inner_text: (element) => (element instanceof HTMLElement ? innerTextOf(element) : rawTextOf(element)),
  inner_html: (element) => innerHtmlOf(element),
  value: (element) => valueOf(controlOf(element)),
  attribute: (element, { name }) => getAttribute(element, name),
  property: (element, { name }) => plainOf(element[name]),
  css: (element, { name }) => styleOf(element).getPropertyValue(name),
  bounding_box: (element) => {
    const box = boxOf(element);
    return box.width || box.height ? { x: box.left, y: box.top, width: box.width, height: box.height } : null;
  },
  is_enabled: (element) => whyDisabled(controlOf(element)) === null,
  is_checked: (element) => checkedStateOf(controlOf(element)) === true,
  is_editable: (element) => isEditable(controlOf(element)),
};

/** Answers `{ok: true, value}` or why there is none. */
async function read(command, ask) {
  const { locator, reading } = command;
  const look = (isLast) => {
    const found = query(locator);
    const isOne = !["count", "all_texts", "boxes"].includes(reading.read);
    if (isOne && found.length > 1) return failed(notUnique(found));
    const readNow = READ_NOW[reading.read];
    if (readNow) return answered(readNow(found));
    if (found.length === 1) return readOne(found[0], reading, ask);
    ask.log.note("no element matches");
    if (!isLast) return { done: false };
    return failed(
      notReady({ unmet: "to exist", found: "no element matches" }, ask, nearMisses(locator, command.shown)),
    );
  };
  return (await lookUntil(ask.fresh(look), ask.start, command.timeout)).answer;
}

const answered = (value) => ({ done: true, answer: { ok: true, value } });

function readOne(element, reading, ask) {
  if (reading.read === "value" && valueOf(controlOf(element)) === null) {
    return failed(
      notReady(
        { unmet: "to be a control with a value", found: `it is \`${describe(element)}\``, advice: "use `text()`" },
        ask,
        { lines: [] },
      ),
    );
  }
  if (reading.read === "is_checked" && checkedStateOf(controlOf(element)) === null) {
    return failed(
      notReady({ unmet: "to be a checkbox, radio button or switch", found: `it is \`${describe(element)}\`` }, ask, {
        lines: [],
      }),
    );
  }
  return answered(READ[reading.read](element, reading));
}

/** The value of a control; null for other elements. */
const valueOf = (element) => (hasValue(element) && element.value !== undefined ? String(element.value) : null);

/** What can be carried as JSON; null for the rest. */
function plainOf(value) {
  try {
    const text = stringify(value);
    return text === undefined ? null : parse(text);
  } catch {
    return null;
  }
}
