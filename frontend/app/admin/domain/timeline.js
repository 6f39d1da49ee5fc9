// @ts-check
/** A day of rooms as spans of minutes. Minutes are real ones from the day's first instant, so a night of 23 or 25 hours is right. */

/** What moves, moves by so many minutes. */
export const STEP = 5;
const MINUTE_MS = 60_000;
const HOUR = 60;
/** Hours shown before the first and behind the last showtime: room to move them to. */
const MARGIN = 2 * HOUR;

/** @typedef {{id: string, room: string, start: number, end: number}} Slot end: of the film, cleaning comes after it */

/** @param {string} from RFC 3339 @param {string} to @returns {number} whole minutes */
export const minutesFrom = (from, to) => Math.round((Date.parse(to) - Date.parse(from)) / MINUTE_MS);

/** @param {string} from RFC 3339 @param {number} minutes @returns {Date} */
export const instantAt = (from, minutes) => new Date(Date.parse(from) + minutes * MINUTE_MS);

/** @param {number} minutes @returns {number} the nearest step */
export const stepped = (minutes) => Math.round(minutes / STEP) * STEP;

/**
 * Those that leave less than the time to clean between them, as the service counts it.
 * @param {Slot[]} slots @param {number} turnaround minutes @returns {Set<string>} ids
 */
export function clashing(slots, turnaround) {
  const found = /** @type {Set<string>} */ (new Set());
  for (const [index, one] of slots.entries()) {
    for (const other of slots.slice(index + 1)) {
      if (one.room !== other.room || one.start >= other.end + turnaround || other.start >= one.end + turnaround) continue;
      found.add(one.id).add(other.id);
    }
  }
  return found;
}

/**
 * What of the day is drawn, in whole hours.
 * @param {Slot[]} slots @param {number} length of the day @returns {{first: number, last: number}} minutes
 */
export function shownPart(slots, length) {
  const first = Math.min(...slots.map(({ start }) => start), 9 * HOUR) - MARGIN;
  const last = Math.max(...slots.map(({ end }) => end), 17 * HOUR) + MARGIN;
  return { first: Math.max(0, Math.floor(first / HOUR) * HOUR), last: Math.min(length, Math.ceil(last / HOUR) * HOUR) };
}

/** The full hours of a part of the day. @param {{first: number, last: number}} part @returns {number[]} */
export const hoursIn = ({ first, last }) => Array.from({ length: Math.ceil((last - first) / HOUR) }, (_, index) => first + index * HOUR);

/**
 * Starts of a bulk: each time on each day whose weekday is wanted.
 * @param {string[]} days YYYY-MM-DD @param {Set<number>} weekdays 1 Monday to 7 Sunday @param {string[]} times HH:MM
 * @returns {{day: string, time: string}[]}
 */
export const startsOn = (days, weekdays, times) =>
  days.filter((day) => weekdays.has(new Date(`${day}T12:00:00Z`).getUTCDay() || 7)).flatMap((day) => times.map((time) => ({ day, time })));

/** Times as somebody writes them: "17:00, 20.30 9". @param {string} text @returns {string[] | null} HH:MM in order, null when one is none */
export function timesIn(text) {
  const parts = text.split(/[\s,;]+/).filter(Boolean);
  const times = parts.map((part) => /^([01]?\d|2[0-3])(?:[:.]([0-5]\d))?$/.exec(part));
  if (!parts.length || times.includes(null)) return null;
  return [...new Set(times.map((match) => `${String(match?.[1]).padStart(2, "0")}:${match?.[2] ?? "00"}`))].sort();
}
