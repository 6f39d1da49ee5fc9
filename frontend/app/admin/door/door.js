// @ts-check
/**
 * One door: what is shown is asked of the server, or of the lists this device took along while nobody answers; what was
 * let in by a list waits on the device until the server has it. No answer is given before one of them gave it.
 */
import { serverNow } from "../../core/clock.js";
import { isUnanswered } from "../../core/errors.js";
import { failureText } from "../../core/forms.js";
import { gql } from "../../core/gql.js";
import { requirePerson } from "../../core/session.js";
import { batch, state } from "../../core/state.js";
import { rfc3339 } from "../../domain/times.js";
import { answerOf, offlineAnswer, parcels, settled, shownAs } from "../domain/door.js";
import { CheckIn, DoorTickets, OverrideCheckIn, SyncCheckIns, UndoCheckIn } from "../operations/desk.js";
import { canVerify, claimsOf, fetchKeys, isGenuine } from "./signatures.js";
import { dequeue, enqueue, keepList, keptLists, queued } from "./store.js";

/** @typedef {import("../domain/door.js").Answer} Answer @typedef {import("../domain/door.js").DoorList} DoorList @typedef {import("../domain/door.js").Queued} Queued */
/** @typedef {{queued: Queued, code: string, usedAt: string | null, door: string | null}} Conflict */

/** A guest waits at the door: a server that takes longer counts as away. */
const PATIENCE_MS = 6000;
const FRESHEN_MS = 30_000;

/**
 * @param {{showtimes: any[], wanted: import("../../../vendor/signals-core/signals-core.js").Signal<string>, name: () => string,
 *   onAnswer: (answer: Answer) => void}} options showtimes: those of this door's day; wanted: the one at this door, "" for any; name: of the door
 */
