// @ts-check
import { html, nothing } from "./html.js";
import { icon } from "./icon.js";

const ICONS = { info: "info-circle", ok: "check-lg", warn: "exclamation-triangle", bad: "exclamation-triangle" };

/**
 * A message beside what it is about.
 * @param {"info" | "ok" | "warn" | "bad"} kind @param {unknown} content @param {{role?: "status" | "alert"}} [options]
 */
export const notice = (kind, content, { role } = {}) =>
  html`<div class="notice ${kind}" role=${role ?? nothing}>${icon(ICONS[kind])}<div>${content}</div></div>`;

/**
 * An empty place with one way on.
 * @param {string} heading @param {string} text @param {{href: string, label: string}} [action]
 */
export const emptyState = (heading, text, action) => html`
  <div class="empty-state">
    <h2>${heading}</h2>
    <p class="muted">${text}</p>
    ${action ? html`<a class="btn btn-primary" href=${action.href}>${action.label}</a>` : nothing}
  </div>
`;
