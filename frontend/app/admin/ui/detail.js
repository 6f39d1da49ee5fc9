// @ts-check
/** The page of one thing: its state, facts, actions, and sections. */
import { html, nothing } from "../../ui/html.js";

/**
 * @param {{tag?: {kind: string, text: string}, facts: [string, unknown][], actions?: unknown[], aside?: unknown, sections?: unknown[]}} options
 * facts: label and value, those with a value of null are left out; aside: beside the facts (a poster, a sum); sections: see `section`
 */
export const detailView = ({ tag, facts, actions = [], aside, sections = [] }) => html`
  ${tag || actions.length
    ? html`<div class="detail-head">
        ${tag ? html`<span class="tag ${tag.kind}">${tag.text}</span>` : nothing}
        ${actions.length ? html`<div class="detail-actions">${actions}</div>` : nothing}
      </div>`
    : nothing}
  <div class="card-plain detail ${aside ? "with-aside" : ""}">
    <dl class="facts">${facts.filter(([, value]) => value !== null && value !== undefined).map(([label, value]) => html`<dt>${label}</dt><dd>${value}</dd>`)}</dl>
    ${aside ? html`<div>${aside}</div>` : nothing}
  </div>
  ${sections}
`;

/**
 * A section with a heading; put a `partView` into it and it fails alone.
 * @param {string} id @param {string} heading @param {unknown} content @param {{actions?: unknown}} [options]
 */
export const section = (id, heading, content, { actions } = {}) => html`
  <section class="detail-section">
    <div class="section-head"><h2 id=${id}>${heading}</h2>${actions ? html`<div class="detail-actions">${actions}</div>` : nothing}</div>
    ${content}
  </section>
`;
