/** What a page says from scripts, and how English writes numbers and days: one block of JSON that every page has. */

/** @type {{forms: Record<string, any>, texts: Record<string, string>}} */
const WORDS = JSON.parse(document.getElementById("catalogue")?.textContent ?? '{"forms": {}, "texts": {}}');

/**
 * A text by its id with its parts put in; where it depends on a `count`, the form of one or of more.
 * @param {string} name
 * @param {Record<string, unknown>} [parts]
 * @returns {string}
 */
export function t(name, parts = {}) {
  const own = name in WORDS.texts ? name : `${name}_${form("singular", [1]).includes(parts.count) ? "one" : "other"}`;
  return (WORDS.texts[own] ?? name).replace(/\{(\w+)\}/g, (whole, key) => (key in parts ? String(parts[key]) : whole));
}

/**
 * How a number or a day is written.
 * @template T
 * @param {string} name
 * @param {T} standard
 * @returns {T}
 */
export function form(name, standard) {
  return name in WORDS.forms ? WORDS.forms[name] : standard;
}
