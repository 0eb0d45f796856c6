/* Names the controls of Django's widgets that have none, so that a screen reader can say them. */
const words = (element) => element?.textContent.replace(/[:：]\s*$/, "").trim() || "";

/* A field in a table of rows is named by the head of its column. */
function nameCells(scope) {
  for (const cell of scope.querySelectorAll(".tabular td")) {
    const heads = cell.closest("table").tHead?.rows[0]?.cells;
    const name = words(heads?.[cell.cellIndex]);
    for (const field of cell.querySelectorAll("input:not([type=hidden]), select, textarea"))
      if (!field.labels?.length && !field.getAttribute("aria-label"))
        field.setAttribute("aria-label", name || field.name);
  }
  for (const head of scope.querySelectorAll(".tabular thead th"))
    if (!words(head)) head.setAttribute("role", "presentation");
}

/* The box that stands for a searchable choice is named by the label of the choice itself. */
function nameChoices() {
  for (const box of document.querySelectorAll(".select2-selection:not([data-named])")) {
    const select = box.closest(".select2")?.previousElementSibling;
    const name = words(select?.labels?.[0]) || select?.getAttribute("aria-label");
    if (!name) continue;
    box.dataset.named = "yes";
    const shown = box.querySelector(".select2-selection__rendered");
    shown?.setAttribute("aria-label", name);
    if (shown) box.setAttribute("aria-labelledby", shown.id);
    box.setAttribute("aria-label", name);
    box.querySelector(".select2-search__field")?.setAttribute("aria-label", name);
  }
}

function nameAll(scope) {
  nameCells(scope);
  nameChoices();
}

addEventListener("load", () => {
  nameAll(document);
  // The boxes are drawn after the page has loaded, each at its own time.
  for (const form of document.querySelectorAll("main form"))
    new MutationObserver(nameChoices).observe(form, { childList: true, subtree: true });
});
document.addEventListener("formset:added", (event) => nameAll(event.target.parentNode));
