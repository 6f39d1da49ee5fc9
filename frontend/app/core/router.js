// @ts-check
/**
 * Which page is shown. The URL is the state: a page module's load({params, query, signal}) gets all it needs
 * from it and gives {title, template(), dispose?()}. The old page stays until the new one is ready.
 */
import { AppError, isAbort } from "./errors.js";
import { state } from "./state.js";

/**
 * @typedef {{title: string, template: () => unknown, dispose?: () => void, frame?: Frame}} View
 * @typedef {{bar: () => unknown, rail: () => unknown, bare?: boolean}} Frame what stands around a page instead of the guests' navigation;
 * bare: nothing at all, the page is alone on the screen
 * @typedef {{dirty: () => boolean, ask: () => Promise<boolean>}} Guard dirty: something would be lost; ask: whether to leave all the same
 * @typedef {{params: Record<string, string>, query: URLSearchParams, signal: AbortSignal}} Request
 * @typedef {{path: string, page: () => Promise<{load: (request: Request) => Promise<View>}>}} Route
 * @typedef {{view: View, path: string, moved: boolean}} Shown
 */

/** @type {import("../../vendor/signals-core/signals-core.js").Signal<Shown | null>} */
export const shown = state(/** @type {Shown | null} */ (null));
/** "quiet" under 150 ms, "bar" from then on. */
export const loading = state(/** @type {"quiet" | "bar"} */ ("quiet"));

const BAR_AFTER_MS = 150;
/** @type {Route[]} */
let routes = [];
/** @type {(error: AppError, retry: () => void) => View} */
let failureView;
/** @type {AbortController | null} */
let current = null;
/** @type {Guard | null} */
let guard = null;
/** Which entry of the tab's history is shown, counted from where the tab came in. */
let here = 0;
let goingBack = false;

/**
 * @param {{routes: Route[], failure: (error: AppError, retry: () => void) => View}} site
 */
export function startRouter(site) {
  routes = site.routes;
  failureView = site.failure;
  history.scrollRestoration = "manual";
  here = history.state?.index ?? 0;
  document.addEventListener("click", followLink);
  window.addEventListener("popstate", followHistory);
  window.addEventListener("beforeunload", (event) => guard?.dirty() && event.preventDefault());
  return show({ scrollTo: 0, first: true });
}

/** @param {string} url @param {{replace?: boolean}} [options] replace: same history entry, scroll and focus stay */
export async function navigate(url, { replace = false } = {}) {
  if (guard?.dirty() && !(await guard.ask())) return;
  if (replace) history.replaceState(history.state, "", url);
  else {
    history.replaceState({ scroll: window.scrollY, index: here }, "");
    here += 1;
    history.pushState({ scroll: 0, index: here }, "", url);
  }
  await show({ scrollTo: replace ? null : 0 });
}

/** Has the person asked before the page that is being loaded is left with something unsaved. @param {Guard} asked */
export function guardLeaving(asked) {
  guard = asked;
}

/** Loads the page of the present address anew. */
export const reload = () => show({ scrollTo: null });

/** Changes the query of the address without loading: what the page already shows. @param {Record<string, string | null>} changes */
export function rememberInAddress(changes) {
  history.replaceState(history.state, "", withQuery(changes));
}

/** The present address with some of its query changed. @param {Record<string, string | null>} changes null removes */
export function withQuery(changes) {
  const url = new URL(window.location.href);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === "") url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  return url.pathname + url.search;
}

/** @param {string} pattern /films/:id @param {string} path @returns {Record<string, string> | null} */
export function matchPath(pattern, path) {
  const wanted = pattern.split("/");
  const given = path.replace(/(.)\/$/, "$1").split("/");
  if (wanted.length !== given.length) return null;
  /** @type {Record<string, string>} */
  const params = {};
  for (const [index, part] of wanted.entries()) {
    if (part.startsWith(":")) params[part.slice(1)] = decodeURIComponent(given[index]);
    else if (part !== given[index]) return null;
  }
  return params;
}

/** @param {{scrollTo: number | null, first?: boolean}} how */
async function show({ scrollTo, first = false }) {
  current?.abort();
  guard = null;
  const own = new AbortController();
  current = own;
  const timer = setTimeout(() => (loading.value = "bar"), BAR_AFTER_MS);
  const { pathname } = window.location;
  const view = await load(own.signal);
  if (own.signal.aborted) return view?.dispose?.();
  clearTimeout(timer);
  loading.value = "quiet";
  const before = shown.value;
  const moved = before?.path !== pathname;
  shown.value = { view: /** @type {View} */ (view), path: pathname, moved };
  before?.view.dispose?.();
  if (scrollTo !== null || moved) window.scrollTo(0, scrollTo ?? 0);
  // A page opened directly leaves the focus where browsers put it; its heading can be focused all the same.
  if (moved) focusHeading({ take: !first });
}

/** @param {AbortSignal} signal @returns {Promise<View | undefined>} undefined when left meanwhile */
async function load(signal) {
  const { pathname, search } = window.location;
  try {
    for (const route of routes) {
      const params = matchPath(route.path, pathname);
      if (!params) continue;
      const page = await route.page();
      return await page.load({ params, query: new URLSearchParams(search), signal });
    }
    throw new AppError("NOT_FOUND", "No such page");
  } catch (error) {
    if (signal.aborted || isAbort(error)) return undefined;
    return failureView(known(error), reload);
  }
}

/** @param {unknown} error */
function known(error) {
  if (error instanceof AppError) return error;
  // A page's module that could not be fetched is a TypeError in every browser.
  if (error instanceof TypeError && !navigator.onLine) return new AppError("OFFLINE", String(error));
  console.error(error);
  return new AppError("INTERNAL", String(error));
}

/** The address has moved already: who stays is brought back to where the page belongs. */
async function followHistory() {
  if (goingBack) return void (goingBack = false);
  const { index = 0, scroll = 0 } = history.state ?? {};
  if (guard?.dirty() && !(await guard.ask())) {
    goingBack = true;
    history.go(here - index);
    return;
  }
  here = index;
  await show({ scrollTo: scroll });
}

/** @param {MouseEvent} event */
function followLink(event) {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = /** @type {HTMLAnchorElement | null} */ (/** @type {Element} */ (event.target).closest?.("a[href]"));
  if (!link || link.target || link.hasAttribute("download") || link.dataset.external !== undefined) return;
  const url = new URL(link.href);
  if (url.origin !== window.location.origin || !routes.some((route) => matchPath(route.path, url.pathname))) return;
  if (url.hash && url.pathname === window.location.pathname) return;
  event.preventDefault();
  navigate(url.pathname + url.search, { replace: url.href === window.location.href });
}

/** @param {{take: boolean}} how */
function focusHeading({ take }) {
  const heading = document.querySelector("main h1");
  if (!(heading instanceof HTMLElement)) return;
  heading.tabIndex = -1;
  if (take) heading.focus({ preventScroll: true });
}
