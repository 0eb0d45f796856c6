/* What pages do beyond plain HTML. Everything here is an addition: each form and list works without it. */
"use strict";
(() => {
  const root = document.documentElement;
  const words = JSON.parse(document.getElementById("ui-words")?.textContent || "{}");
  const say = (key, ...values) => values.reduce((text, value) => text.replace("%s", value), words[key] || key);
  const user = () => document.body.dataset.user || "guest";
  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  root.classList.add("js");

  /* ---- storage that may be full, forbidden or broken ---- */
  const store = {
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

  function toast(text) {
    document.querySelector(".toast")?.remove();
    const box = make("div", { className: "toast", textContent: text });
    box.setAttribute("role", "status");
    document.body.append(box);
    setTimeout(() => box.remove(), 4000);
  }

  function notice(text, tone, ...controls) {
    const box = make("div", { className: "notice row" }, make("span", { textContent: text }), ...controls);
    box.dataset.tone = tone;
    box.setAttribute("role", tone === "bad" || tone === "wait" ? "alert" : "status");
    document.getElementById("messages")?.append(box);
    return box;
  }

  /* ---- the fields of a form as plain data ---- */
  const kept = (field) =>
    field.name && !["password", "file", "hidden", "submit", "button"].includes(field.type) && !field.closest("[data-no-keep]");

  function typed(form) {
    const data = {};
    for (const field of form.elements) {
      if (!kept(field)) continue;
      data[field.name] ??= [];
      if (field.type === "checkbox" || field.type === "radio") {
        if (field.checked) data[field.name].push(field.value);
      } else if (field.multiple) {
        data[field.name].push(...[...field.selectedOptions].map((option) => option.value));
      } else data[field.name].push(field.value);
    }
    return data;
  }

  function fill(form, data) {
    const used = {};
    for (const field of form.elements) {
      if (!kept(field) || !(field.name in data)) continue;
      const values = data[field.name];
      if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
      else if (field.multiple) for (const option of field.options) option.selected = values.includes(option.value);
      else field.value = values[(used[field.name] = (used[field.name] ?? -1) + 1)] ?? "";
      field.dispatchEvent(new Event("input", { bubbles: true }));
      // What comes back must not hide in a fold.
      if ("defaultValue" in field && field.value !== field.defaultValue) field.closest("details")?.setAttribute("open", "");
    }
  }

  /* ---- drafts: kept every 4 s, back after a session ends, gone on receipt ---- */
  const DRAFT_LIFE = 14 * 86400e3;
  const draftKey = (name) => `draft:${user()}:${name}`;

  function autosave(form) {
    const key = draftKey(form.dataset.autosave);
    const line = make("p", { className: "saved no-print" });
    line.setAttribute("aria-live", "off");
    form.append(line);
    let timer = 0;
    let sent = false;
    const version = form.elements.version;
    const first = JSON.stringify(typed(form));
    const save = () => {
      clearTimeout(timer);
      timer = 0;
      const data = typed(form);
      if (JSON.stringify(data) === first && !store.get(key)) return;
      if (store.set(key, { at: Date.now(), data, version: version?.value }))
        line.textContent = say("saved", new Date().toTimeString().slice(0, 5));
    };
    const draft = store.get(key);
    const fromServer = form.querySelector("[aria-invalid=true], .field-error") || "bound" in form.dataset;
    if (draft && !fromServer && Date.now() - draft.at < DRAFT_LIFE && JSON.stringify(draft.data) !== first) {
      fill(form, draft.data);
      // What was typed belongs to the version it was typed into: the server says what changed since.
      if (version && draft.version) version.value = draft.version;
      const when = new Date(draft.at);
      const discard = make("button", { type: "button", className: "button small", textContent: say("discard") });
      const box = notice(say("restored", `${when.getMonth() + 1}-${when.getDate()} ${when.toTimeString().slice(0, 5)}`), "live", discard);
      const shown = version?.defaultValue;
      discard.addEventListener("click", () => {
        store.drop(key);
        if (version) version.value = shown;
        fill(form, JSON.parse(first));
        clearTimeout(timer);
        timer = 0;
        store.drop(key);
        box.remove();
      });
    }
    form.addEventListener("input", () => { timer ||= setTimeout(save, 4000); });
    form.addEventListener("submit", () => { save(); sent = true; });
    addEventListener("pagehide", () => { if (timer && !sent) save(); });
    addEventListener("visibilitychange", () => { if (document.hidden && timer) save(); });
  }

  function tidyDrafts() {
    for (const element of document.querySelectorAll("[data-autosave-clear]"))
      for (const name of element.dataset.autosaveClear.split(" ")) store.drop(draftKey(name));
    for (const element of document.querySelectorAll("[data-queue-done]")) store.drop(queueKey() + element.dataset.queueDone);
    for (const key of store.keys("draft:"))
      if (Date.now() - (store.get(key)?.at || 0) > DRAFT_LIFE) store.drop(key);
  }

  /* Switching the language reloads the page: what was typed crosses over. */
  const CROSSING = "typed-crossing";
  function keepTyped() {
    const forms = [...document.querySelectorAll("main form[method=post]")].map(typed);
    try { sessionStorage.setItem(CROSSING, JSON.stringify({ path: location.pathname, forms })); } catch { /* full */ }
  }
  function restoreTyped() {
    let crossing = null;
    try {
      crossing = JSON.parse(sessionStorage.getItem(CROSSING));
      sessionStorage.removeItem(CROSSING);
    } catch { return; }
    if (crossing?.path !== location.pathname) return;
    document.querySelectorAll("main form[method=post]").forEach((form, at) => crossing.forms[at] && fill(form, crossing.forms[at]));
  }

  /* ---- offline entries: kept here, sent once when back; the server's unique client_key makes it exactly once ---- */
  const queueKey = () => `queue:${user()}:`;
  const newKey = () =>
    crypto.randomUUID?.() ||
    "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (d) =>
      (d ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (d / 4)))).toString(16));

  /* Every entry is kept before it travels: a receipt (data-queue-done) or a page with errors takes it out again;
     if neither comes, because the signal was lost on the way, it is sent once more under the same key. */
  function offlineQueue(form) {
    const key = form.elements.client_key;
    if (!key) return;
    key.value ||= newKey();
    if (form.querySelector(".field-error, [aria-invalid=true]")) store.drop(queueKey() + (form.dataset.refused || key.value));
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented || form.dataset.sending) return;
      const fields = [...new FormData(form, event.submitter)].filter(
        ([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken");
      const stored = store.set(queueKey() + key.value, { url: form.action, fields, form: form.dataset.offlineQueue });
      // The queue keeps it from here on: a draft beside it would offer the same entry twice.
      if (stored && form.dataset.autosave) store.drop(draftKey(form.dataset.autosave));
      if (navigator.onLine || !stored) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const hasFiles = [...form.elements].some((field) => field.type === "file" && field.files.length);
      notice(say("queued") + (hasFiles ? " " + say("nofiles") : ""), "wait").dataset.queued = "";
      form.reset();
      key.value = newKey();
      waiting();
      scrollTo({ top: 0 });
    });
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

  async function flush() {
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
    if (sent) {
      document.querySelectorAll("[data-queued]").forEach((told) => told.remove());
      notice(say("sent"), "good");
      document.dispatchEvent(new CustomEvent("queue:sent", { detail: sent }));
    }
    waiting();
  }

  function waiting() {
    const count = store.keys(queueKey()).length;
    document.querySelectorAll("[data-queue-count]").forEach((place) => {
      place.hidden = !count;
      place.textContent = say("unsent", count);
    });
  }

  const flushAlone = () => (navigator.locks ? navigator.locks.request("talentlink-queue", flush) : flush());

  /* ---- dialogs and confirmations ---- */
  function openDialog(dialog, opener) {
    dialog.showModal();
    dialog.addEventListener("close", () => opener?.focus(), { once: true });
  }

  function confirmFirst(button) {
    const title = make("h2", { id: "confirm-title", textContent: button.dataset.confirm });
    const yes = make("button", { className: "button primary", textContent: button.dataset.confirmOk || button.textContent.trim() || say("ok") });
    const no = make("button", { className: "button", textContent: say("cancel") });
    const dialog = make("dialog", { className: "dialog" }, title, make("div", { className: "actions" }, yes, no));
    dialog.setAttribute("aria-labelledby", "confirm-title");
    document.body.append(dialog);
    dialog.addEventListener("close", () => { dialog.remove(); button.focus(); });
    no.addEventListener("click", () => dialog.close());
    yes.addEventListener("click", () => {
      dialog.close();
      button.dataset.confirmed = "yes";
      button.click();
      delete button.dataset.confirmed;
    });
    dialog.showModal();
  }

  /* ---- small helpers of fields and tables ---- */
  function counter(field) {
    const most = Number(field.dataset.count);
    const line = make("span", { className: "counter", id: `${field.id}_count` });
    const show = () => {
      const left = most - [...field.value].length;
      line.textContent = left < 0 ? say("over", -left) : say("left", left);
      line.classList.toggle("over", left < 0);
    };
    field.after(line);
    field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") || ""} ${line.id}`.trim());
    field.addEventListener("input", show);
    show();
  }

  function dayCount(output) {
    const form = output.closest("form");
    const [start, end] = output.dataset.days.split(",").map((name) => form.elements[name.trim()]);
    const show = () => {
      if (start.value && end.value && end.value < start.value && document.activeElement === start) end.value = start.value;
      end.min = start.value;
      const days = Math.round((Date.parse(end.value) - Date.parse(start.value)) / 86400e3) + 1;
      output.textContent = Number.isNaN(days) ? "" : days > 0 ? say("days", days) : say("badrange");
      output.classList.toggle("over", days <= 0);
    };
    start.addEventListener("input", show);
    end.addEventListener("input", show);
    show();
  }

  function selectable(area) {
    const all = area.querySelector("[data-select-all]");
    const boxes = () => [...area.querySelectorAll("tbody input[type=checkbox], [data-select-row]")];
    const show = () => {
      const chosen = boxes().filter((box) => box.checked);
      for (const box of boxes()) box.closest("tr")?.classList.toggle("chosen", box.checked);
      if (all) {
        all.checked = chosen.length > 0 && chosen.length === boxes().length;
        all.indeterminate = chosen.length > 0 && !all.checked;
      }
      area.querySelectorAll("[data-select-count]").forEach((place) => { place.textContent = say("chosen", chosen.length); });
      area.querySelectorAll("[data-select-needs]").forEach((button) => { button.disabled = !chosen.length; });
    };
    area.addEventListener("change", (event) => {
      if (event.target === all) for (const box of boxes()) if (!box.disabled) box.checked = all.checked;
      show();
    });
    show();
  }

  function setUp(scope) {
    const each = (selector, act) => {
      const found = [...scope.querySelectorAll(selector)];
      if (scope.matches?.(selector)) found.unshift(scope);
      for (const element of found) {
        const done = (element.uiDone ||= new Set());
        if (!done.has(selector)) { done.add(selector); act(element); }
      }
    };
    each("[data-count]", counter);
    each("output[data-days]", dayCount);
    each("[data-select]", selectable);
    each("form[data-autosave]", autosave);
    each("form[data-offline-queue]", offlineQueue);
    each("[data-theme-switch]", (button) => { button.hidden = false; });
    each("[data-js-only]", (element) => { element.hidden = false; });
    each("[data-focus]", (element) => element.focus());
  }

  /* A button puts its value into a field of its form; a text area keeps what it has and gets it added. */
  function put(button) {
    const field = button.form.elements[button.dataset.put];
    const long = field.tagName === "TEXTAREA" && field.value.trim();
    field.value = long ? `${field.value.trimEnd()} ${button.value}` : button.value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /* ---- listening once, for the whole page ---- */
  function setTheme() {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    const theme = dark ? "light" : "dark";
    root.dataset.theme = theme;
    document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
    try { localStorage.setItem("theme", theme); } catch { /* private mode */ }
    document.dispatchEvent(new Event("theme:changed"));
  }

  document.addEventListener("click", (event) => {
    const target = event.target.closest?.("[data-confirm],[data-dialog],[data-close],[data-copy],[data-print],[data-theme-switch],[data-put]");
    for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
    if (!target) return;
    const data = target.dataset;
    if (data.confirm && !data.confirmed) {
      event.preventDefault();
      confirmFirst(target);
    } else if (data.dialog) {
      const dialog = document.getElementById(data.dialog);
      if (dialog?.showModal) { event.preventDefault(); openDialog(dialog, target); }
    } else if ("close" in data) target.closest("dialog")?.close();
    else if (data.copy) navigator.clipboard?.writeText(data.copy).then(() => toast(say("copied")));
    else if ("print" in data) print();
    else if (data.put) put(target);
    else if ("themeSwitch" in data) setTheme();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details.menu[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });

  /* The second press of a button sends nothing; coming back by the history frees it. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if ("keepTyped" in form.dataset) keepTyped();
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sending) return event.preventDefault();
    form.dataset.sending = "yes";
    event.submitter?.classList.add("busy");
  });
  const release = (form) => {
    delete form.dataset.sending;
    form.querySelectorAll(".busy").forEach((button) => button.classList.remove("busy"));
  };
  addEventListener("pageshow", () => document.querySelectorAll("form[data-sending]").forEach(release));
  document.addEventListener("htmx:afterRequest", (event) => { if (event.target.matches?.("form")) release(event.target); });
  /* What the database could not do just now comes as one sentence. */
  document.addEventListener("htmx:responseError", (event) => {
    const answer = event.detail.xhr;
    if ((answer.getResponseHeader("Content-Type") || "").startsWith("text/plain")) toast(answer.responseText);
  });
  document.addEventListener("htmx:load", (event) => setUp(event.detail.elt));

  addEventListener("online", flushAlone);
  document.addEventListener("DOMContentLoaded", () => {
    tidyDrafts();
    setUp(document.body);
    restoreTyped();
    waiting();
    flushAlone();
  });
})();
