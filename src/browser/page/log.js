// What was seen while waiting, with the time; and what was seen last.

class Log {
  #start = now();
  #lines = [];
  #last = null;

  /** Notes a state; the same one twice in a row is one line. */
  note(text) {
    if (text === this.#last) return;
    this.#last = text;
    this.#lines.push({ at: round(now() - this.#start), text });
    // The first and the latest say most.
    if (this.#lines.length > 12) this.#lines.splice(6, 1);
  }

  /** Oldest first; nothing where nothing changed. */
  lines() {
    if (this.#lines.length < 2) return [];
    return this.#lines.map(({ at, text }) => `${at === 0 ? "at first" : `after ${at} ms`}: ${text}`);
  }
}
