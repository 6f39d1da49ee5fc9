// @ts-check
/**
 * A GraphQL subscription over fetch (an EventSource can't send the Authorization header). It reconnects by
 * itself with growing pauses, at once when the network or the tab comes back, and lets go of the connection
 * after a minute in the background: browsers allow six to one host.
 */
import { credentials, headersOf, requestOf } from "./gql.js";
import { eventReader } from "./sse.js";

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;
const HIDDEN_MS = 60_000;
/** The server sends a heartbeat each 15 s: three missed ones mean a dead connection that nobody closed. */
const SILENCE_MS = 45_000;

/** @typedef {import("../../vendor/signals-core/signals-core.js").Signal<"connecting" | "live" | "waiting">} Status */

/**
 * Opens it and keeps it open; `status` tells how it stands.
 * @param {string} operation @param {Record<string, unknown>} variables
 * @param {{onOpen: () => void, onEvent: (data: any) => void}} handlers @param {Status} status @returns {() => void} closes it
 */
export function openStream(operation, variables, { onOpen, onEvent }, status) {
  let closed = false;
  let pause = FIRST_PAUSE_MS;
  /** @type {AbortController | null} */
  let connection = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let hiddenTimer;

  const connect = async () => {
    clearTimeout(timer);
    if (closed || connection) return;
    const own = new AbortController();
    connection = own;
    try {
      await listen(operation, variables, own.signal, () => {
        status.value = "live";
        pause = FIRST_PAUSE_MS;
        onOpen();
      }, onEvent);
    } catch {
      // Whatever broke it, the answer is the same: wait and connect again.
    }
    if (connection === own) connection = null;
    if (closed || document.hidden) return;
    status.value = "waiting";
    timer = setTimeout(connect, pause * (0.75 + Math.random() / 2));
    pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
  };
  const wake = () => {
    clearTimeout(hiddenTimer);
    if (document.hidden) hiddenTimer = setTimeout(() => connection?.abort(), HIDDEN_MS);
    else {
      pause = FIRST_PAUSE_MS;
      connect();
    }
  };
  window.addEventListener("online", wake);
  document.addEventListener("visibilitychange", wake);
  connect();
  return () => {
    closed = true;
    clearTimeout(timer);
    clearTimeout(hiddenTimer);
    connection?.abort();
    window.removeEventListener("online", wake);
    document.removeEventListener("visibilitychange", wake);
  };
}

/**
 * @param {string} operation @param {Record<string, unknown>} variables @param {AbortSignal} signal
 * @param {() => void} onOpen @param {(data: any) => void} onEvent
 */
async function listen(operation, variables, signal, onOpen, onEvent) {
  if (credentials.stale()) await credentials.renew();
  const response = await fetch("/graphql", {
    method: "POST",
    headers: headersOf({ accept: "text/event-stream" }),
    body: requestOf(operation, variables),
    credentials: "same-origin",
    signal,
    priority: "low", // it stays open: what the page waits for goes first
  });
  if (!response.ok || !response.body) throw new Error(`HTTP ${response.status}`);
  onOpen();
  const read = eventReader();
  const pieces = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await within(SILENCE_MS, pieces);
    if (done) return;
    for (const { event, data } of read(value)) {
      if (event === "complete") return;
      if (event !== "next") continue;
      const answer = JSON.parse(data);
      if (answer.data) onEvent(answer.data);
    }
  }
}

/** @param {number} ms @param {ReadableStreamDefaultReader<string>} pieces */
async function within(ms, pieces) {
  const timer = setTimeout(() => pieces.cancel(), ms);
  try {
    return await pieces.read();
  } finally {
    clearTimeout(timer);
  }
}
