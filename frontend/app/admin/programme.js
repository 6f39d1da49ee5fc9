// @ts-check
/** The showtimes of one day of a cinema, as staff see them. */
import { formatLocale, t } from "../core/i18n.js";
import { clockText, spanOfDay } from "../domain/times.js";
import { html } from "../ui/html.js";
import { DayShowtimes } from "./operations/programme.js";
import { allOf } from "./ui/connection.js";
import { dataTable } from "./ui/table.js";

const TAGS = /** @type {Record<string, string>} */ ({ ON_SALE: "ok", SCHEDULED: "", DRAFT: "warn", SOLD_OUT: "warn", CLOSED: "", CANCELLED: "bad" });

/** All of a day, by start. @param {import("./frame.js").Cinema} cinema @param {string} day @param {AbortSignal} signal @returns {Promise<any[]>} */
export const dayProgramme = (cinema, day, signal) => allOf(DayShowtimes, "showtimes", { cinemaId: cinema.id, ...spanOfDay(day, cinema.timeZone) }, signal);

/** @param {any[]} showtimes @param {(showtime: any) => unknown} [actions] */
export function programmeTable(showtimes, actions) {
  if (!showtimes.length) return html`<p class="muted">${t("staff.showtimes.none")}</p>`;
  return dataTable({ label: t("staff.nav.showtimes"), rows: showtimes, columns: [...COLUMNS(), ...(actions ? [{ label: t("staff.word.actions"), quiet: true, cell: actions }] : [])] });
}

/** @returns {import("./ui/table.js").Column[]} */
const COLUMNS = () => [
  { label: t("staff.word.time"), nowrap: true, cell: ({ startsAt, endsAt, timeZone }) => html`<span class="figures">${clockText(startsAt, timeZone, formatLocale())}–${clockText(endsAt, timeZone, formatLocale())}</span>` },
  { label: t("staff.word.film"), heading: true, cell: ({ id, movieTitle }) => html`<a href="/showtimes/${id}">${movieTitle}</a>` },
  { label: t("staff.word.auditorium"), cell: ({ auditoriumName, format }) => html`${auditoriumName} <span class="muted">${format}</span>` },
  { label: t("staff.word.taken"), num: true, cell: ({ seatsTotal, seatsAvailable }) => `${seatsTotal - seatsAvailable} / ${seatsTotal}` },
  { label: t("staff.word.admitted"), num: true, cell: ({ checkedIn }) => checkedIn ?? "–" },
  { label: t("staff.word.status"), cell: ({ status }) => html`<span class="tag ${TAGS[status]}">${t(`showtimeStatus.${status}`)}</span>` },
];
