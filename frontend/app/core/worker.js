// @ts-check
/** The service worker: started once the page stands, so that it never competes with the first view. */

import { state } from "./state.js";

const ADDRESS = "/sw.js";
/** The browser's offer to put the site on the home screen, kept until somebody wants it. */
export const installing = state(/** @type {any} */ (null));

window.addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  installing.value = event;
});

/** Asks whether to put the site on the home screen; an offer is good for one question. */
export async function install() {
  const offer = installing.value;
  installing.value = null;
  await offer?.prompt();
}

/** Never throws: a browser without workers, or a page without https, works as before. */
export function startWorker() {
  if (!("serviceWorker" in navigator)) return;
  // Trusted Types: without a policy of its own the address would be refused, and nobody would see why.
  const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy("app", { createScriptURL: () => ADDRESS });
  const start = () => navigator.serviceWorker.register(policy?.createScriptURL(ADDRESS) ?? ADDRESS).catch((problem) => console.warn("no service worker:", problem));
  if (document.readyState === "complete") start();
  else window.addEventListener("load", start, { once: true });
}
