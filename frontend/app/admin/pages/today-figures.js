// @ts-check
/** The dashboard's figures: each card is a part of its own and fails alone. */
import { serverNow } from "../../core/clock.js";
import { gql } from "../../core/gql.js";
import { formatLocale, numberOf, t } from "../../core/i18n.js";
import { addDays, cinemaDay, clockText, dayText, daysFrom } from "../../domain/times.js";
import { money, percent } from "../../ui/format.js";
import { html, nothing } from "../../ui/html.js";
import { emptyState } from "../../ui/notice.js";
import { SalesByCinema, SalesByDay, TodaysSales } from "../operations/sales.js";
import { withCinema } from "../rail.js";
import { barChart, figureRow, heatTable } from "../ui/charts.js";
import { section } from "../ui/detail.js";
import { partOf, partView } from "../ui/part.js";
import { dataTable } from "../ui/table.js";

const WEEK = 7;
const MOST_FILMS = 10;
/** Hours of a cinema's day in its order: from 5 in the morning to 4 in the night. */
const inOrder = (/** @type {number} */ hour) => (hour + 19) % 24;

/** @typedef {{today: import("../ui/part.js").Part<any>, week: import("../ui/part.js").Part<any>, houses: import("../ui/part.js").Part<any> | null}} Figures */

/**
 * @param {import("../frame.js").Scope} scope with a cinema @param {string} day calendar day there: that of a sale
 * @param {AbortSignal} signal @returns {Promise<Figures>} houses: null for whoever has one only
 */
export async function figuresOf({ cinema, cinemas }, day, signal) {
  const { id: cinemaId, currency, timeZone } = /** @type {import("../frame.js").Cinema} */ (cinema);
  const [today, week, houses] = await Promise.all([
    partOf(async () => {
      // A sale counts on its calendar day, a showtime after midnight on the evening before.
      const evening = cinemaDay(serverNow(), timeZone);
      const days = { day, before: addDays(day, -WEEK), evening, eveningBefore: addDays(evening, -WEEK) };
      const report = await gql(TodaysSales, { ...days, currency, cinemaId }, { signal });
      const hour = Number(clockText(new Date(serverNow()).toISOString(), timeZone, "en-GB").slice(0, 2));
      return { ...report, hour, weekday: dayText(day, formatLocale(), { weekday: "long" }) };
    }, signal),
    partOf(async () => {
      const { salesReport } = await gql(SalesByDay, { from: addDays(day, 1 - 2 * WEEK), to: day, currency, cinemaId }, { signal });
      return { byDay: salesReport.byDay, day, currency };
    }, signal),
    cinemas.length > 1 ? partOf(async () => (await gql(SalesByCinema, { day, currency }, { signal })).salesReport.byCinema, signal) : null,
  ]);
  return { today, week, houses };
}

/** @param {Figures} figures */
export const figuresView = ({ today, week, houses }) => html`
  ${partView(today, todayView)}
  ${partView(week, days)}
  ${today.value.value ? films(today.value.value.today.byMovie) : nothing}
  ${houses ? partView(houses, cinemasTable) : nothing}
`;

