/* Elements made by scripts: sentences that stay on the page, and sentences that go after four seconds. */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

export function toast(text) {
  document.querySelector(".toast")?.remove();
  const box = make("div", { className: "toast", textContent: text });
  box.setAttribute("role", "status");
  document.body.append(box);
  setTimeout(() => box.remove(), 4000);
}

export function notice(text, tone, ...controls) {
  const box = make("div", { className: "notice row" }, make("span", { textContent: text }), ...controls);
  box.dataset.tone = tone;
  box.setAttribute("role", tone === "bad" || tone === "wait" ? "alert" : "status");
  document.getElementById("messages")?.append(box);
  return box;
}
