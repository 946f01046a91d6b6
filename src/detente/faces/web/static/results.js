/** What a deal gives, on its page: sentences, tables, cards and call-outs, each kept in place while numbers move. */

import { fate, fateTitle, ranged, told, yardstick } from "./amounts.js";
import { by, draw, make, set, tell } from "./dom.js";
import { t } from "./words.js";

/** @param {string[]} messages */
export function say(messages) {
  by("messages").replaceChildren(...messages.map((text) => make("p", {}, text)));
  by("messages").hidden = messages.length === 0;
}

/** How far the law behind the numbers is on record. @param {string[]} lines */
export function recorded(lines) {
  const home = by("record");
  if (home.textContent?.trim() === lines.join("")) return;
  home.replaceChildren(...lines.map((text) => make("p", { class: "note record" }, text)));
}

/**
 * What the deal does and whether it holds, in the sentences of the brief.
 * @param {any} brief
 * @param {boolean} quick whether the answer leaves out what makes a deal hold, so that what was said of it stays
 */
export function spoken(brief, quick) {
  for (const part of quick ? ["does"] : ["does", "holds"]) {
    const lines = brief?.[part === "holds" ? "hold" : part] ?? [];
    by(part).replaceChildren(...lines.map((/** @type {string} */ text) => make("p", {}, text)));
  }
}

/** Numbers of all sides beside one another, those that stand alone, and every one. @param {any} found */
export function numbers(found) {
  const rows = found.numbers ?? [];
  const held = new Map(rows.map((/** @type {any} */ row) => [row.id, row]));
  const lines = (found.pairs ?? []).map((/** @type {any} */ pair) => ({ label: t(`both_${pair.what}`), cells: pair.ids.map((/** @type {string} */ id) => held.get(id)) }));
  grow(/** @type {Element} */ (by("sides").querySelector("tbody")), lines.map((/** @type {any} */ line) => line.cells[0].id), (id) => blankLine(id, lines[0].cells.length), (row, at) => {
    tell(row.children[0], lines[at].label);
    lines[at].cells.forEach((/** @type {any} */ one, /** @type {number} */ k) => fillCell(row.children[k + 1], one));
  });
  const cards = (found.alone ?? []).map((/** @type {string} */ id) => held.get(id));
  grow(by("numbers"), cards.map((/** @type {any} */ row) => row.id), () => make("li", { class: "card" }, make("p", { class: "what" }), make("b"), make("p", { class: "range" }), make("p", { class: "against" }), make("p", { class: "fate" })), (card, at) => {
    const row = cards[at];
    tell(card.children[0], row.label);
    tell(card.children[1], told(row));
    tell(card.children[2], ranged(row));
    tell(card.children[3], yardstick(row));
    tell(card.children[4], fate(row));
    set(card.children[4], { title: fateTitle(row) });
    set(card, { title: row.definition ?? "" });
  });
  every(rows);
}

/**
 * Rows of a list kept in place, so that nothing flickers and nothing is read twice.
 * @param {Element} home
 * @param {string[]} ids
 * @param {(id: string) => Element} blank
 * @param {(row: Element, at: number) => void} fill
 */
function grow(home, ids, blank, fill) {
  const known = [...home.children];
  if (known.map((row) => row.getAttribute("data-id")).join() !== ids.join()) {
    home.replaceChildren(...ids.map((id) => { const row = blank(id); set(row, { "data-id": id }); return row; }));
  }
  [...home.children].forEach(fill);
}

/**
 * @param {string} id
 * @param {number} sides
 */
function blankLine(id, sides) {
  const cell = () => make("td", {}, make("b"), make("span", { class: "range" }), make("span", { class: "against" }), make("span", { class: "fate" }));
  return make("tr", { "data-id": id }, make("th", { scope: "row" }), ...Array.from({ length: sides }, cell));
}

/**
 * @param {Element} cell
 * @param {any} row
 */
function fillCell(cell, row) {
  tell(cell.children[0], told(row));
  tell(cell.children[1], ranged(row));
  tell(cell.children[2], yardstick(row));
  tell(cell.children[3], fate(row));
  set(cell.children[3], { title: fateTitle(row) });
  set(cell, { title: row.definition ?? "" });
}

/**
 * A number, and beneath it the same if open clauses were renewed.
 * @param {Element} cell
 * @param {any} row
 */
function valued(cell, row) {
  const words = [told(row), fate(row)];
  if (cell.textContent === words.join("")) return;
  cell.replaceChildren(words[0], words[1] ? make("span", { class: "fate", title: fateTitle(row) }, words[1]) : "");
}

