// Where an element can be clicked: scrolled into view, its visible part, and what the pointer hits.

/** The part of `box` that scroll containers and the viewport leave; null where nothing is left. */
function visiblePart(element, box) {
  let { left, top, right, bottom } = box;
  let position = styleOf(element).position;
  for (
    let at = drawnParentOf(element);
    at && at !== page.documentElement && position !== "fixed";
    at = drawnParentOf(at)
  ) {
    const style = styleOf(at);
    if (position === "absolute" && style.position === "static" && style.transform === "none") continue;
    if (style.display !== "contents" && at !== page.body) {
      const clip = boxOf(at);
      if (style.overflowX !== "visible") {
        left = max(left, clip.left);
        right = min(right, clip.right);
      }
      if (style.overflowY !== "visible") {
        top = max(top, clip.top);
        bottom = min(bottom, clip.bottom);
      }
    }
    position = style.position;
  }
  left = max(left, 0);
  top = max(top, 0);
  right = min(right, view.innerWidth);
  bottom = min(bottom, view.innerHeight);
  return right - left >= 1 && bottom - top >= 1 ? { left, top, right, bottom } : null;
}

/** The first box of an element that is not empty; a broken line has several. */
function firstBox(element) {
  for (const box of boxesOf(element)) if (box.width > 0 && box.height > 0) return box;
  if (styleOf(element).display === "contents") {
    for (const child of drawnChildrenOf(element)) {
      const box = firstBox(child);
      if (box) return box;
    }
  }
  return null;
}

const middleOf = ({ left, top, right, bottom }) => ({ x: (left + right) / 2, y: (top + bottom) / 2 });
const holds = (area, { x, y }) => x >= area.left && x <= area.right && y >= area.top && y <= area.bottom;
const INSTANT = { block: "center", inline: "center", behavior: "instant" };

/** The point to use, as things are now: of the middle, or of `position` from the top left corner. */
function pointNow(element, position) {
  if (position) {
    const { left, top } = boxOf(element);
    const point = { x: left + position[0], y: top + position[1] };
    return { point, isInView: point.x >= 0 && point.y >= 0 && point.x < view.innerWidth && point.y < view.innerHeight };
  }
  const box = firstBox(element);
  if (!box) return { point: null, isInView: false };
  const part = visiblePart(element, box);
  if (!part) return { point: null, isInView: false };
  // Its own middle where that shows: the corners of a turned or round element are not part of it.
  const isInView = holds(part, middleOf(box));
  return { point: middleOf(isInView ? box : part), isInView };
}

/** As `pointNow`, after scrolling where that is needed. */
function scrolledPoint(element, position) {
  const at = pointNow(element, position);
  if (at.isInView) return at.point;
  scrollIntoView(element, INSTANT);
  return pointNow(element, position).point;
}

/** The innermost element drawn at a point. */
function elementAt({ x, y }) {
  let hit = page.elementFromPoint(x, y);
  while (hit && shadowOf(hit)) {
    const inner = shadowOf(hit).elementFromPoint(x, y);
    if (!inner || inner === hit) break;
    hit = inner;
  }
  return hit;
}

/** A click that hits `hit` is a click on `element`: it is inside, or inside its label. */
function isReached(element, hit) {
  if (!hit) return false;
  if (isWithin(hit, element)) return true;
  const label = drawnClosest(hit, (at) => tagOf(at) === "label");
  return label !== null && controlOf(label) === element;
}

/** The point where the pointer reaches the element, or what is in the way: `{point}` or `{hit}`. */
function reachablePoint(element, position, memory) {
  const before = boxOf(element).top;
  const point = scrolledPoint(element, position);
  // Moved by us, not by the page.
  if (boxOf(element).top !== before) memory.element = null;
  if (!point) return { hit: null };
  const hit = elementAt(point);
  if (isReached(element, hit)) return { point };
  if (hit && isFloating(hit, element) && memory.dodged !== hit) {
    memory.dodged = hit;
    memory.element = null;
    for (const block of ["end", "start", "nearest"]) {
      scrollIntoView(element, { block, inline: "nearest", behavior: "instant" });
      const other = pointNow(element, position).point;
      if (other && isReached(element, elementAt(other))) return { point: other };
    }
    scrollIntoView(element, INSTANT);
  }
  return { hit };
}

/** `hit` belongs to something that stays while the page scrolls and leaves room beside it. */
function isFloating(hit, element) {
  const floating = drawnClosest(hit, (at) => /^(fixed|sticky)$/.test(styleOf(at).position));
  if (!floating || isWithin(element, floating)) return false;
  const box = boxOf(floating);
  return box.width * box.height < 0.7 * view.innerWidth * view.innerHeight;
}

/** What is in the way, as a clause after "it". */
function whyNotReached(element, hit) {
  if (!hit) return "it is outside of the viewport and cannot be scrolled into it";
  if (styleOf(element).pointerEvents === "none") {
    return `it has \`pointer-events: none\`: the pointer goes through to \`${describeStart(hit)}\``;
  }
  if (isWithin(element, hit)) return `the pointer hits \`${describeStart(hit)}\` around it`;
  let layer = hit;
  for (let at = hit; at && !isWithin(element, at); at = drawnParentOf(at)) layer = at;
  const inside = layer === hit ? "" : ` inside \`${describeStart(layer)}\``;
  return `it is covered by \`${describeStart(hit)}\`${inside}`;
}

/** Moves a point from this frame's viewport to that of the page it is in. */
function inTopViewport({ x, y }) {
  let at = { x, y };
  try {
    for (let frame = view.frameElement, own = view; frame; own = own.parent, frame = own.frameElement) {
      const box = frame.getBoundingClientRect();
      at = { x: at.x + box.left + frame.clientLeft, y: at.y + box.top + frame.clientTop };
    }
  } catch {
    // A frame around this one is of another origin: the wire knows its place.
  }
  return at;
}
