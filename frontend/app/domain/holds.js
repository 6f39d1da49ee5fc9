// @ts-check
/** How much of a hold is left, in the words a calm page uses: minutes until two are left, then seconds too. */

const MINUTE = 60_000;

/**
 * @param {string} expiresAt RFC 3339 @param {number} now server time, ms
 * @returns {{kind: "minutes" | "seconds" | "over", minutes: number, seconds: number, left: number}}
 */
export function holdLeft(expiresAt, now) {
  const left = Math.max(0, Date.parse(expiresAt) - now);
  const whole = Math.ceil(left / 1000);
  if (left === 0) return { kind: "over", minutes: 0, seconds: 0, left };
  if (left > 2 * MINUTE) return { kind: "minutes", minutes: Math.round(left / MINUTE), seconds: 0, left };
  return { kind: "seconds", minutes: Math.floor(whole / 60), seconds: whole % 60, left };
}

/** Under a minute left: ask whether more time is needed. @param {string} expiresAt @param {number} now */
export function isRunningOut(expiresAt, now) {
  const { left } = holdLeft(expiresAt, now);
  return left > 0 && left < MINUTE;
}
