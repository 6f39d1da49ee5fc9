// @ts-check
/** Is today all right? Four numbers against the same weekday, sales by hour, films. */
import { serverNow } from "../../core/clock.js";
import { gql } from "../../core/gql.js";
import { formatLocale, numberOf, t } from "../../core/i18n.js";
import { atLeast } from "../../core/session.js";
import { addDays, cinemaDay, clockText, dayText } from "../../domain/times.js";
import { money, percent } from "../../ui/format.js";
import { html, nothing } from "../../ui/html.js";
import { staffScope, staffView } from "../frame.js";
import { TodaysSales } from "../operations/sales.js";
import { dayProgramme, programmeTable } from "../programme.js";
import { barChart, figureRow } from "../ui/charts.js";
import { section } from "../ui/detail.js";
import { partOf, partView } from "../ui/part.js";
import { dataTable } from "../ui/table.js";

const PATH = "/admin";

/** @param {import("../../core/router.js").Request} request */
export async function load({ query, signal }) {
  const scope = await staffScope(query);
  const title = t("staff.nav.today");
  const { cinema } = scope;
  if (!cinema) return staffView({ path: PATH, title, scope, content: () => nothing });
  const day = cinemaDay(serverNow(), cinema.timeZone);
  const [sales, showtimes] = await Promise.all([
    atLeast("MANAGER") ? partOf(() => salesOf(cinema, day, signal), signal) : null,
    partOf(() => dayProgramme(cinema, day, signal), signal),
  ]);
  return staffView({
    path: PATH,
    title,
    scope,
    lead: () => dayText(day, formatLocale(), { weekday: "long", day: "numeric", month: "long", year: "numeric" }),
    content: () => html`
      ${sales ? partView(sales, figures) : nothing}
      ${section("showtimes", t("staff.today.showtimes"), partView(showtimes, (all) => programmeTable(all)))}
    `,
  });
}

/** @param {import("../frame.js").Cinema} cinema @param {string} day @param {AbortSignal} signal */
async function salesOf(cinema, day, signal) {
  const report = await gql(TodaysSales, { day, before: addDays(day, -7), currency: cinema.currency, cinemaId: cinema.id }, { signal });
  const hour = Number(clockText(new Date(serverNow()).toISOString(), cinema.timeZone, "en-GB").slice(0, 2));
  return { ...report, hour, weekday: dayText(day, formatLocale(), { weekday: "long" }) };
}

/** @param {any} report */
function figures({ today, weekBefore, weekday, hour }) {
  // A day that is half over is compared with the same part of the other one.
  const before = weekBefore.byHour.filter((/** @type {{hour: number}} */ each) => each.hour <= hour);
  const sum = (/** @type {(each: any) => number} */ of) => before.reduce((/** @type {number} */ total, /** @type {any} */ each) => total + of(each), 0);
  return html`
    ${figureRow([
      { label: t("staff.word.revenue"), value: money(today.revenue), note: change(today.revenue.amount, sum((each) => each.revenue.amount), weekday) },
      { label: t("staff.word.tickets"), value: numberOf(today.tickets), note: change(today.tickets, sum((each) => each.tickets), weekday) },
      { label: t("staff.word.occupancy"), value: percent(today.occupancy), note: t("staff.today.before", { value: percent(weekBefore.occupancy), weekday }) },
      { label: t("staff.word.refunded"), value: money(today.refunded), note: t("staff.today.ofBookings", { count: today.bookings }) },
    ])}
    ${hours(today, weekBefore, weekday)} ${films(today.byMovie)}
  `;
}

/** @param {number} now @param {number} before @param {string} weekday */
function change(now, before, weekday) {
  if (!before) return t("staff.today.noComparison", { weekday });
  return t("staff.today.change", { change: numberOf((now - before) / before, { style: "percent", signDisplay: "exceptZero", maximumFractionDigits: 0 }), weekday });
}

/** @typedef {{hour: number, revenue: import("../../domain/money.js").Money, tickets: number}} Hour */

/** @param {{byHour: Hour[], revenue: import("../../domain/money.js").Money}} today @param {{byHour: Hour[]}} weekBefore @param {string} weekday */
function hours(today, weekBefore, weekday) {
  if (!today.byHour.length) return html`<p class="muted">${t("staff.today.noSales")}</p>`;
  const { currency } = today.revenue;
  const all = [...today.byHour, ...weekBefore.byHour].map(({ hour }) => hour);
  const first = Math.min(...all);
  // An axis of time has no gaps: hours without a sale are there, with nothing in them.
  const axis = Array.from({ length: Math.max(...all) - first + 1 }, (_, index) => first + index);
  const at = (/** @type {Hour[]} */ sold, /** @type {number} */ hour) => sold.find((each) => each.hour === hour);
  return barChart({
    id: "by-hour",
    heading: t("staff.today.byHour"),
    axis: t("staff.word.hour"),
    now: t("staff.word.revenue"),
    before: t("staff.today.lastWeekday", { weekday }),
    text: (amount) => money({ amount, currency }),
    bars: axis.map((hour) => ({ label: String(hour), value: at(today.byHour, hour)?.revenue.amount ?? 0, before: at(weekBefore.byHour, hour)?.revenue.amount ?? 0 })),
    extra: [{ label: t("staff.word.tickets"), text: (index) => numberOf(at(today.byHour, axis[index])?.tickets ?? 0) }],
  });
}

/** @param {any[]} byMovie */
const films = (byMovie) =>
  byMovie.length
    ? section("by-film", t("staff.today.byFilm"), dataTable({
        label: t("staff.today.byFilm"),
        cards: false,
        rows: byMovie.slice(0, 10),
        columns: [
          { label: t("staff.word.film"), heading: true, cell: ({ movieTitle }) => movieTitle },
          { label: t("staff.word.revenue"), num: true, cell: ({ revenue }) => money(revenue) },
          { label: t("staff.word.tickets"), num: true, cell: ({ tickets }) => numberOf(tickets) },
          { label: t("staff.word.occupancy"), num: true, cell: ({ occupancy }) => percent(occupancy) },
        ],
      }))
    : nothing;
