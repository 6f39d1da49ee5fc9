// @ts-check
/** Is today all right? Four numbers against the same weekday, sales by hour, films. */
import { serverNow } from "../../core/clock.js";
import { failureText } from "../../core/forms.js";
import { gql } from "../../core/gql.js";
import { formatLocale, numberOf, t } from "../../core/i18n.js";
import { atLeast } from "../../core/session.js";
import { addDays, cinemaDay, clockText, dayText } from "../../domain/times.js";
import { money, percent } from "../../ui/format.js";
import { html, nothing } from "../../ui/html.js";
import { emptyState, notice } from "../../ui/notice.js";
import { staffPage, staffScope } from "../frame.js";
import { TodaysSales } from "../operations.js";
import { dayProgramme, programmeTable } from "../programme.js";

/** @param {import("../../core/router.js").Request} request */
export async function load({ query, signal }) {
  const scope = await staffScope(query, signal);
  const { cinema } = scope;
  const title = t("staff.today");
  if (!cinema) return { title, template: () => staffPage({ path: "/admin", title, content: emptyState(t("staff.noCinema"), t("staff.noCinemaText")) }) };
  const day = cinemaDay(serverNow(), cinema.timeZone);
  const [sales, showtimes] = await Promise.all([atLeast("MANAGER") ? salesOf(cinema, day, signal) : null, dayProgramme(cinema, day, signal)]);
  return {
    title,
    template: () =>
      staffPage({
        path: "/admin",
        title,
        scope,
        content: html`
          <p class="muted">${dayText(day, formatLocale(), { weekday: "long", day: "numeric", month: "long", year: "numeric" })}</p>
          ${sales ? (sales.failed ? notice("bad", html`<p>${sales.failed}</p>`) : figures(sales.report)) : nothing}
          <h2 class="mt-4 mb-3">${t("staff.showtimesToday")}</h2>
          ${programmeTable(showtimes)}
        `,
      }),
  };
}

/** @param {import("../frame.js").Cinema} cinema @param {string} day @param {AbortSignal} signal @returns {Promise<{report: any, failed: string | null}>} */
async function salesOf(cinema, day, signal) {
  try {
    const report = await gql(TodaysSales, { day, before: addDays(day, -7), currency: cinema.currency, cinemaId: cinema.id }, { signal });
    const hour = Number(clockText(new Date(serverNow()).toISOString(), cinema.timeZone, "en-GB").slice(0, 2));
    return { report: { ...report, hour, weekday: dayText(day, formatLocale(), { weekday: "long" }) }, failed: null };
  } catch (error) {
    if (signal.aborted) throw error;
    return { report: null, failed: failureText(error) };
  }
}

/** @param {any} report */
function figures({ today, weekBefore, weekday, hour }) {
  // A day that is half over is compared with the same part of the other one.
  const before = weekBefore.byHour.filter((/** @type {{hour: number}} */ each) => each.hour <= hour);
  const sum = (/** @type {(each: any) => number} */ of) => before.reduce((/** @type {number} */ total, /** @type {any} */ each) => total + of(each), 0);
  return html`
    <div class="numbers">
      ${number(t("staff.revenue"), money(today.revenue), change(today.revenue.amount, sum((each) => each.revenue.amount), weekday))}
      ${number(t("staff.tickets"), numberOf(today.tickets), change(today.tickets, sum((each) => each.tickets), weekday))}
      ${number(t("staff.occupancy"), percent(today.occupancy), t("staff.before", { value: percent(weekBefore.occupancy), weekday }))}
      ${number(t("staff.refunded"), money(today.refunded), t("staff.ofBookings", { count: today.bookings }))}
    </div>
    ${hours(today.byHour)} ${films(today.byMovie)}
  `;
}

/** @param {string} label @param {string} value @param {string} note */
const number = (label, value, note) => html`
  <div class="card-plain number"><p class="muted">${label}</p><p class="value">${value}</p><p class="muted small-text">${note}</p></div>
`;

/** @param {number} now @param {number} before @param {string} weekday */
function change(now, before, weekday) {
  if (!before) return t("staff.noComparison", { weekday });
  return t("staff.change", { change: numberOf((now - before) / before, { style: "percent", signDisplay: "exceptZero", maximumFractionDigits: 0 }), weekday });
}

/** @param {{hour: number, revenue: import("../../domain/money.js").Money, tickets: number}[]} sold */
function hours(sold) {
  if (!sold.length) return html`<p class="muted">${t("staff.noSales")}</p>`;
  const byHour = everyHour(sold);
  const most = Math.max(...byHour.map((each) => each.revenue.amount), 1);
  return html`
    <figure class="card-plain mb-4">
      <figcaption><h2 class="fs-5">${t("staff.byHour")}</h2></figcaption>
      <div class="bars" aria-hidden="true">
        ${byHour.map(({ hour, revenue }) => html`<span .style=${`--share:${revenue.amount / most}`} title="${hour}: ${money(revenue)}"></span>`)}
      </div>
      <div class="bar-labels" aria-hidden="true">${byHour.map(({ hour }) => html`<span>${hour}</span>`)}</div>
      <details class="mt-3">
        <summary>${t("staff.asTable")}</summary>
        <div class="table-wrap mt-2" tabindex="0" role="region" aria-label=${t("staff.byHour")}><table class="table-plain">
          <thead><tr><th scope="col">${t("staff.hour")}</th><th scope="col" class="num">${t("staff.revenue")}</th><th scope="col" class="num">${t("staff.tickets")}</th></tr></thead>
          <tbody>${byHour.map(({ hour, revenue, tickets }) => html`<tr><th scope="row">${hour}</th><td class="num">${money(revenue)}</td><td class="num">${tickets}</td></tr>`)}</tbody>
        </table></div>
      </details>
    </figure>
  `;
}

/**
 * An axis of time has no gaps: hours without a sale are there, with nothing in them.
 * @param {{hour: number, revenue: import("../../domain/money.js").Money, tickets: number}[]} sold by hour, ascending
 */
function everyHour(sold) {
  const known = new Map(sold.map((each) => [each.hour, each]));
  const first = sold[0].hour;
  const count = sold[sold.length - 1].hour - first + 1;
  return Array.from({ length: count }, (_, index) =>
    known.get(first + index) ?? { hour: first + index, revenue: { ...sold[0].revenue, amount: 0 }, tickets: 0 },
  );
}

/** @param {any[]} byMovie */
const films = (byMovie) =>
  byMovie.length
    ? html`<h2 class="mt-4 mb-3">${t("staff.byFilm")}</h2>
        <div class="table-wrap" tabindex="0" role="region" aria-label=${t("staff.byFilm")}><table class="table-plain">
          <thead><tr><th scope="col">${t("staff.film")}</th><th scope="col" class="num">${t("staff.revenue")}</th><th scope="col" class="num">${t("staff.tickets")}</th><th scope="col" class="num">${t("staff.occupancy")}</th></tr></thead>
          <tbody>${byMovie.slice(0, 10).map(
            ({ movieTitle, revenue, tickets, occupancy }) => html`<tr><th scope="row">${movieTitle}</th><td class="num">${money(revenue)}</td><td class="num">${tickets}</td><td class="num">${percent(occupancy)}</td></tr>`,
          )}</tbody>
        </table></div>`
    : nothing;
