// Values: text controls, pickers (date, range, colour ...) and lists of options.

const FORMS = {
  color: "`#rrggbb`",
  date: "`2024-12-31`",
  "datetime-local": "`2024-12-31T23:59`",
  month: "`2024-12`",
  range: "a number",
  time: "`23:59`",
  week: "`2024-W52`",
};

function misuseOfText(element, action) {
  const kind = textKindOf(element);
  const type = inputTypeOf(element);
  if (kind === null)
    return {
      unmet: "to be a text control",
      found: `it is \`${describe(element)}\``,
      advice: insteadOfText(element, type),
    };
  if (
    action.action === "fill" &&
    type === "number" &&
    action.value !== "" &&
    !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(action.value.trim())
  ) {
    return {
      unmet: "to take the value",
      found: `${quote(action.value, 60)} is not a number, and it is \`${describe(element)}\``,
    };
  }
  if (action.action === "type_text" && kind === "set") {
    return {
      unmet: "to be typed into",
      found: `it is \`${describe(element)}\``,
      advice: `use \`fill\` with ${FORMS[type]}`,
    };
  }
  if (action.action === "clear" && (type === "color" || type === "range")) {
    return {
      unmet: "to be emptied",
      found: `\`${describe(element)}\` always has a value`,
      advice: "use `fill` with the value it should have",
    };
  }
  return null;
}

function insteadOfText(element, type) {
  if (type === "checkbox" || type === "radio") return "use `check()` or `uncheck()`";
  if (type === "file") return "use `set_files()`";
  if (BUTTON_TYPES.has(type) || tagOf(element) === "button") return "use `click()`";
  if (tagOf(element) === "select") return "use `select_option()`";
  const inside = [...selectAll(element, "input, textarea, [contenteditable]")].filter((at) => textKindOf(at));
  if (inside.length) return `use the \`${describe(inside[0])}\` inside it`;
  return "text goes into `<input>`, `<textarea>` and elements with `contenteditable`";
}

/** Ready for the new text to be inserted over the old one; pickers get their value here. */
function prepareFill(element, value) {
  if (textKindOf(element) === "set") return setPicker(element, value);
  const missing = takeFocus(element);
  if (missing) return missing;
  const old = selectWhole(element);
  if (value !== "") return ready({ then: "insert" });
  return ready({ then: old === "" ? "nothing" : "delete" });
}

/** Selects all of its text, and gives it. */
function selectWhole(element) {
  if (element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement) {
    element.select();
    // A number field with something unreadable in it has the value "".
    return element.value === "" && element.validity.badInput ? "?" : element.value;
  }
  const range = page.createRange();
  range.selectNodeContents(element);
  const selection = view.getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
  return rawTextOf(element);
}

/** Focused, the caret behind what is there already. */
function prepareTyping(element) {
  const hadFocus = focusedElement() === element;
  const missing = takeFocus(element);
  if (missing) return missing;
  if (!hadFocus) moveCaretToEnd(element);
  return ready({ then: "keys" });
}

function moveCaretToEnd(element) {
  if (element.isContentEditable) {
    selectWhole(element);
    view.getSelection().collapseToEnd();
    return;
  }
  try {
    element.setSelectionRange(element.value.length, element.value.length);
  } catch {
    // Number and e-mail fields have no selection; their caret is at the end after `select`.
    element.select();
    view.getSelection().collapseToEnd();
  }
}

function setPicker(element, value) {
  const wanted = element.type === "color" ? value.trim().toLowerCase() : value.trim();
  const old = element.value;
  element.focus();
  setInputValue(element, wanted);
  const found = element.value;
  const isSet =
    found === wanted || (wanted !== "" && element.type !== "color" && isSameMoment(element.type, found, wanted));
  if (!isSet) {
    setInputValue(element, old);
    return {
      isFinal: true,
      unmet: "to take the value",
      found: whyNotTaken(element, wanted, found),
      advice: `\`${element.type}\` takes ${FORMS[element.type]}`,
    };
  }
  announce(element);
  return ready({ then: "nothing" });
}

/** The browser writes some values in a shorter form: `10:00:00` as `10:00`, `5.0` as `5`. */
function isSameMoment(type, found, wanted) {
  if (found === "") return false;
  if (type === "range") return Number(found) === Number(wanted);
  return wanted.startsWith(found) && /^(:00)?(\.0+)?$/.test(wanted.slice(found.length));
}

function whyNotTaken(element, wanted, found) {
  const limits = ["min", "max", "step"]
    .filter((name) => hasAttribute(element, name))
    .map((name) => `${name} ${getAttribute(element, name)}`);
  const why = element.type === "range" && limits.length ? ` (${limits.join(", ")})` : "";
  return `\`${describe(element)}\` makes ${quote(found)} of ${quote(wanted)}${why}`;
}

function announce(element) {
  dispatch(element, new Event("input", { bubbles: true, composed: true }));
  dispatch(element, new Event("change", { bubbles: true }));
}

/** Chooses exactly these options, or says which one is missing and which there are. */
function chooseOptions(select, choices) {
  const options = [...select.options];
  const chosen = new Set();
  for (const choice of choices) {
    const option = findOption(options, choice);
    if (!option)
      return {
        unmet: `to have the option ${showChoice(choice)}`,
        found: listOptions(options),
        advice: adviceForOption(options, choice),
      };
    if (option.disabled || closest(option, "optgroup:disabled")) {
      return {
        unmet: `to have the option ${showChoice(choice)} enabled`,
        found: `\`${describe(option)}\` is disabled`,
      };
    }
    chosen.add(option);
  }
  select.focus();
  if (select.multiple) for (const option of options) option.selected = chosen.has(option);
  else if (chosen.size) [...chosen][0].selected = true;
  else select.selectedIndex = -1;
  announce(select);
  return ready({ then: "nothing", chosen: [...chosen].map((option) => option.value) });
}

const labelOfOption = (option) => fold(option.label || rawTextOf(option));

function findOption(options, choice) {
  const [kind, wanted] = Object.entries(choice)[0];
  if (kind === "index") return options[wanted];
  const byLabelText = (option) => labelOfOption(option) === fold(wanted) || fold(rawTextOf(option)) === fold(wanted);
  const byValue = (option) => option.value === wanted;
  if (kind === "value") return options.find(byValue);
  if (kind === "label") return options.find(byLabelText);
  return options.find(byLabelText) || options.find(byValue);
}

function showChoice(choice) {
  const [kind, wanted] = Object.entries(choice)[0];
  if (kind === "index") return `number ${wanted}`;
  return kind === "text_or_value" ? quote(wanted, 60) : `with the ${kind} ${quote(wanted, 60)}`;
}

function listOptions(options) {
  if (options.length === 0) return "it has no options";
  const shown = options.slice(0, 12).map((option) => {
    const label = labelOfOption(option);
    return option.value === label ? quote(label, 40) : `${quote(label, 40)} (value ${quote(option.value, 40)})`;
  });
  return `it has ${shown.join(", ")}${options.length > 12 ? ` and ${options.length - 12} more` : ""}`;
}

function adviceForOption(options, choice) {
  const [kind, wanted] = Object.entries(choice)[0];
  if (kind === "index") return `places count from 0; the last one is ${options.length - 1}`;
  return adviceFor(
    options.flatMap((option) => [labelOfOption(option), option.value]),
    wanted,
  );
}
