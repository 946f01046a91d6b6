/** The Deal page: levers, numbers, the acceptable set, and an address that always says what is shown. */

import { ask, excuse, paced, pause, send } from "./api.js";
import { by, make, tell, wake } from "./dom.js";
import { said } from "./format.js";
import { Steps, changes, list } from "./hand.js";
import { Levers } from "./levers.js";
import { LivePart } from "./live.js";
import { Plane, groundOf } from "./plane.js";
import { assumed, dock, flat, numbers, recorded, say, spoken, third, walks } from "./results.js";
import { elsewhere, keep, shared } from "./share.js";
import { t } from "./words.js";

const FIRST = JSON.parse(by("first").textContent || "null");
const EXTRA = ["date", "partner", "rate", "except", "weights", "horizon", "closure", "year"];
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
  found.delete("frozen");
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

const parts = [...document.querySelectorAll("[data-live]")].map((home) => new LivePart(/** @type {HTMLElement} */ (home)));

let tries = 0;
// While a slider moves the central numbers do; ranges over elasticities, which take longer, come when it rests.
const fetched = paced((query) => ask(`/deal/live?${query}${busy ? "&quick=1" : ""}`), (found, stale) => { tries = 0; show(found, stale); }, (error, query) => {
  const seconds = pause(error, tries);
  if (!seconds) { trouble(error); return; }
  tries += 1;
  say([excuse(error, seconds)], true);
  setTimeout(() => { if (state.toString() === query) void refresh(); }, 1000 * seconds);
});
window.addEventListener("online", () => { if (tries) void refresh(); });
const sought = paced((query) => ask(`/deal/live/nearest?${query}`), (found) => { cause = "plane"; adopt(found); }, trouble);

/** Ask for the numbers of the state. */
function refresh() {
  return fetched(state.toString());
}

/** @param {unknown} error */
function trouble(error) {
  const words = error instanceof Error ? error.message : String(error);
  const silent = words.startsWith("Failed to fetch");
  say([silent ? t("silent_here") : words], silent);
}

/**
 * @param {any} found an answer of /api/v1/deal
 * @param {boolean} [stale] a newer state is being asked for: numbers move, levers and address do not
 */
function show(found, stale = false) {
  tell(by("sentence"), found.brief?.deal ?? found.sentence);
  spoken(found.brief, Boolean(found.quick));
  recorded(found.record_lines ?? []);
  if (!stale) {
    key = found.key;
    document.title = `${found.brief?.deal ?? found.sentence} · Détente`;
    shown = found.levers;
    remember(found.scenario);
    say(found.scenario?.messages ?? [], true);
    levers.show(found.levers, busy, found.parties);
    links();
  }
  if (found.parties && found.parties.join() !== by("sides").getAttribute("data-parties")) {
    // Another case has other sides: its page has their columns.
    location.replace(`${location.pathname}?${readable(state)}`);
    return;
  }
  plane.names = found.names ?? {};
  numbers(found);
  walks(found.walks ?? [], found.numbers ?? [], found.parties ?? []);
  if (!found.quick) assumed(found.assumed ?? []);
  flat(found.flat ?? [], (name) => levers.controls.get(name)?.lever, found.parties ?? [], state.get("date") ?? "");
  third(found.sides?.third ?? []);
  if (found.point) plane.move(found.point, found.walks ?? []);
  dock(found);
  void lay();
}

/**
 * The address says what is shown: the program's own reading of it, in a fixed order.
 * @param {any} scenario
 */
