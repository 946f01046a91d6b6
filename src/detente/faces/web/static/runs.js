/** Jobs of the Runs page: start one, follow its progress, cancel it. */

import { ask, send } from "./api.js";
import { by, make, placed, set, tell, wake } from "./dom.js";
import { swap } from "./site.js";
import { t } from "./words.js";

const ENDED = new Set(["done", "failed", "cancelled", "interrupted"]);

/** @param {string} text */
function trouble(text) {
  by("said").hidden = !text;
  tell(by("said"), text);
}

/**
 * What the form asks for, as the program takes it: a scenario by name, or the text of a file.
 * @param {FormData} words
 */
async function request(words) {
  const file = /** @type {HTMLInputElement} */ (by("file")).files?.[0];
  const scenario = file ? await file.text() : words.get("scenario");
  return { question: "run", arguments: { scenario, draws: Number(words.get("draws")) } };
}

/** @param {SubmitEvent} event */
async function start(event) {
  event.preventDefault();
  trouble("");
  try {
    const job = await send("/jobs", await request(new FormData(/** @type {HTMLFormElement} */ (event.target))));
    const row = blank(job);
    by("jobs").prepend(row);
    follow(job.id, row);
    /** @type {HTMLElement | null} */ (row.querySelector("button"))?.focus();
  } catch (error) {
    trouble(error instanceof Error ? error.message : String(error));
  }
}

/** @param {any} job */
function named(job) {
  const { question = job.kind, arguments: asked = {} } = job.request ?? {};
  const subject = Object.values(asked)[0] ?? "";
  const text = typeof subject === "string" ? subject.split("\n")[0] : subject.title ?? subject.name ?? t("own");
  return `${question} ${text}`.trim();
}

/** @param {any} job */
function blank(job) {
  return make("li", { class: `job ${job.status}`, "data-job": job.id }, make("b", {}, named(job)), " ", make("span", { class: "status" }, t(`status_${job.status}`)));
}

/**
 * Follow a job until it ends.
 * @param {string} id
 * @param {HTMLElement} row
 */
function follow(id, row) {
  const bar = /** @type {HTMLProgressElement} */ (make("progress", { "aria-label": t("progress") }));
  const part = make("span", { class: "note" });
  const cancel = make("button", { type: "button", onclick: async () => {
    try { show(await ask(`/jobs/${id}`, { method: "DELETE" }), row, bar, part); } catch (error) { trouble(error instanceof Error ? error.message : String(error)); }
  } }, t("cancel"));
  row.append(make("p", { class: "row" }, bar, part, cancel));
  const listen = () => {
    const stream = new EventSource(placed(`/api/v1/jobs/${id}/events`));
    stream.addEventListener("progress", (event) => show(JSON.parse(event.data), row, bar, part));
    stream.addEventListener("end", (event) => {
      stream.close();
      show(JSON.parse(event.data), row, bar, part);
    });
    // A stream that was cut comes again by itself; one that was refused does not.
    stream.addEventListener("error", () => {
      if (stream.readyState !== EventSource.CLOSED) return;
      tell(part, t("not_followed"));
      setTimeout(listen, 5000);
    });
  };
  listen();
}

/**
 * @param {any} job
 * @param {HTMLElement} row
 * @param {HTMLProgressElement} bar
 * @param {HTMLElement} part
 */
function show(job, row, bar, part) {
  set(row, { class: `job ${job.status}`, "data-status": job.status });
  const status = row.querySelector(".status");
  if (status) tell(status, t(`status_${job.status}`));
  if (job.total) {
    bar.max = job.total;
    bar.value = job.done;
  }
  tell(part, !job.part ? "" : job.total ? t("part", { part: job.part, done: job.done, total: job.total }) : job.part);
  if (!ENDED.has(job.status) || row.hasAttribute("data-ended")) return;
  set(row, { "data-ended": "" });
  row.querySelector("p.row")?.remove();
  if (job.run) row.append(" ", make("a", { href: `/runs/${job.run}` }, t("result", { key: job.run })));
  if (job.error) row.append(make("p", { class: "note" }, job.error));
  tell(by("job-said"), t("job", { name: named(job), status: t(`status_${job.status}`) }));
  void swap(location.href, false);
}

by("new").addEventListener("submit", (event) => { void start(/** @type {SubmitEvent} */ (event)); });
wake("#new button");
for (const row of document.querySelectorAll("[data-job]")) {
  if (!ENDED.has(row.getAttribute("data-status") ?? "")) follow(row.getAttribute("data-job") ?? "", /** @type {HTMLElement} */ (row));
}
