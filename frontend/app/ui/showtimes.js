// @ts-check
/** A showtime as a link to its seats, and the strip of days above a programme. */
import { formatLocale, t } from "../core/i18n.js";
import { serverNow } from "../core/clock.js";
import { languageNames } from "../domain/formats.js";
import { clockText, dayText, showtimeText } from "../domain/times.js";
import { html, nothing } from "./html.js";

/**
 * @typedef {{id: string, movieTitle: string, cinemaName: string, auditoriumName: string, timeZone: string, startsAt: string, endsAt: string,
 *   salesCloseAt: string, format: string, audioLanguage: string, subtitleLanguage: string | null, status: string, seatsTotal: number, seatsAvailable: number}} Showtime
 */

const FEW = 0.15;
const SOON_MS = 60 * 60_000;

/** @param {Showtime} showtime */
export const isOver = (showtime) => Date.parse(showtime.salesCloseAt) <= serverNow() || ["CLOSED", "CANCELLED"].includes(showtime.status);

/** @param {Showtime} showtime @param {{withCinema?: boolean}} [options] */
export function timeLink(showtime, { withCinema = false } = {}) {
  const time = clockText(showtime.startsAt, showtime.timeZone, formatLocale());
  const note = noteOf(showtime);
  const parts = [showtime.movieTitle, showtimeText(showtime.startsAt, showtime.timeZone, formatLocale()), showtime.cinemaName, versionText(showtime), note?.text];
  const off = showtime.status === "SOLD_OUT" ? "off" : "";
  return html`<a class="time ${off}" href="/showtimes/${showtime.id}" aria-label=${parts.filter(Boolean).join(", ")}>
    <span>${time}</span>
    ${withCinema ? html`<small>${showtime.cinemaName}</small>` : nothing}
    ${note ? html`<small class=${note.kind}>${note.text}</small>` : nothing}
  </a>`;
}

/** "IMAX · English, German subtitles" @param {Showtime} showtime */
export function versionText({ format, audioLanguage, subtitleLanguage }) {
  const language = languageName(audioLanguage);
  const spoken = subtitleLanguage ? t("showtime.subtitled", { language, subtitles: languageName(subtitleLanguage) }) : language;
  return [format, spoken].filter(Boolean).join(" · ");
}

/** @param {string} tag BCP 47 */
export function languageName(tag) {
  // zxx is the tag of "no linguistic content": what silent films are.
  if (tag === "zxx") return t("showtime.silent");
  try {
    return languageNames(formatLocale()).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/**
 * @param {{days: string[], chosen: string, today: string, open: Set<string> | null, hrefOf: (day: string) => string, label: string,
 *   onChoose?: (day: string) => void}} strip open: days that have showtimes; null when that is not known; onChoose: for a page that
 *   has the other days already
 */
export const dayStrip = ({ days, chosen, today, open, hrefOf, label, onChoose }) => html`
  <nav aria-label=${label}>
    <ul class="day-strip">
      ${days.map((day) => {
        const closed = open !== null && !open.has(day);
        return html`<li>
          <a class="day ${closed ? "empty" : ""}" href=${hrefOf(day)} aria-current=${day === chosen ? "date" : nothing}
            @click=${(/** @type {MouseEvent} */ event) => onChoose && isPlain(event) && (event.preventDefault(), onChoose(day))}
            aria-label=${`${dayText(day, formatLocale(), { weekday: "long", day: "numeric", month: "long" })}${closed ? `, ${t("day.nothing")}` : ""}`}>
            <small>${day === today ? t("day.today") : dayText(day, formatLocale(), { weekday: "short" })}</small>
            <strong>${dayText(day, formatLocale(), { day: "numeric", month: "short" })}</strong>
          </a>
        </li>`;
      })}
    </ul>
  </nav>
`;

/** Not meant for another tab or window. @param {MouseEvent} event */
const isPlain = (event) => event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;

/** @param {Showtime} showtime @returns {{kind: string, text: string} | null} */
function noteOf(showtime) {
  const untilStart = Date.parse(showtime.startsAt) - serverNow();
  if (showtime.status === "SOLD_OUT" || showtime.seatsAvailable === 0) return { kind: "", text: t("showtime.soldOut") };
  if (showtime.status === "SCHEDULED") return { kind: "", text: t("showtime.notYet") };
  if (showtime.seatsAvailable / showtime.seatsTotal < FEW) return { kind: "few", text: t("showtime.left", { count: showtime.seatsAvailable }) };
  if (untilStart > 0 && untilStart < SOON_MS) return { kind: "", text: t("showtime.startsIn", { count: Math.max(1, Math.round(untilStart / 60_000)) }) };
  return null;
}
