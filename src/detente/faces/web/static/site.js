/**
 * On every page: copy buttons, and forms that bring their answer without leaving the page. Without this file every form
 * still works as a plain one.
 */

import { Refusal, after, excuse, pause } from "./api.js";
import { placed, wake } from "./dom.js";
import { t } from "./words.js";

/** @param {Event} event */
async function copy(event) {
  const button = event.target instanceof Element ? event.target.closest("[data-copy]") : null;
  if (!button) return;
  const source = document.getElementById(button.getAttribute("data-copy") ?? "");
  const text = source instanceof HTMLInputElement || source instanceof HTMLTextAreaElement ? source.value : source?.textContent ?? "";
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(text.trim());
    button.textContent = t("copied");
  } catch {
    if (source instanceof HTMLInputElement || source instanceof HTMLTextAreaElement) source.select();
    button.textContent = t("press_copy");
  }
  setTimeout(() => { button.textContent = label; }, 1800);
}
document.addEventListener("click", copy);
wake("[data-copy]");

/** @type {AbortController | null} */
let running = null;
/** Times in a row that a page was refused. */
let tries = 0;

/**
 * Say why there is no answer, where all can see it.
 * @param {HTMLElement | null} state
 * @param {string} words
 */
function say(state, words) {
  if (!state) return;
  state.toggleAttribute("data-unseen", state.classList.contains("unseen") || state.hasAttribute("data-unseen"));
  state.classList.remove("unseen");
  state.textContent = words;
}

/**
 * Fetch a page of this site and put its answer in the place of the old one.
 * @param {string} address
 * @param {boolean} remember whether the address bar follows
 */
export async function swap(address, remember = true) {
  const old = document.getElementById("answer");
  if (!old) { location.assign(address); return; }
  running?.abort();
  const mine = new AbortController();
  running = mine;
  const state = document.getElementById("state");
  old.classList.add("busy");
  old.setAttribute("aria-busy", "true");
  if (state) { state.textContent = t("computing"); state.classList.add("wait"); }
  try {
    const answer = await fetch(address, { signal: mine.signal, headers: { Accept: "text/html" } });
    const refused = new Refusal(answer.status === 429 ? t("too_many") : t("not_ready"), answer.status, after(answer));
    if (!answer.ok && pause(refused, 0)) throw refused;
    tries = 0;
    state?.classList.toggle("unseen", state.hasAttribute("data-unseen"));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const made = page.getElementById("answer");
    if (!made) { location.assign(address); return; }
    const within = old.contains(document.activeElement);
    old.replaceWith(document.adoptNode(made));
    /* What had the focus is gone with the old answer: the new one has it. */
    if (within) { made.tabIndex = -1; made.focus({ preventScroll: true }); }
    document.title = page.title;
    if (remember) history.pushState({ swapped: true }, "", address);
    if (state) state.textContent = made.getAttribute("data-said") ?? t("done");
    document.dispatchEvent(new CustomEvent("answered"));
  } catch (error) {
    if (mine.signal.aborted) return;
    const seconds = pause(error, tries);
    if (seconds) {
      tries += 1;
      setTimeout(() => { if (running === mine) void swap(address, remember); }, 1000 * seconds);
    }
    say(state, seconds ? excuse(error, seconds) : t("no_answer", { why: error instanceof Error ? error.message : error }));
    old.classList.remove("busy");
    old.removeAttribute("aria-busy");
  } finally {
    if (running === mine) state?.classList.remove("wait");
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.hasAttribute("data-swap")) return;
  event.preventDefault();
  const words = new FormData(form, /** @type {SubmitEvent} */ (event).submitter);
  const query = new URLSearchParams();
  for (const [key, value] of words) if (typeof value === "string" && value !== "") query.append(key, value);
  swap(`${form.getAttribute("action") || location.pathname}?${query}`);
});

document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a[data-swap]") : null;
  if (!(link instanceof HTMLAnchorElement) || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  swap(link.href);
});

window.addEventListener("popstate", (event) => {
  if (document.getElementById("answer") && document.querySelector("[data-swap]")) swap(location.href, false);
  else if (event.state?.swapped) location.reload();
});

/** @type {EventSource | null} */
let stream = null;

/** Follow the job of an answer that is being computed, and bring the answer when it is there. */
function follow() {
  stream?.close();
  stream = null;
  const place = document.querySelector("[data-pending]");
  if (!place) return;
  const bar = place.querySelector("progress");
  const far = place.querySelector(".far");
  const bring = () => {
    stream?.close();
    // What was asked for in the meantime stands.
    if (place.isConnected) swap(place.getAttribute("data-again") ?? location.href, false);
  };
  const mine = new EventSource(placed(`/api/v1/jobs/${place.getAttribute("data-pending")}/events`));
  stream = mine;
  mine.addEventListener("progress", (event) => {
    const job = JSON.parse(event.data);
    if (!job.total) return;
    if (bar) { bar.max = job.total; bar.value = job.done; }
    if (far) far.textContent = t("far", { done: job.done, total: job.total });
  });
  mine.addEventListener("end", bring);
  mine.addEventListener("error", () => { if (mine.readyState === EventSource.CLOSED) setTimeout(bring, 5000); });
}
document.addEventListener("answered", follow);
follow();

/* Hover in both directions between a mark on a chart and its line in the list. */
for (const kind of ["mouseover", "mouseout", "focusin", "focusout"]) {
  document.addEventListener(kind, (event) => {
    const found = event.target instanceof Element ? event.target.closest("[data-twin]") : null;
    if (!found) return;
    const lit = kind === "mouseover" || kind === "focusin";
    for (const twin of document.querySelectorAll(`[data-twin="${CSS.escape(found.getAttribute("data-twin") ?? "")}"]`)) {
      twin.classList.toggle("lit", lit);
    }
  });
}
