// @ts-check
/**
 * The day as a timeline: rooms as rows, hours across, a block a showtime with its trailers and the time to clean.
 * Blocks are dragged, or moved with the arrow keys and Enter, or by the form that a click opens; the service decides.
 */
import { failureText } from "../../core/forms.js";
import { gql, gqlPartial } from "../../core/gql.js";
import { formatLocale, t } from "../../core/i18n.js";
import { atLeast } from "../../core/session.js";
import { batch, state } from "../../core/state.js";
import { clockText, rfc3339, spanOfDay } from "../../domain/times.js";
import { html, nothing, repeat } from "../../ui/html.js";
import { notice } from "../../ui/notice.js";
import { clashing, hoursIn, instantAt, minutesFrom, shownPart, STEP, stepped } from "../domain/timeline.js";
import { RescheduleShowtime, TimelineRooms, TimelineShowtimes } from "../operations/programme.js";
import { allOf } from "../ui/connection.js";
import { saved } from "../ui/saved.js";

/**
 * @typedef {import("../domain/timeline.js").Slot} Slot
 * @typedef {{id: string, room: string, start: number}} Draft where a block is now, not saved
 * @typedef {ReturnType<typeof timelineOf>} Timeline
 */

/** Everything the timeline of a day needs. @param {import("../frame.js").Cinema} cinema @param {string} day @param {AbortSignal} signal */
export async function askDay(cinema, day, signal) {
  const span = spanOfDay(day, cinema.timeZone);
  const [{ data: { cinema: house } }, showtimes] = await Promise.all([
    gqlPartial(TimelineRooms, { cinemaId: cinema.id }, { signal }),
    allOf(TimelineShowtimes, "showtimes", { cinemaId: cinema.id, ...span }, signal),
  ]);
  // Where nobody knows the rooms, those of the day's showtimes are known.
  const rooms = house?.auditoriums ?? [...new Map(showtimes.map(({ auditorium, auditoriumName }) => [auditorium?.id, { id: auditorium?.id, name: auditoriumName }])).values()];
  return { ...span, showtimes, rooms, turnaround: house?.bookingPolicy?.turnaroundMinutes ?? 0, zone: cinema.timeZone };
}

/** @param {{part: import("../ui/part.js").Part<any>, open: (showtime: any, draft: Draft | null) => void}} options open: the form about a showtime */
export function timelineOf({ part, open }) {
  const draft = state(/** @type {Draft | null} */ (null));
  const said = state("");
  const fault = state(/** @type {string | null} */ (null));
  const own = { part, open, draft, said, fault, busy: state(false), dragged: false, save };

  /** Asks the service; what it refuses goes back to its place. @param {any} showtime @param {Draft} to @param {{ask?: boolean}} [options] */
  async function save(showtime, to, { ask = true } = {}) {
    if (own.busy.value) return;
    if (ask && sold(showtime)) return open(showtime, to);
    own.busy.value = true;
    fault.value = null;
    try {
      const { from } = part.value.value;
      const refusal = await reschedule(showtime, rfc3339(instantAt(from, to.start)), to.room);
      batch(() => {
        draft.value = null;
        if (refusal) said.value = fault.value = refusal;
      });
      if (!refusal) await part.again();
    } catch (error) {
      draft.value = null;
      fault.value = failureText(error);
    } finally {
      own.busy.value = false;
    }
  }
  return own;
}

/** How many would be told. @param {any} showtime */
export const sold = ({ ticketsSold }) => ticketsSold ?? 0;

/**
 * @param {any} showtime @param {string} startsAt @param {string} room @returns {Promise<string | null>} why not, in the service's own words
 */
export async function reschedule(showtime, startsAt, room) {
  const auditoriumId = room === showtime.auditorium?.id ? null : room;
  const { userErrors } = (await gql(RescheduleShowtime, { id: showtime.id, startsAt, auditoriumId })).rescheduleShowtime;
  if (userErrors.length) return userErrors[0].message;
  saved(t("staff.timeline.moved"), { object: { type: "Showtime", id: showtime.id } });
  return null;
}

