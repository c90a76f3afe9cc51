// What the pages do in the browser beyond htmx: the theme, dialogs, copying, dropping a file.
"use strict";
(() => {
  const root = document.documentElement;
  const stored = () => {
    try { return localStorage.getItem("theme"); } catch { return null; }
  };
  if (stored()) root.dataset.theme = stored();  // before the page is drawn

  const isDark = () =>
    root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;

  function switchTheme(button) {
    const next = isDark() ? "light" : "dark";
    root.dataset.theme = next;
    try { localStorage.setItem("theme", next); } catch { /* private window */ }
    button.textContent = isDark() ? "Light" : "Dark";
  }

  async function copy(button) {
    const source = document.querySelector(button.dataset.copy);
    const text = "value" in source ? source.value : source.textContent;
    const before = button.textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(source);
      button.textContent = "Selected: press Ctrl+C";
    }
    setTimeout(() => { button.textContent = before; }, 2000);
  }

  document.addEventListener("click", (event) => {
    const found = (name) => event.target.closest(`[${name}]`);
    let one;
    if ((one = found("data-theme-switch"))) switchTheme(one);
    else if ((one = found("data-copy"))) copy(one);
    else if ((one = found("data-opens"))) document.querySelector(one.dataset.opens).showModal();
    else if ((one = found("data-closes"))) { event.preventDefault(); one.closest("dialog").close(); }
    else if ((one = found("data-removes"))) one.closest(one.dataset.removes).remove();
  });

  // What cannot be undone is asked for again.
  document.addEventListener("submit", (event) => {
    const asks = event.submitter && event.submitter.dataset.confirm;
    if (asks && !confirm(asks)) event.preventDefault();
  });

  // A choice that leads to another page leads there at once.
  document.addEventListener("change", (event) => {
    if (event.target.closest("[data-sends]")) event.target.form.requestSubmit();
  });

  // A file dropped on a text area is read here; it goes nowhere until the form is sent.
  document.addEventListener("dragover", (event) => {
    if (event.target.closest("textarea[data-drop]")) event.preventDefault();
  });
  document.addEventListener("drop", async (event) => {
    const area = event.target.closest("textarea[data-drop]");
    const file = area && event.dataTransfer.files[0];
    if (!file) return;
    event.preventDefault();
    area.value = await file.text();
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });

  document.addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll("[data-theme-switch]")) {
      button.hidden = false;
      button.textContent = isDark() ? "Light" : "Dark";
    }
  });

  // Keys, as on other such pages: / to search, g then a letter to go somewhere.
  let went = 0;
  const PLACES = { c: "/contact-points", t: "/templates", p: "/policies", d: "/deliveries", r: "/translate", s: "/support" };
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input, textarea, select, [contenteditable]") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/") {
      const search = document.querySelector("input[type=search]");
      if (search) { event.preventDefault(); search.focus(); }
    } else if (event.key === "g") {
      went = Date.now();
    } else if (Date.now() - went < 1500 && PLACES[event.key]) {
      location.assign(PLACES[event.key]);
    }
  });
})();
