// @ts-check
/** What templates are made of: one import for pages. */
export { html, nothing, render, svg } from "../../vendor/lit-html/lit-html.js";
export { repeat } from "../../vendor/lit-html/directives/repeat.js";
