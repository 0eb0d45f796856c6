/* What the browser keeps for one account, closed with a key that the server gives to that account alone: whoever else
   sits at this computer reads nothing. Storage may be full, forbidden or broken, and there is no cipher without https:
   then nothing is kept. Reading is from memory, which open() fills; writing goes on behind, one after the other. */
const CLOSED = /^(draft|queue):[0-9a-f]{32}$/;
const OPEN = /^(draft|queue):([^:]*):/;
export const LIFE = 14 * 86400e3;

const known = new Map();
let keys = null;
let opening = null;
let last = Promise.resolve();

const utf8 = (text) => new TextEncoder().encode(text);
const toText = (bytes) => btoa(Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join(""));
const toBytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const stored = () => { try { return Object.keys(localStorage); } catch { return []; } };
const after = (act) => (last = last.then(act).catch(() => false));

async function load() {
  const given = document.body.dataset.storeKey;
  if (!given || !globalThis.crypto?.subtle) return;
  const raw = toBytes(given);
  const box = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
  const place = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  keys = { box, place };
  await read();
}

/* Where an entry lies: its kind, and what only the holder of the key can find from its name. */
async function placeOf(name) {
  const mark = new Uint8Array(await crypto.subtle.sign("HMAC", keys.place, utf8(name))).slice(0, 16);
  return `${name.split(":")[0]}:${Array.from(mark, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

async function write(name, value) {
  const [place, iv] = [await placeOf(name), crypto.getRandomValues(new Uint8Array(12))];
  const way = { name: "AES-GCM", iv, additionalData: utf8(place) };
  const box = await crypto.subtle.encrypt(way, keys.box, utf8(JSON.stringify([name, value])));
  localStorage.setItem(place, JSON.stringify({ at: Date.now(), iv: toText(iv), box: toText(box) }));
}

async function read() {
  for (const place of stored()) {
    if (CLOSED.test(place)) await readOne(place);
    else if (OPEN.test(place)) await closeOne(place);
  }
}

async function readOne(place) {
  let entry = {};
  try {
    entry = JSON.parse(localStorage.getItem(place));
    const way = { name: "AES-GCM", iv: toBytes(entry.iv), additionalData: utf8(place) };
    const text = await crypto.subtle.decrypt(way, keys.box, toBytes(entry.box));
    const [name, value] = JSON.parse(new TextDecoder().decode(text));
    if (!known.has(name)) known.set(name, value);
  } catch {
    // Another account's: it is left for that account, a draft as long as drafts live.
    if (place.startsWith("draft:") && !(Date.now() - entry.at < LIFE)) localStorage.removeItem(place);
  }
}

/* An entry as earlier releases kept it, readable: one's own is closed, a draft of somebody else goes. */
async function closeOne(name) {
  const own = OPEN.exec(name)[2] === user();
  if (own) {
    try {
      const value = JSON.parse(localStorage.getItem(name));
      await write(name, value);
      known.set(name, value);
    } catch { /* broken: it goes */ }
  }
  if (own || name.startsWith("draft:")) localStorage.removeItem(name);
}

export const store = {
  open: () => (opening ??= load().catch(() => {})),
  /* What other tabs wrote since. */
  reload: () => store.open().then(() => after(async () => { known.clear(); if (keys) await read(); })),
  usable: () => Boolean(keys),
  get: (name) => known.get(name) ?? null,
  keys: (start) => [...known.keys()].filter((name) => name.startsWith(start)),
  /* Resolves to whether it is kept. */
  set(name, value) {
    known.set(name, value);
    return after(async () => {
      await store.open();
      if (!keys) { known.delete(name); return false; }
      await write(name, value);
      return true;
    });
  },
  drop(name) {
    known.delete(name);
    return after(async () => {
      await store.open();
      known.delete(name);
      if (keys) localStorage.removeItem(await placeOf(name));
    });
  },
};

export const user = () => document.body.dataset.user || "guest";
export const draftKey = (name) => `draft:${user()}:${name}`;
export const queueKey = (entry = "") => `queue:${user()}:${entry}`;
