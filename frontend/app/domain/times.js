// @ts-check
/** Days and times in a cinema's zone. A cinema's day runs from 05:00 to 05:00: the late show belongs to its evening. */
import { dateFormat } from "./formats.js";

const DAY_STARTS_AT = 5;
const HOUR_MS = 3_600_000;

/** @typedef {string} Day YYYY-MM-DD */

/** @param {string | number | Date} instant @param {string} timeZone @returns {Day} calendar day there */
export function calendarDay(instant, timeZone) {
  const { year, month, day } = partsOf(new Date(instant), timeZone);
  return `${year}-${month}-${day}`;
}

/** @param {string | number | Date} instant @param {string} timeZone @returns {Day} the cinema's day */
export function cinemaDay(instant, timeZone) {
  const { hour } = partsOf(new Date(instant), timeZone);
  const day = calendarDay(instant, timeZone);
  return Number(hour) < DAY_STARTS_AT ? addDays(day, -1) : day;
}

/** @param {Day} day @param {number} count @returns {Day} */
export function addDays(day, count) {
  const date = new Date(`${day}T12:00:00Z`);
  date.setUTCDate(date.getUTCDate() + count);
  return date.toISOString().slice(0, 10);
}

/**
 * The instant of a wall-clock time in a zone. A time that daylight saving skips gives the instant an hour later,
 * one that comes twice the first.
 * @param {Day} day @param {string} time HH:MM @param {string} timeZone
 */
export function instantOf(day, time, timeZone) {
  const wall = Date.parse(`${day}T${time}:00Z`);
  const before = wall - offsetAt(wall - 12 * HOUR_MS, timeZone);
  const after = wall - offsetAt(wall + 12 * HOUR_MS, timeZone);
  const fitting = [before, after].filter((guess) => guess + offsetAt(guess, timeZone) === wall);
  return new Date(fitting.length ? Math.min(...fitting) : before);
}

/** @param {Day} day @param {string} timeZone @returns {{from: string, to: string}} RFC 3339, for the API */
export function spanOfDay(day, timeZone) {
  const start = `0${DAY_STARTS_AT}:00`;
  return { from: rfc3339(instantOf(day, start, timeZone)), to: rfc3339(instantOf(addDays(day, 1), start, timeZone)) };
}

/** A calendar day from midnight to midnight there. @param {Day} day @param {string} timeZone @returns {{from: Date, to: Date}} */
export const spanOfCalendarDay = (day, timeZone) => ({ from: instantOf(day, "00:00", timeZone), to: instantOf(addDays(day, 1), "00:00", timeZone) });

/** @param {Date} instant */
export const rfc3339 = (instant) => instant.toISOString().replace(/\.\d+Z$/, "+00:00");

/** @param {string} instant @param {string} timeZone @param {string} locale @returns {string} 24-hour clock */
export function clockText(instant, timeZone, locale) {
  return dateFormat(locale, { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date(instant));
}

/**
 * @param {Day} day @param {string} locale @param {Intl.DateTimeFormatOptions} [options]
 */
export function dayText(day, locale, options = { weekday: "short", day: "numeric", month: "short" }) {
  return dateFormat(locale, { timeZone: "UTC", ...options }).format(new Date(`${day}T12:00:00Z`));
}

/**
 * Which evening and what time: "Fri 27 Nov, 20:00"; after midnight the evening it belongs to with the true time.
 * @param {string} instant @param {string} timeZone @param {string} locale
 */
export function showtimeText(instant, timeZone, locale) {
  return `${dayText(cinemaDay(instant, timeZone), locale)}, ${clockText(instant, timeZone, locale)}`;
}

/** @param {Day} first @param {number} count @returns {Day[]} */
export const daysFrom = (first, count) => Array.from({ length: count }, (_, index) => addDays(first, index));

/** @param {string} timeZone */
export function isTimeZone(timeZone) {
  try {
    return Boolean(new Intl.DateTimeFormat("en", { timeZone }));
  } catch {
    return false;
  }
}

/** @param {number} instant @param {string} timeZone @returns {number} ms that wall clocks there are ahead of UTC */
function offsetAt(instant, timeZone) {
  const { year, month, day, hour, minute } = partsOf(new Date(instant), timeZone);
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute)) - Math.floor(instant / 60_000) * 60_000;
}

/** @param {Date} date @param {string} timeZone @returns {Record<string, string>} */
function partsOf(date, timeZone) {
  const format = dateFormat("en-GB", {
    timeZone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  });
  return Object.fromEntries(format.formatToParts(date).map(({ type, value }) => [type, value]));
}
