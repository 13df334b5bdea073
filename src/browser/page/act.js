// Actions: wait until the one element is ready, then prepare it, so that the input that follows
// reaches it; what needs no real input is done here.

/** Answers `{ok: true, point, then}` or says what was missing. */
async function act(command, ask) {
  const { action, force, locator } = command;
  const memory = ask.memory;
  const look = (isLast) => {
    const found = query(locator);
    if (found.length > 1) return failed(notUnique(found));
    const state =
      found.length === 0
        ? { unmet: "to exist", found: "no element matches" }
        : prepare(found[0], action, force, memory);
    if (state.answer) return { done: true, answer: state.answer };
    if (found.length === 0) memory.hasAppeared = true;
    ask.log.note(state.found);
    if (!isLast && !state.isFinal) return { done: false, animate: state.animate };
    return failed(
      notReady(state, ask, found.length === 0 ? nearMisses(locator, command.shown) : about(found[0], state)),
    );
  };
  const state = await lookUntil(ask.fresh(look), ask.start, command.timeout);
  return state.answer;
}

/** Names the element, unless it was named already. */
const about = (element, { found }) => ({
  lines: found.includes(describe(element)) ? [] : ["the element: " + describe(element)],
});

const failed = (answer) => ({ done: true, answer: { ok: false, ...answer } });

const notUnique = (found) => ({ kind: "not_unique", matches: describeFirst(found), total: found.length });

function notReady(state, ask, near) {
  const log = [...ask.log.lines(), ...near.lines];
  return {
    kind: "not_ready",
    unmet: state.unmet,
    found: state.found,
    log,
    advice: state.advice ?? near.advice ?? null,
  };
}

/** `{answer}` when it is done or ready for input, otherwise what is missing. */
function prepare(element, action, force, memory) {
  const misuse = misuseOf(element, action);
  if (misuse) return { ...misuse, isFinal: true };
  if (action.action === "set_checked" && checkedStateOf(controlOf(element)) === action.checked)
    return ready({ then: "nothing" });
  const missing = force ? null : whatIsMissing(element, action, memory);
  if (missing) return { ...missing, advice: missing.advice ?? adviceOn(element, missing) };
  return PREPARE[action.action](element, action, force, memory);
}

const ready = (answer) => ({ answer: { ok: true, ...answer } });

const PREPARE = {
  click: preparePointer,
  hover: preparePointer,
  tap: preparePointer,
  wheel: preparePointer,
  set_checked: preparePointer,
  fill: (element, action) => prepareFill(controlOf(element), action.value),
  clear: (element) => prepareFill(controlOf(element), ""),
  type_text: (element) => prepareTyping(controlOf(element)),
  press: (element) => takeFocus(element) ?? ready({ then: "keys" }),
  select_option: (element, action) => chooseOptions(controlOf(element), action.choices),
  focus: (element) => takeFocus(element) ?? ready({ then: "nothing" }),
  blur: (element) => {
    element.blur();
    return ready({ then: "nothing" });
  },
  scroll_into_view: (element) => {
    if (!pointNow(element, null).isInView) scrollIntoView(element, INSTANT);
    return ready({ then: "nothing" });
  },
  scroll_to: scrollInside,
  set_files: (element, { files }) => putFiles(controlOf(element), files),
  drop_files: dropFiles,
  point_out: (element, { event }) => {
    dispatch(element, new Event(event, { bubbles: true, composed: true }));
    return ready({ then: "nothing" });
  },
};

function preparePointer(element, action, force, memory) {
  const point = force ? scrolledPoint(element, action.position) : memory.point;
  if (point) return ready({ then: "pointer", point: inTopViewport(point), element: describe(element) });
  return {
    unmet: "to have a place to click",
    found: isVisible(element) ? whyNotReached(element, null) : whyHidden(element),
    advice: "`force: true` skips the checks, but a real click needs a place",
  };
}

/** Gives it the focus; null when it has it, otherwise what is missing. */
function takeFocus(element) {
  const hasFocus = () => {
    const focused = focusedElement();
    return focused === element || (focused && isWithin(focused, element));
  };
  const isPage = element === page.body || element === page.documentElement;
  if (hasFocus() || isPage) return null;
  element.focus();
  if (hasFocus()) return null;
  const at = focusedElement();
  const where = at && at !== page.body ? `; the focus is on \`${describe(at)}\`` : "";
  const why = isVisible(element) ? "it takes no focus" : whyHidden(element);
  return {
    unmet: "to take the focus",
    found: why + where,
    advice: "an element that is no control needs `tabindex` to take the focus",
  };
}

/** A use that no waiting makes right; null where there is none. */
function misuseOf(element, action) {
  const control = controlOf(element);
  if (action.action === "fill" || action.action === "clear" || action.action === "type_text")
    return misuseOfText(control, action);
  if (action.action === "select_option") {
    if (!(control instanceof HTMLSelectElement))
      return {
        unmet: "to be a `<select>`",
        found: `it is \`${describe(control)}\``,
        advice: "for a list made of other elements, click it and then click the option",
      };
    if (action.choices.length > 1 && !control.multiple)
      return {
        unmet: "to take several options",
        found: `\`${describe(control)}\` has no attribute \`multiple\``,
        advice: "choose one option",
      };
  }
  if (action.action === "set_files") return misuseOfFiles(control, action.files);
  if (action.action !== "set_checked") return null;
  const state = checkedStateOf(control);
  if (state === null)
    return {
      unmet: "to be a checkbox, radio button or switch",
      found: `it is \`${describe(element)}\``,
      advice: "use `click()`",
    };
  if (!action.checked && state === true && isRadio(control))
    return {
      unmet: "to be a checkbox",
      found: "it is a radio button, which cannot be unticked",
      advice: "check another one of its group",
    };
  return null;
}

/** Help for some states. */
function adviceOn(element, missing) {
  if (missing.unmet !== "to be visible") return null;
  const labels = [...(element.labels || [])].filter(isVisible);
  return labels.length ? `click its label \`${describe(labels[0])}\` instead` : null;
}

/** After the click on a checkbox: has it changed? Where it is gone or replaced there is nothing to say. */
async function confirmChecked(command, ask) {
  const { locator, action } = command;
  const look = (isLast) => {
    const found = query(locator);
    const state = found.length === 1 ? checkedStateOf(controlOf(found[0])) : null;
    if (state === null || state === action.checked) return { done: true, answer: { ok: true } };
    if (!isLast) return { done: false };
    const wanted = action.checked ? "checked" : "unchecked";
    const left = state === "mixed" ? "the click left it mixed" : `the click left it ${state ? "checked" : "unchecked"}`;
    return failed(
      notReady(
        { unmet: `to become ${wanted}`, found: left, advice: "its own script may have refused the change" },
        ask,
        about(found[0], { found: left }),
      ),
    );
  };
  return (await lookUntil(ask.fresh(look), ask.start, min(command.timeout, 1000))).answer;
}
