// @ts-check
/** The seats this tab holds at the moment, so that every page can lead back to them. Lives as long as the tab. */
import { now, serverNow, setServerTime } from "./clock.js";
import { computed, state } from "./state.js";
import { passing } from "./storage.js";

/** @typedef {{bookingId: string, showtimeId: string, title: string, expiresAt: string}} Hold */

const kept = state(/** @type {Hold | null} */ (passing.get("hold")));

/** The hold while it lasts. */
export const hold = computed(() => (kept.value && Date.parse(kept.value.expiresAt) > Math.max(now.value, serverNow()) ? kept.value : null));

/**
 * Learns from a booking just received whether its seats are held.
 * @param {{id: string, status: string, holdExpiresAt: string | null, serverTime: string, showtime: {id: string, movieTitle: string}}} booking
 */
export function noteBooking(booking) {
  setServerTime(booking.serverTime);
  if (booking.status === "HELD" && booking.holdExpiresAt) {
    keep({ bookingId: booking.id, showtimeId: booking.showtime.id, title: booking.showtime.movieTitle, expiresAt: booking.holdExpiresAt });
  } else if (kept.value?.bookingId === booking.id) keep(null);
}

/** The held booking of a showtime, to be changed rather than doubled. @param {string} showtimeId */
export const heldBookingOf = (showtimeId) => (hold.value?.showtimeId === showtimeId ? hold.value.bookingId : null);

export const forgetHold = () => keep(null);

/** @param {Hold | null} value */
function keep(value) {
  kept.value = value;
  passing.set("hold", value);
}
