/** The Deal page: levers, numbers, the acceptable set, and an address that always says what is shown. */

import { ask, excuse, paced, pause, send } from "./api.js";
import { by, draw, make, set, tell } from "./dom.js";
import { said } from "./format.js";
import { Steps, changes, list, put, shelves } from "./hand.js";
import { Household } from "./household.js";
import { Levers } from "./levers.js";
import { Plane, groundOf } from "./plane.js";

const FIRST = JSON.parse(by("first").textContent || "null");
const EXTRA = ["date", "partner", "rate", "except", "weights", "horizon"];
/** Language of the sentences, as the server chose it; the address says it where it did before. */
const tongue = by("sentence").lang || "en";
const spelled = new URLSearchParams(location.search).has("lang") ? `&lang=${tongue}` : "";
const embedded = document.body.classList.contains("embed");

/** @type {URLSearchParams} what the page shows, in the keys of the address */
let state = asked();
/** @type {Record<string, import("./levers.js").Lever>} levers of the deal on the page */
let shown = {};
let busy = "";
let key = "";
/** @type {string} */
let ground = "";
/** @type {string | null} what moved the deal last: a lever, "" for a whole deal, null for nobody */
let cause = null;

const levers = new Levers(by("levers"), (name, value, settled) => {
  busy = settled ? "" : name;
  cause = name;
  state.set(name, String(Number(value.toFixed(6))));
  plane.aim = undefined;
  refresh();
});

/** The deal of the address. */
function asked() {
  const found = new URLSearchParams(location.search);
  found.delete("lang");
  return found;
}

const plane = new Plane(by("plane"), {
  seek: (at) => { void seek(at); },
  choose: (query) => take(query),
});

const steps = embedded ? null : new Steps(() => {
  state = asked();
  busy = "";
  cause = null;
  plane.aim = undefined;
  void refresh();
});

const household = embedded ? null : new Household(by("household"));

let tries = 0;
// While a slider moves the central numbers do; ranges over elasticities, which take longer, come when it rests.
const fetched = paced((query) => ask(`/deal?${query}${busy ? "&quick=1" : ""}${tongue === "en" ? "" : `&lang=${tongue}`}`), (found, stale) => { tries = 0; show(found, stale); }, (error, query) => {
  const seconds = pause(error, tries);
  if (!seconds) { trouble(error); return; }
  tries += 1;
  say([excuse(error, seconds)]);
  setTimeout(() => { if (state.toString() === query) void refresh(); }, 1000 * seconds);
});
window.addEventListener("online", () => { if (tries) void refresh(); });
const sought = paced((query) => ask(`/deal/nearest?${query}`), (found) => { cause = "plane"; adopt(found); }, trouble);

/** Ask for the numbers of the state. */
function refresh() {
  return fetched(state.toString());
}

/** @param {unknown} error */
function trouble(error) {
  const words = error instanceof Error ? error.message : String(error);
  say([words.startsWith("Failed to fetch") ? "The program does not answer. Is it still running?" : words]);
}

/** @param {string[]} messages */
function say(messages) {
  by("messages").replaceChildren(...messages.map((text) => make("p", {}, text)));
  by("messages").hidden = messages.length === 0;
}

/** How far the law behind the numbers is on record. @param {string[]} lines */
function recorded(lines) {
  const home = by("record");
  if (home.textContent?.trim() === lines.join("")) return;
  home.replaceChildren(...lines.map((text) => make("p", { class: "note record" }, text)));
}

/** What the deal does and whether it holds, in the sentences of the brief. @param {any} brief */
function spoken(brief) {
  for (const part of ["does", "holds"]) {
    const lines = brief?.[part === "holds" ? "hold" : part] ?? [];
    by(part).replaceChildren(...lines.map((/** @type {string} */ text) => make("p", {}, text)));
  }
}

/**
 * @param {any} found an answer of /api/v1/deal
 * @param {boolean} [stale] a newer state is being asked for: numbers move, levers and address do not
 */
function show(found, stale = false) {
  tell(by("sentence"), found.brief?.deal ?? found.sentence);
  spoken(found.brief);
  recorded(found.record_lines ?? []);
  if (!stale) {
    key = found.key;
    document.title = `${found.brief?.deal ?? found.sentence} · Détente`;
    shown = found.levers;
    remember(found.scenario);
    say(found.scenario?.messages ?? []);
    levers.show(found.levers, busy);
    links();
  }
  numbers(found.numbers ?? []);
  walks(found.walks ?? [], found.numbers ?? []);
  assumed(found.assumed ?? []);
  tell(by("hold"), found.hold ?? "");
  flat(found.flat ?? []);
  third(found.sides?.third ?? []);
  if (found.point) plane.move([found.point.USA, found.point.CHN], found.walks ?? []);
  dock(found);
  void lay();
}

