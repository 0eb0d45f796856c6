/* Light or dark: the switch goes before what the system prefers, on this page and, by a cookie, on the next ones. */
export function switchTheme() {
  const root = document.documentElement;
  const prefersDark = matchMedia("(prefers-color-scheme: dark)").matches;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : prefersDark;
  const theme = dark ? "light" : "dark";
  root.dataset.theme = theme;
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax${secure}`;
  // Django's admin reads it there.
  try { localStorage.setItem("theme", theme); } catch { /* private mode */ }
  document.dispatchEvent(new Event("theme:changed"));
}
