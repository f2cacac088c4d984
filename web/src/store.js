// What this phone keeps: drafts by the address of their form, and slips that wait to be sent. In IndexedDB, else in
// localStorage, else nowhere; the answer to a caller says which. Knows nothing of what is in a record but its key.

const NAME = "phieu", VERSION = 1, KINDS = ["drafts", "queue"], PATIENCE = 4000;

const done = (request, event = "success") => new Promise((resolve, reject) => {
  request["on" + event] = () => resolve(request.result);
  request.onerror = request.onabort = () => reject(request.error);
});

async function inDatabase() {
  const opening = indexedDB.open(NAME, VERSION);
  opening.onupgradeneeded = () => KINDS.forEach((kind) => {
    if (!opening.result.objectStoreNames.contains(kind)) opening.result.createObjectStore(kind, { keyPath: "key" });
  });
  // Some browsers never answer; then the other place is taken.
  const late = new Promise((_resolve, reject) => { setTimeout(() => reject(new Error("late")), PATIENCE); });
  const base = await Promise.race([done(opening), late]);
  base.onversionchange = () => base.close();
  const within = (kind, mode) => {
    // A phone may lose power at any moment: what is said to be kept is on the disk.
    const moving = base.transaction(kind, mode, { durability: "strict" });
    return [moving.objectStore(kind), done(moving, "complete")];
  };
  const change = async (kind, act) => {
    const [rows, ended] = within(kind, "readwrite");
    act(rows);
    await ended;
  };
  return {
    lasting: true,
    get: (kind, key) => done(within(kind, "readonly")[0].get(key)),
    list: (kind) => done(within(kind, "readonly")[0].getAll()),
    put: (kind, record) => change(kind, (rows) => rows.put(record)),
    // In one step with the look whether it is still there: what was wiped meanwhile does not come back.
    replace: (kind, record) => change(kind, (rows) => {
      rows.get(record.key).onsuccess = (found) => { if (found.target.result) rows.put(record); };
    }),
    remove: (kind, key) => change(kind, (rows) => rows.delete(key)),
  };
}

function inLocalStorage() {
  const name = (kind, key) => `${NAME}:${kind}:${key}`;
  localStorage.setItem(name("try", ""), "1");
  localStorage.removeItem(name("try", ""));
  const read = (key) => JSON.parse(localStorage.getItem(key) || "null") || undefined;
  const write = (kind, record) => localStorage.setItem(name(kind, record.key), JSON.stringify(record));
  return {
    lasting: true,
    get: async (kind, key) => read(name(kind, key)),
    list: async (kind) => Object.keys(localStorage).filter((key) => key.startsWith(name(kind, ""))).map(read),
    put: async (kind, record) => write(kind, record),
    replace: async (kind, record) => { if (read(name(kind, record.key))) write(kind, record); },
    remove: async (kind, key) => localStorage.removeItem(name(kind, key)),
  };
}

// The place to keep things in, or null where this browser keeps nothing.
export async function openStore() {
  for (const open of [inDatabase, inLocalStorage]) {
    try {
      const store = await open();
      await store.list("queue");
      return store;
    } catch (_refused) {
      // The next place is tried.
    }
  }
  return null;
}

const NOTHING = { get: async () => undefined, list: async () => [], remove: async () => {} };

// The page's own memory, for browsers that keep nothing more: gone when the page is closed, as its records say. What was
// kept before in a place that is full is still found, and removed, there.
export function inMemory(full = NOTHING) {
  const kinds = { drafts: new Map(), queue: new Map() };
  const put = async (kind, record) => { kinds[kind].set(record.key, { ...record, fleeting: true }); };
  const get = async (kind, key) => kinds[kind].get(key) || full.get(kind, key);
  return {
    lasting: false,
    get,
    list: async (kind) => [...(await full.list(kind)).filter((one) => !kinds[kind].has(one.key)), ...kinds[kind].values()],
    put,
    replace: async (kind, record) => { if (await get(kind, record.key)) await put(kind, record); },
    remove: async (kind, key) => { kinds[kind].delete(key); await full.remove(kind, key); },
  };
}
