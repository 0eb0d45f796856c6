/* The second press of a button sends nothing; coming back by the history, or an answer, frees it. */
export function holdSecond(event) {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sending) {
    event.preventDefault();
    return;
  }
  form.dataset.sending = "yes";
  event.submitter?.classList.add("busy");
}

export function release(form) {
  delete form.dataset.sending;
  form.querySelectorAll(".busy").forEach((button) => button.classList.remove("busy"));
}
