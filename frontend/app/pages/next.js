// @ts-check
import { navigate } from "../core/router.js";

/** Where to go after signing in: only a path of this site, never another address. @param {URLSearchParams} query */
export function nextOf(query) {
  const next = query.get("next") ?? "/";
  return /^\/(?![/\\])/.test(next) ? next : "/";
}

/** @param {URLSearchParams} query */
export const goOn = (query) => navigate(nextOf(query), { replace: true });

/** The address of a sibling page that leads to the same place. @param {string} path @param {URLSearchParams} query */
export const withNext = (path, query) => (query.has("next") ? `${path}?next=${encodeURIComponent(nextOf(query))}` : path);
