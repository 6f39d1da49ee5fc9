// @ts-check
/** Whether the parts of the system are well, from the gateway itself: it answers when nobody behind it does. */
import { AppError, isAbort } from "./errors.js";

const DEADLINE_MS = 15_000;

/** @typedef {Record<string, {status: string}>} Parts by name of the service; well: "ok" */

/** @param {AbortSignal} signal @returns {Promise<Parts>} @throws {AppError} OFFLINE when the gateway does not answer either */
export async function askHealth(signal) {
  try {
    const response = await fetch("/health", { cache: "no-store", signal: AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]) });
    const { services } = await response.json();
    return services;
  } catch (error) {
    if (signal.aborted && isAbort(error)) throw error;
    throw new AppError("OFFLINE", "No answer from the gateway");
  }
}
