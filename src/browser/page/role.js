// Roles and accessible names. The browser computes them (`computedRole`, `computedName`, or the
// driver through `giveAccessible`); this file decides whom to ask.
//
// Asking is dear: without a kept accessibility tree the browser builds one for each question, which
// takes as long as the page is big (0.6 ms at 100 elements, 14 ms at 4000). So elements that
// certainly do not match are not asked for, and where many are left the wire is asked to keep a tree.

const hasNative = "computedRole" in Element.prototype;
const nativeRoleOf = hasNative && getter(Element, "computedRole");
const nativeNameOf = hasNative && getter(Element, "computedName");

// Tags that can have a role without a `role` attribute. Roles not listed: any tag. An empty set:
// only elements with the attribute. Custom elements are always asked for: a class can give a role.
const HEADINGS = "h1 h2 h3 h4 h5 h6";
const TAGS = Object.assign(Object.create(null), {
  alert: "",
  alertdialog: "",
  application: "",
  feed: "",
  log: "",
  marquee: "",
  menu: "menu",
  menubar: "",
  menuitem: "menuitem",
  menuitemcheckbox: "",
  menuitemradio: "",
  radiogroup: "",
  switch: "input",
  tab: "",
  tablist: "",
  tabpanel: "",
  timer: "",
  toolbar: "",
  tooltip: "",
  tree: "",
  treegrid: "",
  treeitem: "",
  article: "article",
  banner: "header",
  blockquote: "blockquote",
  button: "button input summary select",
  caption: "caption",
  cell: "td th",
  checkbox: "input",
  columnheader: "td th",
  combobox: "input select button",
  complementary: "aside",
  contentinfo: "footer",
  dialog: "dialog",
  figure: "figure",
  form: "form",
  grid: "table",
  gridcell: "td th",
  heading: HEADINGS,
  link: "a area",
  list: "ul ol menu dl",
  listbox: "select datalist",
  listitem: "li",
  main: "main",
  meter: "meter",
  navigation: "nav",
  option: "option",
  paragraph: "p",
  progressbar: "progress",
  radio: "input",
  region: "section",
  row: "tr",
  rowgroup: "thead tbody tfoot",
  rowheader: "td th",
  search: "search",
  searchbox: "input",
  separator: "hr",
  slider: "input",
  spinbutton: "input",
  status: "output",
  table: "table",
});
const tagSets = new Map();

const SAME = { img: "image", presentation: "none", directory: "list" };
const roleName = (role) => SAME[role] || role;

/** Elements below `root` that may have the role. */
function roleCandidates(root, role) {
  if (!tagSets.has(role)) tagSets.set(role, role in TAGS ? new Set(TAGS[role].split(" ")) : null);
  const tags = tagSets.get(role);
  const found = [];
  for (const scope of [root, ...shadowRootsIn(root)]) {
    const all = selectAll(scope, "*");
    for (let i = 0; i < all.length; i++) {
      const tag = tagOf(all[i]);
      if (!tags || tags.has(tag) || tag.includes("-") || hasAttribute(all[i], "role")) found.push(all[i]);
    }
  }
  return found;
}

const CERTAIN = {
  textarea: "textbox",
  checkbox: "checkbox",
  radio: "radio",
  submit: "button",
  reset: "button",
  range: "slider",
};

/** The role where nobody needs to be asked: interactive elements as HTML defines them. */
function certainRoleOf(element) {
  if (hasAttribute(element, "role")) return null;
  const tag = tagOf(element);
  if (tag === "button") return "button";
  if (tag === "a") return hasAttribute(element, "href") ? "link" : null;
  if (tag === "textarea") return "textbox";
  if (tag !== "input" || hasAttribute(element, "list") || hasAttribute(element, "aria-pressed")) return null;
  const type = inputTypeOf(element);
  if (type === "text" || type === "email" || type === "tel" || type === "url") return "textbox";
  return type === "range" || type === "checkbox" || type === "radio" || type === "submit" ? CERTAIN[type] : null;
}

let given = new WeakMap();
let pending = [];
let treeWasAsked = false;
let spent = 0;

/** When to give up asking: a browser that builds a tree for each question can take minutes. */
let patience = Infinity;

class TooSlow extends Error {
  constructor(count) {
    super(
      `asking the browser for the roles of ${count} elements takes too long on this page; search in a part of it, with \`get(...)\` or \`within\``,
    );
  }
}

