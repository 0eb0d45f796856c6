/* Names the few controls of Django's admin that have none, so that a screen reader can say them. */
"use strict";
addEventListener("load", () => {
  for (const hint of document.querySelectorAll("span[aria-label]:not([role])")) hint.setAttribute("role", "img");
  for (const input of document.querySelectorAll(".datetime input, .vDateField, .vTimeField")) {
    if (input.labels.length || input.getAttribute("aria-label")) continue;
    const row = input.closest(".form-row, td, fieldset");
    const name = row?.querySelector("label, legend")?.textContent.replace(/[:：]\s*$/, "").trim() || input.name;
    input.setAttribute("aria-label", `${name} ${input.classList.contains("vTimeField") ? "⏱" : ""}`.trim());
  }
});
