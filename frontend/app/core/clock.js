// @ts-check
/**
 * Time as the server tells it. Device clocks are wrong and laptops sleep: texts are derived from the deadline
 * and this clock each time they are drawn, never counted down.
 */
import { state } from "./state.js";

let offset = 0;
let known = false;
/** The Date header of an answer has whole seconds: good enough to notice a wrong device clock, not to time a hold. */
const COARSE_MS = 5000;
/** Server time in ms, moved once a second while somebody watches. */
export const now = state(Date.now());

/** @param {string} serverTime RFC 3339, of an answer just received */
export function setServerTime(serverTime) {
  offset = Date.parse(serverTime) - Date.now();
  known = true;
  now.value = serverNow();
}

/** @param {string | null} header Date of an answer that did not come from a cache */
export function setCoarseTime(header) {
  const served = header ? Date.parse(header) : NaN;
  if (known || Number.isNaN(served) || Math.abs(served - serverNow()) < COARSE_MS) return;
  offset = served - Date.now();
  now.value = serverNow();
}

export const serverNow = () => Date.now() + offset;

/**
 * Keeps `now` moving. `onJump` is called when the device clock and the monotonic clock part by more than two
 * seconds (clock set, sleep): the server should be asked again.
 * @param {() => void} [onJump] @returns {() => void} stops it
 */
export function watchClock(onJump = () => {}) {
  let wall = Date.now();
  let monotonic = performance.now();
  const look = () => {
    const drift = Math.abs(Date.now() - wall - (performance.now() - monotonic));
    wall = Date.now();
    monotonic = performance.now();
    now.value = serverNow();
    if (drift > 2000) onJump();
  };
  const timer = setInterval(look, 1000);
  const wakes = /** @type {const} */ (["pageshow", "focus"]);
  for (const event of wakes) window.addEventListener(event, look);
  document.addEventListener("visibilitychange", look);
  return () => {
    clearInterval(timer);
    for (const event of wakes) window.removeEventListener(event, look);
    document.removeEventListener("visibilitychange", look);
  };
}
