// @ts-check
/** A sale at the desk: who sits where at which price, what to ask for in cash, and which seats are next best. Pure. */

import { minorDigits } from "../../domain/money.js";

/**
 * @typedef {import("../../domain/seats.js").Seat} Seat
 * @typedef {import("../../domain/seats.js").Row} Row
 * @typedef {{category: string, ticketType: string, price: import("../../domain/money.js").Money}} Price
 * @typedef {Record<string, number>} Counts tickets by type; ADULT takes what the others leave
 * @typedef {{seatId: string, ticketType: string, amount: number}} Line amount: minor units
 */

const ADULT = "ADULT";
/** A row further away is worse than a seat further away: the party hears each other along a row. */
const ROW_WEIGHT = 1.6;
/** What people hand over, in whole units of money: notes of 1, 2 and 5, however small the unit is. */
const NOTES = [1, 2, 5];
/** Notes begin at 5 where money has cents, and at 500 where it has none (yen, won, francs CFA). */
const SMALLEST_NOTE = 5;
const SMALLEST_NOTE_WITHOUT_CENTS = 500;
const MOST_SUGGESTIONS = 4;

/** The types on sale, adults first. @param {Price[]} prices @returns {string[]} */
export const typesOf = (prices) => [...new Set([ADULT, ...prices.map(({ ticketType }) => ticketType)])].filter((type) => prices.some((price) => price.ticketType === type));

/** Counts that fit a number of seats: the last wish is cut, adults fill up. @param {Counts} counts @param {number} seats @returns {Counts} */
export function fitted(counts, seats) {
  let left = seats;
  /** @type {Counts} */
  const fit = {};
  for (const [type, wanted] of Object.entries(counts)) {
    if (type === ADULT) continue;
    fit[type] = Math.min(Math.max(0, wanted), left);
    left -= fit[type];
  }
  return { [ADULT]: left, ...fit };
}

/**
 * A type and a price for each seat: adults on the first seats, then the others in the order of `counts`.
 * @param {Seat[]} seats @param {Counts} counts @param {Price[]} prices @returns {Line[]}
 */
export function linesOf(seats, counts, prices) {
  const types = Object.entries(fitted(counts, seats.length)).flatMap(([type, count]) => /** @type {string[]} */ (Array(count).fill(type)));
  return seats.map((seat, index) => {
    const price = prices.find((each) => each.category === seat.category && each.ticketType === types[index]);
    return { seatId: seat.id, ticketType: types[index], amount: price?.price.amount ?? 0 };
  });
}

/** @param {Line[]} lines @returns {number} minor units */
export const totalOf = (lines) => lines.reduce((sum, { amount }) => sum + amount, 0);

/**
 * What a guest is likely to hand over: the exact sum, the next round one, the next notes.
 * @param {number} total minor units @param {string} currency @returns {number[]} minor units, rising, none twice
 */
export function likelyTendered(total, currency) {
  if (total <= 0) return [];
  const digits = minorDigits(currency);
  const smallest = digits ? SMALLEST_NOTE * 10 ** digits : SMALLEST_NOTE_WITHOUT_CENTS;
  const round = Math.ceil(total / smallest) * smallest;
  const decade = 10 ** Math.floor(Math.log10(Math.max(total, smallest)));
  const notes = [decade, 10 * decade, 100 * decade].flatMap((power) => NOTES.map((note) => note * power)).filter((note) => note >= Math.max(total, smallest));
  return [...new Set([total, round, ...notes])].sort((one, other) => one - other).slice(0, MOST_SUGGESTIONS);
}

/**
 * Seats to stand in for those that were lost: the free ones nearest to what is kept, one after the other.
 * @param {Row[]} rows @param {(seatId: string) => boolean} isFree @param {string[]} kept @param {number} count how many more
 * @returns {string[]} as many as there are, at most `count`; none where nothing is kept, for the server knows better then
 */
export function nearestTo(rows, isFree, kept, count) {
  const all = rows.flatMap((row) => row.seats);
  const party = all.filter((seat) => kept.includes(seat.id));
  /** @type {Seat[]} */
  const found = [];
  while (party.length && found.length < count) {
    const near = [...party, ...found];
    const free = all.filter((seat) => isFree(seat.id) && !near.includes(seat));
    if (!free.length) break;
    found.push(free.reduce((best, seat) => (distance(seat, near) < distance(best, near) ? seat : best)));
  }
  return found.map((seat) => seat.id);
}

/** To the nearest of the party, with its middle deciding between equals. @param {Seat} seat @param {Seat[]} party */
function distance(seat, party) {
  const steps = party.map((other) => Math.abs(seat.x - other.x) + ROW_WEIGHT * Math.abs(seat.y - other.y));
  return Math.min(...steps) + steps.reduce((sum, step) => sum + step, 0) / party.length / 1000;
}

/**
 * Seats that the server says are taken.
 * @param {import("../../core/forms.js").UserError[]} refusals @param {string[]} asked in the order of the input @returns {string[]}
 */
export const takenOf = (refusals, asked) =>
  refusals.filter(({ code }) => code === "SEAT_TAKEN").map(({ field }) => asked[Number(field?.find((part) => /^\d+$/.test(part)))]).filter(Boolean);

/** Whole minutes until a hold ends, at least one while it lasts. @param {string | null} until @param {number} now ms @returns {number | null} */
export function minutesLeft(until, now) {
  const left = until ? Date.parse(until) - now : 0;
  return left > 0 ? Math.ceil(left / 60_000) : null;
}
