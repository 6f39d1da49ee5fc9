// @ts-check
/** The service worker: started once the page stands, so that it never competes with the first view. */

const ADDRESS = "/sw.js";

/** Never throws: a browser without workers, or a page without https, works as before. */
export function startWorker() {
  if (!("serviceWorker" in navigator)) return;
  // Trusted Types: without a policy of its own the address would be refused, and nobody would see why.
  const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy("app", { createScriptURL: () => ADDRESS });
  const start = () => navigator.serviceWorker.register(policy?.createScriptURL(ADDRESS) ?? ADDRESS).catch((problem) => console.warn("no service worker:", problem));
  if (document.readyState === "complete") start();
  else window.addEventListener("load", start, { once: true });
}
