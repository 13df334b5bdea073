// Runs one piece of script in the page at most once, however often the driver has to ask for its
// answer. Classic WebDriver asks again after a dialog, and a long wait is cut in slices, so the work
// is kept in the page under a number (`options.id`) and only its answer is fetched.
//
// `start(state, args)` does the work; null fetches only. `at` is a stack taken on the line before the
// first line of the caller's own script. `done` takes the answer; all of them have `href`:
// `{text}` JSON, `{thrown}`, `{pending}`, `{gone}` (another document), `{missing}` (no page library).
(function (options, start, at, done) {
  const key = Symbol.for("runner.classic");
  let state = window[key];
  if (!state) {
    state = { job: null, library: null, missing: {}, leaving: false };
    state.listen = () => {
      window.addEventListener("beforeunload", () => { state.leaving = true; });
      // A page may come back from the browser's cache as it was left.
      window.addEventListener("pageshow", () => { state.leaving = false; });
    };
    state.listen();
    Object.defineProperty(window, key, { value: state });
  }

  // Where a frame of a stack points to: its source, without the function's name, its line and column.
  function place(frame) {
    const found = /^(.*):(\d+):(\d+)\)?\s*$/.exec(frame);
    if (!found) return null;
    return { source: found[1].replace(/^\s*at\s+/, "").replace(/^[^(@]*[(@]/, ""), line: +found[2], column: +found[3] };
  }

  function describe(error) {
    if (!(error instanceof Error) && !(error && typeof error.stack === "string")) {
      let text;
      try { text = typeof error === "string" ? error : JSON.stringify(error) ?? String(error); } catch { text = String(error); }
      return { message: text };
    }
    const thrown = { message: error.message ? `${error.name}: ${error.message}` : String(error.name) };
    const base = String(at).split("\n").map(place).find(Boolean);
    const own = String(error.stack).split("\n").map(place)
      .find((frame) => frame && base && frame.source === base.source && frame.line > base.line);
    if (own) {
      thrown.line = own.line - base.line;
      thrown.column = own.column;
    }
    return thrown;
  }

  function encode(value) {
    const text = JSON.stringify(value);
    return { text: text === undefined ? "null" : text };
  }

  let job = state.job;
  if (!job || job.id !== options.id) {
    if (!start) return done({ gone: true, href: location.href });
    job = { id: options.id, answer: null, waiting: null };
    state.job = job;
    const finish = (answer) => {
      job.answer = answer;
      if (job.waiting) job.waiting();
    };
    const work = async () => start(state, options.args);
    work().then((value) => finish(value === state.missing ? { missing: true } : encode(value)))
      .catch((error) => finish({ thrown: describe(error) }));
  }

  let timer = 0;
  const reply = () => {
    clearTimeout(timer);
    job.waiting = null;
    done({ ...(job.answer || { pending: true }), href: location.href });
  };
  if (job.answer) return reply();
  job.waiting = reply;
  timer = setTimeout(reply, options.slice);
})
