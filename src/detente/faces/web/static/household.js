/** Household cost and prices of the deal in hand: asked for when they are in sight and the deal has come to rest. */

import { placed } from "./dom.js";

const REST = 500;

/** A part of the page that follows the deal. */
export class Household {
  /** @param {HTMLElement} home */
  constructor(home) {
    this.home = home;
    this.query = "";
    this.done = "";
    this.seen = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    new IntersectionObserver((entries) => {
      this.seen = entries.some((entry) => entry.isIntersecting);
      this.wait();
    }).observe(home);
  }

  /** @param {string} query of the deal that is shown */
  follow(query) {
    this.query = query;
    const link = this.home.querySelector("a[href*='/deal/prices?']");
    link?.setAttribute("href", placed(`/deal/prices?${query}`));
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
      const answer = await fetch(placed(`/deal/prices?${asked}`), { headers: { Accept: "text/html" } });
      const made = answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("answer") : null;
      if (!made || asked !== this.query) return;
      const link = this.home.querySelector("a[href*='/deal/prices?']")?.closest("p");
      const parts = [...made.querySelectorAll(":scope > .lead, :scope > .halves")].map((part) => document.adoptNode(part));
      this.home.replaceChildren(...parts, ...(link ? [link] : []));
      this.done = asked;
      this.home.classList.remove("busy");
    } catch {
      // What stands there, or the link, stays; the next move asks again.
    }
  }
}