/** Every number of the result with its range, yardstick and definition. @param {any[]} rows */
function every(rows) {
  const body = /** @type {Element} */ (by("every").querySelector("tbody"));
  grow(body, rows.map((row) => row.id), () => make("tr", {}, make("th", { scope: "row" }), make("td", { class: "n" }), make("td", { class: "n" }), make("td"), make("td", { class: "long" })), (line, at) => {
    const row = rows[at];
    tell(line.children[0], row.label);
    valued(line.children[1], row);
    tell(line.children[2], ranged(row));
    tell(line.children[3], [row.baseline, Number.isFinite(row.baseline_value) ? told(row, "baseline_value") : ""].filter(Boolean).join(t("joint")));
    tell(line.children[4], [row.definition, row.range].filter(Boolean).join(t("semicolon")));
  });
}

/**
 * @param {any[]} rows
 * @param {any[]} all numbers, among them the gains over each threat
 * @param {string[]} sides
 */
export function walks(rows, all, sides) {
  const gains = new Map(all.filter((row) => row.threat).map((row) => [`${row.side} ${row.threat}`, row]));
  const body = /** @type {Element} */ (by("walks").querySelector("tbody"));
  by("walks-part").hidden = rows.length === 0;
  grow(body, rows.map((row) => row.threat), () => make("tr", {}, make("th", { scope: "row" }), ...sides.map(() => make("td"))), (line, at) => {
    const row = rows[at];
    tell(line.children[0], row.words || row.label || row.threat);
    sides.forEach((side, k) => {
      const gain = gains.get(`${side} ${row.threat}`);
      const cell = line.children[k + 1];
      cell.replaceChildren(make("span", { class: row[side] ? "walks" : "stays" }, row[side] ? t("walks_away") : t("stays")),
        gain ? make("span", { class: "range" }, told(gain)) : "",
        gain ? make("span", { class: "fate", title: fateTitle(gain) }, fate(gain)) : "");
    });
  });
}

/** How much of the gains is an assumption. @param {string[]} lines */
export function assumed(lines) {
  const home = by("assumed");
  if (home.textContent?.replace(/\s+/g, "") === lines.join("").replace(/\s+/g, "")) return;
  home.replaceChildren(...lines.map((text) => make("p", { class: "note" }, text)));
}

/**
 * Levers that change nothing, and why; a duty that is not in force with the ladder of a product it falls on.
 * @param {any[]} rows
 * @param {(name: string) => any} known lever of a name
 * @param {string[]} sides
 * @param {string} day of the law
 */
export function flat(rows, known, sides, day) {
  const home = by("flat");
  home.hidden = rows.length === 0;
  const made = rows.map((row) => {
    const lever = known(row.lever);
    const other = sides.find((code) => code !== lever?.party);
    const link = row.kind === "law" && lever?.line ? `/rate?line=${lever.line}&partner=${other}&of=${lever.party}&on=${day}` : "";
    return make("p", {}, lever ? make("b", {}, lever.label + t("joint")) : null, row.sentence ?? String(row), link ? " " : null,
      link ? make("a", { href: link }, t("see_ladder")) : null);
  });
  if (home.textContent !== made.map((row) => row.textContent).join("")) home.replaceChildren(...made);
}

/**
 * Real income of third countries, each with its page.
 * @param {any[]} rows
 */
export function third(rows) {
  const most = Math.max(1e-12, ...rows.map((row) => Math.abs(row.value)));
  by("third-part").hidden = rows.length === 0;
  const body = /** @type {Element} */ (by("third").querySelector("tbody"));
  const bar = () => draw("svg", { viewBox: "0 0 100 14", preserveAspectRatio: "none", "aria-hidden": "true" },
    draw("rect", { y: 3, height: 8 }), draw("line", { x1: 50, x2: 50, y1: 0, y2: 14, "stroke-width": 0.6 }));
  grow(body, rows.map((row) => row.id), () => make("tr", {}, make("th", { scope: "row" }, make("a", { "data-country": "" })), make("td", { class: "n" }), make("td", {}, bar())), (line, at) => {
    const row = rows[at];
    const link = /** @type {Element} */ (line.querySelector("a"));
    tell(link, String(row.label).replace(t("income_of"), ""));
    set(link, { "data-country": row.side, href: `/deal/country${location.search || "?"}&country=${row.side}` });
    valued(line.children[1], row);
    set(line.children[1], { title: `${ranged(row)}; ${row.definition ?? ""}` });
    const wide = (48 * Math.abs(row.value)) / most;
    const rect = /** @type {Element} */ (line.querySelector("rect"));
    set(rect, { class: row.value < 0 ? "down" : "up", x: row.value < 0 ? 50 - wide : 50, width: wide });
  });
}

/** @param {any} found */
export function dock(found) {
  const one = (/** @type {string} */ code) => `${found.names?.[code]?.name ?? code} ${told(found.numbers.find((/** @type {any} */ row) => row.id === `income_${code}`))}`;
  tell(by("dock"), t("dock", { list: (found.parties ?? []).map(one).join(" · ") }));
}