/** @param {any} report */
function todayView({ today, weekBefore, rooms, roomsBefore, weekday, hour }) {
  // A day that is half over is compared with the same part of the other one.
  const before = weekBefore.byHour.filter((/** @type {{hour: number}} */ each) => each.hour <= hour);
  const sum = (/** @type {(each: any) => number} */ of) => before.reduce((/** @type {number} */ total, /** @type {any} */ each) => total + of(each), 0);
  return html`
    ${figureRow([
      { label: t("staff.word.revenue"), value: money(today.revenue), note: change(today.revenue.amount, sum((each) => each.revenue.amount), weekday) },
      { label: t("staff.word.tickets"), value: numberOf(today.tickets), note: change(today.tickets, sum((each) => each.tickets), weekday) },
      { label: t("staff.word.occupancy"), value: percent(rooms.occupancy), note: t("staff.today.before", { value: percent(roomsBefore.occupancy), weekday }) },
      { label: t("staff.word.refunded"), value: money(today.refunded), note: t("staff.today.ofBookings", { count: today.bookings }) },
    ])}
    ${today.byHour.length
      ? hours(today, weekBefore, weekday)
      : emptyState(t("staff.today.noSales"), t("staff.today.noSalesText"), { href: withCinema("/admin/showtimes"), label: t("staff.nav.showtimes") })}
    ${rooms.occupancyByHour.length ? heat(rooms.occupancyByHour) : nothing}
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

/** @param {{byDay: {day: string, revenue: import("../../domain/money.js").Money, tickets: number}[], day: string, currency: string}} report */
function days({ byDay, day: today, currency }) {
  const at = (/** @type {string} */ day) => byDay.find((each) => each.day === day);
  const axis = daysFrom(addDays(today, 1 - WEEK), WEEK);
  return barChart({
    id: "by-day",
    heading: t("staff.today.byDay"),
    axis: t("staff.today.day"),
    now: t("staff.word.revenue"),
    before: t("staff.today.weekBefore"),
    text: (amount) => money({ amount, currency }),
    bars: axis.map((day) => ({
      label: dayText(day, formatLocale(), { weekday: "short" }),
      value: at(day)?.revenue.amount ?? 0,
      before: at(addDays(day, -WEEK))?.revenue.amount ?? 0,
    })),
    extra: [{ label: t("staff.word.tickets"), text: (index) => numberOf(at(axis[index])?.tickets ?? 0) }],
  });
}

/** @param {{auditoriumId: string, auditoriumName: string, hour: number, occupancy: number}[]} cells */
function heat(cells) {
  const axis = [...new Set(cells.map(({ hour }) => hour))].sort((one, other) => inOrder(one) - inOrder(other));
  const rooms = [...new Map(cells.map(({ auditoriumId, auditoriumName }) => [auditoriumId, auditoriumName]))];
  return heatTable({
    id: "by-room",
    heading: t("staff.today.byRoom"),
    axis: t("staff.word.auditorium"),
    columns: axis.map((hour) => t("staff.today.oclock", { hour: String(hour).padStart(2, "0") })),
    text: percent,
    rows: rooms.map(([id, label]) => ({ label, cells: axis.map((hour) => cells.find((cell) => cell.auditoriumId === id && cell.hour === hour)?.occupancy ?? null) })),
  });
}

/** @param {any[]} byMovie */
const films = (byMovie) =>
  byMovie.length
    ? section("by-film", t("staff.today.byFilm"), shares(t("staff.today.byFilm"), t("staff.word.film"), ({ movieTitle }) => movieTitle, byMovie.slice(0, MOST_FILMS)))
    : nothing;

/** Sums of one currency only can stand side by side. @param {any[]} byCinema */
function cinemasTable(byCinema) {
  if (!byCinema.length) return nothing;
  const heading = t("staff.today.byCinema", { currency: byCinema[0].revenue.currency });
  return section("by-cinema", heading, shares(heading, t("staff.frame.cinema"), ({ cinemaName }) => cinemaName, byCinema));
}

/**
 * A table whose revenues are bars too: as long as their share of the largest.
 * @param {string} label @param {string} what what a row is @param {(row: any) => string} name @param {any[]} rows
 */
function shares(label, what, name, rows) {
  const most = Math.max(1, ...rows.map(({ revenue }) => revenue.amount));
  return dataTable({
    label,
    cards: false,
    rows,
    columns: [
      { label: what, heading: true, cell: name },
      {
        label: t("staff.word.revenue"),
        num: true,
        cell: ({ revenue }) => html`<div>${money(revenue)}<span class="today-share" aria-hidden="true" .style=${`--share:${Math.max(0, revenue.amount) / most}`}></span></div>`,
      },
      { label: t("staff.word.tickets"), num: true, cell: ({ tickets }) => numberOf(tickets) },
      { label: t("staff.word.occupancy"), num: true, cell: ({ occupancy }) => percent(occupancy) },
    ],
  });
}
