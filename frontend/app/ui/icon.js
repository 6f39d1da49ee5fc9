// @ts-check
import { html } from "./html.js";

const SPRITE = new URL("../../vendor/icons/icons.svg", import.meta.url).pathname;

/** A decorative icon of the sprite: words beside it carry the meaning. @param {string} name */
export const icon = (name) =>
  html`<svg class="icon" aria-hidden="true" focusable="false" viewBox="0 0 16 16"><use href=${`${SPRITE}#${name}`}></use></svg>`;
