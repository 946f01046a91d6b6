/** Sliders that know the law: ticks that snap, a value that can be typed, and words for those who listen. */

import { make, draw, set } from "./dom.js";
import { fixed } from "./format.js";
import { t } from "./words.js";

/**
 * @typedef {{value: number, label: string}} Tick
 * @typedef {{value: number, least: number, most: number, step: number, unit: string, label: string, ticks: Tick[],
 *   party?: string, line?: string}} Lever
 */

/**
 * A value as it is written beside its slider.
 * @param {number} value
 * @param {Lever} lever
 */
export function written(value, lever) {
  // A mark may lie between two steps: 12.5 is no 13.
  return fixed(value, Math.max(decimals(lever.step), decimals(Number(value.toFixed(2)))));
}

/** @param {number} step */
function decimals(step) {
  const text = String(step);
  return text.includes(".") ? text.split(".")[1].length : 0;
}

/**
 * The unit in words, for a voice.
 * @param {string} unit
 */
function spoken(unit) {
  const name = { "%": "unit_percent", percent: "unit_percent", points: "unit_points", share: "unit_share", "0 to 1": "unit_share" }[unit];
  return name ? t(name) : united(unit);
}

/** The unit beside a value. @param {string} unit */
export function united(unit) {
  return unit === "days" ? t("unit_days") : unit === "share" ? t("of_one") : unit;
}

/**
 * @param {number} value
 * @param {Lever} lever
 */
function nearestStep(value, lever) {
  const steps = Math.round((value - lever.least) / lever.step);
  const found = lever.least + steps * lever.step;
  return Math.min(lever.most, Math.max(lever.least, Number(found.toFixed(decimals(lever.step)))));
}

/**
 * A value where a hand lets go: a step of the lever, or a mark between two of them.
 * @param {number} value
 * @param {Lever} lever
 */
function snapped(value, lever) {
  const step = nearestStep(value, lever);
  const near = (lever.ticks ?? []).map((tick) => tick.value).filter((at) => Math.abs(at - value) < lever.step / 4);
  return near.length && !same(near[0], step, lever) ? near[0] : step;
}

/**
 * @param {number} a
 * @param {number} b
 * @param {Lever} lever
 */
const same = (a, b, lever) => Math.abs(a - b) < lever.step / 1000;

/**
 * What stands at a tick, the shortest way first: the law, the past, the optimum, else the offers.
 * @param {string} label
 */
function brief(label) {
  const parts = label.split(/\s*; /).map((part) => (part.startsWith(t("tick_optimum")) ? t("tick_optimum") : part));
  const rank = (/** @type {string} */ part) => (part.startsWith(t("tick_law")) ? 0 : part.startsWith(t("tick_before")) ? 1 : part === t("tick_optimum") ? 2 : 3 + part.length / 100);
  return parts.sort((a, b) => rank(a) - rank(b));
}

/** One lever on the page, found in what the server wrote or built anew. */
class Control {
  /**
   * @param {string} name
   * @param {Lever} lever
   * @param {(name: string, value: number, settled: boolean) => void} moved
   * @param {string[]} sides
   */
  constructor(name, lever, moved, sides) {
    this.name = name;
    this.lever = lever;
    this.moved = moved;
    const id = `lever-${name}`;
    this.range = /** @type {HTMLInputElement} */ (make("input", {
      // The element itself takes any value: a mark may lie between two steps, as 12.5 does.
      type: "range", id, min: lever.least, max: lever.most, step: "any", list: null,
      oninput: () => this.change(snapped(Number(this.range.value), this.lever), false),
      onchange: () => this.change(snapped(Number(this.range.value), this.lever), true),
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.key(event),
    }));
    this.typed = /** @type {HTMLInputElement} */ (make("input", {
      type: "number", name, min: lever.least, max: lever.most, step: "any", inputmode: "decimal",
      "aria-label": t("typed", { label: lever.label, unit: spoken(lever.unit) }),
      onchange: () => this.type(),
    }));
    this.strip = draw("svg", { class: "strip", "aria-hidden": "true", focusable: "false" });
    this.ticks = make("ul", { class: "ticks", "aria-label": t("marks", { label: lever.label }) });
    this.root = make("div", { class: `lever of-side-${sides.indexOf(lever.party ?? "") + 1}` },
      make("div", { class: "top" }, make("label", { for: id }, lever.label),
        make("span", { class: "typed" }, this.typed, ` ${united(lever.unit)}`)),
      this.range, this.strip, this.ticks);
    this.mark(lever.ticks ?? []);
    this.show(lever.value);
  }

