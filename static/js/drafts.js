/* Drafts: kept as one types, back after a session ends when the same account signs in again, gone on receipt. */
import { fill, typed } from "./fields.js";
import { make, notice } from "./notices.js";
import { draftKey, LIFE, queueKey, store } from "./store.js";
import { say } from "./words.js";

// A page that is left has no time to close what it keeps, so it never waits long.
const PAUSE = 400;
const clock = (day) => day.toTimeString().slice(0, 5);

class Draft {
  constructor(form) {
    this.form = form;
    this.key = draftKey(form.dataset.autosave);
    this.version = form.elements.version;
    // A hidden field forgets its first value as soon as it gets another.
    this.shown = this.version?.value;
    this.first = JSON.stringify(typed(form));
    this.timer = 0;
    this.line = make("p", { className: "saved no-print" });
    this.line.setAttribute("aria-live", "off");
    form.append(this.line);
  }

  stop() {
    clearTimeout(this.timer);
    this.timer = 0;
  }

  save() {
    this.stop();
    const data = typed(this.form);
    if (JSON.stringify(data) === this.first && !store.get(this.key)) return;
    store.set(this.key, { at: Date.now(), data, version: this.version?.value }).then((kept) => {
      if (kept) this.line.textContent = say("saved", clock(new Date()));
    });
  }

  /* A form that the server sent back with errors holds newer words than the draft. */
  restore() {
    const draft = store.get(this.key);
    const fromServer = this.form.querySelector("[aria-invalid=true], .field-error") || "bound" in this.form.dataset;
    if (!draft || fromServer || Date.now() - draft.at >= LIFE || JSON.stringify(draft.data) === this.first) return;
    if (JSON.stringify(typed(this.form)) !== this.first) return; // somebody types already
    fill(this.form, draft.data);
    // What was typed belongs to the version it was typed into: the server says what changed since.
    if (this.version && draft.version) this.version.value = draft.version;
    this.offerToDiscard(new Date(draft.at));
  }

  offerToDiscard(when) {
    const discard = make("button", { type: "button", className: "button small", textContent: say("discard") });
    const at = `${when.getMonth() + 1}-${when.getDate()} ${clock(when)}`;
    const box = notice(say("restored", at), "live", discard);
    discard.addEventListener("click", () => {
      if (this.version) this.version.value = this.shown;
      fill(this.form, JSON.parse(this.first));
      this.stop();
      store.drop(this.key);
      box.remove();
    });
  }
}

export function autosave(form) {
  const draft = new Draft(form);
  let sent = false;
  store.open().then(() => draft.restore());
  form.addEventListener("input", () => { draft.timer ||= setTimeout(() => draft.save(), PAUSE); });
  form.addEventListener("submit", () => { draft.save(); sent = true; });
  addEventListener("pagehide", () => { if (draft.timer && !sent) draft.save(); });
  addEventListener("visibilitychange", () => { if (document.hidden && draft.timer) draft.save(); });
}

/* A receipt names the drafts and the queued entry that arrived; what is too old goes too. */
export function tidyDrafts() {
  for (const element of document.querySelectorAll("[data-autosave-clear]"))
    for (const name of element.dataset.autosaveClear.split(" ")) store.drop(draftKey(name));
  for (const element of document.querySelectorAll("[data-queue-done]")) store.drop(queueKey(element.dataset.queueDone));
  for (const key of store.keys("draft:"))
    if (Date.now() - (store.get(key)?.at || 0) > LIFE) store.drop(key);
}
