/** Talking to the program: JSON in and out, and its refusals as one sentence. */

import { placed } from "./dom.js";
import { t } from "./words.js";

const HOME = "/api/v1";
/** What is asked for. */
const ASKED = { Accept: "application/json" };

/** What the program refused, in its own words. */
export class Refusal extends Error {
  /**
   * @param {string} message
   * @param {number} status
   * @param {number} [after] seconds after which asking again may help, 0 where nothing is said of it
   */
  constructor(message, status, after = 0) {
    super(message);
    this.status = status;
    this.after = after;
  }
}

const LONGEST = 60;
/** Refusals that pass: too many questions, a case that is being loaded, a disk that is full, a server that restarts. */
const PASSING = new Set([429, 502, 503, 504, 507]);

/**
 * Seconds after which a question is asked again by itself, 0 where that would not help.
 * @param {unknown} error
 * @param {number} tries questions in a row that were refused before
 */
export function pause(error, tries) {
  const lost = error instanceof TypeError;
  if (!lost && !(error instanceof Refusal && PASSING.has(error.status))) return 0;
  const own = Math.min(LONGEST, 2 * 1.5 ** tries);
  return Math.round(Math.max(own, lost ? 0 : error.after));
}

/**
 * What a reader is told of a question that is asked again.
 * @param {unknown} error
 * @param {number} seconds
 */
export function excuse(error, seconds) {
  const why = error instanceof Refusal ? error.message : t("silent");
  const first = why.charAt(0).toUpperCase() + why.slice(1);
  return t("excuse", { why: first.replace(/\.$/, ""), seconds });
}

/** Seconds of a Retry-After header. @param {Response} answer */
export function after(answer) {
  return Math.min(LONGEST, Number(answer.headers.get("Retry-After")) || 0);
}

/**
 * @param {string} path below /api/v1, or of what the Deal page asks
 * @param {RequestInit} [options]
 * @returns {Promise<any>}
 */
export async function ask(path, options = {}) {
  const answer = await fetch(placed((path.startsWith("/deal/live") ? "" : HOME) + path), { headers: { ...ASKED, ...(options.headers ?? {}) }, ...options });
  const type = answer.headers.get("Content-Type") ?? "";
  const content = type.includes("json") ? await answer.json() : null;
  if (!answer.ok) throw new Refusal(sentence(content, answer), answer.status, after(answer));
  return content;
}

/**
 * Send JSON and read JSON.
 * @param {string} path
 * @param {unknown} content
 * @param {RequestInit} [options]
 */
export function send(path, content, options = {}) {
  const headers = { ...ASKED, "Content-Type": "application/json" };
  return ask(path, { method: "POST", body: JSON.stringify(content), ...options, headers });
}

/**
 * @param {any} content
 * @param {Response} answer
 */
function sentence(content, answer) {
  const said = content?.detail ?? content?.title;
  return typeof said === "string" ? said : t("answered", { status: `${answer.status} ${answer.statusText}`.trim() });
}

/**
 * Many calls, one at a time: while one is under way only the newest of the others is kept, so that a slider that is
 * dragged asks as fast as the program answers and no faster.
 * @template T
 * @param {(words: string) => Promise<T>} work
 * @param {(found: T, stale: boolean) => void} show told whether a newer call waits
 * @param {(error: unknown, words: string) => void} fail
 * @returns {(words: string) => Promise<void>}
 */
export function paced(work, show, fail) {
  let busy = false;
  /** @type {string | null} */
  let next = null;
  return async function call(words) {
    if (busy) {
      next = words;
      return;
    }
    busy = true;
    try {
      const found = await work(words);
      show(found, next !== null);
    } catch (error) {
      if (next === null) fail(error, words);
    } finally {
      busy = false;
      const waiting = next;
      next = null;
      if (waiting !== null) void call(waiting);
    }
  };
}
