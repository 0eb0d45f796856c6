/* The words of scripts in the reader's language, as the page carries them in #ui-words. */
let words = null;

export function say(key, ...values) {
  words ??= JSON.parse(document.getElementById("ui-words")?.textContent || "{}");
  return values.reduce((text, value) => text.replace("%s", value), words[key] || key);
}
