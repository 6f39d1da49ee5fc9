// @ts-check
/** What is being sold, as it happens; it can be halted to be read, and goes on with what came meanwhile. */
import { serverNow } from "../../core/clock.js";
import { gql } from "../../core/gql.js";
import { formatLocale, t } from "../../core/i18n.js";
import { atLeast } from "../../core/session.js";
import { batch, state } from "../../core/state.js";
import { clockText } from "../../domain/times.js";
import { money } from "../../ui/format.js";
import { html, nothing, repeat } from "../../ui/html.js";
import { LatestBookings } from "../operations/sales.js";
import { withCinema } from "../rail.js";
import { icon } from "../ui/icon.js";
import { partOf, partView } from "../ui/part.js";
import { bookingTag } from "./bookings.js";

export const MOST = 50;
const AT_FIRST = 20;

/** @typedef {{key: string, at: string, booking: any}} Line */
/** @typedef {Awaited<ReturnType<typeof feedOf>>} Feed */

/** @param {string} cinemaId @param {AbortSignal} signal */
export async function feedOf(cinemaId, signal) {
  const halted = state(false);
  const waiting = state(/** @type {Line[]} */ ([]));
  /** @type {Line[]} */
  let seen = [];
  const part = await partOf(async () => {
    const { bookings } = await gql(LatestBookings, { cinemaId, first: AT_FIRST }, { signal });
    seen = newest([...seen, ...bookings.nodes.map((/** @type {any} */ booking) => lineOf(booking, lastMoved(booking)))]);
    return seen;
  }, signal);
  const take = (/** @type {Line[]} */ lines) => (part.value.value = seen = newest([...lines, ...seen]));
  return {
    part,
    halted,
    waiting,
    again: part.again,
    /** A booking that has just changed. @param {any} booking */
    add(booking) {
      const line = lineOf(booking, new Date(serverNow()).toISOString());
      if (halted.value) waiting.value = newest([line, ...waiting.value]);
      else take([line]);
    },
    flip: () =>
      batch(() => {
        halted.value = !halted.value;
        if (!halted.value) take(waiting.value);
        if (!halted.value) waiting.value = [];
      }),
  };
}

/** @param {any} booking @param {string} at @returns {Line} */
const lineOf = (booking, at) => ({ key: `${booking.id} ${booking.status} ${booking.tickets.length}`, at, booking });

/** When a booking came into the state it has. @param {any} booking */
const lastMoved = ({ cancelledAt, confirmedAt, createdAt }) => cancelledAt ?? confirmedAt ?? createdAt;

/** One line for each state of a booking, the newest first. @param {Line[]} lines @returns {Line[]} */
function newest(lines) {
  const byKey = new Map();
  for (const line of lines) if (!byKey.has(line.key)) byKey.set(line.key, line);
  return [...byKey.values()].sort((one, other) => Date.parse(other.at) - Date.parse(one.at)).slice(0, MOST);
}

/** @param {Feed} feed @param {"connecting" | "live" | "waiting"} status of the connection */
export const feedView = ({ part, halted, waiting, flip }, status) => html`
  <section class="card-plain today-feed">
    <div class="section-head">
      <h2 id="feed">${t("staff.feed.heading")}</h2>
      <button class="btn btn-quiet btn-sm" type="button" @click=${flip}>
        ${halted.value ? html`${icon("play-fill")} ${t("staff.feed.go")}` : html`${icon("pause-fill")} ${t("staff.feed.halt")}`}
      </button>
    </div>
    <p class="muted small-text" id="feed-state">
      ${halted.value ? t("staff.feed.halted", { count: waiting.value.length }) : t(`staff.feedState.${status}`)}
    </p>
    ${partView(part, (lines) => html`
      <div class="today-log" role="log" tabindex="0" aria-labelledby="feed">
        ${lines.length ? html`<ol>${repeat(lines, ({ key }) => key, entry)}</ol>` : html`<p class="muted">${t("staff.feed.none")}</p>`}
      </div>
    `)}
  </section>
`;

/** @param {Line} line */
function entry({ at, booking }) {
  const { id, reference, status, showtime, tickets, total } = booking;
  const tag = bookingTag(status);
  return html`<li>
    <span class="figures muted">${clockText(at, showtime.timeZone, formatLocale())}</span>
    <div>
      <a class="figures" href=${withCinema(`/admin/bookings/${id}`)}>${reference}</a> <span class="tag ${tag.kind}">${tag.text}</span>
      <div class="small-text">${showtime.movieTitle} <span class="muted">· ${showtime.auditoriumName}, ${clockText(showtime.startsAt, showtime.timeZone, formatLocale())}</span></div>
      <div class="muted small-text">${t("staff.feed.tickets", { count: tickets.length })}${atLeast("MANAGER") ? html` · <span class="figures">${money(total)}</span>` : nothing}</div>
    </div>
  </li>`;
}
