// @ts-check
/**
 * What a door keeps on the device for the time without a connection: lists of tickets, and admissions not handed in
 * yet. The queue must never be lost silently: what can't be written is told by an exception.
 */

/** @typedef {import("../domain/door.js").DoorList} DoorList @typedef {import("../domain/door.js").Queued} Queued */

const DATABASE = "lobbycard-door";
const LISTS = "lists";
const QUEUE = "queue";
/** A list of last night's show helps nobody. */
const OLD_MS = 24 * 3_600_000;

/** @param {DoorList} list @param {string} owner id of the person @returns {Promise<void>} */
export const keepList = (list, owner) => act(LISTS, "readwrite", (store) => store.put({ ...list, owner }));

/** @param {string} owner @returns {Promise<DoorList[]>} those of this person, without old ones */
export async function keptLists(owner) {
  const all = /** @type {(DoorList & {owner: string})[]} */ (await act(LISTS, "readonly", (store) => store.getAll()));
  const kept = all.filter((list) => list.owner === owner && Date.parse(list.at) > Date.now() - OLD_MS);
  for (const list of all) if (!kept.includes(list)) await act(LISTS, "readwrite", (store) => store.delete(list.showtimeId));
  return kept;
}

/** @param {Queued} admission @returns {Promise<void>} once it is on the device @throws where the device refuses */
export const enqueue = (admission) => act(QUEUE, "readwrite", (store) => store.add(admission));

/** @param {string} owner @returns {Promise<Queued[]>} */
export const queued = async (owner) => (await act(QUEUE, "readonly", (store) => store.getAll())).filter((/** @type {Queued} */ one) => one.owner === owner);

/** @param {string[]} keys @returns {Promise<void>} */
export async function dequeue(keys) {
  for (const key of keys) await act(QUEUE, "readwrite", (store) => store.delete(key));
}

/** @param {string} name @param {IDBTransactionMode} mode @param {(store: IDBObjectStore) => IDBRequest} work @returns {Promise<any>} */
async function act(name, mode, work) {
  const database = await opened();
  try {
    const transaction = database.transaction(name, mode);
    const asked = work(transaction.objectStore(name));
    await new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(undefined);
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    });
    return asked.result;
  } finally {
    database.close();
  }
}

/** @returns {Promise<IDBDatabase>} */
function opened() {
  const asked = indexedDB.open(DATABASE, 1);
  asked.onupgradeneeded = () => {
    asked.result.createObjectStore(LISTS, { keyPath: "showtimeId" });
    asked.result.createObjectStore(QUEUE, { keyPath: "key" });
  };
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}
