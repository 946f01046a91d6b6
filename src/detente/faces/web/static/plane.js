/**
 * The acceptable set: both sides' gains on two axes of one scale, walk-away lines of each threat, the Pareto edge,
 * solutions, named deals with their dates, and the deal of the page as a handle that can be taken.
 */

import { by, draw, make, set, tell } from "./dom.js";
import { billions, day, said } from "./format.js";

/**
 * @typedef {[number, number]} Pair gains of the United States and of China, USD
 * @typedef {{threat: string, label: string, USA: number, CHN: number}} Walk
 * @typedef {{name: string, label: string, date: string, kind: string, query: string, at: Pair}} Named
 * @typedef {{concept: string, label: string, threat: string, at: Pair}} Solution
 * @typedef {{height: number, low: Pair, high: Pair, perUsd: number, x: (usd: number) => number, y: (usd: number) => number}} Scale
 * @typedef {{cloud: Pair[], frontier: Pair[], walks: Walk[], solutions: Solution[], deals: Named[]}} Ground
 */

/**
 * The pair in a row of the program.
 * @param {any} row
 * @returns {Pair}
 */
const pair = (row) => (Array.isArray(row) ? [Number(row[0]), Number(row[1])] : [Number(row.USA ?? row.usa), Number(row.CHN ?? row.chn)]);

/**
 * What the chart draws, from what the program says.
 * @param {any} content
 * @returns {Ground}
 */
export function groundOf(content) {
  const finite = (/** @type {Pair} */ at) => at.every(Number.isFinite);
  const clouds = content.cloud ?? content.outcomes ?? [];
  const cloud = Array.isArray(clouds) ? clouds.map(pair) : zipped(clouds);
  const edges = content.frontier ?? [];
  const frontier = (Array.isArray(edges) ? edges.map(pair) : zipped(edges)).filter(finite);
  return {
    cloud: cloud.filter(finite),
    frontier: frontier.sort((/** @type {Pair} */ a, /** @type {Pair} */ b) => a[0] - b[0]),
    walks: (content.walks ?? []).map((/** @type {any} */ row) => ({ ...row, label: row.label ?? row.threat, USA: pair(row)[0], CHN: pair(row)[1] })),
    solutions: (content.solutions ?? []).map((/** @type {any} */ row) => (
      { concept: row.concept, label: row.label ?? row.concept, threat: row.threat ?? "", at: pair(row) })).filter((/** @type {Solution} */ one) => finite(one.at)),
    deals: (content.deals ?? []).map((/** @type {any} */ row) => (
      { name: row.name, label: row.label ?? row.name, date: row.date ?? "", kind: row.kind ?? "deal", query: new URLSearchParams(row.levers ?? {}).toString(), at: pair(row) })).filter((/** @type {Named} */ one) => finite(one.at)),
  };
}

