// Whether an element can be seen, is enabled, takes text, is ticked; and why not, in words.

/** A non-empty box, not hidden by style. Opacity does not count; `display: contents` is as visible
 * as what is in it. */
function isVisible(element) {
  if (!isConnected(element)) return false;
  if (isRendered(element, { visibilityProperty: true })) {
    const box = boxOf(element);
    return box.width > 0 && box.height > 0;
  }
  return styleOf(element).display === "contents" && hasVisibleContent(element);
}

function hasVisibleContent(element) {
  const from = shadowOf(element) || element;
  for (let child = firstChildOf(from); child; child = nextSiblingOf(child)) {
    if (isElement(child) ? isVisible(child) : nodeTypeOf(child) === TEXT && textHasBox(child)) return true;
  }
  return false;
}

function textHasBox(node) {
  if (styleOf(parentOf(node)).visibility !== "visible") return false;
  const range = page.createRange();
  range.selectNode(node);
  const box = range.getBoundingClientRect();
  return box.width > 0 && box.height > 0;
}

/** Why `isVisible` is false, as a clause after "it". */
function whyHidden(element) {
  if (!isConnected(element)) return "it was removed from the document";
  const gone = drawnClosest(element, (at) => styleOf(at).display === "none");
  if (gone) return gone === element ? "it has `display: none`" : `\`display: none\` on \`${describeStart(gone)}\``;
  if (styleOf(element).visibility !== "visible") {
    const value = styleOf(element).visibility;
    let cause = element;
    for (let at = element; at && styleOf(at).visibility === value; at = drawnParentOf(at)) cause = at;
    return cause === element
      ? `it has \`visibility: ${value}\``
      : `\`visibility: ${value}\` on \`${describeStart(cause)}\``;
  }
  const closed = drawnClosest(element, (at) => tagOf(at) === "details" && !hasAttribute(at, "open"));
  if (closed && closed !== element) return `it is inside the closed \`${describeStart(closed)}\``;
  if (tagOf(element) === "option") return "it is an option of a closed list; use `select_option` on its `<select>`";
  const box = boxOf(element);
  return `its box is empty (${round(box.width)} x ${round(box.height)})`;
}

/** Hidden from assistive technology: not drawn, or inside something with `aria-hidden` or `inert`. */
function isHiddenFromAccessibility(element) {
  const list = /^(option|optgroup)$/.test(tagOf(element)) && closest(element, "select");
  const shown = list || element;
  if (!isRendered(shown, { visibilityProperty: true })) {
    const style = styleOf(shown);
    const parent = drawnParentOf(shown);
    if (style.display !== "contents" || style.visibility !== "visible") return true;
    if (parent && !isRendered(parent) && styleOf(parent).display !== "contents") return true;
  }
  return (
    drawnClosest(element, (at) => getAttribute(at, "aria-hidden") === "true" || hasAttribute(at, "inert")) !== null
  );
}

/** Why it is disabled, as a clause; null when it is enabled. */
function whyDisabled(element) {
  const control = drawnClosest(element, (at) =>
    matches(at, "button, select, input, textarea, option, optgroup, fieldset"),
  );
  const native =
    control && (control === element || matches(control, "button, select")) && matches(control, ":disabled")
      ? control
      : null;
  if (native) {
    const owner = native === element ? "it has" : `\`${describeStart(native)}\` around it has`;
    if (hasAttribute(native, "disabled")) return owner + " the attribute `disabled`";
    const group = closest(native, "fieldset:disabled, optgroup:disabled, select:disabled");
    return group ? `it is inside \`${describeStart(group).replace(/>$/, " disabled>")}\`` : "it is disabled";
  }
  if (!control && matches(element, ":disabled")) return "it is disabled";
  const marked = drawnClosest(element, (at) => getAttribute(at, "aria-disabled") === "true");
  if (!marked) return null;
  return marked === element
    ? 'it has `aria-disabled="true"`'
    : `it is inside \`${describeStart(marked)}\`, which has \`aria-disabled="true"\``;
}

/** Why it does not take text though it is a text control; null when it does. */
function whyReadOnly(element) {
  if (hasAttribute(element, "readonly")) return "it has the attribute `readonly`";
  if (getAttribute(element, "aria-readonly") === "true") return 'it has `aria-readonly="true"`';
  return null;
}

const isEditable = (element) => textKindOf(element) !== null && !whyDisabled(element) && !whyReadOnly(element);

const TICKABLE = new Set(["checkbox", "radio", "switch", "menuitemcheckbox", "menuitemradio", "option", "treeitem"]);

/** true, false, "mixed", or null for what cannot be ticked. */
function checkedStateOf(element) {
  const type = inputTypeOf(element);
  if (type === "checkbox" || type === "radio") return element.indeterminate ? "mixed" : element.checked;
  if (!TICKABLE.has(getAttribute(element, "role"))) return null;
  const value = getAttribute(element, "aria-checked");
  return value === "mixed" ? "mixed" : value === "true";
}

const isRadio = (element) => inputTypeOf(element) === "radio" || /radio$/.test(getAttribute(element, "role") || "");

/** The element that has the focus, inside open shadow trees too. */
function focusedElement() {
  let at = page.activeElement;
  while (at && shadowOf(at) && shadowOf(at).activeElement) at = shadowOf(at).activeElement;
  return at;
}