/**
 * The address says what is shown: the program's own reading of it, in a fixed order.
 * @param {any} scenario
 */
function remember(scenario) {
  state = new URLSearchParams(scenario.query);
  const address = `${location.pathname}?${readable(state)}${spelled}`;
  if (steps) steps.go(address, cause, Boolean(busy) || plane.held);
  else if (address !== location.pathname + location.search) history.replaceState(null, "", address);
  fields();
  changed();
}

/**
 * A query in which commas stay commas.
 * @param {URLSearchParams} query
 */
function readable(query) {
  return query.toString().replaceAll("%2C", ",");
}

/** What the deal changes against the law that it starts from. */
function changed() {
  const base = plane.ground.walks[0];
  const part = document.getElementById("changed-part");
  if (!part) return;
  part.hidden = !base?.levers;
  if (!base?.levers) return;
  tell(by("changed-title"), `Changed against the ${plane.phrase(base)}`);
  const words = [...document.querySelectorAll("#field-partner option")].map((one) => [one.getAttribute("value"), one.textContent]);
  const goods = [...document.querySelectorAll("#field-except label")].map((one) => [one.querySelector("input")?.value, one.textContent?.trim()]);
  list(changes(shown, base.levers, state, Object.fromEntries([...words, ...goods])), (back) => {
    for (const [name, value] of Object.entries(back)) {
      if (value === null) state.delete(name);
      else state.set(name, value);
    }
    cause = "";
    void refresh();
  });
}

