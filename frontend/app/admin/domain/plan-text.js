// @ts-check
/**
 * A seating plan as text, a row a line: "A: 4_10_4 #5 <". A number is so many standard seats, a letter behind it
 * another category (2P), _ a gap; #5 the first number, < counts from the right. A row without a name and seats is an
 * aisle across the room. What `planText` writes, `planOf` reads as the very same plan.
 */
import { CATEGORIES, GAP, MOST } from "./seating-plan.js";

/**
 * @typedef {{line: number, code: "shape" | "name" | "place" | "length" | "number", what: string}} TextFault
 * line from 1; what: the part of the line it is about
 */

const PART = /(\d{1,3})([A-Z])?|([A-Z_])|(\s+)|(.)/gu;

/** @param {import("./seating-plan.js").Plan} plan */
export const planText = (plan) => plan.map(lineOf).join("\n");

/** @param {string} text @returns {{plan: import("./seating-plan.js").Plan, faults: TextFault[]}} plan: the lines that could be read */
export function planOf(text) {
  const plan = [];
  const faults = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (!line.trim()) continue;
    const read = rowOf(line);
    if ("code" in read) faults.push({ line: index + 1, ...read });
    else plan.push(read);
  }
  return { plan, faults };
}

/** Places as they are written: runs, with the letter where one run touches the next. @param {string} places */
export function placesText(places) {
  const runs = [...places.matchAll(/(.)\1*/gu)].map(([run]) => run);
  return runs
    .map((run, index) => {
      if (run[0] === GAP) return run;
      const touches = runs[index + 1] !== undefined && runs[index + 1][0] !== GAP;
      if (run[0] === "S") return touches ? `${run.length}S` : String(run.length);
      return run.length === 1 ? run : `${run.length}${run[0]}`;
    })
    .join("");
}

/**
 * @param {string} text @returns {{places: string} | {code: "place" | "length", what: string}}
 */
export function placesOf(text) {
  let places = "";
  for (const [part, count, letter, single, blank] of text.toUpperCase().matchAll(PART)) {
    if (blank) continue;
    const sign = single ?? letter ?? "S";
    if (!(count || single) || (sign !== GAP && !(sign in CATEGORIES))) return { code: "place", what: part };
    places += sign.repeat(count ? Number(count) : 1);
    if (places.length > MOST.places) return { code: "length", what: text.trim() };
  }
  return places ? { places } : { code: "length", what: text.trim() };
}

/** @param {import("./seating-plan.js").SeatRow} row */
const lineOf = ({ row, places, numberFrom, rightToLeft }) =>
  `${row}: ${placesText(places)}${numberFrom === 1 ? "" : ` #${numberFrom}`}${rightToLeft ? " <" : ""}`.trimStart();

/** @param {string} line @returns {import("./seating-plan.js").SeatRow | {code: TextFault["code"], what: string}} */
function rowOf(line) {
  const parts = /^([^:]*):([^#<]*)(?:#([^<]*))?(<)?\s*$/.exec(line);
  if (!parts) return { code: "shape", what: line.trim().slice(0, 40) };
  const [, name, written, first, mark] = parts;
  const row = name.trim().toUpperCase();
  const read = placesOf(written);
  if ("code" in read) return read;
  const hasSeats = [...read.places].some((place) => place !== GAP);
  if ((row || hasSeats) && !/^[A-Z]{1,2}$/.test(row)) return { code: "name", what: name.trim().slice(0, 10) };
  const numberFrom = first === undefined ? 1 : /^\s*\d{1,3}\s*$/.test(first) ? Number(first) : 0;
  if (numberFrom < 1) return { code: "number", what: (first ?? "").trim().slice(0, 10) };
  return { row, places: read.places, numberFrom, rightToLeft: Boolean(mark) };
}