function remember(scenario) {
  state = new URLSearchParams(scenario.query);
  const address = `${location.pathname}?${readable(state)}`;
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
  tell(by("changed-title"), t("changed_against", { law: plane.phrase(base) }));
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

/** Addresses that follow the deal: files, countries, and what is shared or embedded. */
function links() {
  const query = readable(state);
  elsewhere(query, embedded);
  if (embedded) return;
  for (const part of parts) part.follow(query);
  shared(query, key);
}

/** Save the deal as it is now under its key, so that a frozen frame or a comparison finds it. */
function kept() {
  return keep(readable(state)).catch(trouble);
}

/** The chart's ground, which changes with case, weights and horizon, not with day or levers. */
async function lay() {
  const query = new URLSearchParams();
  for (const name of ["case", "weights", "horizon"]) {
    const value = state.get(name);
    if (value) query.set(name, value);
  }
  if (sides()) query.set("sides", sides());
  if (query.toString() === ground) return;
  const asked = query.toString();
  ground = asked;
  try {
    const content = await ask(`/deal/live/set?${asked}`);
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

/** The two sides that are drawn, where there are more to choose from. */
function sides() {
  return /** @type {HTMLSelectElement | null} */ (document.getElementById("plane-sides"))?.value ?? "";
}

/** The chart as a table. @param {import("./plane.js").Ground} found */
function named(found) {
  const body = /** @type {Element} */ (by("plane-table").querySelector("tbody"));
  const words = (/** @type {string} */ code) => plane.names[code] ?? { name: code, the: code };
  [...by("plane-table").querySelectorAll("thead th.n")].forEach((head, k) => tell(head, words(found.sides[k]).name));
  ["first", "second"].forEach((place, k) => tell(by(`key-${place}`), t(`key_${place}`, { country: words(found.sides[k]).the })));
  const row = (/** @type {string} */ what, /** @type {string} */ label, /** @type {[number, number]} */ at) => make("tr", {},
    make("td", {}, what), make("th", { scope: "row" }, label), make("td", { class: "n" }, said(at[0], "USD", true)), make("td", { class: "n" }, said(at[1], "USD", true)));
  body.replaceChildren(
    ...found.deals.map((one) => row(t("kind_deal"), one.date ? `${one.label}, ${one.date}` : one.label, one.at)),
    ...found.walks.map((one) => row(t("kind_walk"), plane.phrase(one), one.at)),
    ...found.solutions.map((one) => row(t("kind_solution"), one.threat ? `${one.label}, ${plane.ground.walks.filter((walk) => walk.threat === one.threat).map((walk) => plane.phrase(walk)).join()}` : one.label, one.at)));
}

/**
 * Move to a deal that is written as a query.
 * @param {string} query
 */
function take(query) {
  const wanted = new URLSearchParams(query);
  // A whole deal, as a preset is, replaces the one on the page; levers alone move it.
  if (wanted.has("case")) state = wanted;
  else for (const [name, value] of wanted) state.set(name, value);
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
  query.set("x", String(Math.round(at[0])));
  query.set("y", String(Math.round(at[1])));
  if (sides()) query.set("sides", sides());
  return sought(query.toString());
}

/**
 * @param {string} path
 * @param {string} words
 */
async function move(path, words) {
  const note = by("moved");
  tell(note, t("computing"));
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
    for (const name of ["partner", "rate", "except", ...Object.keys(shown)]) state.delete(name);
    take(link.getAttribute("data-preset") ?? "");
  });
  if (embedded) return;
  by("improve").addEventListener("click", () => move("/deal/live/improve", t("moved_both")));
  document.getElementById("plane-sides")?.addEventListener("change", () => { void lay(); });
  document.getElementById("counter")?.addEventListener("click", () => {
    const strategy = /** @type {HTMLSelectElement} */ (by("strategy")).value;
    void move(`/deal/live/counter?strategy=${encodeURIComponent(strategy)}`, t("moved_counter"));
  });
  by("embed-live").addEventListener("change", links);
  by("embed-frozen").addEventListener("change", () => { links(); void kept(); });
  document.addEventListener("keydown", (event) => {
    const field = event.target instanceof HTMLElement && event.target.closest("input:not([type=range]), textarea, select");
    if (field || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
    event.preventDefault();
    by(event.shiftKey ? "redo" : "undo").click();
  });
  by("keep").addEventListener("click", () => { void kept(); });
  wake("#improve", "#keep", ...(document.getElementById("counter") ? ["#counter"] : []));
}

listen();
if (FIRST) show(FIRST);
else void refresh();
