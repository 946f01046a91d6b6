/** Small words for building a page: nothing here writes markup from text. */

const SVG = "http://www.w3.org/2000/svg";
/** Path under which a proxy shows this server, "" for none. */
const ROOT = (document.querySelector("meta[data-root]")?.getAttribute("data-root") ?? "/").replace(/\/$/, "");
const ADDRESSES = new Set(["href", "src", "action"]);

/**
 * An address of this server, beneath the path of a proxy; one that stands there already stays as it is.
 * @param {string} path as if the server stood at the root of its host
 */
export function placed(path) {
  const own = path.startsWith("/") && !path.startsWith("//") && !(ROOT && (path === ROOT || path.startsWith(`${ROOT}/`)));
  return own ? ROOT + path : path;
}

/**
 * @param {string} key
 * @param {unknown} value
 */
function written(key, value) {
  return ADDRESSES.has(key) ? placed(String(value)) : String(value);
}

/**
 * An element with attributes and children; strings become text.
 * @param {string} name
 * @param {Record<string, unknown>} [attributes] listeners go by on..., false and null are left out
 * @param {...(Node | string | null | undefined)} children
 * @returns {HTMLElement}
 */
export function make(name, attributes = {}, ...children) {
  return /** @type {HTMLElement} */ (filled(document.createElement(name), attributes, children));
}

/**
 * The same for a drawing.
 * @param {string} name
 * @param {Record<string, unknown>} [attributes]
 * @param {...(Node | string | null | undefined)} children
 * @returns {SVGElement}
 */
export function draw(name, attributes = {}, ...children) {
  return /** @type {SVGElement} */ (filled(document.createElementNS(SVG, name), attributes, children));
}

/**
 * @param {Element} element
 * @param {Record<string, unknown>} attributes
 * @param {(Node | string | null | undefined)[]} children
 */
function filled(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), /** @type {EventListener} */ (value));
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, written(key, value));
  }
  for (const child of children) if (child) element.append(child);
  return element;
}

/**
 * Change attributes of an element that is there.
 * @param {Element} element
 * @param {Record<string, unknown>} attributes
 */
export function set(element, attributes) {
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, written(key, value));
}

/**
 * The element with an id, which the page must have.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function by(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

/**
 * Let buttons be pressed that do nothing before their script has run, and are grey until then.
 * @param {...string} selectors
 */
export function wake(...selectors) {
  for (const button of document.querySelectorAll(selectors.join())) /** @type {HTMLButtonElement} */ (button).disabled = false;
}

/**
 * Change a text only where it differs, so that nothing is read aloud twice.
 * @param {Element} element
 * @param {string} text
 */
export function tell(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
