// @ts-check
import { html } from "../../ui/html.js";

const SPRITE = new URL("../../../vendor/icons/staff.svg", import.meta.url).pathname;

/** A decorative icon of the staff's own sprite (vendor.json): words beside it carry the meaning. @param {string} name */
export const icon = (name) =>
  html`<svg class="icon" aria-hidden="true" focusable="false" viewBox="0 0 16 16"><use href=${`${SPRITE}#${name}`}></use></svg>`;
