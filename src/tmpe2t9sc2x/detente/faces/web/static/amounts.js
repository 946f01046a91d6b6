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

/** The number if the clauses whose fate is not on record were renewed. @param {any} row */
export function fate(row) {
  const other = (row.branches ?? []).find((/** @type {any} */ one) => one.branch === "renewed");
  if (!other) return "";
  const again = { ...row, value: other.total, text: other.text, baseline_value: other.baseline_value };
  // Where the deal says the duty itself, what hangs on the clauses is the law before it.
  if (other.text === row.text && Number.isFinite(other.baseline_value)) return t("before_renewed", { number: told(again, "baseline_value") });
  return t("renewed", { number: told(again) });
}

/** What that number is compared with, where it is something else. @param {any} row */
export function fateTitle(row) {
  const other = (row.branches ?? []).find((/** @type {any} */ one) => one.branch === "renewed");
  if (!other) return "";
  if (!other.baseline) return t("were_renewed");
  const words = t("were_renewed_against", { baseline: other.baseline });
  return other.baseline_text ? t("with", { label: words, number: other.baseline_text }) : words;
}
