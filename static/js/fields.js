/* The fields of a form as plain data, and plain data back into the fields. Secrets and files are never kept. */
const LEFT_OUT = ["password", "file", "hidden", "submit", "button"];
const kept = (field) => field.name && !LEFT_OUT.includes(field.type) && !field.closest("[data-no-keep]");
const isChoice = (field) => field.type === "checkbox" || field.type === "radio";

export function typed(form) {
  const data = {};
  for (const field of form.elements) {
    if (!kept(field)) continue;
    data[field.name] ??= [];
    if (isChoice(field)) {
      if (field.checked) data[field.name].push(field.value);
    } else if (field.multiple) {
      data[field.name].push(...[...field.selectedOptions].map((option) => option.value));
    } else data[field.name].push(field.value);
  }
  return data;
}

export function fill(form, data) {
  const used = {};
  for (const field of form.elements) {
    if (!kept(field) || !(field.name in data)) continue;
    const values = data[field.name];
    if (isChoice(field)) field.checked = values.includes(field.value);
    else if (field.multiple) for (const option of field.options) option.selected = values.includes(option.value);
    else field.value = values[(used[field.name] = (used[field.name] ?? -1) + 1)] ?? "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    // What comes back must not hide in a fold.
    if ("defaultValue" in field && field.value !== field.defaultValue) field.closest("details")?.setAttribute("open", "");
  }
}

/* A button puts its value into a field of its form; a text area keeps what it has and gets it added. */
export function put(button) {
  const field = button.form.elements[button.dataset.put];
  const long = field.tagName === "TEXTAREA" && field.value.trim();
  field.value = long ? `${field.value.trimEnd()} ${button.value}` : button.value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