/** @param {Timeline} timeline @param {any} day as askDay gave it */
export function timelineView(timeline, day) {
  const { draft, fault, said } = timeline;
  const slots = slotsOf(day, draft.value);
  const busy = clashing(slots, day.turnaround);
  const part = shownPart(slots, minutesFrom(day.from, day.to));
  const moved = draft.value && day.showtimes.find((/** @type {any} */ each) => each.id === draft.value?.id);
  return html`
    <div class="visually-hidden-text" role="status" id="timeline-said">${said.value}</div>
    ${fault.value ? notice("bad", html`<p>${fault.value}</p>`, { role: "alert" }) : nothing}
    ${atLeast("MANAGER") ? html`<p class="muted small-text" id="timeline-keys">${t("staff.timeline.keys")}</p>` : nothing}
    <div class="timeline" tabindex="0" role="region" aria-label=${t("staff.timeline.label")} .style=${`--minutes:${part.last - part.first}`}>
      <div class="timeline-hours" aria-hidden="true">${hoursIn(part).map((minute) => html`<span .style=${`--start:${minute - part.first}`}>${clockAt(day, minute)}</span>`)}</div>
      ${day.rooms.map((/** @type {{id: string, name: string}} */ room) => html`
        <div class="timeline-room" role="group" aria-label=${room.name} data-room=${room.id}>
          <div class="timeline-name">${room.name}</div>
          <div class="timeline-track">
            ${repeat(slots.filter((slot) => slot.room === room.id), ({ id }) => id, (slot) => block(timeline, day, slot, part.first, busy.has(slot.id)))}
          </div>
        </div>
      `)}
    </div>
    ${moved && !timeline.dragged ? unsaved(timeline, day, moved) : nothing}
  `;
}

/** @param {any} day @param {Draft | null} draft @returns {Slot[]} by start */
const slotsOf = ({ showtimes, from }, draft) =>
  showtimes
    .filter((/** @type {any} */ { status }) => status !== "CANCELLED")
    .map((/** @type {any} */ { id, startsAt, endsAt, auditorium }) => {
      const length = minutesFrom(startsAt, endsAt);
      const to = draft && draft.id === id ? draft : { room: auditorium?.id, start: minutesFrom(from, startsAt) };
      return { id, ...to, end: to.start + length };
    })
    .sort((/** @type {Slot} */ one, /** @type {Slot} */ other) => one.start - other.start);

/** @param {any} day @param {number} minute */
const clockAt = ({ from, zone }, minute) => clockText(instantAt(from, minute).toISOString(), zone, formatLocale());

/** @param {Timeline} timeline @param {any} day @param {Slot} slot @param {number} first @param {boolean} clashes */
function block(timeline, day, slot, first, clashes) {
  const showtime = day.showtimes.find((/** @type {any} */ each) => each.id === slot.id);
  const trailers = Math.max(0, slot.end - slot.start - (showtime.movie?.durationMinutes ?? slot.end - slot.start));
  const span = `${clockAt(day, slot.start)}–${clockAt(day, slot.end)}`;
  const style = `--start:${slot.start - first};--length:${slot.end - slot.start};--trailers:${trailers};--cleaning:${day.turnaround}`;
  const name = `${showtime.movieTitle}, ${span}, ${t(`showtimeStatus.${showtime.status}`)}${clashes ? `, ${t("staff.timeline.clashes")}` : ""}`;
  const inside = html`<span class="timeline-trailers"></span><span class="timeline-film"><strong>${showtime.movieTitle}</strong> <span class="figures">${span}</span></span><span class="timeline-cleaning"></span>`;
  const classes = `timeline-block ${showtime.status.toLowerCase()} ${clashes ? "clashes" : ""} ${timeline.draft.value?.id === slot.id ? "draft-move" : ""}`;
  if (!atLeast("MANAGER")) return html`<a class=${classes} .style=${style} href="/showtimes/${slot.id}" aria-label=${name} title=${name}>${inside}</a>`;
  return html`<button class=${classes} type="button" .style=${style} aria-label=${name} title=${name} aria-describedby="timeline-keys" id="block-${slot.id}"
    @click=${() => click(timeline, showtime)}
    @keydown=${(/** @type {KeyboardEvent} */ event) => key(timeline, day, showtime, slot, event)}
    @pointerdown=${(/** @type {PointerEvent} */ event) => grab(timeline, day, showtime, slot, event)}>${inside}</button>`;
}

/** @param {Timeline} timeline @param {any} showtime */
function click(timeline, showtime) {
  const draft = timeline.draft.value;
  if (timeline.dragged) timeline.dragged = false;
  else if (draft && draft.id === showtime.id) void timeline.save(showtime, draft);
  else timeline.open(showtime, null);
}

