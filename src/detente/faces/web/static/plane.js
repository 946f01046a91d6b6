/**
 * The acceptable set: both sides' gains on two axes of one scale, walk-away lines of each threat, the Pareto edge,
 * solutions, named deals with their dates, and the deal of the page as a handle that can be taken.
 */

import { by, draw, make, set, tell } from "./dom.js";
import { billions, day, said } from "./format.js";
import { Room, around } from "./labels.js";
import { t } from "./words.js";

/**
 * @typedef {[number, number]} Pair gains of the two sides that are drawn, USD
 * @typedef {{threat: string, label: string, at: Pair, levers?: Record<string, number>}} Walk
 * @typedef {{name: string, label: string, date: string, kind: string, query: string, at: Pair}} Named
 * @typedef {{concept: string, label: string, threat: string, at: Pair}} Solution
 * @typedef {{height: number, low: Pair, high: Pair, perUsd: number, x: (usd: number) => number, y: (usd: number) => number}} Scale
 * @typedef {{cloud: Pair[], frontier: Pair[], walks: Walk[], solutions: Solution[], deals: Named[], sides: string[]}} Ground
 */

/**
 * What the chart draws, from what the program says.
 * @param {any} content
 * @returns {Ground}
 */
export function groundOf(content) {
  const sides = content.sides;
  const pair = (/** @type {any} */ row) => /** @type {Pair} */ (Array.isArray(row) ? row : sides.map((/** @type {string} */ code) => Number(row[code])));
  const finite = (/** @type {{at: Pair}} */ one) => one.at.every(Number.isFinite);
  return {
    sides,
    cloud: (content.cloud ?? []).map(pair),
    frontier: (content.frontier ?? []).map(pair).sort((/** @type {Pair} */ a, /** @type {Pair} */ b) => a[0] - b[0]),
    walks: (content.walks ?? []).map((/** @type {any} */ row) => ({ ...row, label: row.label ?? row.threat, at: pair(row) })),
    solutions: (content.solutions ?? []).map((/** @type {any} */ row) => (
      { concept: row.concept, label: row.label ?? row.concept, threat: row.threat ?? "", at: pair(row) })).filter(finite),
    deals: (content.deals ?? []).map((/** @type {any} */ row) => (
      { name: row.name, label: row.label ?? row.name, date: row.date ?? "", kind: row.kind ?? "deal", query: new URLSearchParams(row.levers ?? {}).toString(), at: pair(row) })).filter(finite),
  };
}

/**
 * Round steps for an axis.
 * @param {number} low
 * @param {number} high
 * @param {number} count
 */
export function steps(low, high, count) {
  const raw = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((k) => k * power >= raw) ?? 10);
  const found = [];
  for (let x = Math.ceil(low / step) * step; x <= high + step / 1e6; x += step) found.push(Math.abs(x) < step / 1e6 ? 0 : x);
  return found;
}

/** Packages that are named on the chart; the others are small points with a name of their own. */
const NAMED = 5;

/** What failed talks lead to, within a sentence. @param {string} phrase */
const articled = (phrase) => (
  [t("tick_law"), t("status_quo")].some((start) => phrase.startsWith(start)) ? t("the_law", { phrase }) : phrase.startsWith(t("tariff_war")) ? t("the_war", { phrase }) : phrase);

/** A day without its year. @param {string} text */
const brief = (text) => day(text).replace(/ \d{4}$/, "");

/** Shorter forms of a name, the whole first. @param {string} text */
const shorter = (text) => [...new Set([text, text.replace(/ \d{4}$/, ""), text.split(", ")[0], text.split(" of status quo")[0].split(" of third")[0]])];

