/* The editor of rules: the sheet of a chip opens as a dialog, arrows go from choice to choice and from chip to chip,
   and after a change the focus is on the chip that was changed. */
import { openDialog } from "./dialogs.js";

const dialog = document.getElementById("chip-dialog");
const STEPS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

function step(items, from, by) {
  const next = items[(items.indexOf(from) + by + items.length) % items.length];
  next?.focus();
}

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target.id !== "chip-sheet-body") return;
  if (!dialog.open) openDialog(dialog, document.getElementById(event.detail.requestConfig?.elt?.id));
  const first = dialog.querySelector("[autofocus]") || dialog.querySelector("input:not([type=hidden]), button");
  first?.focus();
  if (first?.select && first.type === "text") first.select();
});

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id === "rule-chips" && dialog.open) dialog.close();
});

/* A chip without scripts leads to a sheet within the page; with them it is a dialog, and Enter and Space open it. */
document.addEventListener("keydown", (event) => {
  const by = STEPS[event.key];
  const choices = event.target.closest("[data-choices]");
  const chip = event.target.closest(".rule-chip");
  if (by && choices) {
    event.preventDefault();
    step([...choices.querySelectorAll("button")], event.target, by);
  } else if (by && chip && event.key !== "ArrowDown" && event.key !== "ArrowUp") {
    event.preventDefault();
    step([...chip.closest(".sentence").querySelectorAll(".rule-chip")], chip, by);
  } else if (chip && event.key === " ") {
    event.preventDefault();
    chip.click();
  }
});

document.addEventListener("click", (event) => {
  if (dialog.open && event.target.closest("[data-close-sheet]")) {
    event.preventDefault();
    dialog.close();
  }
});
