/* What pages do beyond plain HTML. Everything here is an addition: each form and list works without it. */
import { keepTyped, restoreTyped } from "./crossing.js";
import { confirmFirst, openDialog } from "./dialogs.js";
import { autosave, tidyDrafts } from "./drafts.js";
import { put } from "./fields.js";
import { counter, dayCount, selectable } from "./helpers.js";
import { toast } from "./notices.js";
import { flush, offlineQueue, showWaiting } from "./queue.js";
import { holdSecond, release } from "./sending.js";
import { switchTheme } from "./theme.js";
import { store, user } from "./store.js";
import { say } from "./words.js";

const show = (element) => { element.hidden = false; };
const ACTS = [
  ["[data-count]", counter],
  ["output[data-days]", dayCount],
  ["[data-select]", selectable],
  ["form[data-autosave]", autosave],
  ["form[data-offline-queue]", offlineQueue],
  ["[data-theme-switch]", show],
  ["[data-js-only]", show],
  ["[data-focus]", (element) => element.focus()],
];
const PRESSED = "[data-confirm],[data-dialog],[data-close],[data-copy],[data-print],[data-theme-switch],[data-put]";

/* Each act once per element, on the page and in every part that htmx loads. */
function setUp(scope) {
  for (const [selector, act] of ACTS) {
    const found = [...scope.querySelectorAll(selector)];
    if (scope.matches?.(selector)) found.unshift(scope);
    for (const element of found) {
      const done = (element.uiDone ||= new Set());
      if (!done.has(selector)) { done.add(selector); act(element); }
    }
  }
}

function pressed(target, event) {
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
  else if ("themeSwitch" in data) switchTheme();
}

document.documentElement.classList.add("js");

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  const target = event.target.closest?.(PRESSED);
  if (target) pressed(target, event);
});

document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
});

document.addEventListener("submit", (event) => {
  if ("keepTyped" in event.target.dataset) keepTyped();
  holdSecond(event);
});
addEventListener("pageshow", (event) => {
  // A page that comes back from the browser's memory may be one of somebody who has signed out since.
  if (event.persisted && user() !== "guest") location.reload();
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sending]").forEach(release));
document.addEventListener("htmx:afterRequest", (event) => { if (event.target.matches?.("form")) release(event.target); });
/* What the database could not do just now comes as one sentence. */
document.addEventListener("htmx:responseError", (event) => {
  const answer = event.detail.xhr;
  if ((answer.getResponseHeader("Content-Type") || "").startsWith("text/plain")) toast(answer.responseText);
});
document.addEventListener("htmx:load", (event) => setUp(event.detail.elt));

addEventListener("online", flush);
document.addEventListener("DOMContentLoaded", () => {
  setUp(document.body);
  restoreTyped();
  store.open().then(() => {
    tidyDrafts();
    showWaiting();
    flush();
  });
});
