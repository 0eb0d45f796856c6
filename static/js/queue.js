/* Entries written without a network: kept here, sent once when it is back. The server's unique client_key makes it
   exactly once. Every entry is kept before it travels: a receipt (data-queue-done) or a page with errors takes it out
   again; if neither comes, because the signal was lost on the way, it is sent once more under the same key. */
import { fill } from "./fields.js";
import { notice } from "./notices.js";
import { draftKey, queueKey, store, user } from "./store.js";
import { say } from "./words.js";

export const newKey = () =>
  crypto.randomUUID?.() ||
  "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (d) =>
    (d ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (d / 4)))).toString(16));

export function offlineQueue(form) {
  const key = form.elements.client_key;
  if (!key) return;
  key.value ||= newKey();
  if (form.querySelector(".field-error, [aria-invalid=true]")) store.drop(queueKey(form.dataset.refused || key.value));
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented || form.dataset.sending) return;
    const stored = keep(form, key.value, event.submitter);
    if (navigator.onLine || !store.usable()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    stored.then((kept) => (kept ? makeFree(form) : form.submit()));
  });
}

function makeFree(form) {
  tellQueued(form);
  form.reset();
  form.elements.client_key.value = newKey();
  showWaiting();
  scrollTo({ top: 0 });
}

function keep(form, key, submitter) {
  const fields = [...new FormData(form, submitter)].filter(
    ([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken");
  const stored = store.set(queueKey(key), { url: form.action, fields, form: form.dataset.offlineQueue });
  return stored.then((kept) => {
    // The queue keeps it from here on: a draft beside it would offer the same entry twice.
    if (kept && form.dataset.autosave) store.drop(draftKey(form.dataset.autosave));
    return kept;
  });
}

function tellQueued(form) {
  const hasFiles = [...form.elements].some((field) => field.type === "file" && field.files.length);
  notice(say("queued") + (hasFiles ? " " + say("nofiles") : ""), "wait").dataset.queued = "";
}

const token = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value || "";

async function sendOne(key) {
  const entry = store.get(key);
  if (!entry) return "gone";
  const body = new FormData();
  for (const [name, value] of entry.fields) body.append(name, value);
  body.append("csrfmiddlewaretoken", token());
  const answer = await fetch(entry.url, { method: "POST", body, credentials: "same-origin" });
  const landed = new URL(answer.url).pathname;
  if (answer.redirected && landed.startsWith(document.body.dataset.login || "/login")) return "signin";
  if (answer.ok && answer.redirected) {
    store.drop(key);
    return "sent";
  }
  if (answer.status >= 500 || [403, 429].includes(answer.status) || answer.headers.has("Retry-After")) return "later";
  return { refused: new DOMParser().parseFromString(await answer.text(), "text/html") };
}

/* What the server refused comes back into the form, with its sentences and the key under which it may be sent again. */
function backIntoForm(key, page) {
  const entry = store.get(key);
  const form = document.querySelector(`form[data-offline-queue="${entry?.form}"]`);
  if (!form) return;
  const data = {};
  for (const [name, value] of entry.fields) (data[name] ??= []).push(value);
  fill(form, data);
  form.elements.client_key.value = page.querySelector("[name=client_key]")?.value || data.client_key?.[0] || newKey();
  store.drop(key);
  const why = [...page.querySelectorAll(".error-summary li")].map((line) => line.textContent.trim());
  notice([say("refused"), ...why].join(" "), "bad");
}

async function sendAll() {
  await store.reload();
  const keys = store.keys(queueKey());
  if (!keys.length || !navigator.onLine || user() === "guest") return;
  let sent = 0;
  for (const key of keys) {
    let outcome = "later";
    try { outcome = await sendOne(key); } catch { break; }
    if (outcome === "sent") sent += 1;
    if (outcome === "signin") { notice(say("signin"), "wait"); break; }
    if (outcome.refused) { backIntoForm(key, outcome.refused); break; }
    if (outcome === "later") break;
  }
  if (sent) tellSent(sent);
  showWaiting();
}

function tellSent(count) {
  document.querySelectorAll("[data-queued]").forEach((told) => told.remove());
  notice(say("sent"), "good");
  document.dispatchEvent(new CustomEvent("queue:sent", { detail: count }));
}

export function showWaiting() {
  const count = store.keys(queueKey()).length;
  document.querySelectorAll("[data-queue-count]").forEach((place) => {
    place.hidden = !count;
    place.textContent = say("unsent", count);
  });
}

/* Two tabs do not send the same entry at once. */
export const flush = () => (navigator.locks ? navigator.locks.request("talentlink-queue", sendAll) : sendAll());
