// @ts-check
/** The showtimes of one day of a cinema, as staff see them. */
import { gql } from "../core/gql.js";
import { formatLocale, t } from "../core/i18n.js";
import { clockText, spanOfDay } from "../domain/times.js";
import { html, nothing } from "../ui/html.js";
import { DayShowtimes } from "./operations.js";

const TAGS = /** @type {Record<string, string>} */ ({ ON_SALE: "ok", SCHEDULED: "", DRAFT: "warn", SOLD_OUT: "warn", CLOSED: "", CANCELLED: "bad" });

/** All of a day, by start. @param {import("./frame.js").Cinema} cinema @param {string} day @param {AbortSignal} signal */
export async function dayProgramme(cinema, day, signal) {
  /** @type {any[]} */
  const all = [];
  let after = null;
  do {
    const { showtimes } = /** @type {any} */ (await gql(DayShowtimes, { cinemaId: cinema.id, ...spanOfDay(day, cinema.timeZone), after }, { signal }));
    all.push(...showtimes.nodes);
    after = showtimes.pageInfo.hasNextPage ? showtimes.pageInfo.endCursor : null;
  } while (after);
  return all;
}

/** @param {any[]} showtimes @param {(showtime: any) => unknown} [actions] */
export function programmeTable(showtimes, actions) {
  if (!showtimes.length) return html`<p class="muted">${t("staff.noShowtimes")}</p>`;
  return html`
    <div class="table-wrap" tabindex="0" role="region" aria-label=${t("staff.showtimes")}>
      <table class="table-plain">
        <thead>
          <tr>
            <th scope="col">${t("staff.start")}</th><th scope="col">${t("staff.film")}</th><th scope="col">${t("staff.auditorium")}</th>
            <th scope="col" class="num">${t("staff.sold")}</th><th scope="col" class="num">${t("staff.in")}</th><th scope="col">${t("staff.status")}</th>
            ${actions ? html`<th scope="col"><span class="visually-hidden-text">${t("staff.actions")}</span></th>` : nothing}
          </tr>
        </thead>
        <tbody>
          ${showtimes.map(
            (showtime) => html`<tr>
              <td class="figures nowrap">${clockText(showtime.startsAt, showtime.timeZone, formatLocale())}–${clockText(showtime.endsAt, showtime.timeZone, formatLocale())}</td>
              <th scope="row"><a href="/showtimes/${showtime.id}">${showtime.movieTitle}</a></th>
              <td>${showtime.auditoriumName} <span class="muted">${showtime.format}</span></td>
              <td class="num">${showtime.seatsTotal - showtime.seatsAvailable} / ${showtime.seatsTotal}</td>
              <td class="num">${showtime.checkedIn ?? "–"}</td>
              <td><span class="tag ${TAGS[showtime.status]}">${t(`showtimeStatus.${showtime.status}`)}</span></td>
              ${actions ? html`<td>${actions(showtime)}</td>` : nothing}
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
  `;
}
