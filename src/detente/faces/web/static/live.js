/** A part of the Deal page that takes longer than its numbers: asked for when it is in sight and the deal has come to rest. */

import { placed } from "./dom.js";

const REST = 500;

/** What an address answers to the deal in hand: `data-live` says the address, `data-parts` what is taken of its page. */
export class LivePart {
  /** @param {HTMLElement} home */
  constructor(home) {
    this.home = home;
    this.query = "";
    this.done = home.dataset.done ?? "";
    this.seen = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    new IntersectionObserver((entries) => {
      this.seen = entries.some((entry) => entry.isIntersecting);
      this.wait();
    }).observe(home.parentElement ?? home);
  }

  /** @param {string} query of the deal that is shown */
  follow(query) {
    this.query = query;
    this.home.classList.toggle("busy", query !== this.done && this.done !== "");
    this.wait();
  }

  wait() {
    clearTimeout(this.timer);
    if (this.seen && this.query && this.query !== this.done) this.timer = setTimeout(() => { void this.load(); }, REST);
  }

  async load() {
    const asked = this.query;
    try {
      const answer = await fetch(placed(`${this.home.dataset.live}?${asked}`), { headers: { Accept: "text/html" } });
      const made = answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("answer") : null;
      if (!made || asked !== this.query) return;
      const parts = [...made.children].filter((part) => part.matches(this.home.dataset.parts ?? "*")).map((part) => document.adoptNode(part));
      this.home.replaceChildren(...parts);
      this.home.hidden = !parts.length;
      this.done = asked;
      this.home.classList.remove("busy");
    } catch {
      // What stands there stays; the next move asks again.
    }
  }
}