/** Thrown when the wire has to do something before the question can be answered. */
class Need extends Error {
  constructor(answer) {
    super();
    this.answer = answer;
  }
}

/** Role and name of one element, as far as known. */
function accessibleOf(element) {
  if (hasNative) return { role: roleName(nativeRoleOf(element)), name: fold(nativeNameOf(element)) };
  const info = given.get(element);
  if (!info) pending.push(element);
  return info || null;
}

/** The drivers' answers for `elements`, in their order. */
function giveAccessible(elements, infos) {
  for (let i = 0; i < elements.length; i++) {
    // HTML gives a password no role; Chromium takes it for a text box, and Firefox for nothing.
    const role = infos[i].role || (inputTypeOf(elements[i]) === "password" ? "textbox" : "");
    given.set(elements[i], { role: roleName(role), name: fold(infos[i].name || "") });
  }
  pending = [];
}

/** Answers of the driver hold for one look. */
function forgetAccessible() {
  given = new WeakMap();
  pending = [];
}

/** Elements below `root` with a role, a name and states. */
function byRole(root, part) {
  const role = roleName(part.role.trim().toLowerCase());
  const isNamed = part.name ? matcherOf(part.name) : null;
  const asked = roleCandidates(root, role).filter((element) => {
    const certain = certainRoleOf(element);
    if (certain && certain !== role) return false;
    return (
      hasStates(element, part) && (!isNamed || mayBeNamed(element, part.name)) && !isHiddenFromAccessibility(element)
    );
  });
  return askFor(asked, role, isNamed);
}

function askFor(elements, role, isNamed) {
  if (!hasNative) {
    const found = elements.filter((element) => {
      if (!isNamed && certainRoleOf(element)) return true;
      const info = accessibleOf(element);
      return info && info.role === role && (!isNamed || isNamed(info.name));
    });
    if (pending.length) throw new Need({ need_accessible: true });
    return found;
  }
  let questions = 0;
  for (const element of elements) questions += (certainRoleOf(element) ? 0 : 1) + (isNamed ? 1 : 0);
  askForTree(questions);
  const begin = now();
  const found = elements.filter((element) => {
    if (now() > patience) throw new TooSlow(elements.length);
    if (!certainRoleOf(element) && roleName(nativeRoleOf(element)) !== role) return false;
    return !isNamed || isNamed(fold(nativeNameOf(element)));
  });
  spent += now() - begin;
  return found;
}

/** Once for a document: when many questions are to come, or have taken long already. */
function askForTree(questions) {
  if (treeWasAsked || questions === 0) return;
  const isMuch = questions > 8 && questions * selectAll(page, "*").length > 8000;
  if (!isMuch && spent < 60) return;
  treeWasAsked = true;
  throw new Need({ need_tree: true });
}

const ariaState = (element, name) => {
  const value = getAttribute(element, name);
  return value === null || value === "" || value === "undefined"
    ? null
    : value === "mixed"
      ? "mixed"
      : value === "true";
};

function hasStates(element, part) {
  if (
    part.checked !== null &&
    (checkedStateOf(element) ?? ariaState(element, "aria-checked") ?? false) !== part.checked
  )
    return false;
  if (part.pressed !== null && (ariaState(element, "aria-pressed") ?? false) !== part.pressed) return false;
  if (part.expanded !== null && expandedStateOf(element) !== part.expanded) return false;
  if (part.selected !== null && selectedStateOf(element) !== part.selected) return false;
  if (part.disabled !== null && (whyDisabled(element) !== null) !== part.disabled) return false;
  return part.level === null || levelOf(element) === part.level;
}

function expandedStateOf(element) {
  const parent = parentOf(element);
  if (tagOf(element) === "summary" && isElement(parent) && tagOf(parent) === "details")
    return hasAttribute(parent, "open");
  return tagOf(element) === "details" ? hasAttribute(element, "open") : ariaState(element, "aria-expanded");
}

const selectedStateOf = (element) =>
  element instanceof HTMLOptionElement ? element.selected : (ariaState(element, "aria-selected") ?? false);

function levelOf(element) {
  const level = getAttribute(element, "aria-level");
  if (level !== null) return Number(level);
  const heading = /^h([1-6])$/.exec(tagOf(element));
  return heading ? Number(heading[1]) : 0;
}
