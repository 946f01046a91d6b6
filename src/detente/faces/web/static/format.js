/**
 * Numbers as readers see them. Inside the program shares are shares and money is dollars; per cent and billions exist
 * only here.
 */

import { form, t } from "./words.js";

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
  const text = marked(Math.abs(rounded).toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits }));
  if (rounded < 0) return form("minus", "\u2212") + text;
  return sign && rounded > 0 ? `+${text}` : text;
}

/** A number with the separators of the page. @param {string} text */
const marked = (text) => text.replace(/[.,]/g, (mark) => (mark === "," ? form("thousands", ",") : form("decimal", ".")));

/** A number with as many decimals as it has. @param {number} value */
export const plain = (value) => marked(String(value)).replace("-", form("minus", "\u2212"));

/** A share or a rate with its sign. @param {string} number */
export const percent = (number) => number + form("percent", "%");

/** @type {Record<string, [number, number, string]>} factor, digits and the text it stands in, by unit */
const UNITS = {
  share: [100, 2, "%"],
  "share difference": [100, 2, "points"],
  points: [1, 1, "points"],
  percent: [1, 2, "%"],
  "%": [1, 2, "%"],
  USD: [1e-9, 1, "bn_usd"],
  "USD bn": [1, 1, "bn_usd"],
  "bn USD": [1, 1, "bn_usd"],
  "$bn": [1, 1, "bn_usd"],
  days: [1, 0, "days"],
  "USD each": [1, 0, "usd"],
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
  if (value === null || value === undefined || Number.isNaN(value)) return t("unknown");
  if (!Number.isFinite(value)) return value > 0 ? t("no_limit") : t("none");
  if (unit === "months") {
    const months = fixed(value, Number.isInteger(value) ? 0 : 1, sign);
    return bare ? months : t("months", { count: value, number: months });
  }
  const [factor, digits, text] = UNITS[unit] ?? [1, 2, ""];
  const number = fixed(value * factor, digits, sign);
  if (bare) return number;
  if (text === "%") return percent(number);
  return text ? t(text, { number }).replace(/^\$([+\u2212-])/, "$1$$") : unit && !(unit in UNITS) ? `${number} ${unit}` : number;
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
 * A day as readers write it: "2025-05-14" -> "14 May 2025", or "14 mai 2025".
 * @param {string} text
 * @returns {string}
 */
export function day(text) {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text ?? "");
  if (!found) return text ?? "";
  const months = form("months", /** @type {string[]} */ ([]));
  const number = Number(found[3]);
  return `${number === 1 ? form("first", "1") : number} ${months[Number(found[2]) - 1] ?? found[2]} ${found[1]}`;
}
