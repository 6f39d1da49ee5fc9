// @ts-check
/**
 * A table of comma-separated values that is taken in row by row: tried first, then for good, each time with a report of
 * what would become, or became, of the rows.
 */
import { failureText, refusalText } from "../../core/forms.js";
import { uploadTable } from "../../core/upload.js";
import { t } from "../../core/i18n.js";
import { state } from "../../core/state.js";
import { html, nothing } from "../../ui/html.js";
import { notice } from "../../ui/notice.js";
import { icon } from "./icon.js";
import { dataTable } from "./table.js";

/** @typedef {import("../../core/upload.js").Report} Report */

/**
 * @param {{
 *   id: string, ask: (dryRun: boolean) => Promise<{uploadUrl: string | null, userErrors: import("../../core/forms.js").UserError[]}>, after: () => unknown,
 *   words: {text: string, columns: string, example: string, made: (count: number) => string, changed: (count: number) => string}
 * }} options ask: for an address that takes the file; after: something was written; words: what such a table is, its headings,
 * a few lines of one, how many things were (or would be) made and changed
 * @returns {() => unknown}
 */
export function tableImport({ id, ask, after, words }) {
  const busy = state(false);
  const fault = state(/** @type {string | null} */ (null));
  const report = state(/** @type {Report | null} */ (null));
  const send = async (/** @type {boolean} */ dryRun) => {
    const file = /** @type {HTMLInputElement} */ (document.getElementById(`${id}-file`)).files?.[0];
    fault.value = file ? null : t("staff.import.noFile");
    report.value = null;
    if (!file || busy.value) return;
    busy.value = true;
    try {
      const { uploadUrl, userErrors } = await ask(dryRun);
      if (userErrors.length || !uploadUrl) fault.value = userErrors.length ? refusalText(userErrors[0]) : t("failure.INTERNAL");
      else {
        const answer = await uploadTable(uploadUrl, file);
        if ("refusal" in answer) fault.value = refusalText(answer.refusal);
        else report.value = answer.report;
        if (report.value && !dryRun && report.value.created + report.value.updated) await after();
      }
    } catch (error) {
      fault.value = failureText(error);
    } finally {
      busy.value = false;
    }
  };
  return () => html`
    <div class="card-plain table-import">
      <p>${words.text}</p>
      <p class="muted small-text">${words.columns}</p>
      <div class="table-wrap import-example" tabindex="0" role="region" aria-label=${t("staff.import.example")}><pre>${words.example}</pre></div>
      <div class="field"><label for="${id}-file">${t("staff.import.file")}</label>
        <input class="form-control" id="${id}-file" type="file" accept=".csv,text/csv" @change=${() => ((report.value = null), (fault.value = null))} /></div>
      <div class="detail-actions">
        <button class="btn btn-quiet" type="button" aria-disabled=${busy.value ? "true" : nothing} @click=${() => send(true)}>${icon("clipboard-check")} ${t("staff.import.try")}</button>
        <button class="btn btn-primary" type="button" aria-disabled=${busy.value ? "true" : nothing} @click=${() => send(false)}>${icon("upload")} ${t("staff.import.write")}</button>
      </div>
      <div role="status" id="${id}-report">
        ${busy.value ? html`<p>${t("form.busy")}</p>` : nothing}
        ${fault.value ? notice("bad", html`<p>${fault.value}</p>`) : nothing}
        ${report.value ? outcome(report.value, words) : nothing}
      </div>
    </div>
  `;
}

/** @param {Report} report @param {{made: (count: number) => string, changed: (count: number) => string}} words */
const outcome = ({ dryRun, rows, created, updated, unchanged, refused }, { made, changed }) => html`
  ${notice(refused.length ? "warn" : "ok", html`
    <p><strong>${t(dryRun ? "staff.import.tried" : "staff.import.written", { count: rows })}</strong></p>
    <p>${[made(created), changed(updated), t("staff.import.unchanged", { count: unchanged }), t("staff.import.refused", { count: refused.length })].join(" · ")}</p>
  `)}
  ${refused.length
    ? dataTable({
        label: t("staff.import.refusedRows"),
        rows: refused,
        columns: [
          { label: t("staff.import.row"), heading: true, cell: ({ row }) => html`<span class="figures">${t("staff.import.rowNumber", { row: String(row) })}</span>` },
          { label: t("staff.import.column"), cell: ({ field }) => field ?? "–" },
          { label: t("staff.import.reason"), cell: (/** @type {any} */ refusal) => refusalText(refusal) },
        ],
      })
    : nothing}
`;
