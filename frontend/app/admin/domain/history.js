// @ts-check
/** What was drawn before, and what was undone: values that are replaced, never changed. */

const MOST_STEPS = 50;

/**
 * @template T
 * @typedef {{past: T[], now: T, future: T[], joins: string | null}} History joins: what a further step of the same kind is one with
 */

/** @template T @param {T} now @returns {History<T>} */
export const begun = (now) => ({ past: [], now, future: [], joins: null });

/**
 * One step further; what was undone can't be redone any more.
 * @template T @param {History<T>} history @param {T} next @param {string | null} [joins] steps of one name in a row count as one (typing)
 * @returns {History<T>}
 */
export function stepped({ past, now, joins: before }, next, joins = null) {
  const kept = joins !== null && joins === before ? past : [...past, now].slice(-MOST_STEPS);
  return { past: kept, now: next, future: [], joins };
}

/** @template T @param {History<T>} history @returns {History<T>} the same where nothing is left to undo */
export function undone(history) {
  const { past, now, future } = history;
  if (!past.length) return history;
  return { past: past.slice(0, -1), now: /** @type {T} */ (past.at(-1)), future: [now, ...future], joins: null };
}

/** @template T @param {History<T>} history @returns {History<T>} */
export function redone(history) {
  const { past, now, future } = history;
  if (!future.length) return history;
  return { past: [...past, now], now: future[0], future: future.slice(1), joins: null };
}
