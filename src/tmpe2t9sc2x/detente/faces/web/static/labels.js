/** Labels of a chart that touch nothing: a label moves, then shortens, then stands off with a thin line, else it is left out. */

/**
 * @typedef {{left: number, right: number, top: number, bottom: number}} Box
 * @typedef {"start" | "middle" | "end"} Anchor
 * @typedef {{text: string, x: number, y: number, anchor: Anchor, box: Box, from?: [number, number], to?: [number, number]}} Spot
 */

const pen = document.createElement("canvas").getContext("2d");

/**
 * Width of a text as the charts write it, px.
 * @param {string} text
 * @param {boolean} [strong]
 */
export function width(text, strong = false) {
  if (!pen) return text.length * 6.6;
  pen.font = `${strong ? "bold " : ""}12px "Liberation Sans", Arial, Helvetica, sans-serif`;
  return pen.measureText(text).width;
}

/**
 * @param {number} x
 * @param {number} y
 * @param {number} r
 * @returns {Box}
 */
export const around = (x, y, r) => ({ left: x - r, right: x + r, top: y - r, bottom: y + r });

/** @param {Box} a @param {Box} b */
const apart = (a, b) => a.right < b.left || b.right < a.left || a.bottom < b.top || b.bottom < a.top;

/**
 * The box of a text.
 * @param {string} text
 * @param {number} x
 * @param {number} y base line
 * @param {Anchor} anchor
 * @param {boolean} [strong]
 * @returns {Box}
 */
function boxed(text, x, y, anchor, strong = false) {
  const wide = width(text, strong);
  const left = x - (anchor === "end" ? wide : anchor === "middle" ? wide / 2 : 0);
  return { left: left - 2, right: left + wide + 2, top: y - 11, bottom: y + 4 };
}

/** Ways from a mark, and how far along each a label may stand. @type {[number, number, Anchor][]} */
const WAYS = [[1, 0, "start"], [-1, 0, "end"], [0, -1, "middle"], [0, 1, "middle"], [0.8, -0.8, "start"], [-0.8, -0.8, "end"], [0.8, 0.8, "start"], [-0.8, 0.8, "end"]];
const FAR = [26, 40, 56, 74, 96];

/** What is taken, and where labels may stand. */
export class Room {
  /** @param {Box} inside */
  constructor(inside) {
    this.inside = inside;
    /** @type {Box[]} */
    this.taken = [];
  }

  /** @param {Box} box */
  take(box) {
    this.taken.push(box);
  }

  /**
   * A line through points, in pieces small enough for boxes.
   * @param {[number, number][]} points
   */
  line(points) {
    for (let i = 1; i < points.length; i += 1) {
      const [[a, b], [c, d]] = [points[i - 1], points[i]];
      const straight = Math.abs(a - c) < 1 || Math.abs(b - d) < 1;
      const count = straight ? 1 : Math.max(1, Math.ceil(Math.hypot(c - a, d - b) / 8));
      for (let k = 0; k < count; k += 1) {
        const [x0, x1] = [a + ((c - a) * k) / count, a + ((c - a) * (k + 1)) / count];
        const [y0, y1] = [b + ((d - b) * k) / count, b + ((d - b) * (k + 1)) / count];
        this.take({ left: Math.min(x0, x1) - 1, right: Math.max(x0, x1) + 1, top: Math.min(y0, y1) - 1, bottom: Math.max(y0, y1) + 1 });
      }
    }
  }

  /** @param {Box} box */
  free(box) {
    const { left, right, top, bottom } = this.inside;
    return box.left >= left && box.right <= right && box.top >= top && box.bottom <= bottom && this.taken.every((other) => apart(other, box));
  }

  /**
   * The first of places where the first of the texts fits, which is taken then; null where none does.
   * @param {string[]} texts the longest first
   * @param {[number, number, Anchor][]} places
   * @param {boolean} [strong]
   * @returns {Spot | null}
   */
  put(texts, places, strong = false) {
    for (const text of texts) {
      for (const [x, y, anchor] of places) {
        const box = boxed(text, x, y, anchor, strong);
        if (!this.free(box)) continue;
        this.take(box);
        return { text, x, y, anchor, box };
      }
    }
    return null;
  }

  /**
   * A place beside a mark, or farther off with a thin line to it.
   * @param {string[]} texts the longest first
   * @param {number} x
   * @param {number} y
   * @param {number} r of the mark
   * @returns {Spot | null}
   */
  beside(texts, x, y, r) {
    const at = (/** @type {number} */ far) => WAYS.map(([dx, dy, anchor]) => /** @type {[number, number, Anchor]} */ (
      [x + dx * far, y + dy * (far + (dx ? 0 : 4)) + 4, anchor]));
    const near = this.put(texts, at(r + 5));
    if (near) return near;
    for (const far of FAR) {
      const spot = this.put(texts, at(far));
      if (!spot) continue;
      const { left, right, top, bottom } = spot.box;
      const to = /** @type {[number, number]} */ ([Math.min(right, Math.max(left, x)), Math.min(bottom, Math.max(top, y))]);
      const part = r / Math.max(r, Math.hypot(to[0] - x, to[1] - y));
      spot.from = [x + (to[0] - x) * part, y + (to[1] - y) * part];
      spot.to = to;
      this.line([spot.from, to]);
      return spot;
    }
    return null;
  }
}
