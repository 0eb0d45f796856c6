/* Dialogs of the page, and a question before a button acts. */
import { make } from "./notices.js";
import { say } from "./words.js";

export function openDialog(dialog, opener) {
  dialog.showModal();
  dialog.addEventListener("close", () => opener?.focus(), { once: true });
}

export function confirmFirst(button) {
  const title = make("h2", { id: "confirm-title", textContent: button.dataset.confirm });
  const word = button.dataset.confirmOk || button.textContent.trim() || say("ok");
  const yes = make("button", { className: "button primary", textContent: word });
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
