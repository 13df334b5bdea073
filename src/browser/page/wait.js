// Waiting inside the page: look, and look again when something has happened.

/** Between looks where nothing was seen to change: a style sheet, a property, the address. */
const NET = 100;
/** No frame is that late in a page that is drawn. */
const FRAME = 250;
const EVENTS = [
  "input",
  "change",
  "scroll",
  "resize",
  "load",
  "toggle",
  "focusin",
  "focusout",
  "popstate",
  "hashchange",
  "slotchange",
  "transitionrun",
  "transitionend",
  "transitioncancel",
  "animationstart",
  "animationend",
  "animationcancel",
  "readystatechange",
];

/**
 * Calls `look(last)` until it answers with `done`, or the time is over; gives its last answer. An
 * answer with `animate` is followed by the next look in the next frame, one with `pause` not before
 * that many milliseconds.
 */
async function lookUntil(look, start, timeout) {
  const end = start + timeout;
  let state = look(now() >= end);
  if (state.done || now() >= end) return state;
  const bell = new Bell();
  try {
    for (;;) {
      const rest = max(0, end - now());
      await bell.rung(min(rest, state.animate ? FRAME : NET), state.animate);
      if (state.pause) await bell.silence(min(state.pause, rest));
      const before = now();
      const isLast = before >= end;
      state = look(isLast);
      if (state.done || isLast) return state;
      // A look at a big page takes long; the page needs time to get on, too.
      const cost = now() - before;
      if (cost > 2) await bell.silence(min(2 * cost, end - now()));
    }
  } finally {
    bell.stop();
  }
}

/** Rings when something in the document may have changed. */
class Bell {
  #observer = new MutationObserver(() => this.#ring());
  #seen = new WeakSet();
  #heard = () => this.#ring();
  #channel = new MessageChannel();
  #wake = null;
  #isRung = false;

  constructor() {
    this.#observe(page);
    this.#observeShadows();
    for (const name of EVENTS) listen(name, this.#heard, { capture: true, passive: true });
    this.#channel.port1.onmessage = () => this.#deliver();
  }

  /** Something happened, or `limit` milliseconds are over; with `frame` also the next frame. */
  rung(limit, frame) {
    return new Promise((resolve) => {
      const pass = () => {
        frames++;
        this.#deliver();
      };
      // A page that is not drawn has no frames; then the timer stands for one.
      const timer = setTimer(frame && limit >= FRAME ? pass : () => this.#deliver(), limit);
      const request = frame ? requestFrame(pass) : 0;
      this.#wake = () => {
        clearTimer(timer);
        if (request) cancelFrame(request);
        this.#observeShadows();
        resolve();
      };
      if (this.#isRung) this.#channel.port2.postMessage(0);
    });
  }

  silence(limit) {
    return new Promise((resolve) => setTimer(resolve, max(0, limit)));
  }

  stop() {
    this.#observer.disconnect();
    this.#channel.port1.close();
    for (const name of EVENTS) unlisten(name, this.#heard, { capture: true });
  }

  // Not at once: the page is in the middle of its own change. Its task ends first.
  #ring() {
    if (this.#isRung) return;
    this.#isRung = true;
    if (this.#wake) this.#channel.port2.postMessage(0);
  }

  #deliver() {
    const wake = this.#wake;
    if (!wake) return;
    this.#wake = null;
    this.#isRung = false;
    wake();
  }

  #observe(root) {
    this.#seen.add(root);
    this.#observer.observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
  }

  #observeShadows() {
    for (const shadow of shadowRootsIn(page)) if (!this.#seen.has(shadow)) this.#observe(shadow);
  }
}

/** Frames that were seen to pass; two boxes are compared across one. */
let frames = 0;
