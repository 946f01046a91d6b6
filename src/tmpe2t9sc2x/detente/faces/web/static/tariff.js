/** A tariff of one's own: codes where they are asked for, steps back and forth, and tariffs kept by name in this browser. */

import { by, make, wake } from "./dom.js";

const STEPS = "tariff-steps";
const SHELF = "tariffs";
const MOST = 50;

/** @param {Storage} place @param {string} name @param {any} standard */
function stored(place, name, standard) {
  try {
    return JSON.parse(place.getItem(name) ?? "null") ?? standard;
  } catch {
    return standard;
  }
}

/** @param {Storage} place @param {string} name @param {unknown} value */
function store(place, name, value) {
  try {
    place.setItem(name, JSON.stringify(value));
  } catch {
    // A browser that keeps nothing has Back and Forward.
  }
}

/** The field of codes stands where goods are named by code. */
function coded() {
  for (const select of document.querySelectorAll("select[name=goods]")) {
    const field = select.closest("fieldset")?.querySelector(".coded");
    const choose = () => { if (field instanceof HTMLElement) field.hidden = /** @type {HTMLSelectElement} */ (select).value !== "codes"; };
    select.addEventListener("change", choose);
    choose();
  }
}

/** Undo and redo: the tariffs of this visit one after another. */
function steps() {
  const here = location.pathname + location.search.replace(/&?blank=1/, "");
  let { list, at } = stored(sessionStorage, STEPS, { list: [], at: -1 });
  if (list[at] !== here) {
    if (list[at - 1] === here) at -= 1;
    else if (list[at + 1] === here) at += 1;
    else {
      list = [...list.slice(0, at + 1), here].slice(-MOST);
      at = list.length - 1;
    }
    store(sessionStorage, STEPS, { list, at });
  }
  for (const [id, to] of /** @type {[string, number][]} */ ([["tariff-undo", at - 1], ["tariff-redo", at + 1]])) {
    const button = /** @type {HTMLButtonElement} */ (by(id));
    button.disabled = list[to] === undefined;
    button.addEventListener("click", () => {
      store(sessionStorage, STEPS, { list, at: to });
      location.assign(list[to]);
    });
  }
}

/** Tariffs kept under the names they were given. */
function shelf() {
  const part = by("tariff-shelf");
  const home = /** @type {HTMLElement} */ (part.querySelector("ul"));
  const rows = /** @type {{name: string, query: string}[]} */ (stored(localStorage, SHELF, []));
  part.hidden = rows.length === 0;
  const forget = home.getAttribute("data-forget") ?? "";
  home.replaceChildren(...rows.map((row, at) => make("li", { class: "row" }, make("a", { href: `/tariff?${row.query}` }, row.name),
    make("button", { type: "button", "aria-label": `${forget} ${row.name}`, onclick: () => { store(localStorage, SHELF, rows.filter((_, other) => other !== at)); shelf(); } }, forget))));
}

function keep() {
  const query = location.search.slice(1).replace(/&?blank=1/, "");
  const name = /** @type {HTMLInputElement} */ (by("tariff-title")).value.trim() || document.querySelector("#changed span")?.textContent?.slice(0, 80) || query;
  const others = stored(localStorage, SHELF, []).filter((/** @type {any} */ row) => row.name !== name);
  store(localStorage, SHELF, [{ name, query }, ...others].slice(0, MOST));
  shelf();
}

coded();
steps();
shelf();
const address = document.getElementById("tariff-address");
if (address instanceof HTMLInputElement) address.value = location.href;
document.getElementById("tariff-keep")?.addEventListener("click", keep);
wake("#tariff-keep");