/** @param {any} columns */
function zipped(columns) {
  const [u, c] = [columns.USA ?? columns.usa ?? [], columns.CHN ?? columns.chn ?? []];
  return u.map((/** @type {number} */ value, /** @type {number} */ i) => /** @type {Pair} */ ([value, c[i]]));
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

/** @typedef {{left: number, right: number, top: number, bottom: number}} Box */

/**
 * @param {number} x
 * @param {number} y
 * @param {number} r
 * @returns {Box}
 */
const around = (x, y, r) => ({ left: x - r, right: x + r, top: y - r, bottom: y + r });

/** @param {Box} a @param {Box} b */
const apart = (a, b) => a.right < b.left || b.right < a.left || a.bottom < b.top || b.bottom < a.top;

/**
 * Where a label beside a mark touches nothing: right, left, above or below it; null where there is no room.
 * @param {number} x
 * @param {number} y
 * @param {number} wide
 * @param {Box} inside
 * @param {Box[]} taken
 */
function placed(x, y, wide, inside, taken) {
  const tries = /** @type {const} */ ([["start", 8, 4], ["end", -8, 4], ["middle", 0, -9], ["middle", 0, 18], ["start", 6, -8], ["end", -6, -8], ["start", 6, 17], ["end", -6, 17]]);
  for (const [anchor, dx, dy] of tries) {
    const left = x + dx - (anchor === "end" ? wide : anchor === "middle" ? wide / 2 : 0);
    const box = { left, right: left + wide, top: y + dy - 10, bottom: y + dy + 2 };
    if (box.left < inside.left || box.right > inside.right || box.top < inside.top || box.bottom > inside.bottom) continue;
    const own = { left: x - 6, right: x + 6, top: y - 6, bottom: y + 6 };
    if (taken.every((other) => apart(other, box) || JSON.stringify(other) === JSON.stringify(own))) return { x: x + dx, y: y + dy, anchor, box };
  }
  return null;
}

/** A day without its year. @param {string} text */
const brief = (text) => day(text).replace(/ \d{4}$/, "");

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
    this.ground = { cloud: [], frontier: [], walks: [], solutions: [], deals: [] };
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
    this.home.replaceChildren(this.svg);
    new ResizeObserver(() => {
      const wide = Math.round(this.home.clientWidth);
      if (wide && Math.abs(wide - this.width) > 4) this.redraw();
    }).observe(this.home);
  }

  /** @param {Ground} ground */
  lay(ground) {
    this.ground = ground;
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
      ` ${walk.threat} ${walk.label}`)));
  }

  /**
   * @param {Pair} point
   * @param {{threat: string, USA: boolean, CHN: boolean}[]} walks who walks away, as the program says
   */
  move(point, walks) {
    this.point = point;
    this.verdicts = new Map(walks.map((row) => [row.threat, row]));
    if (!this.handle || !this.holds(point)) this.redraw();
    if (!this.held) this.place(point);
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
      this.axes(), this.shade(), this.dots(), this.lines(), this.edge(), this.named(), this.stars(), this.knob());
    this.place(this.point);
    this.words();
    if (focused) this.handle?.focus();
  }

  /**
   * One scale for both axes that shows all but the worst of the cloud.
   * @returns {Scale}
   */
  scaled() {
    const shown = [this.point ?? [0, 0], ...this.ground.walks.map((w) => /** @type {Pair} */ ([w.USA, w.CHN])), ...this.ground.frontier,
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
      draw("text", { x: x(high[0]), y: height - 6, "text-anchor": "end" }, "Gain of the United States, bn USD a year \u2192"),
      draw("text", { x: 2, y: 12 }, "\u2191 Gain of China, bn USD a year"));
    return grid;
  }

  shade() {
    const walk = this.ground.walks.find((one) => one.threat === this.threat);
    if (!walk) return draw("g");
    const { x, y, low, high } = this.scale;
    const [left, bottom] = [Math.max(walk.USA, low[0]), Math.max(walk.CHN, low[1])];
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
    /** @type {[number[], number[]]} */
    const [across, down] = [[], []];
    const chosen = [...this.ground.walks].sort((a, b) => Number(b.threat === this.threat) - Number(a.threat === this.threat));
    for (const walk of chosen) {
      const on = walk.threat === this.threat ? " on strong-label" : "";
      const [at, level] = [x(walk.USA), y(walk.CHN)];
      if (walk.USA > low[0] && walk.USA < high[0]) {
        group.append(draw("line", { class: `walk usa${on}`, x1: at, x2: at, y1: y(high[1]), y2: y(low[1]) }));
        if (across.every((other) => Math.abs(other - at) > 26)) {
          across.push(at);
          group.append(draw("text", { class: `label${on}`, x: at + 3, y: y(low[1]) - 5 }, walk.threat));
        }
      }
      if (walk.CHN > low[1] && walk.CHN < high[1]) {
        group.append(draw("line", { class: `walk chn${on}`, x1: x(low[0]), x2: x(high[0]), y1: level, y2: level }));
        if (down.every((other) => Math.abs(other - level) > 13)) {
          down.push(level);
          group.append(draw("text", { class: `label${on}`, x: x(high[0]) - 3, y: level - 4, "text-anchor": "end" }, walk.threat));
        }
      }
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
    const own = this.point ?? [0, 0];
    const dated = this.ground.deals.filter((one) => one.date).sort((a, b) => a.date.localeCompare(b.date));
    const path = dated.map((one, i) => `${i ? "L" : "M"}${x(one.at[0]).toFixed(1)},${y(one.at[1]).toFixed(1)}`).join("");
    if (path) group.append(draw("path", { class: "path", d: path, "aria-hidden": "true" }));
    /** @type {Box[]} */
    const taken = this.ground.deals.map((one) => around(x(one.at[0]), y(one.at[1]), 6));
    const [px, py] = [x(own[0]), y(own[1])];
    if (this.ground.deals.every((one) => Math.hypot(x(one.at[0]) - px, y(one.at[1]) - py) > 6)) taken.push(around(px, py, 10));
    const inside = { left: x(this.scale.low[0]), right: this.width - 4, top: y(this.scale.high[1]) - 4, bottom: y(this.scale.low[1]) };
    const order = [...this.ground.deals].sort((a, b) => Number(b.name === "geneva") - Number(a.name === "geneva"));
    for (const one of order) {
      const [at, level] = [x(one.at[0]), y(one.at[1])];
      const text = this.width < 560 || one.kind === "threat" ? one.label : one.label + (one.date ? `, ${brief(one.date)}` : "");
      const words = `${one.label}${one.date ? `, ${day(one.date)}` : ""}: United States ${said(one.at[0], "USD", true)}, China ${said(one.at[1], "USD", true)}`;
      const mark = draw("g", { class: "named", role: "button", tabindex: "0", "aria-label": `Take ${words}`,
        onclick: () => this.calls.choose(one.query),
        onkeydown: (/** @type {KeyboardEvent} */ event) => {
          if (event.key === "Enter" || event.key === " ") { event.preventDefault(); this.calls.choose(one.query); }
        } },
        draw("title", {}, words),
        draw("circle", { class: "target", cx: at, cy: level, r: 12 }),
        draw("circle", { class: "dot", cx: at, cy: level, r: 4.5 }));
      const spot = this.width < 480 && text.length > 20 ? null : placed(at, level, text.length * 6.2, inside, taken);
      if (spot) {
        taken.push(spot.box);
        mark.append(draw("text", { class: "label", x: spot.x, y: spot.y, "text-anchor": spot.anchor }, text));
      }
      group.append(mark);
    }
    return group;
  }

  stars() {
    const { x, y } = this.scale;
    const group = draw("g");
    const own = this.ground.solutions.filter((one) => !one.threat || one.threat === this.threat);
    for (const one of own) {
      const [at, level] = [x(one.at[0]), y(one.at[1])];
      const words = `${one.label}: United States ${said(one.at[0], "USD", true)}, China ${said(one.at[1], "USD", true)}`;
      const shape = `M${at},${level - 7}l7,7l-7,7l-7,-7z`;
      group.append(draw("g", {}, draw("title", {}, words), draw("path", { class: "star", d: shape })));
      if (/nash/i.test(one.concept) && !/asym/i.test(one.concept)) {
        group.append(draw("text", { class: "label", x: at, y: level - 11, "text-anchor": "middle" }, "Nash"));
      }
    }
    return group;
  }

  knob() {
    return (this.handle = draw("g", { class: "handle", tabindex: "0", role: "slider", "aria-label": "The deal in the plane of gains; arrow keys move it",
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
    const [u, c] = this.point;
    const low = Math.min(this.scale.low[0], u);
    const high = Math.max(this.scale.high[0], u);
    set(this.handle, { "aria-valuenow": Math.round(u / 1e8) / 10, "aria-valuemin": Math.floor(low / 1e9), "aria-valuemax": Math.ceil(high / 1e9),
      "aria-valuetext": `United States ${said(u, "USD", true)}, China ${said(c, "USD", true)} a year` });
    const walk = this.ground.walks.find((one) => one.threat === this.threat);
    if (!walk) return;
    const verdict = this.verdicts?.get(walk.threat);
    if (!verdict) return;
    const [usa, chn] = [!verdict.USA, !verdict.CHN];
    const who = usa && chn ? "both sides accept it" : usa ? "China walks away" : chn ? "the United States walks away" : "both walk away";
    tell(by("plane-alt"), `This deal gives the United States ${said(u, "USD", true)} and China ${said(c, "USD", true)} a year. ` +
      `If failed talks lead to ${walk.threat}, ${walk.label}, worth ${said(walk.USA, "USD", true)} and ${said(walk.CHN, "USD", true)}, ${who}.`);
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
