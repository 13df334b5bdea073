// The document as the browser keeps it.
//
// Every accessor is taken once, when the library is installed: what a page overrides later does
// not reach it, and neither does a form with controls named `parentNode` or `id`, which hides the
// properties of those names. Nothing here looks at globals afterwards.

const uncurry = Function.prototype.bind.bind(Function.prototype.call);
const getter = (type, name) => uncurry(Object.getOwnPropertyDescriptor(type.prototype, name).get);
const setter = (type, name) => uncurry(Object.getOwnPropertyDescriptor(type.prototype, name).set);

// Firefox runs it in a global of its own, which is not the window but has all it has.
const view = globalThis.window;
const page = view.document;
const {
  Array,
  Error,
  Map,
  MutationObserver,
  Number,
  Object,
  Promise,
  RegExp,
  Set,
  String,
  WeakMap,
  WeakSet,
  DataTransfer,
  Document,
  DocumentFragment,
  DragEvent,
  Element,
  Event,
  File,
  HTMLElement,
  HTMLInputElement,
  HTMLLabelElement,
  HTMLOptionElement,
  HTMLSelectElement,
  HTMLTextAreaElement,
  MessageChannel,
  Node,
  ShadowRoot,
  Uint8Array,
  XPathResult,
} = globalThis;
const { parse, stringify } = globalThis.JSON;
const { max, min, round, abs } = globalThis.Math;
const setTimer = view.setTimeout.bind(view);
const clearTimer = view.clearTimeout.bind(view);
const requestFrame = view.requestAnimationFrame.bind(view);
const cancelFrame = view.cancelAnimationFrame.bind(view);
const now = view.performance.now.bind(view.performance);
const decode = view.atob.bind(view);
const styleOf = view.getComputedStyle.bind(view);
const listen = view.addEventListener.bind(view);
const escapeName = view.CSS.escape.bind(view.CSS);
const unlisten = view.removeEventListener.bind(view);

const parentOf = getter(Node, "parentNode");
const firstChildOf = getter(Node, "firstChild");
const nextSiblingOf = getter(Node, "nextSibling");
const nodeTypeOf = getter(Node, "nodeType");
const isConnected = getter(Node, "isConnected");
const rawTextOf = getter(Node, "textContent");
const ownerOf = getter(Node, "ownerDocument");
const rootOf = uncurry(Node.prototype.getRootNode);
const positionTo = uncurry(Node.prototype.compareDocumentPosition);
const tagOf = getter(Element, "localName");
const shadowOf = getter(Element, "shadowRoot");
const slotOf = getter(Element, "assignedSlot");
const classesOf = getter(Element, "classList");
const innerHtmlOf = getter(Element, "innerHTML");
const firstElementOf = getter(Element, "firstElementChild");
const getAttribute = uncurry(Element.prototype.getAttribute);
const hasAttribute = uncurry(Element.prototype.hasAttribute);
const matches = uncurry(Element.prototype.matches);
const closest = uncurry(Element.prototype.closest);
const boxOf = uncurry(Element.prototype.getBoundingClientRect);
const boxesOf = uncurry(Element.prototype.getClientRects);
const scrollIntoView = uncurry(Element.prototype.scrollIntoView);
const isRendered = uncurry(Element.prototype.checkVisibility);
const selectInElement = uncurry(Element.prototype.querySelectorAll);
const selectInDocument = uncurry(Document.prototype.querySelectorAll);
const selectInFragment = uncurry(DocumentFragment.prototype.querySelectorAll);
const dispatch = uncurry(view.EventTarget.prototype.dispatchEvent);
const innerTextOf = getter(HTMLElement, "innerText");
const labelControlOf = getter(HTMLLabelElement, "control");
const setInputValue = setter(HTMLInputElement, "value");

const ELEMENT = 1;
const TEXT = 3;

const isElement = (node) => node !== null && nodeTypeOf(node) === ELEMENT;

/** Elements below `root` that match a selector, in the tree of `root` only. */
function selectAll(root, selector) {
  const type = nodeTypeOf(root);
  const select = type === ELEMENT ? selectInElement : type === 9 ? selectInDocument : selectInFragment;
  return select(root, selector);
}

/** The parent in the tree that is drawn: slots and shadow hosts included; null at the top. */
function drawnParentOf(element) {
  const parent = slotOf(element) || parentOf(element);
  if (parent === null || nodeTypeOf(parent) === ELEMENT) return parent;
  return parent instanceof ShadowRoot ? parent.host : null;
}

/** `inner` is `outer` or drawn inside it. */
function isWithin(inner, outer) {
  for (let element = inner; element; element = drawnParentOf(element)) {
    if (element === outer) return true;
  }
  return false;
}

/** The nearest of `element` and what it is drawn in for which `test` holds. */
function drawnClosest(element, test) {
  for (let at = element; at; at = drawnParentOf(at)) {
    if (test(at)) return at;
  }
  return null;
}

/** Open shadow roots below `root`, those inside others included. */
function shadowRootsIn(root, found = []) {
  if (nodeTypeOf(root) === ELEMENT) {
    const own = shadowOf(root);
    if (own) {
      found.push(own);
      shadowRootsIn(own, found);
    }
  }
  const all = selectAll(root, "*");
  for (let i = 0; i < all.length; i++) {
    const shadow = shadowOf(all[i]);
    if (shadow) {
      found.push(shadow);
      shadowRootsIn(shadow, found);
    }
  }
  return found;
}

/** Sorts by place in the document; a shadow tree stands where its host stands. */
function inDocumentOrder(elements) {
  if (elements.length < 2) return elements;
  const pathOf = (element) => {
    const path = [element];
    for (let root = rootOf(element); root instanceof ShadowRoot; root = rootOf(path[0])) path.unshift(root.host);
    return path;
  };
  const entries = elements.map((element) => ({ element, path: pathOf(element) }));
  entries.sort((a, b) => {
    let depth = 0;
    while (a.path[depth] === b.path[depth]) {
      if (++depth === a.path.length) return -1;
      if (depth === b.path.length) return 1;
    }
    return positionTo(a.path[depth], b.path[depth]) & 4 ? -1 : 1;
  });
  return entries.map((entry) => entry.element);
}

/** The control a label stands for, otherwise the element itself. */
function controlOf(element) {
  return (element instanceof HTMLLabelElement && labelControlOf(element)) || element;
}

const TEXT_TYPES = new Set(["", "text", "email", "number", "password", "search", "tel", "url"]);
const SET_TYPES = new Set(["color", "date", "datetime-local", "month", "range", "time", "week"]);

/** `text` for what is typed into, `set` for pickers, null for everything else. */
function textKindOf(element) {
  const tag = tagOf(element);
  if (tag === "textarea") return "text";
  if (tag === "input") {
    const type = inputTypeOf(element);
    return TEXT_TYPES.has(type) ? "text" : SET_TYPES.has(type) ? "set" : null;
  }
  return element.isContentEditable ? "content" : null;
}

function inputTypeOf(element) {
  return element instanceof HTMLInputElement ? element.type : "";
}

/** A control with a value: input, textarea, select and the like. */
function hasValue(element) {
  return /^(input|textarea|select|button|option|output|progress|meter|li|data|param)$/.test(tagOf(element));
}
