/* What fields and tables say while somebody works in them: characters left, days of a range, rows chosen. */
import { make } from "./notices.js";
import { say } from "./words.js";

export function counter(field) {
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

export function dayCount(output) {
  const form = output.closest("form");
  const [start, end] = output.dataset.days.split(",").map((name) => form.elements[name.trim()]);
  const show = () => {
    const follows = start.value && end.value && end.value < start.value && document.activeElement === start;
    if (follows) end.value = start.value;
    end.min = start.value;
    const days = Math.round((Date.parse(end.value) - Date.parse(start.value)) / 86400e3) + 1;
    output.textContent = Number.isNaN(days) ? "" : days > 0 ? say("days", days) : say("badrange");
    output.classList.toggle("over", days <= 0);
  };
  start.addEventListener("input", show);
  end.addEventListener("input", show);
  show();
}

export function selectable(area) {
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
