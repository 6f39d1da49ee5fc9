// @ts-check
import { t } from "../core/i18n.js";
import { state } from "../core/state.js";
import { html } from "./html.js";
import { icon } from "./icon.js";

const STAYS_MS = 6000;
/** @typedef {{label: string, href?: string, run?: () => unknown}} Action a way on: an address, or something to do */
const lines = state(/** @type {{id: number, text: string, action?: Action}[]} */ ([]));
let next = 0;

/**
 * A small confirmation, said politely; never for faults. One with an action stays until it is used, closed or
 * followed by the next.
 * @param {string} text @param {Action} [action]
 */
export function toast(text, action) {
  const id = (next += 1);
  lines.value = [...lines.value.filter((line) => !line.action), { id, text, action }];
  if (!action) setTimeout(() => close(id), STAYS_MS);
}

export const toasts = () => html`
  <div class="toasts" role="status" aria-live="polite">${lines.value.map(line)}</div>
`;

/** @param {{id: number, text: string, action?: Action}} line */
function line({ id, text, action }) {
  if (!action) return html`<p class="toast-line m-0">${text}</p>`;
  const act = () => {
    close(id);
    action.run?.();
  };
  return html`<div class="toast-line with-action">
    <span>${text}</span>
    ${action.href
      ? html`<a class="toast-action" href=${action.href} @click=${() => close(id)}>${action.label}</a>`
      : html`<button class="toast-action" type="button" @click=${act}>${action.label}</button>`}
    <button class="toast-action" type="button" aria-label=${t("action.close")} @click=${() => close(id)}>${icon("x-lg")}</button>
  </div>`;
}

/** @param {number} id */
function close(id) {
  lines.value = lines.value.filter((line) => line.id !== id);
}

const said = state("");

/** Says something to a screen reader alone. @param {string} text */
export function announce(text) {
  said.value = said.value === text ? `${text}\u00a0` : text;
}

export const announcer = () => html`<div class="visually-hidden-text" role="status" aria-live="polite" id="announcer">${said.value}</div>`;
