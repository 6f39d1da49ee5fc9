// @ts-check
/** The programme as it was told last, for the minutes in which nobody answers: old is better than nothing, if it says how old. */
import { lasting } from "./storage.js";

/**
 * @typedef {{at: string, day: string, today: string, cinemaId: string | null, cinemas: import("./cinemas.js").Cinema[], genres: string[],
 *   open: string[] | null, showings: any[]}} KeptProgramme
 */

const NAME = "programme";

/** @param {Omit<KeptProgramme, "at">} programme */
export const keepProgramme = (programme) => lasting.set(NAME, { at: new Date().toISOString(), ...programme });

/** @returns {KeptProgramme | null} */
export const keptProgramme = () => lasting.get(NAME);
