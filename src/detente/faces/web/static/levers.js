/** Sliders that know the law: ticks that snap, a value that can be typed, and words for those who listen. */

import { make, draw, set } from "./dom.js";
import { fixed } from "./format.js";

/**
 * @typedef {{value: number, label: string}} Tick
 * @typedef {{value: number, least: number, most: number, step: number, unit: string, label: string, ticks: Tick[],
 *   party?: string, side?: string}} Lever
 */

/**
 * A value as it is written beside its slider.
 * @param {number} value
 * @param {Lever} lever
 */
export function written(value, lever) {
  return fixed(value, decimals(lever.step));
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
  return { "%": "per cent", percent: "per cent", points: "points", share: "of one", "0 to 1": "of one" }[unit] ?? unit;
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
 * @param {number} a
 * @param {number} b
 * @param {Lever} lever
 */
const same = (a, b, lever) => Math.abs(a - b) < lever.step / 2 + 1e-12;

/**
 * What stands at a tick, the shortest way first: the law, the past, the optimum, else the offers.
 * @param {string} label
 */
function brief(label) {
  const parts = label.split("; ").map((part) => part.replace(/^optimum: .*/, "optimum"));
  const rank = (/** @type {string} */ part) => (/^law of/.test(part) ? 0 : /^before/.test(part) ? 1 : part === "optimum" ? 2 : 3 + part.length / 100);
  return parts.sort((a, b) => rank(a) - rank(b));
}

/** One lever on the page, found in what the server wrote or built anew. */
class Control {
  /**
   * @param {string} name
   * @param {Lever} lever
   * @param {(name: string, value: number, settled: boolean) => void} moved
   */
  constructor(name, lever, moved) {
    this.name = name;
    this.lever = lever;
    this.moved = moved;
    const id = `lever-${name}`;
    this.range = /** @type {HTMLInputElement} */ (make("input", {
      type: "range", id, min: lever.least, max: lever.most, step: lever.step, list: null,
      oninput: () => this.change(Number(this.range.value), false),
      onchange: () => this.change(Number(this.range.value), true),
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.key(event),
    }));
    this.typed = /** @type {HTMLInputElement} */ (make("input", {
      type: "number", name, min: lever.least, max: lever.most, step: "any", inputmode: "decimal",
      "aria-label": `${lever.label}, ${spoken(lever.unit)}, typed`,
      onchange: () => this.type(),
    }));
    this.strip = draw("svg", { class: "strip", "aria-hidden": "true", focusable: "false" });
    this.ticks = make("ul", { class: "ticks", "aria-label": `Marks of ${lever.label}` });
    this.root = make("div", { class: `lever of-${(lever.party ?? lever.side ?? "").toLowerCase() || "both"}` },
      make("div", { class: "top" }, make("label", { for: id }, lever.label),
        make("span", { class: "typed" }, this.typed, ` ${lever.unit === "share" ? "of 1" : lever.unit}`)),
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
        button: make("button", { type: "button", "aria-pressed": "false", title: `${written(value, this.lever)}: ${label}`,
          onclick: () => this.change(value, true) },
          make("b", {}, written(value, this.lever)), ` ${first}${beside}`, others.length ? make("span", { class: "unseen" }, `, ${others.join(", ")}`) : null),
      };
    });
    this.ticks.replaceChildren(...this.buttons.map(({ button }) => make("li", {}, button)));
    this.ticks.hidden = this.buttons.length === 0;
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const big = { PageUp: 1, PageDown: -1 }[event.key];
    if (!big) return;
    event.preventDefault();
    const span = this.lever.most - this.lever.least;
    const jump = Math.max(this.lever.step, nearestStep(this.lever.least + span / 10, this.lever) - this.lever.least);
    this.change(nearestStep(Number(this.range.value) + big * jump, this.lever), true);
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
   */
  show(levers, busy = "") {
    for (const [name, lever] of Object.entries(levers)) {
      const known = this.controls.get(name);
      if (!known) {
        const made = new Control(name, lever, this.moved);
        this.controls.set(name, made);
        this.home.append(made.root);
      } else {
        const ticks = JSON.stringify(known.lever.ticks) !== JSON.stringify(lever.ticks);
        known.lever = lever;
        set(known.range, { min: lever.least, max: lever.most, step: lever.step });
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
