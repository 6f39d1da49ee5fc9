// @ts-check
/** Browser storage that may be switched off or full: reads give null then, writes are forgotten. */

/** @param {Storage | undefined} storage */
const kept = (storage) => ({
  /** @param {string} key @returns {any} */
  get(key) {
    try {
      return JSON.parse(storage?.getItem(`lobbycard.${key}`) ?? "null");
    } catch {
      return null;
    }
  },
  /** @param {string} key @param {unknown} value null forgets it */
  set(key, value) {
    try {
      if (value === null || value === undefined) storage?.removeItem(`lobbycard.${key}`);
      else storage?.setItem(`lobbycard.${key}`, JSON.stringify(value));
    } catch {
      // Private mode or quota: the page works without it.
    }
  },
});

/** @param {"localStorage" | "sessionStorage"} name */
function open(name) {
  try {
    return globalThis[name];
  } catch {
    return undefined;
  }
}

/** Lives over visits: theme, language, cinema, "someone was signed in". Nothing secret. */
export const lasting = kept(open("localStorage"));
/** Lives as long as the tab: the current hold, form values, idempotency keys. Never card data. */
export const passing = kept(open("sessionStorage"));