/** @param {Timeline} timeline @param {any} day @param {any} showtime @param {Slot} slot @param {KeyboardEvent} event */
function key(timeline, day, showtime, slot, event) {
  const sideways = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key] ?? 0;
  const down = { ArrowUp: -1, ArrowDown: 1 }[event.key] ?? 0;
  if (event.key === "Escape" && timeline.draft.value) {
    timeline.draft.value = null;
    timeline.said.value = t("staff.timeline.back");
  }
  if (!sideways && !down) return;
  event.preventDefault();
  const rooms = day.rooms.map((/** @type {{id: string}} */ { id }) => id);
  const room = rooms[Math.min(rooms.length - 1, Math.max(0, rooms.indexOf(slot.room) + down))];
  place(timeline, day, showtime, { id: slot.id, room, start: slot.start + sideways });
  // Another room is another place in the document: the focus goes along.
  if (down) requestAnimationFrame(() => document.getElementById(`block-${slot.id}`)?.focus());
}

/** @param {Timeline} timeline @param {any} day @param {any} showtime @param {Draft} to */
function place(timeline, day, showtime, to) {
  const clashes = clashing(slotsOf(day, to), day.turnaround).has(to.id);
  batch(() => {
    timeline.fault.value = null;
    timeline.draft.value = to;
    timeline.said.value = sentence(day, showtime, to) + (clashes ? ` ${t("staff.timeline.clashes")}` : "");
  });
}

/** @param {any} day @param {any} showtime @param {Draft} to */
const sentence = (day, showtime, to) =>
  t("staff.timeline.to", { film: showtime.movieTitle, time: clockAt(day, to.start), room: day.rooms.find((/** @type {{id: string}} */ { id }) => id === to.room)?.name ?? "" });

/** @param {Timeline} timeline @param {any} day @param {any} showtime @param {Slot} slot @param {PointerEvent} event */
function grab(timeline, day, showtime, slot, event) {
  // A finger scrolls; it has the form.
  if (event.button || event.pointerType === "touch" || timeline.busy.value) return;
  timeline.dragged = false;
  const element = /** @type {HTMLElement} */ (event.currentTarget);
  const track = /** @type {HTMLElement} */ (element.closest(".timeline-track"));
  const perMinute = track.getBoundingClientRect().width / Number(getComputedStyle(track).getPropertyValue("--minutes"));
  const hand = new AbortController();
  const move = (/** @type {PointerEvent} */ now) => {
    const minutes = stepped((now.clientX - event.clientX) / perMinute);
    const under = document.elementsFromPoint(now.clientX, now.clientY).find((each) => each.matches(".timeline-room"));
    const room = under?.getAttribute("data-room") ?? timeline.draft.value?.room ?? slot.room;
    if (!minutes && room === slot.room && !timeline.dragged) return;
    timeline.dragged = true;
    place(timeline, day, showtime, { id: slot.id, room, start: slot.start + minutes });
  };
  const drop = () => {
    hand.abort();
    const to = timeline.draft.value;
    if (!timeline.dragged || !to) return;
    // The click that follows a drag on the same block is none; it comes before this.
    setTimeout(() => (timeline.dragged = false));
    void timeline.save(showtime, to);
  };
  window.addEventListener("pointermove", move, { signal: hand.signal });
  window.addEventListener("pointerup", drop, { signal: hand.signal });
  window.addEventListener("pointercancel", () => {
    hand.abort();
    timeline.dragged = false;
    timeline.draft.value = null;
  }, { signal: hand.signal });
}

/** What the keys have moved and nobody has saved. @param {Timeline} timeline @param {any} day @param {any} showtime */
const unsaved = (timeline, day, showtime) => {
  const to = /** @type {Draft} */ (timeline.draft.value);
  return html`<div class="bulk-bar mt-3" role="group" aria-label=${t("staff.form.unsaved")}>
    <span>${sentence(day, showtime, to)}</span>
    <button class="btn btn-primary btn-sm" type="button" @click=${() => timeline.save(showtime, to)}>${t("staff.timeline.move")}</button>
    <button class="btn btn-quiet btn-sm" type="button" @click=${() => (timeline.draft.value = null)}>${t("staff.timeline.putBack")}</button>
  </div>`;
};
