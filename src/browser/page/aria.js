// The tree that assistive technology is given, as `to_match_aria_snapshot` compares it.

/** Roles that say nothing: what is inside takes their place. Names with capitals are Chromium's own. */
const isTransparent = (role) => role === "" || /^(generic|none|presentation)$/.test(role) || /[A-Z]/.test(role);

/** `{role, name, states, children}` of what is in an element, itself included; texts are strings. */
function ariaOf(element) {
  const questions = selectAll(element, "*").length;
  if (hasNative) askForTree(questions);
  const tree = ariaNodes(element);
  if (pending.length) throw new Need({ need_accessible: true });
  return tree;
}

function ariaNodes(element) {
  if (UNREAD.has(tagOf(element)) || isHiddenFromAccessibility(element)) return [];
  const info = accessibleOf(element);
  const children = ariaChildren(element);
  if (!info) return children;
  if (isTransparent(info.role)) return children;
  const value = ariaValue(element);
  const inside = value === null ? children : value === "" ? [] : [value];
  const isRepeated = inside.length === 1 && inside[0] === info.name;
  return [{ role: info.role, name: info.name, states: ariaStates(element, info.role), children: isRepeated ? [] : inside }];
}

/** What a text control holds; null for everything else. */
function ariaValue(element) {
  if (tagOf(element) === "select") return [...element.selectedOptions].map((option) => fold(option.text)).join(", ");
  const kind = textKindOf(element);
  return kind === "text" || kind === "set" ? fold(inputTypeOf(element) === "password" ? "" : element.value) : null;
}

function ariaChildren(element) {
  const found = [];
  const add = (item) => {
    const last = found.length - 1;
    if (typeof item === "string" && typeof found[last] === "string") found[last] = fold(`${found[last]} ${item}`);
    else found.push(item);
  };
  const nodes = tagOf(element) === "slot" ? element.assignedNodes({ flatten: true }) : [];
  const from = shadowOf(element) || element;
  if (!nodes.length) for (let at = firstChildOf(from); at; at = nextSiblingOf(at)) nodes.push(at);
  for (const node of nodes) {
    if (isElement(node)) ariaNodes(node).forEach(add);
    else if (nodeTypeOf(node) === TEXT && fold(node.data)) add(fold(node.data));
  }
  return found;
}

function ariaStates(element, role) {
  const states = {};
  const checked = checkedStateOf(element);
  if (checked === true || checked === "mixed") states.checked = checked;
  if (whyDisabled(element)) states.disabled = true;
  const expanded = expandedStateOf(element);
  if (expanded !== null && role !== "group") states.expanded = expanded;
  const pressed = ariaState(element, "aria-pressed");
  if (pressed) states.pressed = pressed;
  if (selectedStateOf(element) === true && tagOf(element) !== "option") states.selected = true;
  if (role === "heading") states.level = levelOf(element);
  return states;
}