  /** @param {Tick[]} ticks */
  mark(ticks) {
    const span = this.lever.most - this.lever.least || 1;
    const found = ticks.filter((tick) => tick.value >= this.lever.least && tick.value <= this.lever.most)
      .sort((a, b) => a.value - b.value);
    this.strip.replaceChildren(...found.map(({ value }) => {
      const at = `${(100 * (value - this.lever.least)) / span}%`;
      return draw("line", { x1: at, x2: at, y1: 0, y2: 8 });
    }));
    this.buttons = found.map(({ value, label }) => {
      const [first, ...others] = brief(label);
      const beside = others.length && others[0].length < 9 && first.length < 14 ? `, ${others.shift()}` : "";
      return {
        value,
        words: [first + beside, ...others].join(", "),
        button: make("button", { type: "button", "aria-pressed": "false", title: t("mark", { number: written(value, this.lever), label }),
          onclick: () => this.change(value, true) },
          make("b", {}, written(value, this.lever)), ` ${first}${beside}`, others.length ? make("span", { class: "unseen" }, `, ${others.join(", ")}`) : null),
      };
    });
    this.ticks.replaceChildren(...this.buttons.map(({ button }) => make("li", {}, button)));
    this.ticks.hidden = this.buttons.length === 0;
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const way = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    const big = { PageUp: 1, PageDown: -1 }[event.key];
    const end = { Home: this.lever.least, End: this.lever.most }[event.key];
    if (!way && !big && end === undefined) return;
    event.preventDefault();
    const now = this.value ?? Number(this.range.value);
    const span = this.lever.most - this.lever.least;
    const jump = Math.max(this.lever.step, nearestStep(this.lever.least + span / 10, this.lever) - this.lever.least);
    this.change(end ?? (way ? this.beside(now, way) : nearestStep(now + (big ?? 0) * jump, this.lever)), true);
  }

  /**
   * The next step from a value, which may lie between two.
   * @param {number} now
   * @param {number} way 1 up, -1 down
   */
  beside(now, way) {
    const near = nearestStep(now, this.lever);
    const on = Math.abs(near - now) < this.lever.step / 1000;
    return on || (near - now) * way <= 0 ? nearestStep(near + way * this.lever.step, this.lever) : near;
  }

  type() {
    const value = Number(this.typed.value);
    if (this.typed.value === "" || !Number.isFinite(value)) this.show(Number(this.range.value));
    else this.change(Math.min(this.lever.most, Math.max(this.lever.least, value)), true);
  }

  /**
   * @param {number} value
   * @param {boolean} settled
   */
  change(value, settled) {
    this.show(value);
    this.moved(this.name, value, settled);
  }

  /** @param {number} value */
  show(value) {
    this.value = value;
    this.range.value = String(value);
    if (document.activeElement !== this.typed || Number(this.typed.value) !== value) {
      this.typed.value = String(Number(value.toFixed(4)));
    }
    const mark = this.buttons?.find((one) => same(one.value, value, this.lever));
    for (const one of this.buttons ?? []) set(one.button, { "aria-pressed": one === mark });
    const label = mark ? `, ${mark.words}` : "";
    set(this.range, { "aria-valuetext": `${written(value, this.lever)} ${spoken(this.lever.unit)}${label}` });
  }
}

/** All levers of a deal. */
export class Levers {
  /**
   * @param {HTMLElement} home
   * @param {(name: string, value: number, settled: boolean) => void} moved
   */
  constructor(home, moved) {
    this.home = home;
    this.moved = moved;
    /** @type {Map<string, Control>} */
    this.controls = new Map();
  }

  /**
   * Show levers as the program gave them; those that exist are moved in place and keep the focus.
   * @param {Record<string, Lever>} levers
   * @param {string} [busy] name of the lever that is being moved, which is left alone
   * @param {string[]} [sides] codes, the first of which have colours of their own
   */
  show(levers, busy = "", sides = []) {
    for (const [name, lever] of Object.entries(levers)) {
      const known = this.controls.get(name);
      if (!known) {
        const made = new Control(name, lever, this.moved, sides);
        this.controls.set(name, made);
        this.home.append(made.root);
      } else {
        const ticks = JSON.stringify(known.lever.ticks) !== JSON.stringify(lever.ticks);
        known.lever = lever;
        set(known.range, { min: lever.least, max: lever.most });
        if (ticks) known.mark(lever.ticks ?? []);
        if (name !== busy) known.show(lever.value);
      }
    }
    for (const [name, control] of this.controls) control.root.hidden = !(name in levers);
  }

  /** @returns {Record<string, number>} */
  get values() {
    return Object.fromEntries([...this.controls].map(([name, control]) => [name, control.value ?? control.lever.value]));
  }
}
