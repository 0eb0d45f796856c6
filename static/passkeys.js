/* Passkeys: the browser is asked for one when the form is sent, and what it answers goes with the form. */
async function ask(form) {
  const options = JSON.parse(document.getElementById("passkey-options").textContent);
  const [failed, named] = ["failed", "named"].map((name) => form.querySelector(`[data-passkey-${name}]`));
  failed.hidden = named.hidden = true;
  try {
    const answer = await window.webauthnJSON[form.dataset.passkey](options);
    form.elements.credential.value = JSON.stringify(answer);
  } catch (error) {
    // A browser gives passkeys to names only: a site that is reached by its IP address gets a SecurityError.
    (error.name === "SecurityError" ? named : failed).hidden = false;
    return;
  }
  form.submit();
}

for (const form of document.querySelectorAll("form[data-passkey]"))
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    ask(form);
  });
