// @ts-check
/**
 * Tickets kept on this device for a door without a connection: bookings as the server told them last, until
 * they are over. Signing out forgets them; another person who signs in never sees them.
 */
import { lasting } from "./storage.js";

const DATABASE = "lobbycard";
const STORE = "tickets";
/** A late entry, a long film: kept this long after its end. */
const AFTER_THE_END_MS = 6 * 3_600_000;

/** @typedef {{id: string, owner: string, until: number, savedAt: string, booking: any}} Kept */

/** @param {any} booking @param {string} owner id of the person @returns {Promise<void>} */
export async function keepBooking(booking, owner) {
  const until = Date.parse(booking.showtime.endsAt) + AFTER_THE_END_MS;
  if (booking.status !== "CONFIRMED" || until < Date.now()) return forgetBooking(booking.id);
  const entry = { id: booking.id, owner, until, savedAt: new Date().toISOString(), booking };
  await inStore("readwrite", (store) => store.put(entry));
  lasting.set("ticketsKept", true);
}

/** @param {string} id @returns {Promise<Kept | undefined>} */
export const keptBooking = (id) => inStore("readonly", (store) => store.get(id));

/** Those that are not over, the next one first. @returns {Promise<Kept[]>} */
export async function keptBookings() {
  const all = /** @type {Kept[]} */ ((await inStore("readonly", (store) => store.getAll())) ?? []);
  const over = all.filter(({ until }) => until < Date.now());
  await Promise.all(over.map(({ id }) => forgetBooking(id)));
  return all.filter((entry) => !over.includes(entry)).sort((one, other) => one.until - other.until);
}

/** Leaves what belongs to `owner` alone. @param {string | null} owner null forgets everything */
export async function forgetBookings(owner = null) {
  if (!lasting.get("ticketsKept")) return;
  const all = /** @type {Kept[]} */ ((await inStore("readonly", (store) => store.getAll())) ?? []);
  await Promise.all(all.filter((entry) => entry.owner !== owner).map(({ id }) => forgetBooking(id)));
  if (all.every((entry) => entry.owner !== owner)) lasting.set("ticketsKept", null);
}

/** @param {string} id @returns {Promise<void>} */
const forgetBooking = (id) => inStore("readwrite", (store) => store.delete(id));

/**
 * Browsers may refuse storage (private mode, quota): then nothing is kept, and nothing fails.
 * @param {IDBTransactionMode} mode @param {(store: IDBObjectStore) => IDBRequest} act @returns {Promise<any>}
 */
async function inStore(mode, act) {
  try {
    const database = await opened();
    const result = await promised(act(database.transaction(STORE, mode).objectStore(STORE)));
    database.close();
    return result;
  } catch {
    return undefined;
  }
}

/** @returns {Promise<IDBDatabase>} */
function opened() {
  const asked = indexedDB.open(DATABASE, 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "id" });
  return promised(asked);
}

/** @param {IDBRequest} asked @returns {Promise<any>} */
const promised = (asked) =>
  new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
