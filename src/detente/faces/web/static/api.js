/** Talking to the program: JSON in and out, and its refusals as one sentence. */

const HOME = "/api/v1";

/** What the program refused, in its own words. */
export class Refusal extends Error {
  /**
   * @param {string} message
   * @param {number} status
   */
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/**
 * @param {string} path below /api/v1
 * @param {RequestInit} [options]
 * @returns {Promise<any>}
 */
export async function ask(path, options = {}) {
  const answer = await fetch(HOME + path, { headers: { Accept: "application/json", ...(options.headers ?? {}) }, ...options });
  const type = answer.headers.get("Content-Type") ?? "";
  const content = type.includes("json") ? await answer.json() : null;
  if (!answer.ok) throw new Refusal(sentence(content, answer), answer.status);
  return content;
}

/**
 * Send JSON and read JSON.
 * @param {string} path
 * @param {unknown} content
 * @param {RequestInit} [options]
 */
export function send(path, content, options = {}) {
  const headers = { Accept: "application/json", "Content-Type": "application/json" };
  return ask(path, { method: "POST", body: JSON.stringify(content), ...options, headers });
}

/**
 * @param {any} content
 * @param {Response} answer
 */
function sentence(content, answer) {
  const said = content?.detail ?? content?.title;
  return typeof said === "string" ? said : `the program answered ${answer.status} ${answer.statusText}`;
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
