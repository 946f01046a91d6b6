/** What a page says from scripts, and how its language writes numbers and days: one block of JSON that every page has. */

/** @type {{forms: Record<string, any>, texts: Record<string, string>}} */
const WORDS = JSON.parse(document.getElementById("words")?.textContent ?? '{"forms": {}, "texts": {}}');

/** The language of the page. */
export const LANG = document.documentElement.lang || "en";

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
 * The mark of a sentence of the program that stays English on a page of another language.
 * @param {unknown} text
 * @returns {Record<string, string>}
 */
export function foreign(text) {
  return LANG !== "en" && typeof text === "string" ? { lang: "en" } : {};
}

/**
 * A form of the language.
 * @template T
 * @param {string} name
 * @param {T} standard
 * @returns {T}
 */
export function form(name, standard) {
  return name in WORDS.forms ? WORDS.forms[name] : standard;
}
