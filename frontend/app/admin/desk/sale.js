// @ts-check
/** One sale after the other at the desk: showtime, party, seats, types, payment. The state of the box office's page. */
import { now } from "../../core/clock.js";
import { isUnanswered } from "../../core/errors.js";
import { failureText, refusalText } from "../../core/forms.js";
import { gql } from "../../core/gql.js";
import { listOf, t } from "../../core/i18n.js";
import { rememberInAddress } from "../../core/router.js";
import { batch, computed, effect, state } from "../../core/state.js";
import { minorUnits } from "../../domain/money.js";
import { SeatMap } from "../../pages/operations.js";
import { createChoice } from "../../pages/seat-choice.js";
import { announce } from "../../ui/toast.js";
import { fitted, linesOf, minutesLeft, nearestTo, takenOf, totalOf } from "../domain/desk.js";
import { HeldSeats, SellAtBoxOffice } from "../operations/desk.js";

/** @typedef {"CASH" | "CARD" | "COMP"} Method @typedef {ReturnType<typeof createSale>} Sale */
/** @typedef {{booking: any, change: import("../../domain/money.js").Money | null, method: Method}} Sold */

const PARTY = 2;
const FRESHEN_MS = 20_000;

/** @param {{onSold: () => void}} handlers onSold: the next sale may begin */
export function createSale({ onSold }) {
  const showtime = state(/** @type {any} */ (null));
  const choice = state(/** @type {import("../../pages/seat-choice.js").Choice | null} */ (null));
  const party = state(PARTY);
  const counts = state(/** @type {import("../domain/desk.js").Counts} */ ({}));
  const method = state(/** @type {Method | null} */ (null));
  const problem = state(/** @type {string | null} */ (null));
  const busy = state(false);
  const sold = state(/** @type {Sold | null} */ (null));
  /** Seats that the server refused here, whatever the map still says. @type {Set<string>} */
  const refused = new Set();
  /** When holds end, by seat, as staff are told. */
  const heldUntil = state(/** @type {Map<string, string>} */ (new Map()));
  /** A sale that got no answer is asked again under its own key: it is never made twice. @type {{what: string, key: string}} */
  let asked = { what: "", key: "" };
  let picking = Promise.resolve();
  let stop = () => {};

  const lines = computed(() => {
    const chosen = choice.value?.chosen.value ?? [];
    return linesOf(chosen.map((id) => /** @type {import("../domain/desk.js").Seat} */ (choice.value?.byId.get(id))), counts.value, showtime.value?.prices ?? []);
  });
  const total = computed(() => ({ amount: totalOf(lines.value), currency: showtime.value?.prices[0]?.price.currency ?? "EUR" }));
  const missing = computed(() => Math.max(0, party.value - lines.value.length));

  function leave() {
    stop();
    choice.value?.close();
    refused.clear();
    batch(() => {
      choice.value = null;
      showtime.value = null;
      counts.value = {};
      method.value = null;
      problem.value = null;
      party.value = PARTY;
    });
    rememberInAddress({ showtime: null, seats: null });
  }

  /** @param {string} id */
  async function askHeld(id) {
    const answer = await gql(HeldSeats, { id }).catch(() => null);
    if (showtime.value?.id !== id || !answer?.showtime) return;
    const held = answer.showtime.seatMap.filter((/** @type {any} */ place) => place.heldUntil);
    heldUntil.value = new Map(held.map((/** @type {any} */ place) => [place.seat.id, place.heldUntil]));
  }

  /** Keeps the minutes on held seats true: by the clock, and asked anew when seats come to be held. @param {import("../../pages/seat-choice.js").Choice} own @param {string} id */
  function watchHeld(own, id) {
    let before = "";
    const stopAsking = effect(() => {
      const held = [...own.statuses.value].filter(([, status]) => status === "HELD").map(([seat]) => seat).join();
      if (held !== before && held) queueMicrotask(() => askHeld(id));
      before = held;
    });
    const stopNoting = effect(() => {
      const minutes = [...heldUntil.value].map(([seat, until]) => /** @type {const} */ ([seat, minutesLeft(until, now.value)]));
      own.heldNotes.value = new Map(minutes.flatMap(([seat, left]) => (left === null ? [] : [[seat, { sign: `${left}′`, words: t("staff.boxOffice.heldFor", { count: left }) }]])));
    });
    const timer = setInterval(() => askHeld(id), FRESHEN_MS);
    return () => {
      stopAsking();
      stopNoting();
      clearInterval(timer);
    };
  }

  /** The best seats for the party as it is now; of several wishes the last one counts. */
  function pick() {
    const wanted = party.value;
    picking = picking.then(async () => {
      if (wanted === party.value) await choice.value?.best(wanted, null);
    });
    return picking;
  }

  /** @param {string[]} taken @param {string[]} seats asked for */
  function lose(taken, seats) {
    for (const id of taken) refused.add(id);
    choice.value?.choose(seats.filter((id) => !taken.includes(id)));
    problem.value = t("seats.lost", { count: taken.length, seats: listOf(taken) });
    announce(problem.value);
  }

  /** @param {Method} by @param {{tendered: string, reason: string, receipt: string}} given @returns {string | null} what is wrong */
  function faultOf(by, { tendered, reason }) {
    if (!lines.value.length) return t("seats.choose");
    if (by === "COMP" && !reason.trim()) return t("form.missing", { label: t("staff.boxOffice.reason") });
    if (by !== "CASH") return null;
    const amount = minorUnits(tendered, total.value.currency);
    if (amount === null) return t("staff.boxOffice.noAmount");
    return amount < total.value.amount ? t("staff.boxOffice.tooLittle") : null;
  }

  return {
    showtime, choice, party, counts, method, problem, busy, sold, lines, total, missing,

    /** @param {string} id of a showtime */
    async open(id) {
      leave();
      busy.value = true;
      try {
        const answer = await gql(SeatMap, { id });
        if (!answer.showtime) throw new Error("no such showtime");
        const own = createChoice(answer.showtime, [], null);
        batch(() => {
          showtime.value = answer.showtime;
          choice.value = own;
          heldUntil.value = new Map();
        });
        stop = watchHeld(own, id);
        rememberInAddress({ showtime: id });
        await pick();
      } catch (error) {
        problem.value = failureText(error);
      } finally {
        busy.value = false;
      }
    },

    /** @param {number} count */
    setParty(count) {
      const most = choice.value?.maximum ?? count;
      if (!Number.isInteger(count) || count < 1 || count > most) return;
      party.value = count;
      problem.value = null;
      void pick();
    },

    /** One more or one less of a type; adults make up the rest. @param {string} type @param {number} by */
    count(type, by) {
      counts.value = fitted({ ...counts.value, [type]: (counts.value[type] ?? 0) + by }, lines.value.length);
    },

    /** Others for the seats that were lost; the rest of the party stays where it is. */
    async nextBest() {
      const own = choice.value;
      if (!own) return;
      const kept = own.chosen.value;
      const found = nearestTo(own.rows, (id) => own.isFree(id) && !refused.has(id), kept, missing.value);
      if (found.length < missing.value) await pick();
      else own.choose([...kept, ...found]);
      problem.value = null;
    },

    /** @param {Method} by @param {{tendered: string, reason: string, receipt: string}} given */
    async pay(by, given) {
      await picking;
      const own = choice.value;
      problem.value = faultOf(by, given);
      if (problem.value || !own || busy.value) return;
      const seats = lines.value.map(({ seatId, ticketType }) => ({ seatId, ticketType }));
      const ids = seats.map(({ seatId }) => seatId);
      const details = {
        method: by,
        tendered: by === "CASH" ? { amount: minorUnits(given.tendered, total.value.currency), currency: total.value.currency } : null,
        reason: by === "COMP" ? given.reason.trim() : null,
        terminalReceipt: by === "CARD" ? given.receipt.trim() || null : null,
      };
      const what = JSON.stringify([showtime.value.id, seats, details]);
      if (asked.what !== what) asked = { what, key: crypto.randomUUID() };
      busy.value = true;
      own.selling.value = true;
      try {
        const { sellAtBoxOffice: answer } = await gql(SellAtBoxOffice, { input: { showtimeId: showtime.value.id, seats, idempotencyKey: asked.key }, ...details });
        if (answer.booking && !answer.userErrors.length) {
          sold.value = { booking: answer.booking, change: answer.change, method: by };
          asked = { what: "", key: "" };
          leave();
          onSold();
          return;
        }
        const taken = takenOf(answer.userErrors, ids);
        if (taken.length) lose(taken, ids);
        else problem.value = refusalText(answer.userErrors[0]);
      } catch (error) {
        problem.value = isUnanswered(error) ? t("staff.boxOffice.noAnswer") : failureText(error);
      } finally {
        busy.value = false;
        own.selling.value = false;
      }
    },

    again: leave,
    dispose() {
      stop();
      choice.value?.close();
    },
  };
}
