// @ts-check
/** A page's subscription: it begins once the page is drawn, and so does the fetching of what it takes. */
import { state } from "./state.js";

const AGAIN_MS = 5000;

/**
 * @param {string} operation @param {Record<string, unknown>} variables
 * @param {{onOpen: () => void, onEvent: (data: any) => void}} handlers onOpen: fetch a snapshot, events may have been missed
 * @returns {{status: import("./live-stream.js").Status, close: () => void}}
 */
export function subscribe(operation, variables, handlers) {
  const status = state(/** @type {"connecting" | "live" | "waiting"} */ ("connecting"));
  let stop = () => clearTimeout(timer);
  const begin = async () => {
    let closed = false;
    stop = () => (closed = true);
    try {
      const { openStream } = await import("./live-stream.js");
      if (!closed) stop = openStream(operation, variables, handlers, status);
    } catch {
      // The network was away just then: pages that ask in between stay true meanwhile.
      if (closed) return;
      status.value = "waiting";
      timer = setTimeout(begin, AGAIN_MS);
      stop = () => clearTimeout(timer);
    }
  };
  let timer = setTimeout(begin);
  return { status, close: () => stop() };
}
