// @ts-check
import { state } from "../core/state.js";
import { html } from "./html.js";

const STAYS_MS = 6000;
const lines = state(/** @type {{id: number, text: string}[]} */ ([]));
let next = 0;

/** A small confirmation, said politely; never for faults. @param {string} text */
export function toast(text) {
  const id = (next += 1);
  lines.value = [...lines.value, { id, text }];
  setTimeout(() => (lines.value = lines.value.filter((line) => line.id !== id)), STAYS_MS);
}

export const toasts = () => html`
  <div class="toasts" role="status" aria-live="polite">${lines.value.map(({ text }) => html`<p class="toast-line m-0">${text}</p>`)}</div>
`;

const said = state("");

/** Says something to a screen reader alone. @param {string} text */
export function announce(text) {
  said.value = said.value === text ? `${text}\u00a0` : text;
}

export const announcer = () => html`<div class="visually-hidden-text" role="status" aria-live="polite" id="announcer">${said.value}</div>`;
