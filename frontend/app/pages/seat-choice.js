// @ts-check
/**
 * The choice of seats of one showtime, kept true to the live map: a seat that somebody else takes leaves the choice,
 * and is said so. Choosing costs nothing; seats are held, all or none, when the person goes on.
 */
import { gql } from "../core/gql.js";
import { failureText, refusalText } from "../core/forms.js";
import { forgetHold, heldBookingOf, noteBooking } from "../core/hold.js";
import { listOf, t } from "../core/i18n.js";
import { subscribe } from "../core/live.js";
import { rememberInAddress } from "../core/router.js";
import { signedIn } from "../core/session.js";
import { batch, computed, state } from "../core/state.js";
import { rowsOf, statusesOf } from "../domain/seats.js";
import { BestSeats, HoldSeats, MyBookings, SeatChanged, SeatStatuses } from "./operations.js";
import { announce } from "../ui/toast.js";

const POLL_MS = 5000;
const DEFAULT_MAXIMUM = 10;
/** What a held booking is refused with whose time is over: its seats are asked for anew. */
const OVER = ["HOLD_EXPIRED", "BOOKING_NOT_HELD"];

/**
 * @typedef {import("../domain/seats.js").Seat} Seat
 * @typedef {import("../domain/seats.js").SeatStatus} SeatStatus
 * @typedef {ReturnType<typeof createChoice>} Choice
 */

/**
 * @param {any} showtime as SeatMap gives it @param {string[]} wanted seats named in the address
 * @param {string | null} held own held booking of it @param {string[]} [paid] own seats of a paid booking, to be given up for others
 */
