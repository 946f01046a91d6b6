/** What the reader did: what his deal changes, steps back and forth, and deals kept by name in his browser. */

import { by, make, tell } from "./dom.js";
import { percent } from "./format.js";
import { united, written } from "./levers.js";
import { t } from "./words.js";

/** @typedef {{name: string, words: string, back: Record<string, string | null>}} Change */

/** Values with their unit, as in "34%". @param {number} value @param {import("./levers.js").Lever} lever */
const valued = (value, lever) => lever.unit === "%" ? percent(written(value, lever)) : `${written(value, lever)}${lever.unit === "share" ? "" : ` ${united(lever.unit)}`}`;

/**
 * What a deal changes against a law, each with what puts it back.
 * @param {Record<string, import("./levers.js").Lever>} levers
 * @param {Record<string, number>} base values of that law
 * @param {URLSearchParams} state
 * @param {Record<string, string>} names words of partners and goods by code
 * @returns {Change[]}
 */
export function changes(levers, base, state, names) {
  const found = Object.entries(levers).filter(([name, lever]) => name in base && Math.abs(base[name] - lever.value) > lever.step / 1000)
    .map(([name, lever]) => ({ name, words: t("changed_lever", { label: lever.label, before: valued(base[name], lever), after: valued(lever.value, lever) }), back: { [name]: String(base[name]) } }));
  const partner = state.get("partner");
  if (partner) found.push({ name: "partner", words: t("changed_duty", { name: names[partner] ?? partner, rate: percent(state.get("rate") ?? "0") }), back: /** @type {any} */ ({ partner: null, rate: null }) });
  const goods = (state.get("except") ?? "").split(",").filter(Boolean);
  for (const code of goods) {
    const rest = goods.filter((other) => other !== code).join(",");
    found.push({ name: `except-${code}`, words: t("changed_out", { name: names[code] ?? code }), back: /** @type {any} */ ({ except: rest || null }) });
  }
  return found;
}

/**
 * The list of changes, each of which can be taken back.
 * @param {Change[]} rows
 * @param {(back: Record<string, string | null>) => void} put
 */
export function list(rows, put) {
  const home = by("changed");
  const words = rows.map((row) => row.words).join("|");
  by("changed-part").hidden = rows.length === 0;
  if (home.getAttribute("data-words") === words) return;
  const focused = home.contains(document.activeElement);
  home.setAttribute("data-words", words);
  home.replaceChildren(...rows.map((row) => make("li", {}, make("span", {}, row.words),
    make("button", { type: "button", "aria-label": t("take_back_what", { what: row.words }), title: t("take_back"), onclick: () => put(row.back) }, "\u00d7"))));
  if (focused) (home.querySelector("button") ?? by("undo")).focus();
}

const SOON = 700;

/** The deals of this visit in the history of the browser: one entry for each move that has come to rest. */
export class Steps {
  /** @param {() => void} moved what is done after a step back or forth */
  constructor(moved) {
    this.at = Number(history.state?.deal ?? 0);
    this.top = this.at;
    this.cause = "";
    this.held = false;
    this.when = -Infinity;
    window.addEventListener("popstate", (event) => {
      this.at = Number(event.state?.deal ?? 0);
      this.top = Math.max(this.top, this.at);
      this.cause = "";
      this.show();
      moved();
    });
    by("undo").addEventListener("click", () => { if (this.at > 0) history.back(); });
    by("redo").addEventListener("click", () => { if (this.at < this.top) history.forward(); });
    this.show();
  }

  /**
   * The address of what is shown: a new entry, or the one of now where the same lever was moved just before.
   * @param {string} address
   * @param {string | null} cause lever that was moved, "" for a whole deal, null where nobody moved anything
   * @param {boolean} held whether it is still moved: all of one way is one entry
   */
  go(address, cause, held) {
    const way = this.held;
    this.held = held;
    if (address === location.pathname + location.search) return;
    const soon = cause !== "" && cause === this.cause && (way || performance.now() - this.when < SOON);
    if (cause === null || soon) history.replaceState({ deal: this.at }, "", address);
    else {
      this.at += 1;
      this.top = this.at;
      history.pushState({ deal: this.at }, "", address);
    }
    this.cause = cause ?? "";
    this.when = performance.now();
    this.show();
  }

  show() {
    for (const [id, on] of /** @type {[string, boolean][]} */ ([["undo", this.at > 0], ["redo", this.at < this.top]])) {
      const button = /** @type {HTMLButtonElement} */ (by(id));
      // A button that had the focus keeps it: it says that it does nothing now, and is passed by when clicked.
      button.setAttribute("aria-disabled", String(!on));
      if (button !== document.activeElement) button.disabled = !on;
    }
  }
}

/** @typedef {{name: string, query: string, key: string}} Kept */
const SHELF = "deals";
const MOST = 50;

/** Deals that were kept in this browser. @returns {Kept[]} */
function shelf() {
  try {
    const found = JSON.parse(localStorage.getItem(SHELF) ?? "[]");
    return Array.isArray(found) ? found.filter((row) => typeof row?.query === "string" && typeof row?.name === "string") : [];
  } catch {
    return [];
  }
}

/** @param {Kept[]} rows */
function store(rows) {
  try {
    localStorage.setItem(SHELF, JSON.stringify(rows.slice(0, MOST)));
  } catch {
    tell(by("kept"), t("keeps_nothing"));
  }
}

/** The list of kept deals. @param {string} query of the deal on the page */
export function shelves(query) {
  const rows = shelf();
  by("shelf-part").hidden = rows.length === 0;
  by("shelf").replaceChildren(...rows.map((row, at) => make("li", { class: "row" },
    make("a", { href: `/deal?${row.query}` }, row.name),
    make("button", { type: "button", "aria-label": t("forget_what", { name: row.name }), onclick: () => { store(shelf().filter((_, other) => other !== at)); shelves(query); by("keep-name").focus(); } }, t("forget")))));
}

/**
 * Keep a deal under a name; one of that name is replaced.
 * @param {Kept} row
 */
export function put(row) {
  store([row, ...shelf().filter((other) => other.name !== row.name)]);
  shelves(row.query);
}
