// @ts-check
/** Telling a hand scanner from fingers, and a ticket that is still held up from one that is shown again. Pure. */

/** Scanners type a letter every few milliseconds; fingers that roll over the keys manage two or three like that. */
const QUICK_MS = 35;
const ROLLED = 4;
const SHORTEST = 6;
/** Out of sight for so long, a code counts as shown again. */
const GONE_MS = 2500;

/**
 * Reads what a hand scanner types anywhere on a page: quick letters that end with Enter.
 * @returns {{key: (key: string, at: number) => {first: boolean, quick: boolean, text: string | null}}} first: may begin a burst; quick: surely
 * belongs to one, so no field should get it; text: all of it, once Enter came. `at` in ms
 */
export function handScanner() {
  let text = "";
  let last = -Infinity;
  return {
    key(key, at) {
      const follows = at - last <= QUICK_MS;
      if (key === "Enter") {
        const whole = follows && text.length >= SHORTEST ? text : null;
        text = "";
        last = -Infinity;
        return { first: false, quick: whole !== null, text: whole };
      }
      // Shift before a capital letter goes on with a burst and begins none.
      if (follows || key.length === 1) last = at;
      if (key.length !== 1) return { first: false, quick: false, text: null };
      text = follows ? text + key : key;
      return { first: !follows, quick: text.length > ROLLED, text: null };
    },
  };
}

/** Which sightings of a camera are news. @returns {{isNew: (text: string, at: number) => boolean}} `at` in ms */
export function sightings() {
  let seen = "";
  let last = -Infinity;
  return {
    isNew(text, at) {
      const same = text === seen && at - last < GONE_MS;
      seen = text;
      last = at;
      return !same;
    },
  };
}
