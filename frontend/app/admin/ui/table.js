// @ts-check
/** A table that becomes cards on a phone, or scrolls sideways in a labelled region of its own. */
import { t } from "../../core/i18n.js";
import { withQuery } from "../../core/router.js";
import { html, nothing, repeat } from "../../ui/html.js";
import { icon } from "./icon.js";

/**
 * @typedef {{
 *   label: string, cell: (row: any) => unknown, num?: boolean, heading?: boolean, nowrap?: boolean, quiet?: boolean,
 *   sort?: {up?: string, down?: string}
 * }} Column heading: names its row; quiet: its label is for screen readers only; sort: values of the address's `sort`,
 * only where the server sorts
 * @typedef {{chosen: import("../../../vendor/signals-core/signals-core.js").Signal<Set<string>>, name: (row: any) => string, actions: (ids: string[]) => unknown}} Selection
 * name: of a row, for its checkbox; actions: buttons of the bar that appears with the first choice
 */

/**
 * @param {{label: string, columns: Column[], rows: any[], cards?: boolean, selection?: Selection, query?: URLSearchParams, rowClass?: (row: any) => string}} options
 * rows with an `id` each; cards false: scrolls on a phone too, for tables of figures that are read across
 */
export const dataTable = ({ label, columns, rows, cards = true, selection, query, rowClass }) => html`
  ${selection ? bulkBar(selection, rows) : nothing}
  <div class="table-wrap ${cards ? "cards" : ""}" tabindex="0" role="region" aria-label=${label}>
    <table class="table-plain" role="table">
      <thead role="rowgroup">
        <tr role="row">
          ${selection ? html`<th scope="col" role="columnheader" class="choose">${chooseAll(selection, rows)}</th>` : nothing}
          ${columns.map((column) => head(column, query))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${repeat(rows, (row, index) => row.id ?? index, (row) => html`<tr role="row" class=${rowClass?.(row) || nothing}>
          ${selection ? html`<td role="cell" class="choose">${chooseOne(selection, row)}</td>` : nothing}
          ${columns.map((column) => cell(column, row))}
        </tr>`)}
      </tbody>
    </table>
  </div>
`;

/** @param {Column} column @param {URLSearchParams} [query] */
function head({ label, num, quiet, sort }, query) {
  const text = quiet ? html`<span class="visually-hidden-text">${label}</span>` : label;
  if (!sort || !query) return html`<th scope="col" role="columnheader" class=${num ? "num" : nothing}>${text}</th>`;
  const now = query.get("sort");
  const up = now !== null && now === sort.up;
  const down = now !== null && now === sort.down;
  const next = (up ? sort.down : sort.up) ?? sort.up ?? sort.down ?? null;
  return html`<th scope="col" role="columnheader" class=${num ? "num" : nothing} aria-sort=${up ? "ascending" : down ? "descending" : nothing}>
    <a class="sort" href=${withQuery({ sort: next })}>${text} ${icon(up ? "arrow-up" : down ? "arrow-down" : "arrow-down-up")}</a>
  </th>`;
}

/** @param {Column} column @param {any} row */
function cell({ label, cell: content, num, heading, nowrap, quiet }, row) {
  const classes = [num && "num", nowrap && "nowrap"].filter(Boolean).join(" ") || nothing;
  // What a card shows before the value; on the wide table the head of the column says it.
  const name = quiet || heading ? nothing : label;
  return heading
    ? html`<th scope="row" role="rowheader" class=${classes}>${content(row)}</th>`
    : html`<td role="cell" class=${classes} data-label=${name}>${content(row)}</td>`;
}

/** @param {Selection} selection @param {any[]} rows */
function bulkBar({ chosen, actions }, rows) {
  const ids = rows.map(({ id }) => id).filter((id) => chosen.value.has(id));
  return html`<div class="bulk-bar" ?hidden=${!ids.length} role="group" aria-label=${t("staff.list.bulk")}>
    <span role="status">${ids.length ? t("staff.list.chosen", { count: ids.length }) : nothing}</span>
    ${ids.length ? actions(ids) : nothing}
    <button class="btn btn-quiet btn-sm" type="button" @click=${() => (chosen.value = new Set())}>${t("staff.list.chooseNone")}</button>
  </div>`;
}

/** @param {Selection} selection @param {any[]} rows */
function chooseAll({ chosen }, rows) {
  const all = rows.length > 0 && rows.every(({ id }) => chosen.value.has(id));
  return html`<label class="choose-all"><input class="form-check-input" type="checkbox" .checked=${all}
    @change=${() => (chosen.value = new Set(all ? [] : rows.map(({ id }) => id)))} /><span>${t("staff.list.chooseAll")}</span></label>`;
}

/** @param {Selection} selection @param {any} row */
function chooseOne({ chosen, name }, row) {
  const has = chosen.value.has(row.id);
  const flip = () => {
    const next = new Set(chosen.value);
    if (has) next.delete(row.id);
    else next.add(row.id);
    chosen.value = next;
  };
  return html`<input class="form-check-input" type="checkbox" aria-label=${name(row)} .checked=${has} @change=${flip} />`;
}
