// @ts-check
/** What many showtimes at once would be, before they are: tried by the service, shown as a table, then made as shown. */
import { failureText } from "../../core/forms.js";
import { gql } from "../../core/gql.js";
import { formatLocale, t } from "../../core/i18n.js";
import { state } from "../../core/state.js";
import { cinemaDay, clockText, showtimeText } from "../../domain/times.js";
import { html, nothing } from "../../ui/html.js";
import { notice } from "../../ui/notice.js";
import { withCinema } from "../rail.js";
import { section } from "../ui/detail.js";
import { dataTable } from "../ui/table.js";

/** @typedef {ReturnType<typeof dryRun>} DryRun */

/** @param {string} operation whose field is called `made` and takes $dryRun */
export function dryRun(operation) {
  const tried = state(/** @type {{variables: Record<string, unknown>, showtimes: any[]} | null} */ (null));
  const made = state(/** @type {any[] | null} */ (null));
  const faults = state(/** @type {string[]} */ ([]));
  const busy = state(false);
  return {
    tried,
    made,
    faults,
    busy,
    /** @param {Record<string, unknown>} variables @returns {Promise<import("../../core/forms.js").UserError[]>} the refusals, in the service's words */
    async attempt(variables) {
      tried.value = made.value = null;
      faults.value = [];
      const answer = (await gql(operation, { ...variables, dryRun: true })).made;
      if (!answer.userErrors.length) tried.value = { variables, showtimes: answer.showtimes };
      faults.value = answer.userErrors.map((/** @type {{message: string}} */ { message }) => message);
      return [];
    },
    /** Makes what was tried, whatever stands in the form by now. */
    async carryOut() {
      if (busy.value || !tried.value) return;
      busy.value = true;
      try {
        const answer = (await gql(operation, { ...tried.value.variables, dryRun: false })).made;
        faults.value = answer.userErrors.map((/** @type {{message: string}} */ { message }) => message);
        if (!answer.userErrors.length) made.value = answer.showtimes;
        tried.value = null;
      } catch (error) {
        faults.value = [failureText(error)];
      } finally {
        busy.value = false;
      }
    },
  };
}

/** @param {DryRun} run */
export const dryRunView = ({ tried, made, faults, busy, carryOut }) => html`
  ${faults.value.length ? html`<div class="mt-3">${notice("bad", html`<p>${t("staff.dryRun.refused")}</p><ul>${faults.value.map((text) => html`<li>${text}</li>`)}</ul>`, { role: "alert" })}</div>` : nothing}
  ${made.value ? html`<div class="mt-3">${notice("ok", html`<p>${t("staff.dryRun.made", { count: made.value.length })}</p>${seeLink(made.value)}`, { role: "status" })}</div>` : nothing}
  ${tried.value
    ? section("tried", t("staff.dryRun.heading"), html`
        <p role="status">${t("staff.dryRun.tried", { count: tried.value.showtimes.length })}</p>
        ${dataTable({ label: t("staff.dryRun.heading"), rows: tried.value.showtimes.map((showtime, index) => ({ ...showtime, id: index })), columns: columns() })}
      `, { actions: html`<button class="btn btn-primary" type="button" aria-disabled=${busy.value ? "true" : nothing} @click=${carryOut}>${t("staff.dryRun.make", { count: tried.value.showtimes.length })}</button>` })
    : nothing}
`;

/** @param {any[]} showtimes */
const seeLink = ([first]) =>
  first ? html`<p><a href=${withCinema(`/admin/showtimes?date=${cinemaDay(first.startsAt, first.timeZone)}`)}>${t("staff.schedule.see")}</a></p>` : nothing;

/** @returns {import("../ui/table.js").Column[]} */
const columns = () => [
  { label: t("staff.word.time"), nowrap: true, cell: ({ startsAt, endsAt, timeZone }) => html`<span class="figures">${showtimeText(startsAt, timeZone, formatLocale())}–${clockText(endsAt, timeZone, formatLocale())}</span>` },
  { label: t("staff.word.film"), heading: true, cell: ({ movieTitle }) => movieTitle },
  { label: t("staff.word.auditorium"), cell: ({ auditoriumName }) => auditoriumName },
];