/** The chart. It is drawn once, and its handle moved in place. */
export class Plane {
  /**
   * @param {HTMLElement} home
   * @param {{seek: (at: Pair) => void, choose: (query: string) => void}} calls
   */
  constructor(home, calls) {
    this.home = home;
    this.calls = calls;
    /** @type {Ground} */
    this.ground = { cloud: [], frontier: [], walks: [], solutions: [], deals: [], sides: [] };
    /** @type {Record<string, {name: string, the: string}>} what the sides are called, by code */
    this.names = {};
    /** @type {Record<string, number>} gains of all sides */
    this.gains = {};
    /** @type {Pair | null} */
    this.point = null;
    this.threat = "";
    this.held = false;
    this.width = 0;
    /** @type {Pair | undefined} what the arrow keys aim at, which may lie between two deals */
    this.aim = undefined;
    /** @type {Scale} */
    this.scale = { height: 0, low: [0, 0], high: [0, 0], perUsd: 0, x: (usd) => usd, y: (usd) => usd };
    /** @type {SVGElement | null} */
    this.handle = null;
    this.svg = draw("svg", { role: "group", "aria-labelledby": "plane-title", "aria-describedby": "plane-alt" });
    this.texts = draw("g", { class: "texts", "aria-hidden": "true" });
    this.home.replaceChildren(this.svg);
    new ResizeObserver(() => {
      const wide = Math.round(this.home.clientWidth);
      if (wide && Math.abs(wide - this.width) > 4) this.redraw();
    }).observe(this.home);
  }

  /** @param {Ground} ground */
  lay(ground) {
    this.ground = ground;
    if (this.point) this.point = /** @type {Pair} */ (this.sides.map((code) => this.gains[code]));
    if (!ground.walks.some((walk) => walk.threat === this.threat)) this.threat = ground.walks[0]?.threat ?? "";
    this.choices();
    this.redraw();
  }

  /** Which threat's acceptable deals are shaded. */
  choices() {
    const home = by("plane-threats");
    home.replaceChildren(...this.ground.walks.map((walk) => make("label", {},
      make("input", { type: "radio", name: "plane-threat", value: walk.threat, checked: walk.threat === this.threat,
        onchange: () => { this.threat = walk.threat; this.redraw(); } }),
      ` ${this.phrase(walk)}`)));
  }

