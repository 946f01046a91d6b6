/** The map with numbers under the pointer. The drawing of the server stays where this cannot run. */

import { placed } from "./dom.js";

/** Options under which the library needs neither inline style nor code made at run time. */
const OPTIONS = { ast: true, actions: false, defaultStyle: false, renderer: "svg", tooltip: { disableDefaultStyle: true } };

/** The library, asked for once and only where there is a map. */
async function library() {
  // @ts-ignore: served by the program from the library it has installed
  await import(placed("/static/vega.js"));
  return /** @type {any} */ (window).vegaEmbed;
}

/**
 * The map is one picture with one sentence, as the server drew it; its numbers are read in the table beneath.
 * @param {Element} stage
 * @param {string} alt
 */
function speak(stage, alt) {
  for (const part of [stage, ...stage.querySelectorAll("*")]) {
    for (const name of ["role", "aria-roledescription", "aria-label", "aria-hidden"]) part.removeAttribute(name);
  }
  const picture = stage.querySelector("svg");
  picture?.setAttribute("role", "img");
  picture?.setAttribute("aria-label", alt);
}

async function draw() {
  const answer = document.getElementById("answer");
  const address = answer?.getAttribute("data-map");
  const home = [...(answer?.querySelectorAll(".map .picture") ?? [])].find((one) => one.clientWidth);
  if (!address || !home) return;
  try {
    // Drawn at the width it has on the screen, so that its words are as large as those around it.
    const width = Math.floor(home.clientWidth / 10) * 10;
    const [embed, found] = await Promise.all([library(), fetch(`${address}&width=${width}`)]);
    const spec = await found.json();
    if (!spec.layer) return;
    // The page behind it may be dark.
    spec.background = "transparent";
    const stage = document.createElement("div");
    await embed(stage, spec, OPTIONS);
    speak(stage, home.querySelector("svg")?.getAttribute("aria-label") ?? "Map");
    home.replaceChildren(stage);
  } catch (error) {
    console.debug("the map stays as the server drew it", error);
  }
}

document.addEventListener("answered", draw);
void draw();