export function createDoor({ showtimes, wanted, name, onAnswer }) {
  const owner = requirePerson().id;
  const answer = state(/** @type {Answer | null} */ (null));
  const busy = state(false);
  const online = state(navigator.onLine);
  const lists = state(/** @type {DoorList[]} */ ([]));
  const queue = state(/** @type {Queued[]} */ ([]));
  const conflicts = state(/** @type {Conflict[]} */ ([]));
  const badLists = state(/** @type {string[]} */ ([]));
  /** What the present answer is about, for an override. */
  let last = shownAs("");
  /** One after the other: a ticket scanned twice in a row is let in once. */
  let turn = Promise.resolve();
  /** @type {Promise<void> | null} */
  let handing = null;

  /** @param {Answer} given @param {ReturnType<typeof shownAs>} shown */
  function tell(given, shown) {
    last = shown;
    answer.value = given;
    onAnswer(given);
  }

  /** @param {string} text */
  async function decide(text) {
    const shown = shownAs(text);
    busy.value = true;
    try {
      // Without a list the server is the only one who can tell, however long it was silent.
      const worthAsking = online.value || (!lists.value.length && navigator.onLine);
      tell((worthAsking ? await askServer(shown) : null) ?? (await askLists(shown)), shown);
    } catch (error) {
      tell({ verdict: "none", reason: "NO_ANSWER", message: failureText(error), confirmed: false }, shown);
    } finally {
      busy.value = false;
    }
  }

  /** @param {ReturnType<typeof shownAs>} shown @returns {Promise<Answer | null>} null when nobody answered */
  async function askServer(shown) {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    try {
      const { checkInTicket } = await gql(CheckIn, { ...shown, showtimeId: wanted.value || null, door: name() || null }, { signal });
      online.value = true;
      countIn(checkInTicket.booking?.showtime);
      return answerOf(checkInTicket);
    } catch (error) {
      if (!signal.aborted && !isUnanswered(error)) throw error;
      online.value = false;
      return null;
    }
  }

  /** @param {ReturnType<typeof shownAs>} shown @returns {Promise<Answer>} */
  async function askLists(shown) {
    const claims = shown.qrPayload ? await claimsOf(shown.qrPayload) : null;
    const given = offlineAnswer({ lists: lists.value, queue: queue.value, wanted: wanted.value || null }, shown, claims);
    if (given.reason !== "ADMITTED" || !given.ticketId || !given.showtimeId) return given;
    const admission = {
      key: crypto.randomUUID(), showtimeId: given.showtimeId, ticketId: given.ticketId, seatId: given.seatId ?? "", at: rfc3339(new Date(serverNow())),
      door: name() || null, ...shown, owner,
    };
    await enqueue(admission); // first kept, then said: a yes that is not written down would let two in
    queue.value = [...queue.value, admission];
    return given;
  }

  /** Numbers of the answer, without waiting for the next list. @param {any} showtime */
  function countIn(showtime) {
    if (!showtime || showtime.ticketsSold === null) return;
    lists.value = lists.value.map((list) => (list.showtimeId === showtime.id ? { ...list, checkedIn: showtime.checkedIn, expected: showtime.ticketsSold } : list));
  }

  /** Hands in what waits, then takes lists along: that of the showtime at this door, else all of them. */
  async function freshen() {
    if (document.hidden) return;
    const ids = wanted.value ? [wanted.value] : showtimes.map(({ id }) => id);
    const works = ids.map((showtimeId) => () => askList(showtimeId));
    for (const work of queue.value.length ? [handIn, ...works] : works) {
      try {
        await work();
        online.value = true;
      } catch (error) {
        // A showtime that is no more says nothing about the others.
        if (isUnanswered(error)) return void (online.value = false);
      }
    }
  }

  /** @param {string} showtimeId */
  async function askList(showtimeId) {
    const { doorList } = await gql(DoorTickets, { showtimeId });
    if (doorList) await take(doorList);
  }

  /** @param {DoorList} list */
  async function take(list) {
    // A browser that can't check signatures got it over its own connection to the house.
    const genuine = !(await canVerify()) || (await isGenuine(list));
    badLists.value = badLists.value.filter((id) => id !== list.showtimeId);
    if (!genuine) return void (badLists.value = [...badLists.value, list.showtimeId]);
    lists.value = [...lists.value.filter(({ showtimeId }) => showtimeId !== list.showtimeId), list];
    await keepList(list, owner).catch(() => undefined); // it still serves as long as the page is open
  }

  /** Hands in what waits, never twice at a time. */
  function handIn() {
    handing ??= handInAll().finally(() => (handing = null));
    return handing;
  }

  async function handInAll() {
    for (const sent of parcels(queue.value)) {
      const checkIns = sent.map(({ qrPayload, code, at, door }) => ({ qrPayload, code, at, door }));
      const { syncCheckIns } = await gql(SyncCheckIns, { showtimeId: sent[0].showtimeId, checkIns });
      if (syncCheckIns.userErrors.length) continue;
      const { done, conflicts: found } = settled(sent, syncCheckIns.results);
      await dequeue(done);
      batch(() => {
        queue.value = queue.value.filter(({ key }) => !done.includes(key));
        conflicts.value = [...conflicts.value, ...found];
        countIn(syncCheckIns.showtime);
      });
    }
  }

  const onLine = () => void freshen();
  const offLine = () => void (online.value = false);
  window.addEventListener("online", onLine);
  window.addEventListener("offline", offLine);
  const timer = setInterval(freshen, FRESHEN_MS);

  return {
    answer, busy, online, lists, queue, conflicts, badLists, freshen,

    /** What this device kept from before, then what the server has. */
    async open() {
      lists.value = await keptLists(owner).catch(() => []);
      queue.value = await queued(owner).catch(() => []);
      await fetchKeys();
      await freshen();
    },

    /** A code was scanned, seen or typed. @param {string} text @returns {Promise<void>} once it was answered */
    show(text) {
      if (text.trim()) turn = turn.then(() => decide(text));
      return turn;
    },

    close: () => void (answer.value = null),
    seen: () => void (conflicts.value = []),

    /** @param {string} reason @returns {Promise<import("../../core/forms.js").UserError | null>} the refusal */
    async override(reason) {
      const { overrideCheckIn } = await gql(OverrideCheckIn, { ...last, showtimeId: wanted.value || null, door: name() || null, reason });
      if (overrideCheckIn.userErrors.length) return overrideCheckIn.userErrors[0];
      countIn(overrideCheckIn.booking?.showtime);
      tell(answerOf(overrideCheckIn), last);
      return null;
    },

    /** @param {string} ticketId @param {string} reason @returns {Promise<import("../../core/forms.js").UserError | null>} the refusal */
    async undo(ticketId, reason) {
      const { undoCheckIn } = await gql(UndoCheckIn, { ticketId, reason });
      if (undoCheckIn.userErrors.length) return undoCheckIn.userErrors[0];
      countIn(undoCheckIn.booking?.showtime);
      answer.value = null;
      return null;
    },

    dispose() {
      clearInterval(timer);
      window.removeEventListener("online", onLine);
      window.removeEventListener("offline", offLine);
    },
  };
}
