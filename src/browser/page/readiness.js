// Is an element ready for an action? Each action needs some of: visible, stable, enabled,
// editable, reached by the pointer.

const NEEDS = {
  click: ["visible", "stable", "enabled", "reached"],
  set_checked: ["visible", "stable", "enabled", "reached"],
  tap: ["visible", "stable", "enabled", "reached"],
  hover: ["visible", "stable", "reached"],
  wheel: ["visible", "stable", "reached"],
  drop_files: ["visible", "stable", "reached"],
  fill: ["visible", "enabled", "editable"],
  clear: ["visible", "enabled", "editable"],
  select_option: ["visible", "enabled"],
  type_text: ["enabled", "editable"],
  press: ["enabled"],
  scroll_into_view: ["visible"],
  scroll_to: ["visible"],
  set_files: ["enabled"],
  point_out: [],
  focus: [],
  blur: [],
};

const COVERED = "close what is in the way first; `force: true` clicks there all the same";
const RESTLESS = "wait until it has stopped, or use `force: true` where it never does";

const TESTS = {
  visible: (element) => (isVisible(element) ? null : { unmet: "to be visible", found: whyHidden(element) }),
  stable: (element, need, memory) =>
    isMoving(element, memory)
      ? { unmet: "to stand still", found: "it is moving", advice: RESTLESS, animate: true }
      : null,
  enabled: (element) => {
    const why = whyDisabled(controlOf(element));
    return why && { unmet: "to be enabled", found: why };
  },
  editable: (element) => {
    const why = whyReadOnly(controlOf(element));
    return why && { unmet: "to be editable", found: why };
  },
  reached: (element, { position }, memory) => {
    const { point, hit } = reachablePoint(element, position, memory);
    memory.point = point;
    if (point) return null;
    const found = whyNotReached(element, hit);
    return { unmet: "to receive the click", found, advice: found.startsWith("it is covered") ? COVERED : null };
  },
};

/** What the pointer brings, where it is no click. */
const RECEIVES = {
  hover: "to receive the pointer",
  wheel: "to receive the pointer",
  tap: "to receive the touch",
  drop_files: "to receive what is dropped",
};

/** What is missing, or null. `memory` is kept between the looks of one action. */
function whatIsMissing(element, action, memory) {
  for (const need of NEEDS[action.action]) {
    const missing = TESTS[need](element, action, memory);
    if (!missing) continue;
    if (need === "visible") memory.hasAppeared = true;
    if (need === "reached" && action.action in RECEIVES) missing.unmet = RECEIVES[action.action];
    return missing;
  }
  return null;
}

const STILL =
  /^(opacity|color|background.*|border.*color|.*shadow|filter|backdrop.*|outline.*|fill|stroke.*|visibility|text-?decoration.*|caret.*|cursor|clip.*|mask.*|computedOffset|offset|easing|composite)$/i;
const MOVING = /^(transform|translate|rotate|scale|offset.+)$/i;

/** Its box differs between two frames. Frames are waited for only where something animates, or where
 * it has just appeared or moved. */
function isMoving(element, memory) {
  const box = boxOf(element);
  const before = memory.element === element ? memory.box : null;
  const isSame = before && ["left", "top", "width", "height"].every((side) => before[side] === box[side]);
  if (before && !isSame) memory.hasMoved = true;
  const animated = animationOf(element);
  const suspect = memory.hasAppeared || memory.hasMoved || animated;
  if (!suspect) {
    remember(memory, element, box);
    return false;
  }
  // An animation that has not begun yet stands still, too, and in the frame in which it begins it is
  // where it was before: both looks that are compared must have seen it run.
  const isPending = animated === "pending";
  if (isSame && frames !== memory.frame && !isPending && !memory.wasPending) {
    memory.hasAppeared = memory.hasMoved = false;
    return false;
  }
  if (!isSame || isPending || memory.wasPending) remember(memory, element, box);
  memory.wasPending = isPending;
  return true;
}

function remember(memory, element, box) {
  memory.element = element;
  memory.box = box;
  memory.frame = frames;
}

/** An animation that may move it: one of its own or around it, or one that changes the layout. */
function animationOf(element) {
  for (let root = rootOf(element); root; root = root instanceof ShadowRoot ? rootOf(root.host) : null) {
    if (!root.getAnimations) return null;
    for (const animation of root.getAnimations()) {
      if (animation.playState !== "running" || !animation.effect) continue;
      const { target } = animation.effect;
      const isAround = isElement(target) && isWithin(element, target);
      for (const frame of animation.effect.getKeyframes()) {
        if (Object.keys(frame).some((name) => !STILL.test(name) && (isAround || !MOVING.test(name))))
          return animation.pending ? "pending" : "running";
      }
    }
  }
  return null;
}
