// @ts-check
/** The cinemas, asked once a visit, and the one that the person chose last. */
import { Cinemas } from "../operations.js";
import { gql } from "./gql.js";
import { lasting } from "./storage.js";

/**
 * @typedef {{id: string, name: string, address: string, city: string, countryCode: string, timeZone: string, currency: string, phone: string | null,
 *   facilities: string[], capacity: number, location: {latitude: number, longitude: number}}} Cinema
 */

/** @type {Promise<Cinema[]> | null} */
let asked = null;

/** @returns {Promise<Cinema[]>} by name */
export function allCinemas() {
  asked ??= gql(Cinemas).then(({ cinemas }) => cinemas.nodes);
  asked.catch(() => (asked = null));
  return asked;
}

export const ALL = "all";

/**
 * The cinema of an address, else the remembered one, else one in the person's time zone; null for all of them.
 * @param {Cinema[]} cinemas @param {string | null} wanted id or ALL
 */
export function chosenCinema(cinemas, wanted) {
  const id = wanted ?? lasting.get("cinema");
  if (id === ALL) return null;
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return cinemas.find((cinema) => cinema.id === id) ?? cinemas.find((cinema) => cinema.timeZone === here) ?? null;
}

/** @param {string} id or ALL */
export const rememberCinema = (id) => lasting.set("cinema", id);
