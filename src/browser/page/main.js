// The way in: `runner.run(command)`.

const COMMANDS = {
  act,
  read,
  check,
  confirm: confirmChecked,
  query: (command) => {
    const found = query(command.locator);
    return { ok: true, total: found.length, matches: describeFirst(found) };
  },
};

/** A command with what is kept when the wire asks again after it has answered a need. */
class Ask {
  constructor(id) {
    this.id = id;
    this.start = now();
    this.log = new Log();
    this.memory = {};
  }

  /** The driver's words on roles and names hold for one look. */
  fresh(look) {
    let isFirst = true;
    return (isLast) => {
      if (!isFirst && !hasNative) forgetAccessible();
      isFirst = false;
      return look(isLast);
    };
  }
}

let lastAsk = new Ask(null);

async function run(command) {
  if (command.id === undefined || lastAsk.id !== command.id) lastAsk = new Ask(command.id);
  const ask = lastAsk;
  let answer;
  patience = ask.start + (command.timeout || 0) + 300;
  try {
    answer = await COMMANDS[command.do](command, ask);
  } catch (error) {
    if (error instanceof Need) return error.answer;
    if (error instanceof InvalidLocator) answer = { ok: false, kind: "invalid", reason: error.message };
    else if (error instanceof TooSlow) answer = { ok: false, kind: "too_slow", reason: error.message };
    else answer = { ok: false, kind: "fault", message: `${error.name}: ${error.message}\n${error.stack || ""}` };
  }
  return { ...answer, waited: round(now() - ask.start) };
}

Object.defineProperty(globalThis, "runner", {
  value: Object.freeze({ run, pendingElements: () => pending, giveAccessible }),
  configurable: true,
  writable: true,
});