export function createChoice(showtime, wanted, held, paid = []) {
  let heldBooking = held;
  /** @type {Seat[]} */
  const seats = showtime.seatMap.map((/** @type {{seat: Seat}} */ place) => place.seat);
  const byId = new Map(seats.map((seat) => [seat.id, seat]));
  const rows = rowsOf(seats);
  const maximum = showtime.cinema?.bookingPolicy?.maximumSeats ?? DEFAULT_MAXIMUM;
  const prices = adultPrices(showtime.prices);
  const statuses = state(own(statusesOf(seats, showtime.seatStatuses)));
  const available = state(/** @type {number} */ (showtime.seatsAvailable));
  const mine = new Set(seats.map((seat) => seat.id).filter((id) => statuses.peek().get(id) === "HELD_BY_ME"));
  const isFree = (/** @type {string} */ id) => {
    const status = statuses.value.get(id);
    return status === "AVAILABLE" || (status === "HELD_BY_ME" && (heldBooking !== null || paid.includes(id)));
  };
  const first = wanted.length ? wanted : heldBooking || paid.length ? [...mine] : [];
  const chosen = state(first.filter((id) => byId.has(id) && isFree(id)).slice(0, maximum));
  const problem = state(/** @type {string | null} */ (null));
  const busy = state(false);
  /** While the page itself takes these seats: what the live map says of them is its own doing. */
  const selling = state(false);
  /** Of held seats, where the page knows: what stands on them, and their state in words. */
  const heldNotes = state(/** @type {Map<string, {sign: string, words: string}>} */ (new Map()));
  let version = showtime.seatMapVersion;
  /** @type {string[]} */
  let gone = [];
  /** Of a booking, whatever its seats: in the sum from the first seat on, so that it never jumps later. */
  const fee = showtime.cinema?.bookingPolicy?.fee ?? { amount: 0, currency: showtime.prices[0]?.price.currency ?? "EUR" };
  const total = computed(() => ({
    amount: chosen.value.reduce((sum, id) => sum + (priceOf(id)?.amount ?? 0), chosen.value.length ? fee.amount : 0),
    currency: showtime.prices[0]?.price.currency ?? "EUR",
  }));

  /** Seats that are paid for are the person's own here. @param {Map<string, SeatStatus>} all */
  function own(all) {
    for (const id of paid) if (all.get(id) === "SOLD") all.set(id, "HELD_BY_ME");
    return all;
  }

  /** @param {string} id */
  function priceOf(id) {
    return prices.get(byId.get(id)?.category ?? "");
  }

  /** @param {string[]} ids */
  function choose(ids) {
    batch(() => {
      chosen.value = ids.sort((a, b) => seats.findIndex((seat) => seat.id === a) - seats.findIndex((seat) => seat.id === b));
      problem.value = null;
    });
    gone = [];
    rememberInAddress({ seats: ids.join(",") });
  }

  /** Seats of the choice that are free no more leave it; those lost one after the other are told together. */
  function dropLost() {
    if (selling.value) return;
    const lost = chosen.value.filter((id) => !isFree(id));
    if (!lost.length) return;
    const all = [...gone, ...lost];
    choose(chosen.value.filter((id) => !lost.includes(id)));
    gone = all;
    problem.value = t("seats.lost", { count: all.length, seats: listOf(all) });
    announce(problem.value);
  }

  async function snapshot() {
    const { showtime: fresh } = await gql(SeatStatuses, { id: showtime.id });
    if (!fresh || fresh.seatMapVersion < version) return;
    version = fresh.seatMapVersion;
    batch(() => {
      statuses.value = own(statusesOf(seats, fresh.seatStatuses));
      available.value = fresh.seatsAvailable;
    });
    dropLost();
  }
  const snapshotQuietly = () => snapshot().catch(() => undefined);

  /** @param {{seatId: string, status: SeatStatus, version: number}} change */
  function apply({ seatId, status, version: next }) {
    if (next < version) return;
    if (next > version + 1) return void snapshotQuietly();
    version = next;
    const changed = new Map(statuses.value);
    const before = changed.get(seatId);
    changed.set(seatId, status === "HELD" && mine.has(seatId) ? "HELD_BY_ME" : status);
    own(changed);
    batch(() => {
      statuses.value = changed;
      available.value += Number(status === "AVAILABLE") - Number(before === "AVAILABLE");
    });
    dropLost();
  }

  const stream = subscribe(SeatChanged, { showtimeId: showtime.id }, { onOpen: snapshotQuietly, onEvent: (data) => apply(data.seatChanged) });
  const poll = setInterval(() => stream.status.peek() !== "live" && !document.hidden && snapshotQuietly(), POLL_MS);

  return {
    seats, byId, rows, maximum, prices, statuses, available, chosen, problem, busy, selling, heldNotes, total, fee, isFree, priceOf, choose,
    live: stream.status,

    /** @param {string} id */
    toggle(id) {
      if (!isFree(id)) return announce(t("seats.notFree", { seat: id }));
      if (chosen.value.includes(id)) choose(chosen.value.filter((each) => each !== id));
      else if (chosen.value.length >= maximum) {
        problem.value = t("seats.tooMany", { count: maximum });
        announce(problem.value);
      } else choose([...chosen.value, id]);
    },

    /** The server's choice for a party. @param {number} count @param {string | null} category */
    async best(count, category) {
      problem.value = null;
      try {
        const { showtime: answer } = await gql(BestSeats, { id: showtime.id, count, category });
        const ids = answer.bestSeats.map((/** @type {{id: string}} */ seat) => seat.id);
        if (ids.length) choose(ids);
        else problem.value = t("seats.noBlock", { count });
        if (problem.value) announce(problem.value);
      } catch (error) {
        problem.value = failureText(error);
      }
    },

    /** Holds the chosen seats. @returns {Promise<string | null>} the booking's id, null when refused */
    async hold() {
      if (busy.value) return null;
      if (heldBooking && chosen.value.length === mine.size && chosen.value.every((id) => mine.has(id))) return heldBooking;
      busy.value = true;
      problem.value = null;
      const asked = chosen.value;
      try {
        const input = { showtimeId: showtime.id, seats: asked.map((seatId) => ({ seatId })), bookingId: heldBooking, idempotencyKey: crypto.randomUUID() };
        const { holdSeats } = await gql(HoldSeats, { input });
        if (holdSeats.booking && !holdSeats.userErrors.length) {
          noteBooking(holdSeats.booking);
          return holdSeats.booking.id;
        }
        if (heldBooking && OVER.includes(holdSeats.userErrors[0]?.code)) {
          heldBooking = null;
          forgetHold();
          busy.value = false;
          return await this.hold();
        }
        await snapshotQuietly();
        const taken = takenSeats(holdSeats.userErrors, asked);
        if (taken.length) choose(chosen.value.filter((id) => !taken.includes(id)));
        problem.value = taken.length ? t("seats.lost", { count: taken.length, seats: listOf(taken) }) : refusalText(holdSeats.userErrors[0]);
      } catch (error) {
        problem.value = failureText(error);
      } finally {
        busy.value = false;
      }
      return null;
    },

    close() {
      clearInterval(poll);
      stream.close();
    },
  };
}

/**
 * The person's own held booking of a showtime, also one made in another tab or before a reload.
 * @param {string} showtimeId @param {boolean} someHeld whether the map shows own held seats
 */
export async function ownHeldBooking(showtimeId, someHeld) {
  const known = heldBookingOf(showtimeId);
  if (known || !someHeld || !signedIn.value) return known;
  const { myBookings } = await gql(MyBookings, { when: "UPCOMING" });
  const held = myBookings.nodes.find((/** @type {any} */ booking) => booking.status === "HELD" && booking.showtime.id === showtimeId);
  if (held) noteBooking(held);
  return held?.id ?? null;
}

/** @param {{category: string, ticketType: string, price: import("../domain/money.js").Money}[]} prices */
function adultPrices(prices) {
  return new Map(prices.filter(({ ticketType }) => ticketType === "ADULT").map(({ category, price }) => [category, price]));
}

/** @param {import("../core/forms.js").UserError[]} refusals @param {string[]} asked */
function takenSeats(refusals, asked) {
  return refusals.filter(({ code }) => code === "SEAT_TAKEN").map(({ field }) => asked[Number(field?.at(-1))]).filter(Boolean);
}
