/** Light or dark before the first paint: what the reader chose here before, else what his system says. */

(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");

  /** What was chosen, "" where nothing was or nothing can be stored. */
  function chosen() {
    try {
      return localStorage.getItem("theme") ?? "";
    } catch {
      return "";
    }
  }

  function show() {
    const own = chosen();
    if (own === "dark" || own === "light") root.dataset.theme = own;
    else delete root.dataset.theme;
    const dark = root.dataset.theme ? own === "dark" : system.matches;
    document.getElementById("theme")?.setAttribute("aria-pressed", String(dark));
  }

  function turn() {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : system.matches;
    const wanted = dark ? "light" : "dark";
    try {
      if ((wanted === "dark") === system.matches) localStorage.removeItem("theme");
      else localStorage.setItem("theme", wanted);
      show();
    } catch {
      root.dataset.theme = wanted;
    }
  }

  show();
  system.addEventListener("change", show);
  window.addEventListener("storage", show);
  document.addEventListener("DOMContentLoaded", show);
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("#theme")) turn();
  });
})();
