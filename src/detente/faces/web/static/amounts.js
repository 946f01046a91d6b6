/** A number of a deal as readers see it: value, range, what it is compared with, and its other fate. */

import { said } from "./format.js";
import { t } from "./words.js";

/**
 * A number of the program as readers see it; one that is a change carries its sign.
 * @param {any} row
 * @param {"value" | "low" | "high" | "baseline_value"} [which]
 * @param {boolean} [bare] without the unit
 */
export function told(row, which = "value", bare = false) {
  const change = /^[+\-\u2212]/.test(row.text ?? "") || (row.unit === "USD" && row.table === "gains");
  if (row.table === "deal_break_even" && which === "value" && row.text) return row.text.replace("-", "\u2212");
  if (row.value === null && which === "value") return row.unit === "months" ? t("never") : t("unknown");
  return said(row[which], row.unit, change && which !== "baseline_value", bare);
}

/** @param {any} row */
export function ranged(row) {
  const [low, high] = [row.low, row.high];
  if (!Number.isFinite(low) || !Number.isFinite(high) || high - low < 1e-12) return "";
  return t("range", { low: told(row, "low", true), high: told(row, "high") });
}

/** @param {any} row */
export function yardstick(row) {
  if (Number.isFinite(row.baseline_value)) return t("before", { number: told(row, "baseline_value") });
  return "";
}

/** Fates of open clauses other than that as written, those with the same number together. @param {any} row */
function fates(row) {
  /** @type {Map<string, any>} */
  const known = new Map();
  for (const one of (row.branches ?? []).slice(1)) {
    const key = `${one.text} ${one.baseline_text}`;
    const words = known.has(key) ? t("either", { first: known.get(key).words, second: one.words }) : one.words;
    known.set(key, { ...one, words });
  }
  return [...known.values()];
}

/** The number under each fate of the clauses whose fate is not on record. @param {any} row */
export function fate(row) {
  return fates(row).map((other) => {
    const again = { ...row, value: other.total, text: other.text, baseline_value: other.baseline_value };
    // Where the deal says the duty itself, what hangs on the clauses is the law before it.
    const before = other.text === row.text && Number.isFinite(other.baseline_value);
    return t(before ? "before_fated" : "fated", { fate: other.words, number: before ? told(again, "baseline_value") : told(again) });
  }).join("; ");
}

/** What those numbers are compared with, where it is something else. @param {any} row */
export function fateTitle(row) {
  return fates(row).map((other) => {
    if (!other.baseline) return t("were_fated", { fate: other.words });
    const words = t("were_fated_against", { fate: other.words, baseline: other.baseline });
    return other.baseline_text ? t("with", { label: words, number: other.baseline_text }) : words;
  }).join("; ");
}
