/* Switching the language reloads the page: what was typed crosses over. */
import { fill, typed } from "./fields.js";

const KEY = "typed-crossing";
const forms = () => [...document.querySelectorAll("main form[method=post]")];

export function keepTyped() {
  const crossing = { path: location.pathname, forms: forms().map(typed) };
  try { sessionStorage.setItem(KEY, JSON.stringify(crossing)); } catch { /* full */ }
}

export function restoreTyped() {
  let crossing = null;
  try {
    crossing = JSON.parse(sessionStorage.getItem(KEY));
    sessionStorage.removeItem(KEY);
  } catch { return; }
  if (crossing?.path !== location.pathname) return;
  forms().forEach((form, at) => crossing.forms[at] && fill(form, crossing.forms[at]));
}
