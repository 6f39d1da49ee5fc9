// @ts-check
/**
 * The list of the staff's pages: filters that live in the address, a count that is said, a table, "more" by cursor;
 * empty, loading and failed states. A page gives the operation and the columns.
 */
import { failureText } from "../../core/forms.js";
import { t } from "../../core/i18n.js";
import { navigate, withQuery } from "../../core/router.js";
import { state } from "../../core/state.js";
import { toast } from "../../ui/toast.js";
import { html, nothing } from "../../ui/html.js";
import { emptyState } from "../../ui/notice.js";
import { icon } from "./icon.js";
import { partOf, partView } from "./part.js";
import { dataTable } from "./table.js";

/** @typedef {import("./connection.js").Connection} Connection */
/**
 * @typedef {{name: string, label: string, kind?: "search" | "text" | "date" | "choice", options?: {value: string, label: string}[], value?: string}} Filter
 * name: that in the address; options: for "choice", the first with value "" means any; value: what holds when the address says nothing
 * @typedef {Awaited<ReturnType<typeof listOf>>} List
 */

/**
 * @param {(after: string | null) => Promise<Connection>} ask a page of the connection @param {AbortSignal} signal of the page
 */
export async function listOf(ask, signal) {
  const part = await partOf(() => ask(null), signal);
  const busy = state(false);
  const more = async () => {
    const before = part.value.value;
    if (!before || busy.value) return;
    busy.value = true;
    try {
      const { nodes, pageInfo } = await ask(before.pageInfo.endCursor);
      part.value.value = { ...before, nodes: [...before.nodes, ...nodes], pageInfo };
    } catch (error) {
      if (!signal.aborted) toast(failureText(error), { label: t("action.retry"), run: more });
    } finally {
      busy.value = false;
    }
  };
  /** Puts a changed row in the place of the old one. */
  const replace = (/** @type {{id: string}} */ row) => {
    const { value } = part.value;
    if (value) part.value.value = { ...value, nodes: value.nodes.map((each) => (each.id === row.id ? { ...each, ...row } : each)) };
  };
  return { part, busy, more, replace, reload: part.again };
}

/**
 * @param {{
 *   list: List, label: string, columns: import("./table.js").Column[], count: (total: number) => string,
 *   filters?: Filter[], query?: URLSearchParams, empty: {heading: string, text: string, action?: {href: string, label: string}},
 *   selection?: import("./table.js").Selection, cards?: boolean
 * }} options label: of the table; count: the words for so many rows; empty: heading and text where nothing was found
 */
export const listView = ({ list, label, columns, count, filters, query, empty, selection, cards }) => html`
  ${filters && query ? filterForm(filters, query) : nothing}
  ${partView(list.part, ({ nodes, totalCount, pageInfo }) => html`
    <p class="muted list-count" role="status">${count(totalCount ?? nodes.length)}</p>
    ${nodes.length ? dataTable({ label, columns, rows: nodes, selection, cards, query }) : emptyState(empty.heading, empty.text, empty.action)}
    ${pageInfo.hasNextPage
      ? html`<p class="mt-3"><button class="btn btn-quiet" type="button" aria-disabled=${list.busy.value ? "true" : nothing} @click=${list.more}>${t("action.more")}</button></p>`
      : nothing}
  `, { lines: 5 })}
`;

/** A form whose fields are parameters of the address; nothing else knows them. @param {Filter[]} filters @param {URLSearchParams} query */
export function filterForm(filters, query) {
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const values = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    navigate(withQuery(Object.fromEntries(filters.map(({ name, value }) => [name, cleaned(values.get(name), value)]))), { replace: true });
  };
  const set = filters.some(({ name }) => query.get(name));
  return html`
    <form class="filters" role="search" @submit=${submit}>
      ${filters.map((filter) => filterField(filter, query.get(filter.name) ?? filter.value ?? ""))}
      <div class="filter-buttons">
        <button class="btn btn-primary" type="submit">${t("staff.list.find")}</button>
        ${set ? html`<a class="btn btn-quiet" href=${withQuery(Object.fromEntries(filters.map(({ name }) => [name, null])))}>${t("staff.list.clear")}</a>` : nothing}
      </div>
    </form>
  `;
}

/** @param {Filter} filter @param {string} value */
function filterField({ name, label, kind = "text", options = [] }, value) {
  const id = `filter-${name}`;
  const input = html`<input class="form-control" id=${id} name=${name} type=${kind} .value=${value} autocomplete="off" />`;
  return html`<div class="filter ${kind}">
    <label for=${id}>${label}</label>
    ${kind === "choice"
      ? html`<select class="form-select" id=${id} name=${name} .value=${value}>
          ${options.map((option) => html`<option value=${option.value} ?selected=${option.value === value}>${option.label}</option>`)}
        </select>`
      : kind === "search"
        ? html`<div class="search-box">${icon("search")}${input}</div>`
        : input}
  </div>`;
}

/** @param {FormDataEntryValue | null} typed @param {string | undefined} usual what the address need not say */
function cleaned(typed, usual) {
  const text = String(typed ?? "").trim();
  return text === (usual ?? "") ? null : text;
}