  /**
   * What failed talks lead to, in a few words: the law by its day where no other threat has the same.
   * @param {Walk} walk
   */
  phrase(walk) {
    const told = (/** @type {Walk} */ one) => this.verdicts?.get(one.threat)?.words ?? one.label;
    const law = (/** @type {Walk} */ one) => new RegExp(`\\((${t("tick_law")}[^)]+)\\)$`).exec(told(one))?.[1];
    const own = law(walk);
    const first = this.ground.walks.find((one) => law(one) === own);
    return own && first === walk ? own : told(walk).replace(/ \([^)]*\)$/, "");
  }

  /** Threats whose lines are drawn: the chosen one, and the first of the others. */
  drawn() {
    const chosen = this.ground.walks.find((one) => one.threat === this.threat);
    const other = this.ground.walks.find((one) => one !== chosen);
    return [chosen, other].filter((one) => one !== undefined);
  }

  /** The packages that are named: the one everybody knows, then each time the one farthest from all named so far. */
  chosen() {
    const { x, y } = this.scale;
    // Where a threat is a deal of its own, its lines say so.
    const all = this.ground.deals.filter((one) => one.kind !== "threat");
    const dated = [...all].sort((a, b) => b.date.localeCompare(a.date));
    const found = [all.find((one) => one.name === "geneva") ?? dated[0]].filter(Boolean);
    const far = (/** @type {Named} */ one) => Math.min(...found.map((other) => Math.hypot(x(one.at[0]) - x(other.at[0]), y(one.at[1]) - y(other.at[1]))));
    while (found.length && found.length < Math.min(NAMED, all.length)) {
      const next = all.reduce((best, one) => (far(one) > far(best) ? one : best));
      if (far(next) < 12) break;
      found.push(next);
    }
    return found;
  }

  /** Codes of the two sides that are drawn. */
  get sides() {
    return this.ground.sides.length ? this.ground.sides : Object.keys(this.gains).slice(0, 2);
  }

  /**
   * Gains of the two sides as the parts of a text, with their names in one of two forms.
   * @param {Pair} at
   * @param {"name" | "the"} form
   */
  told(at, form = "name") {
    const [first, second] = this.sides.map((code) => this.names[code]?.[form] ?? code);
    return { first, second, x: said(at[0], "USD", true), y: said(at[1], "USD", true) };
  }

  /**
   * @param {Record<string, number>} gains of all sides, USD
   * @param {any[]} walks who walks away, as the program says
   */
  move(gains, walks) {
    this.gains = gains;
    const point = /** @type {Pair} */ (this.sides.map((code) => gains[code]));
    this.point = point;
    this.verdicts = new Map(walks.map((row) => [row.threat, row]));
    if (!this.handle || !this.holds(point)) this.redraw();
    if (!this.held) {
      this.place(point);
      this.label();
    }
    this.words();
  }

  /** @param {Pair} at */
  holds([u, c]) {
    const { low, high } = this.scale;
    return u >= low[0] && u <= high[0] && c >= low[1] && c <= high[1];
  }

  redraw() {
    this.width = Math.round(this.home.clientWidth);
    if (!this.width || !this.point) return;
    const focused = document.activeElement === this.handle;
    this.scale = this.scaled();
    const { height, x, y, low, high } = this.scale;
    set(this.svg, { viewBox: `0 0 ${this.width} ${height}`, width: this.width, height });
    this.svg.replaceChildren(
      draw("defs", {}, draw("clipPath", { id: "plane-clip" }, draw("rect", {
        x: x(low[0]), y: y(high[1]), width: x(high[0]) - x(low[0]), height: y(low[1]) - y(high[1]) }))),
      this.axes(), this.shade(), this.dots(), this.lines(), this.edge(), this.named(), this.stars(), this.texts, this.knob());
    this.place(this.point);
    this.label();
    this.words();
    if (focused) this.handle?.focus();
  }

  /**
   * One scale for both axes that shows all but the worst of the cloud.
   * @returns {Scale}
   */
  scaled() {
    const shown = [this.point ?? [0, 0], ...this.ground.walks.map((w) => w.at), ...this.ground.frontier,
      ...this.ground.deals.map((d) => d.at), /** @type {Pair} */ ([0, 0])];
    const ends = [0, 1].map((k) => {
      const values = shown.map((at) => at[k]);
      return [Math.min(...values), Math.max(...values)];
    });
    const span = Math.max(ends[0][1] - ends[0][0], 1e9);
    const tall = Math.max(ends[1][1] - ends[1][0], 1e9);
    const [left, right, top, bottom] = [46, 16, 22, 40];
    const inner = this.width - left - right;
    const perUsd = Math.min(inner / (span * 1.14), (inner * 1.05) / (tall * 1.14));
    const high0 = Math.max(tall * 1.14 * perUsd, Math.min(inner, 260));
    const height = Math.round(high0 + top + bottom);
    const middle = ends.map(([a, b]) => (a + b) / 2);
    const low = /** @type {Pair} */ ([middle[0] - inner / perUsd / 2, middle[1] - high0 / perUsd / 2]);
    const high = /** @type {Pair} */ ([middle[0] + inner / perUsd / 2, middle[1] + high0 / perUsd / 2]);
    return {
      height, low, high, perUsd,
      x: (/** @type {number} */ usd) => left + (usd - low[0]) * perUsd,
      y: (/** @type {number} */ usd) => top + (high[1] - usd) * perUsd,
    };
  }

  axes() {
    const { x, y, low, high, height } = this.scale;
    const count = this.width < 480 ? 4 : 6;
    const grid = draw("g", { class: "grid axis", "aria-hidden": "true" });
    const every = steps(low[0], high[0], count);
    const step = every.length > 1 ? every[1] - every[0] : 1;
    for (const usd of every) {
      grid.append(draw("line", { x1: x(usd), x2: x(usd), y1: y(high[1]), y2: y(low[1]) }),
        draw("text", { x: x(usd), y: y(low[1]) + 16, "text-anchor": "middle" }, billions(usd)));
    }
    for (let usd = Math.ceil(low[1] / step) * step; usd <= high[1]; usd += step) {
      grid.append(draw("line", { x1: x(low[0]), x2: x(high[0]), y1: y(usd), y2: y(usd) }),
        draw("text", { x: x(low[0]) - 6, y: y(usd) + 4, "text-anchor": "end" }, billions(Math.abs(usd) < step / 1e3 ? 0 : usd)));
    }
    if (low[0] < 0 && high[0] > 0) grid.append(draw("line", { class: "zero", x1: x(0), x2: x(0), y1: y(high[1]), y2: y(low[1]) }));
    if (low[1] < 0 && high[1] > 0) grid.append(draw("line", { class: "zero", x1: x(low[0]), x2: x(high[0]), y1: y(0), y2: y(0) }));
    grid.append(
      draw("text", { x: x(high[0]), y: height - 6, "text-anchor": "end" }, t("axis_x", { country: this.names[this.sides[0]]?.the ?? "" })),
      draw("text", { x: 2, y: 12 }, t("axis_y", { country: this.names[this.sides[1]]?.the ?? "" })));
    return grid;
  }

  shade() {
    const walk = this.ground.walks.find((one) => one.threat === this.threat);
    if (!walk) return draw("g");
    const { x, y, low, high } = this.scale;
    const [left, bottom] = [Math.max(walk.at[0], low[0]), Math.max(walk.at[1], low[1])];
    if (left >= high[0] || bottom >= high[1]) return draw("g");
    return draw("rect", { class: "inside", x: x(left), y: y(high[1]), width: x(high[0]) - x(left), height: y(bottom) - y(high[1]) });
  }

  dots() {
    const { x, y } = this.scale;
    const path = this.ground.cloud.map(([u, c]) => `M${x(u).toFixed(1)},${y(c).toFixed(1)}h0`).join("");
    return draw("g", { class: "cloud", "clip-path": "url(#plane-clip)", "aria-hidden": "true" }, draw("path", { d: path }));
  }

  lines() {
    const { x, y, low, high } = this.scale;
    const group = draw("g", { "aria-hidden": "true" });
    for (const walk of this.drawn()) {
      const on = walk.threat === this.threat ? " on" : "";
      const [at, level] = [x(walk.at[0]), y(walk.at[1])];
      if (walk.at[0] > low[0] && walk.at[0] < high[0]) group.append(draw("line", { class: `walk side-1${on}`, x1: at, x2: at, y1: y(high[1]), y2: y(low[1]) }));
      if (walk.at[1] > low[1] && walk.at[1] < high[1]) group.append(draw("line", { class: `walk side-2${on}`, x1: x(low[0]), x2: x(high[0]), y1: level, y2: level }));
    }
    return group;
  }

  edge() {
    const { x, y } = this.scale;
    const path = this.ground.frontier.map(([u, c], i) => `${i ? "L" : "M"}${x(u).toFixed(1)},${y(c).toFixed(1)}`).join("");
    return draw("path", { class: "edge", d: path || "M0,0", "clip-path": "url(#plane-clip)", "aria-hidden": "true" });
  }

  named() {
    const { x, y } = this.scale;
    const group = draw("g");
    const chosen = new Set(this.chosen());
    for (const one of [...this.ground.deals].sort((a, b) => Number(chosen.has(a)) - Number(chosen.has(b)))) {
      const [at, level] = [x(one.at[0]), y(one.at[1])];
      const words = t("gains", { label: `${one.label}${one.date ? `, ${day(one.date)}` : ""}`, ...this.told(one.at) });
      group.append(draw("g", { class: `named${chosen.has(one) ? "" : " small"}`, role: "button", tabindex: "0", "aria-label": t("take", { what: words }),
        onclick: () => this.calls.choose(one.query),
        onkeydown: (/** @type {KeyboardEvent} */ event) => {
          if (event.key === "Enter" || event.key === " ") { event.preventDefault(); this.calls.choose(one.query); }
        } },
        draw("title", {}, words),
        draw("circle", { class: "target", cx: at, cy: level, r: 12 }),
        draw("circle", { class: "dot", cx: at, cy: level, r: chosen.has(one) ? 4.5 : 3 })));
    }
    return group;
  }

  /** Write the labels anew around the deal where it is now. */
  label() {
    if (!this.point || !this.scale.height) return;
    const { x, y, low, high } = this.scale;
    const room = new Room({ left: x(low[0]) + 2, right: x(high[0]), top: y(high[1]), bottom: y(low[1]) - 2 });
    const [px, py] = [x(this.point[0]), y(this.point[1])];
    room.take(around(px, py, 13));
    const stars = this.solutions();
    for (const one of stars) room.take(around(x(one.at[0]), y(one.at[1]), 8));
    const chosen = this.chosen();
    /* A short form that several deals share would name none of them: the numbers of the rest tell them apart. */
    const forms = chosen.flatMap((one) => shorter(one.label));
    const own = (/** @type {string} */ form) => forms.indexOf(form) === forms.lastIndexOf(form);
    const told = (/** @type {string} */ label) => {
      const [first, ...rest] = label.split(", ");
      return (/** @type {string} */ form) => (own(form) ? [form] : [[first, ...(rest.join(" ").match(/\d+/g) ?? [])].join(", ")]);
    };
    for (const one of this.ground.deals) room.take(around(x(one.at[0]), y(one.at[1]), chosen.includes(one) ? 5.5 : 3.5));
    room.line(this.ground.frontier.map((at) => /** @type {Pair} */ ([x(at[0]), y(at[1])])));
    const walks = this.drawn();
    for (const walk of walks) {
      room.line([[x(walk.at[0]), y(high[1])], [x(walk.at[0]), y(low[1])]]);
      room.line([[x(low[0]), y(walk.at[1])], [x(high[0]), y(walk.at[1])]]);
    }
    const strong = (/** @type {Walk} */ walk) => walk.threat === this.threat;
    /** @type {[import("./labels.js").Spot | null, string][]} */
    const spots = walks.flatMap((walk) => this.ends(walk).map((places) => /** @type {[import("./labels.js").Spot | null, string]} */ (
      [room.put(shorter(this.phrase(walk)), places, strong(walk)), strong(walk) ? " strong-label" : ""])));
    for (const one of chosen) {
      const [at, level] = [x(one.at[0]), y(one.at[1])];
      const r = Math.hypot(at - px, level - py) < 10 ? 14 : 6;
      const full = one.date ? [`${one.label}, ${brief(one.date)}`] : [];
      spots.push([room.beside([...full, ...shorter(one.label).flatMap(told(one.label))], at, level, r), ""]);
    }
    const nash = stars.find((one) => /nash/i.test(one.concept));
    if (nash) spots.push([room.beside([t("even")], x(nash.at[0]), y(nash.at[1]), 8), ""]);
    this.texts.replaceChildren(...spots.flatMap(([spot, style]) => (spot ? [
      ...(spot.from && spot.to ? [draw("line", { class: "lead", x1: spot.from[0], y1: spot.from[1], x2: spot.to[0], y2: spot.to[1] })] : []),
      draw("text", { class: `label${style}`, x: spot.x, y: spot.y, "text-anchor": spot.anchor }, spot.text)] : [])));
  }

  /**
   * Where the label of each of a threat's two lines may stand: at the ends of the line, on either side.
   * @param {Walk} walk
   * @returns {[number, number, import("./labels.js").Anchor][][]}
   */
  ends(walk) {
    const { x, y, low, high } = this.scale;
    const [at, level] = [x(walk.at[0]), y(walk.at[1])];
    /** @type {[number, number, import("./labels.js").Anchor][][]} */
    const found = [];
    if (walk.at[0] > low[0] && walk.at[0] < high[0]) {
      const heights = [y(low[1]) - 8, y(low[1]) - 24, y(low[1]) - 40, y(high[1]) + 14, y(high[1]) + 30];
      found.push(heights.flatMap((h) => /** @type {[number, number, import("./labels.js").Anchor][]} */ ([[at + 5, h, "start"], [at - 5, h, "end"]])));
    }
    if (walk.at[1] > low[1] && walk.at[1] < high[1]) {
      const along = [1, 0.8, 0.6, 0.4, 0.2].map((k) => x(low[0]) + (x(high[0]) - x(low[0])) * k - 4);
      found.push(along.flatMap((a) => /** @type {[number, number, import("./labels.js").Anchor][]} */ ([[a, level - 6, "end"], [a, level + 14, "end"]])));
    }
    return found;
  }

  /** Solutions over the chosen threat. */
  solutions() {
    return this.ground.solutions.filter((one) => !one.threat || one.threat === this.threat);
  }

  stars() {
    const { x, y } = this.scale;
    const group = draw("g");
    for (const one of this.solutions()) {
      const [at, level] = [x(one.at[0]), y(one.at[1])];
      const words = t("gains", { label: one.label, ...this.told(one.at) });
      group.append(draw("g", {}, draw("title", {}, words), draw("path", { class: "star", d: `M${at},${level - 7}l7,7l-7,7l-7,-7z` })));
    }
    return group;
  }

  knob() {
    return (this.handle = draw("g", { class: "handle", tabindex: "0", role: "slider", "aria-label": t("knob"),
      "aria-orientation": "horizontal",
      onpointerdown: (/** @type {PointerEvent} */ event) => this.take(event),
      onpointermove: (/** @type {PointerEvent} */ event) => this.drag(event),
      onpointerup: (/** @type {PointerEvent} */ event) => this.drop(event),
      onpointercancel: (/** @type {PointerEvent} */ event) => this.drop(event),
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.key(event) },
      draw("circle", { class: "halo", r: 20 }), draw("circle", { class: "ring", r: 14 }), draw("circle", { class: "knob", r: 8.5 })));
  }

  /** @param {Pair} at */
  place(at) {
    if (!this.handle) return;
    set(this.handle, { transform: `translate(${this.scale.x(at[0]).toFixed(1)},${this.scale.y(at[1]).toFixed(1)})` });
  }

  words() {
    if (!this.handle || !this.point) return;
    const [u] = this.point;
    const low = Math.min(this.scale.low[0], u);
    const high = Math.max(this.scale.high[0], u);
    set(this.handle, { "aria-valuenow": Math.round(u / 1e8) / 10, "aria-valuemin": Math.floor(low / 1e9), "aria-valuemax": Math.ceil(high / 1e9),
      "aria-valuetext": t("knob_value", this.told(this.point)) });
    const walk = this.ground.walks.find((one) => one.threat === this.threat);
    if (!walk) return;
    const verdict = this.verdicts?.get(walk.threat);
    if (!verdict) return;
    const away = this.sides.filter((code) => verdict[code]).map((code) => this.names[code]?.the ?? code);
    const who = t(away.length === 2 ? "both_walk" : away.length ? "one_walks" : "both_accept", { who: away[0] });
    const base = this.ground.walks[0];
    const gains = this.told(this.point, base ? "the" : "name");
    const over = base ? t("plane_over", { law: articled(this.phrase(base)), ...gains }) : t("plane_alone", gains);
    const fails = t("plane_fail", { law: articled(this.phrase(walk)), who });
    const counts = document.querySelector("#field-weights option:checked")?.textContent ?? "";
    tell(by("plane-alt"), [over, fails, ...(counts ? [t("plane_counts", { counts })] : [])].join(" "));
  }

  /** @param {PointerEvent} event */
  where(event) {
    const box = this.svg.getBoundingClientRect();
    const { low, high, perUsd, x, y } = this.scale;
    const zoom = this.width / box.width;
    const [px, py] = [(event.clientX - box.left) * zoom, (event.clientY - box.top) * zoom];
    const bounded = (/** @type {number} */ value, /** @type {number} */ k) => Math.min(high[k], Math.max(low[k], value));
    return /** @type {Pair} */ ([bounded(low[0] + (px - x(low[0])) / perUsd, 0), bounded(high[1] - (py - y(high[1])) / perUsd, 1)]);
  }

  /** @param {PointerEvent} event */
  take(event) {
    event.preventDefault();
    this.held = true;
    this.handle?.setPointerCapture(event.pointerId);
    this.handle?.classList.add("held");
    this.handle?.focus({ preventScroll: true });
  }

  /** @param {PointerEvent} event */
  drag(event) {
    if (!this.held) return;
    const at = this.where(event);
    this.place(at);
    this.calls.seek(at);
  }

  /** @param {PointerEvent} event */
  drop(event) {
    if (!this.held) return;
    this.held = false;
    this.handle?.classList.remove("held");
    this.aim = undefined;
    this.calls.seek(this.where(event));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!way || !this.point) return;
    event.preventDefault();
    const step = ((this.scale.high[0] - this.scale.low[0]) / 50) * (event.shiftKey ? 5 : 1);
    const aim = this.aim ?? this.point;
    this.aim = [aim[0] + way[0] * step, aim[1] + way[1] * step];
    this.calls.seek(/** @type {Pair} */ (this.aim));
  }
}
