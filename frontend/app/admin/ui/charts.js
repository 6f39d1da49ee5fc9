// @ts-check
/**
 * Charts as HTML that prints, themes and can be tested: bars over a faint comparison, a table of heat, figures with a note.
 * Every chart carries a table with the same numbers.
 */
import { t } from "../../core/i18n.js";
import { html, nothing } from "../../ui/html.js";

/** @typedef {{label: string, value: number, before?: number}} Bar before: what it is compared with */
/** @typedef {{label: string, cells: (number | null)[]}} HeatRow shares from 0 to 1, null where there is nothing to measure */

const BANDS = 5;
/** Above so many bars only each second or third has its label below it. */
const LABELS = 16;

/**
 * @param {{
 *   id: string, heading: string, bars: Bar[], text: (value: number) => string, axis: string, now: string, before?: string,
 *   extra?: {label: string, text: (index: number) => unknown}[]
 * }} chart axis: what a bar stands for ("Hour"); now, before: what value and comparison are; extra: further columns of the table
 */
export function barChart({ id, heading, bars, text, axis, now, before, extra = [] }) {
  const most = Math.max(1, ...bars.map(({ value, before: other = 0 }) => Math.max(value, other)));
  const step = Math.ceil(bars.length / LABELS);
  const title = (/** @type {Bar} */ { label, value, before: other }) => `${label}: ${text(value)}${before && other !== undefined ? ` (${before}: ${text(other)})` : ""}`;
  return figure(id, heading, html`
    ${before ? legend(now, before) : nothing}
    <div class="chart" aria-hidden="true">
      <p class="chart-most figures">${text(most)}</p>
      <div class="bars">
        ${bars.map((bar) => html`<span class="pair" title=${title(bar)}>
          ${before ? html`<span class="bar before" .style=${`--share:${(bar.before ?? 0) / most}`}></span>` : nothing}
          <span class="bar" .style=${`--share:${bar.value / most}`}></span>
        </span>`)}
      </div>
      <div class="bar-labels">${bars.map(({ label }, index) => html`<span>${index % step ? nothing : label}</span>`)}</div>
    </div>
  `, html`
    <thead><tr><th scope="col">${axis}</th><th scope="col" class="num">${now}</th>${before ? html`<th scope="col" class="num">${before}</th>` : nothing}
      ${extra.map(({ label }) => html`<th scope="col" class="num">${label}</th>`)}</tr></thead>
    <tbody>${bars.map(({ label, value, before: other }, index) => html`<tr>
      <th scope="row">${label}</th><td class="num">${text(value)}</td>${before ? html`<td class="num">${other === undefined ? "–" : text(other)}</td>` : nothing}
      ${extra.map((column) => html`<td class="num">${column.text(index)}</td>`)}</tr>`)}</tbody>
  `);
}

/**
 * A table is the accessible form of a heat map: five bands of colour, the number in each cell.
 * @param {{id: string, heading: string, columns: string[], rows: HeatRow[], axis: string, text: (share: number) => string}} heat axis: what a row is
 */
export const heatTable = ({ id, heading, columns, rows, axis, text }) => html`
  <section class="card-plain chart-card">
    <h2 id=${id}>${heading}</h2>
    <div class="table-wrap heat-wrap" tabindex="0" role="region" aria-labelledby=${id}>
      <table class="heat">
        <thead><tr><th scope="col">${axis}</th>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
        <tbody>${rows.map(({ label, cells }) => html`<tr><th scope="row">${label}</th>${cells.map((share) =>
          share === null ? html`<td class="none">–</td>` : html`<td class="heat-${bandOf(share)}">${text(share)}</td>`)}</tr>`)}</tbody>
      </table>
    </div>
  </section>
`;

/** Band 0 to 4 of a share. @param {number} share */
export const bandOf = (share) => Math.min(BANDS - 1, Math.max(0, Math.floor(share * BANDS)));

/** Figures side by side. @param {{label: string, value: unknown, note?: unknown, href?: string}[]} figures */
export const figureRow = (figures) => html`
  <dl class="numbers">
    ${figures.map(({ label, value, note, href }) => html`<div class="card-plain number">
      <dt class="muted">${href ? html`<a href=${href}>${label}</a>` : label}</dt>
      <dd class="value">${value}</dd>${note ? html`<dd class="muted small-text">${note}</dd>` : nothing}
    </div>`)}
  </dl>
`;

/** @param {string} id @param {string} heading @param {unknown} drawing @param {unknown} table */
const figure = (id, heading, drawing, table) => html`
  <section class="card-plain chart-card">
    <h2 id=${id}>${heading}</h2>
    ${drawing}
    <details class="mt-3">
      <summary>${t("staff.chart.asTable")}</summary>
      <div class="table-wrap mt-2" tabindex="0" role="region" aria-labelledby=${id}><table class="table-plain" id="${id}-table">${table}</table></div>
    </details>
  </section>
`;

/** @param {string} now @param {string} before */
const legend = (now, before) => html`
  <ul class="chart-legend" aria-hidden="true"><li><span class="swatch"></span>${now}</li><li><span class="swatch before"></span>${before}</li></ul>
`;
