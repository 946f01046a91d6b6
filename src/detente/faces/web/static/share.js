/** Addresses that follow the deal in hand: files, countries, what is shared, kept and embedded. */

import { send } from "./api.js";
import { by, make, placed, set } from "./dom.js";
import { put, shelves } from "./hand.js";
import { t } from "./words.js";

/**
 * Links of the page to other pages and to files of the deal.
 * @param {string} query of the deal
 * @param {boolean} embedded whether the page stands in a frame
 */
export function elsewhere(query, embedded) {
  for (const link of document.querySelectorAll("a[data-suffix]")) set(link, { href: `/deal${link.getAttribute("data-suffix")}?${query}` });
  for (const link of document.querySelectorAll("a[data-follow]")) set(link, { href: `${link.getAttribute("data-follow")}?${query}` });
  for (const link of document.querySelectorAll("a[data-country]")) {
    set(link, { href: `/deal/country?${query}&country=${link.getAttribute("data-country")}` });
    if (embedded) set(link, { target: "_blank", rel: "noopener" });
  }
  if (embedded) set(by("whole"), { href: `/deal?${query}` });
}

/**
 * What is shared and embedded, and the deals that were kept.
 * @param {string} query of the deal
 * @param {string} key of its result
 */
export function shared(query, key) {
  shelves(query);
  const frozen = /** @type {HTMLInputElement} */ (by("embed-frozen")).checked;
  /** @type {HTMLInputElement} */ (by("share-address")).value = location.origin + placed(`/deal?${query}`);
  const source = location.origin + placed(`/embed/deal?${query}${frozen && key ? `&frozen=${key}` : ""}`);
  /** @type {HTMLTextAreaElement} */ (by("embed-code")).value = `<iframe src="${source.replaceAll("&", "&amp;")}" title="${t("embed_title")}" width="100%" height="760"></iframe>`;
}

/**
 * Save a deal as it is now under its key, and among the deals of this browser under a name.
 * @param {string} query
 */
export async function keep(query) {
  const found = await send(`/deal/live/keep?${query}`, {});
  const name = /** @type {HTMLInputElement} */ (by("keep-name"));
  by("kept").replaceChildren(t("kept_as"), make("a", { href: `/runs/${found.key}` }, found.key));
  put({ name: name.value.trim().slice(0, 80) || by("sentence").textContent?.slice(0, 80) || found.key, query, key: found.key });
  name.value = "";
}
