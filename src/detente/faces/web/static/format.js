/**
 * Numbers as readers see them. Inside the program shares are shares and money is dollars; per cent and billions exist
 * only here.
 */

const MINUS = "\u2212";

/**
 * A number with fixed decimals, thousands apart and a true minus sign.
 * @param {number} value
 * @param {number} digits
 * @param {boolean} [sign] whether a rise carries its plus
 * @returns {string}
 */
export function fixed(value, digits, sign = false) {
  const scale = 10 ** digits;
  const rounded = Math.round(value * scale) / scale;
  const text = Math.abs(rounded).toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  if (rounded < 0) return MINUS + text;
  return sign && rounded > 0 ? `+${text}` : text;
}

/** @type {Record<string, [number, number, string]>} factor, digits and what stands behind the number, by unit */
const UNITS = {
  share: [100, 2, "%"],
  "share difference": [100, 2, " points"],
  points: [1, 1, " points"],
  percent: [1, 2, "%"],
  "%": [1, 2, "%"],
  USD: [1e-9, 1, " bn USD"],
  "USD bn": [1, 1, " bn USD"],
  "bn USD": [1, 1, " bn USD"],
  days: [1, 0, " days"],
  "USD each": [1, 0, " USD"],
  count: [1, 0, ""],
  hat: [1, 4, ""],
};

/**
 * A number with its unit: 0.1284 share -> "12.84%".
 * @param {number | null | undefined} value
 * @param {string} unit
 * @param {boolean} [sign]
 * @param {boolean} [bare] without the unit
 * @returns {string}
 */
export function said(value, unit, sign = false, bare = false) {
  if (value === null || value === undefined || Number.isNaN(value)) return "not known";
  if (!Number.isFinite(value)) return value > 0 ? "no limit" : "none";
  if (unit === "months") return fixed(value, Number.isInteger(value) ? 0 : 1, sign) + (bare ? "" : value === 1 ? " month" : " months");
  const [factor, digits, suffix] = UNITS[unit] ?? [1, 2, unit ? ` ${unit}` : ""];
  return fixed(value * factor, digits, sign) + (bare ? "" : suffix);
}

/**
 * Billions of dollars from dollars, as a label on a chart.
 * @param {number} value USD
 * @param {boolean} [sign]
 * @returns {string}
 */
export function billions(value, sign = true) {
  const bn = value / 1e9;
  return fixed(bn, Number.isInteger(bn) || Math.abs(bn) >= 10 ? 0 : 1, sign);
}

/**
 * A day as readers write it: "2025-05-14" -> "14 May 2025".
 * @param {string} text
 * @returns {string}
 */
export function day(text) {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text ?? "");
  if (!found) return text ?? "";
  const months = "January February March April May June July August September October November December".split(" ");
  return `${Number(found[3])} ${months[Number(found[2]) - 1]} ${found[1]}`;
}
