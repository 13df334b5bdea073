// IndexedDB of an origin as plain JSON and back: databases with their version, stores with key path,
// generator and indexes, records with keys. Values keep their kinds: dates, maps, sets, binary data,
// blobs, files, numbers JSON has not, and objects that are used twice or contain themselves.
//
// An expression: `{ read, write }`. Not kept: what cannot be taken out of a page, such as a key that
// may not be exported (it is named in `lost`), and numbers a generator has given and nobody uses.
(() => {
  const settled = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
      // Another page holds the database: its request would wait for that one for ever.
      request.onblocked = () => reject(new Error("the database is in use"));
    });

  const toBase64 = (buffer) => {
    const bytes = new Uint8Array(buffer);
    let text = "";
    for (let at = 0; at < bytes.length; at += 0x8000) {
      text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
    }
    return btoa(text);
  };
  const fromBase64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;

  const kindOf = (value) => Object.prototype.toString.call(value).slice(8, -1);

  // Parts: strings, finite numbers, booleans and null as they are; all else as `[kind, ...]`.
  // Objects are numbered in the order in which they are met, so that a second mention can name one.
  const encoder = (lost) => {
    const seen = new Map();
    const all = async (values) => {
      const done = [];
      for (const value of values) done.push(await encode(value));
      return done;
    };
    const encode = async (value) => {
      if (value === null || typeof value === "string" || typeof value === "boolean") return value;
      if (typeof value === "number") {
        return Number.isFinite(value) && !Object.is(value, -0) ? value : ["number", Object.is(value, -0) ? "-0" : String(value)];
      }
      if (value === undefined) return ["undefined"];
      if (typeof value === "bigint") return ["bigint", String(value)];
      if (seen.has(value)) return ["seen", seen.get(value)];
      seen.set(value, seen.size);
      const kind = kindOf(value);
      if (ArrayBuffer.isView(value)) {
        const length = kind === "DataView" ? value.byteLength : value.length;
        return ["view", kind, await encode(value.buffer), value.byteOffset, length];
      }
      switch (kind) {
        case "Array":
          return ["array", value.length, await all(Object.entries(value).flat())];
        case "Date":
          return ["date", await encode(value.getTime())];
        case "RegExp":
          return ["regexp", value.source, value.flags];
        case "Boolean":
        case "Number":
        case "String":
        case "BigInt":
          return ["boxed", await encode(value.valueOf())];
        case "Map":
          return ["map", await all([...value].flat())];
        case "Set":
          return ["set", await all([...value])];
        case "ArrayBuffer":
          return ["buffer", toBase64(value)];
        case "Blob":
          return ["blob", value.type, toBase64(await value.arrayBuffer())];
        case "File":
          return ["file", value.name, value.type, value.lastModified, toBase64(await value.arrayBuffer())];
        case "Error":
          return ["error", value.name, value.message];
        case "Object":
          return ["object", await all(Object.entries(value).flat())];
        default:
          lost.push(kind);
          return ["lost", kind];
      }
    };
    return encode;
  };

  const decoder = () => {
    const seen = [];
    const decode = (part) => {
      if (!Array.isArray(part)) return part;
      const [kind, first, second, third, fourth] = part;
      const pairs = (parts, each) => {
        for (let at = 0; at < parts.length; at += 2) {
          const key = decode(parts[at]);
          each(key, decode(parts[at + 1]));
        }
      };
      const met = (value) => {
        seen.push(value);
        return value;
      };
      // A number is taken before the parts are read, as it was given.
      const reserve = (make) => {
        const at = seen.push(undefined) - 1;
        return (seen[at] = make());
      };
      switch (kind) {
        case "number":
          return Number(first);
        case "undefined":
          return undefined;
        case "bigint":
          return BigInt(first);
        case "seen":
          return seen[first];
        case "view":
          return reserve(() => new globalThis[first](decode(second), third, fourth));
        case "array": {
          const list = met(new Array(first));
          pairs(second, (key, value) => (list[key] = value));
          return list;
        }
        case "date":
          return met(new Date(decode(first)));
        case "regexp":
          return met(new RegExp(first, second));
        case "boxed":
          return met(Object(decode(first)));
        case "map": {
          const map = met(new Map());
          pairs(first, (key, value) => map.set(key, value));
          return map;
        }
        case "set": {
          const set = met(new Set());
          for (const one of first) set.add(decode(one));
          return set;
        }
        case "buffer":
          return met(fromBase64(first));
        case "blob":
          return met(new Blob([fromBase64(second)], { type: first }));
        case "file":
          return met(new File([fromBase64(fourth)], first, { type: second, lastModified: third }));
        case "error": {
          const error = met(new (globalThis[first] ?? Error)(second));
          error.name = first;
          return error;
        }
        case "object": {
          const object = met({});
          pairs(first, (key, value) =>
            Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true }));
          return object;
        }
        default:
          return met({});
      }
    };
    return decode;
  };

  const readStore = async (store, lost) => {
    const [keys, values] = await Promise.all([settled(store.getAllKeys()), settled(store.getAll())]);
    const indexes = [...store.indexNames].map((name) => {
      const { keyPath, unique, multiEntry } = store.index(name);
      return { name, keyPath, unique, multiEntry };
    });
    const { name, keyPath, autoIncrement } = store;
    return { name, keyPath, autoIncrement, indexes, keys, values, lost };
  };

  const readDatabase = async ({ name }) => {
    const database = await settled(indexedDB.open(name));
    const lost = [];
    try {
      const names = [...database.objectStoreNames];
      const found = [];
      if (names.length > 0) {
        const transaction = database.transaction(names, "readonly");
        found.push(...(await Promise.all(names.map((one) => readStore(transaction.objectStore(one), lost)))));
      }
      const stores = [];
      for (const { keys, values, lost: _, ...store } of found) {
        const records = [];
        for (let at = 0; at < keys.length; at += 1) {
          records.push([await encoder(lost)(keys[at]), await encoder(lost)(values[at])]);
        }
        stores.push({ ...store, records });
      }
      return { name, version: database.version, stores, ...(lost.length > 0 ? { lost } : {}) };
    } finally {
      database.close();
    }
  };

  const read = async () => {
    let known = [];
    try {
      known = await indexedDB.databases();
    } catch {
      // No storage here: an opaque origin, or one that is blocked.
      return [];
    }
    const names = known.sort((a, b) => (a.name < b.name ? -1 : 1));
    return Promise.all(names.map(readDatabase));
  };

  const writeDatabase = async ({ name, version, stores }) => {
    await settled(indexedDB.deleteDatabase(name));
    const opening = indexedDB.open(name, version);
    opening.onupgradeneeded = () => {
      for (const { name: store, keyPath, autoIncrement, indexes } of stores) {
        const made = opening.result.createObjectStore(store, { keyPath, autoIncrement });
        for (const { name: index, keyPath: path, unique, multiEntry } of indexes) {
          made.createIndex(index, path, { unique, multiEntry });
        }
      }
    };
    const database = await settled(opening);
    try {
      const full = stores.filter(({ records }) => records.length > 0);
      if (full.length === 0) return;
      const transaction = database.transaction(full.map((store) => store.name), "readwrite");
      const done = new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onerror = transaction.onabort = () => reject(transaction.error);
      });
      for (const { name: store, keyPath, records } of full) {
        const target = transaction.objectStore(store);
        for (const [key, value] of records) {
          const decoded = decoder()(value);
          if (keyPath === null) target.put(decoded, decoder()(key));
          else target.put(decoded);
        }
      }
      await done;
    } finally {
      database.close();
    }
  };

  const write = async (databases) => {
    for (const database of databases) await writeDatabase(database);
  };

  return { read, write };
})()
