/* What the browser keeps for one user. Storage may be full, forbidden or broken: then nothing is kept. */
export const store = {
  get(key) {
    try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
  },
  set(key, value) {
    try { localStorage.setItem(key, JSON.stringify(value)); return true; } catch { return false; }
  },
  drop(key) {
    try { localStorage.removeItem(key); } catch { /* private mode */ }
  },
  keys(start) {
    try { return Object.keys(localStorage).filter((key) => key.startsWith(start)); } catch { return []; }
  },
};

export const user = () => document.body.dataset.user || "guest";
export const draftKey = (name) => `draft:${user()}:${name}`;
export const queueKey = (entry = "") => `queue:${user()}:${entry}`;