/** Fields beside the sliders follow the state, unless someone is writing in them. */
function fields() {
  const home = document.getElementById("case");
  const title = home && JSON.parse(home.getAttribute("data-titles") ?? "{}")[state.get("case") ?? ""];
  if (home && title) tell(home, title);
  for (const name of EXTRA) {
    const field = document.getElementById(`field-${name}`);
    if (!field || field === document.activeElement) continue;
    const value = state.get(name) ?? "";
    if (name === "except") {
      const chosen = new Set(value.split(","));
      for (const box of field.querySelectorAll("input")) box.checked = chosen.has(box.value);
    } else if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) field.value = value;
  }
  for (const link of document.querySelectorAll("a[data-preset]")) {
    const wanted = new URLSearchParams(link.getAttribute("data-preset") ?? "");
    const here = [...wanted].every(([name, value]) => same(state.get(name), value));
    if (here) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

/**
 * @param {string | null} a
 * @param {string} b
 */
function same(a, b) {
  return a === b || (a !== null && a !== "" && Number(a) === Number(b));
}

/**
 * A number of the program as readers see it; one that is a change carries its sign.
 * @param {any} row
 * @param {"value" | "low" | "high" | "baseline_value"} [which]
 * @param {boolean} [bare] without the unit
 */
function told(row, which = "value", bare = false) {
  const change = /^[+\-\u2212]/.test(row.text ?? "") || (row.unit === "USD" && row.table === "gains");
  if (row.table === "deal_break_even" && which === "value" && row.text) return row.text.replace("-", "\u2212");
  if (row.value === null && which === "value") return row.unit === "months" ? "never" : "not known";
  return said(row[which], row.unit, change && which !== "baseline_value", bare);
}

/** @param {any} row */
function ranged(row) {
  const [low, high] = [row.low, row.high];
  if (!Number.isFinite(low) || !Number.isFinite(high) || high - low < 1e-12) return "";
  return `${told(row, "low", true)} to ${told(row, "high")}`;
}

/** @param {any} row */
function yardstick(row) {
  if (Number.isFinite(row.baseline_value)) return `before: ${told(row, "baseline_value")}`;
  return "";
}

/** The number if the clauses whose fate is not on record were renewed. @param {any} row */
function fate(row) {
  const other = (row.branches ?? []).find((/** @type {any} */ one) => one.branch === "renewed");
  if (!other) return "";
  const again = { ...row, value: other.total, text: other.text, baseline_value: other.baseline_value };
  // Where the deal says the duty itself, what hangs on the clauses is the law before it.
  if (other.text === row.text && Number.isFinite(other.baseline_value)) return `before, if renewed: ${told(again, "baseline_value")}`;
  return `if renewed: ${told(again)}`;
}

/** What that number is compared with, where it is something else. @param {any} row */
function fateTitle(row) {
  const other = (row.branches ?? []).find((/** @type {any} */ one) => one.branch === "renewed");
  if (!other) return "";
  const before = other.baseline_text ? `: ${other.baseline_text}` : "";
  return other.baseline ? `if the clauses were renewed, against ${other.baseline}${before}` : "if the clauses were renewed";
}

/**
 * Measures of both sides, one a row: stem of the id, or a pair of ids; then the words of the row.
 * @type {[string | [string, string], string][]}
 */
const BOTH = [
  ["income_", "Real income"],
  [["us_on_china", "china_on_us"], "Average duty on the other\u2019s goods"],
  ["revenue_", "Duty collected a year"],
  ["imports_", "Imports from the other side"],
  ["prices_", "Price of final goods"],
  ["days_", "Worth of the days of the deal"],
  ["p_star_", "Signs once the chance that the status quo lasts is above"],
];
const ALONE = ["us_average", "static_revenue", "months_short", "first_short", "unmet"];

/** @param {any[]} rows */
function numbers(rows) {
  const held = new Map(rows.map((row) => [row.id, row]));
  const lines = BOTH.flatMap(([stem, words]) => {
    const [usa, chn] = (Array.isArray(stem) ? stem : [`${stem}USA`, `${stem}CHN`]).map((id) => held.get(id));
    if (!usa || !chn) return [];
    return [{ id: usa.id, label: words, cells: [usa, chn] }];
  });
  grow(/** @type {Element} */ (by("sides").querySelector("tbody")), lines.map((line) => line.id), (id) => blankLine(id), (row, at) => {
    tell(row.children[0], lines[at].label);
    lines[at].cells.forEach((one, k) => fillCell(row.children[k + 1], one));
  });
  const cards = ALONE.map((id) => held.get(id)).filter(Boolean);
  grow(by("numbers"), cards.map((row) => row.id), () => make("li", { class: "card" }, make("p", { class: "what" }), make("b"), make("p", { class: "range" }), make("p", { class: "against" }), make("p", { class: "fate" })), (card, at) => {
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

/** @param {string} id */
function blankLine(id) {
  const cell = () => make("td", {}, make("b"), make("span", { class: "range" }), make("span", { class: "against" }), make("span", { class: "fate" }));
  return make("tr", { "data-id": id }, make("th", { scope: "row" }), cell(), cell());
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
    tell(line.children[3], [row.baseline, Number.isFinite(row.baseline_value) ? told(row, "baseline_value") : ""].filter(Boolean).join(": "));
    tell(line.children[4], [row.definition, row.range].filter(Boolean).join("; "));
  });
}

/**
 * @param {any[]} rows
 * @param {any[]} all numbers, among them the gains over each threat
 */
function walks(rows, all) {
  const gains = new Map(all.filter((row) => row.threat).map((row) => [`${row.side} ${row.threat}`, row]));
  const body = /** @type {Element} */ (by("walks").querySelector("tbody"));
  grow(body, rows.map((row) => row.threat), () => make("tr", {}, make("th", { scope: "row" }), make("td"), make("td")), (line, at) => {
    const row = rows[at];
    tell(line.children[0], row.words || row.label || row.threat);
    ["USA", "CHN"].forEach((side, k) => {
      const gain = gains.get(`${side} ${row.threat}`);
      const cell = line.children[k + 1];
      cell.replaceChildren(make("span", { class: row[side] ? "walks" : "stays" }, row[side] ? "walks away" : "stays"),
        gain ? make("span", { class: "range" }, told(gain)) : "",
        gain ? make("span", { class: "fate", title: fateTitle(gain) }, fate(gain)) : "");
    });
  });
}

/** How much of the gains is an assumption. @param {string[]} lines */
function assumed(lines) {
  const home = by("assumed");
  if (home.textContent?.replace(/\s+/g, "") === lines.join("").replace(/\s+/g, "")) return;
  home.replaceChildren(...lines.map((text) => make("p", { class: "note" }, text)));
}

/** @param {any[]} rows */
function flat(rows) {
  const home = by("flat");
  home.hidden = rows.length === 0;
  const made = rows.map((row) => {
    const label = row.lever ? levers.controls.get(row.lever)?.lever.label ?? "" : "";
    const link = LINKS[row.lever];
    return make("p", {}, label ? make("b", {}, `${label}: `) : null, row.sentence ?? String(row), link && row.kind === "law" ? " " : null,
      link && row.kind === "law" ? make("a", { href: `${link}&on=${state.get("date") ?? ""}` }, "See the ladder of a product it falls on") : null);
  });
  if (home.textContent !== made.map((row) => row.textContent).join("")) home.replaceChildren(...made);
}

/** A product on which each duty falls, whose ladder shows the rule. @type {Record<string, string>} */
const LINKS = {
  us: "/law/line/9503.00.00?partner=CHN", fentanyl: "/law/line/9503.00.00?partner=CHN", cn: "/law/line/1201.90?partner=USA&of=CHN",
};

/** @param {any[]} rows */
function third(rows) {
  const most = Math.max(1e-12, ...rows.map((row) => Math.abs(row.value)));
  by("third-part").hidden = rows.length === 0;
  const body = /** @type {Element} */ (by("third").querySelector("tbody"));
  const bar = () => draw("svg", { viewBox: "0 0 100 14", preserveAspectRatio: "none", "aria-hidden": "true" },
    draw("rect", { y: 3, height: 8 }), draw("line", { x1: 50, x2: 50, y1: 0, y2: 14, "stroke-width": 0.6 }));
  grow(body, rows.map((row) => row.id), () => make("tr", {}, make("th", { scope: "row" }), make("td", { class: "n" }), make("td", {}, bar())), (line, at) => {
    const row = rows[at];
    tell(line.children[0], String(row.label).replace("Real income of ", ""));
    valued(line.children[1], row);
    set(line.children[1], { title: `${ranged(row)}; ${row.definition ?? ""}` });
    const wide = (48 * Math.abs(row.value)) / most;
    const rect = /** @type {Element} */ (line.querySelector("rect"));
    set(rect, { class: row.value < 0 ? "down" : "up", x: row.value < 0 ? 50 - wide : 50, width: wide });
  });
}

/** @param {any} found */
function dock(found) {
  const income = (/** @type {string} */ side) => found.numbers.find((/** @type {any} */ row) => row.id === `income_${side}`);
  const words = ["USA", "CHN"].map((side) => `${side === "USA" ? "United States" : "China"} ${told(income(side))}`);
  tell(by("dock"), `Real income: ${words.join(" \u00b7 ")}`);
}

/** Save the deal as it is now under its key, so that a frozen frame or a comparison finds it. */
async function keep() {
  try {
    const found = await send(`/deal/keep?${state}`, {});
    const name = /** @type {HTMLInputElement} */ (by("keep-name"));
    by("kept").replaceChildren("Kept as ", make("a", { href: `/runs/${found.key}` }, found.key));
    put({ name: name.value.trim().slice(0, 80) || by("sentence").textContent?.slice(0, 80) || found.key, query: readable(state), key: found.key });
    name.value = "";
  } catch (error) {
    trouble(error);
  }
}

/** Addresses of downloads, of the page to share and of what is embedded. */
function links() {
  const query = readable(state);
  for (const link of document.querySelectorAll("a[data-suffix]")) set(link, { href: `/deal${link.getAttribute("data-suffix")}?${query}` });
  for (const link of document.querySelectorAll("a[data-lang]")) set(link, { href: `?${query}&lang=${link.getAttribute("data-lang")}` });
  if (embedded) {
    set(by("whole"), { href: `/deal?${query}` });
    return;
  }
  shelves(query);
  household?.follow(query);
  const frozen = /** @type {HTMLInputElement} */ (by("embed-frozen")).checked;
  /** @type {HTMLInputElement} */ (by("share-address")).value = `${location.origin}/deal?${query}`;
  const source = `${location.origin}/embed/deal?${query}${frozen && key ? `&frozen=${key}` : ""}`;
  /** @type {HTMLTextAreaElement} */ (by("embed-code")).value = `<iframe src="${source.replaceAll("&", "&amp;")}" title="Détente: a deal" width="100%" height="760"></iframe>`;
}

/** The chart's ground, which changes with case, weights, horizon and day, not with the levers. */
async function lay() {
  const query = new URLSearchParams();
  for (const name of ["case", "date", "weights", "horizon"]) {
    const value = state.get(name);
    if (value) query.set(name, value);
  }
  if (query.toString() === ground) return;
  const asked = query.toString();
  ground = asked;
  try {
    const content = await ask(`/deal/set?${asked}`);
    if (ground === asked) {
      plane.lay(groundOf(content));
      named(plane.ground);
      changed();
    }
  } catch (error) {
    ground = "";
    const seconds = pause(error, 0);
    // The numbers stand; the chart behind them follows.
    if (seconds) setTimeout(() => { void lay(); }, 1000 * seconds);
    else trouble(error);
  }
}

/** The chart as a table. @param {import("./plane.js").Ground} found */
function named(found) {
  const body = /** @type {Element} */ (by("plane-table").querySelector("tbody"));
  const row = (/** @type {string} */ what, /** @type {string} */ label, /** @type {[number, number]} */ at) => make("tr", {},
    make("td", {}, what), make("th", { scope: "row" }, label), make("td", { class: "n" }, said(at[0], "USD", true)), make("td", { class: "n" }, said(at[1], "USD", true)));
  body.replaceChildren(
    ...found.deals.map((one) => row("deal", one.date ? `${one.label}, ${one.date}` : one.label, one.at)),
    ...found.walks.map((one) => row("walking away", plane.phrase(one), [one.USA, one.CHN])),
    ...found.solutions.map((one) => row("solution", one.threat ? `${one.label}, ${plane.ground.walks.filter((walk) => walk.threat === one.threat).map((walk) => plane.phrase(walk)).join()}` : one.label, one.at)));
}

/**
 * Move to a deal that is written as a query.
 * @param {string} query
 */
function take(query) {
  const wanted = new URLSearchParams(query);
  for (const [name, value] of wanted) state.set(name, value);
  cause = "";
  busy = "";
  plane.aim = undefined;
  void refresh();
}

/**
 * Move to the deal that the program names.
 * @param {any} found an offer
 */
function adopt(found) {
  state = new URLSearchParams(found.scenario.query);
  busy = "";
  void refresh();
}

/** Deal of the page and setting, for calls that start from it. */
function here() {
  return Object.fromEntries(state);
}

/**
 * Move to the deal nearest to a point of the plane.
 * @param {[number, number]} at gains, USD
 */
function seek(at) {
  const query = new URLSearchParams(state);
  query.set("usa", String(Math.round(at[0])));
  query.set("chn", String(Math.round(at[1])));
  return sought(query.toString());
}

/**
 * @param {string} path
 * @param {string} words
 */
async function move(path, words) {
  const note = by("moved");
  tell(note, "Computing");
  note.classList.add("wait");
  try {
    const found = await send(`${path}${path.includes("?") ? "&" : "?"}${state}`, here());
    tell(note, found.sentence ?? found.message ?? words);
    cause = "";
    adopt(found);
  } catch (error) {
    tell(note, "");
    trouble(error);
  } finally {
    note.classList.remove("wait");
  }
}

function listen() {
  for (const name of EXTRA) {
    const field = document.getElementById(`field-${name}`);
    field?.addEventListener("change", () => {
      const value = name === "except"
        ? [...field.querySelectorAll("input:checked")].map((box) => /** @type {HTMLInputElement} */ (box).value).join(",")
        : /** @type {HTMLInputElement} */ (field).value;
      if (value) state.set(name, value);
      else state.delete(name);
      if (name === "partner" && !value) state.delete("rate");
      if (name === "partner" && value && !state.get("rate")) state.set("rate", "10");
      if (name === "rate" && !state.get("partner")) return;
      cause = name;
      void refresh();
    });
  }
  by("form").addEventListener("submit", (event) => { event.preventDefault(); void refresh(); });
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[data-preset]") : null;
    if (!link || /** @type {MouseEvent} */ (event).ctrlKey || /** @type {MouseEvent} */ (event).metaKey) return;
    event.preventDefault();
    for (const name of ["partner", "rate", "except"]) state.delete(name);
    take(link.getAttribute("data-preset") ?? "");
  });
  if (embedded) return;
  by("improve").addEventListener("click", () => move("/deal/improve", "Moved to a deal that is better for both."));
  by("counter").addEventListener("click", () => {
    const strategy = /** @type {HTMLSelectElement} */ (by("strategy")).value;
    void move(`/deal/counter?strategy=${encodeURIComponent(strategy)}`, "Moved to the counter-offer.");
  });
  by("embed-live").addEventListener("change", links);
  by("embed-frozen").addEventListener("change", () => { links(); void keep(); });
  document.addEventListener("keydown", (event) => {
    const field = event.target instanceof HTMLElement && event.target.closest("input:not([type=range]), textarea, select");
    if (field || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
    event.preventDefault();
    by(event.shiftKey ? "redo" : "undo").click();
  });
  by("keep").addEventListener("click", () => { void keep(); });
}

listen();
if (FIRST) show(FIRST);
else void refresh();
