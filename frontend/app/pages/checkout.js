// @ts-check
/** From held seats to paid ones, on one page: ticket types, coupon, method, review, pay. */
import { createForm, failureText, missing, refusalText } from "../core/forms.js";
import { gql, gqlPartial, whyMissing } from "../core/gql.js";
import { noteBooking } from "../core/hold.js";
import { serverNow } from "../core/clock.js";
import { t } from "../core/i18n.js";
import { navigate, reload } from "../core/router.js";
import { requirePerson } from "../core/session.js";
import { computed, effect, state } from "../core/state.js";
import { ApplyCoupon, Booking, CancelBooking, Checkout, ExtendHold, HoldSeats, RemoveCoupon } from "./operations.js";
import { html, nothing } from "../ui/html.js";
import { holdLine, watchHold } from "../ui/hold-line.js";
import { notice } from "../ui/notice.js";
import { priceLines, whatLine } from "../ui/summary.js";
import { announce, toast } from "../ui/toast.js";
import { couponPart, payPart, releasedPart, ticketTypesPart, waitingPart } from "./checkout-parts.js";
import { arriveForPayment, createCardEntry } from "./card-entry.js";
import { closeAttempt, openAttempt, pay } from "./payment-attempt.js";

/** @param {import("../core/router.js").Request} request */
export async function load({ params, signal }) {
  requirePerson();
  const { data, errors } = await gqlPartial(Checkout, { id: params.id }, { signal });
  if (!data.booking) throw whyMissing(errors, "booking");
  const { status } = data.booking;
  if (status === "CONFIRMED" || status === "CANCELLED") {
    const justPaid = closeAttempt(params.id) && status === "CONFIRMED";
    queueMicrotask(() => navigate(`/bookings/${params.id}${justPaid ? "?paid=1" : ""}`, { replace: true }));
  }
  await arriveForPayment(data.paymentOptions ?? []);
  return createCheckout(data.booking, data.paymentOptions ?? [], (data.myCoupons ?? []).filter((/** @type {any} */ coupon) => coupon.active));
}

/** @param {any} first @param {{method: string, provider: string}[]} options @param {{code: string, percent: number | null}[]} coupons */
function createCheckout(first, options, coupons) {
  noteBooking(first);
  const booking = state(first);
  const phase = state(/** @type {"open" | "paying" | "waiting" | "action" | "released"} */ (isOver(first) ? "released" : "open"));
  const actionUrl = state("");
  const busy = state(false);
  const fault = state(/** @type {{part: "types" | "coupon" | "pay" | "released", text: string} | null} */ (null));
  const left = new AbortController();
  /** As it was chosen last: what is asked for again when the time is over. */
  let lastHeld = first;

  /** @param {any} fresh */
  const take = (fresh) => {
    if (!fresh) return;
    noteBooking(fresh);
    if (fresh.status === "HELD") lastHeld = fresh;
    booking.value = fresh;
  };
  /** One change of the booking at a time. @param {"types" | "coupon" | "pay" | "released"} part @param {() => Promise<{booking: any, userErrors: import("../core/forms.js").UserError[]}>} send */
  async function change(part, send) {
    if (busy.value) return false;
    busy.value = true;
    fault.value = null;
    try {
      const { booking: fresh, userErrors } = await send();
      const [refusal] = userErrors;
      if (refusal?.code === "HOLD_EXPIRED") phase.value = "released";
      if (refusal) fault.value = { part, text: refusalText(refusal) };
      else take(fresh);
      return !refusal;
    } catch (error) {
      fault.value = { part, text: failureText(error) };
      return false;
    } finally {
      busy.value = false;
    }
  }

  const extend = async () => {
    const done = await change("pay", async () => (await gql(ExtendHold, { bookingId: first.id })).extendHold);
    if (done) toast(t("hold.extended"));
  };
  const setTypes = (/** @type {{seatId: string, ticketType: string}[]} */ seats) =>
    change("types", async () => (await gql(HoldSeats, { input: { showtimeId: first.showtime.id, seats, bookingId: first.id } })).holdSeats);
  const coupon = createForm(
    "coupon",
    (values) => missing(values, { code: t("coupon.code") }),
    async ({ code }) => {
      const { applyCoupon } = await gql(ApplyCoupon, { bookingId: first.id, code: code.trim() });
      if (applyCoupon.userErrors[0]?.code === "HOLD_EXPIRED") phase.value = "released";
      if (applyCoupon.userErrors.length) return applyCoupon.userErrors.map((/** @type {any} */ refusal) => ({ ...refusal, field: ["code"] }));
      take(applyCoupon.booking);
      announce(t("coupon.applied"));
    },
  );
  const removeCoupon = () => change("coupon", async () => (await gql(RemoveCoupon, { bookingId: first.id })).removeCoupon);
  const release = async () => {
    const done = await change("pay", async () => (await gql(CancelBooking, { bookingId: first.id })).cancelBooking);
    if (done) await navigate(`/showtimes/${first.showtime.id}`);
  };
  const sameSeatsAgain = async () => {
    const seats = lastHeld.tickets.map((/** @type {any} */ ticket) => ({ seatId: ticket.seat.id, ticketType: ticket.ticketType }));
    /** @type {any} */
    let held = null;
    const done = await change("released", async () => {
      const { holdSeats } = await gql(HoldSeats, { input: { showtimeId: first.showtime.id, seats, idempotencyKey: crypto.randomUUID() } });
      held = holdSeats.booking;
      return { ...holdSeats, booking: null };
    });
    if (!done || !held) return;
    noteBooking(held);
    // What was typed goes along; a code that is good no more is told where it stands on the new booking.
    const { couponCode } = lastHeld;
    if (couponCode) await gql(ApplyCoupon, { bookingId: held.id, code: couponCode }).catch(() => undefined);
    await navigate(`/bookings/${held.id}/pay`, { replace: true });
  };

  /** @param {{method: string, token: string | null}} how */
  async function readCardAndPay(how) {
    if (phase.value !== "open") return;
    fault.value = null;
    phase.value = "paying";
    const complete = await cardEntry.tokenFor(how).catch(() => ({ fault: t("pay.formFailed") }));
    if (left.signal.aborted) return;
    phase.value = "open";
    if ("fault" in complete) fault.value = { part: "pay", text: complete.fault };
    else await startPaying(complete);
  }

  /** @param {{method: string, token: string | null}} how */
  async function startPaying(how) {
    if (phase.value !== "open" && phase.value !== "waiting") return;
    fault.value = null;
    if (phase.value === "open") phase.value = "paying";
    try {
      await pay(first.id, how, { signal: left.signal, onOutcome });
    } catch (error) {
      phase.value = "open";
      fault.value = { part: "pay", text: failureText(error) };
    }
  }

  /** @param {import("./payment-attempt.js").Outcome} outcome */
  function onOutcome(outcome) {
    take(outcome.booking);
    if (outcome.kind === "paid") navigate(`/bookings/${first.id}?paid=1`, { replace: true });
    if (outcome.kind === "pending") phase.value = "waiting";
    if (outcome.kind === "action" && outcome.url) {
      actionUrl.value = outcome.url;
      phase.value = "action";
    } else if (outcome.kind === "action") {
      phase.value = "waiting";
      cardEntry.confirm(outcome.clientSecret);
    }
    if (outcome.kind !== "refused") return;
    phase.value = ["HOLD_EXPIRED", "BOOKING_EXPIRED"].includes(outcome.code) ? "released" : "open";
    fault.value = { part: phase.value === "released" ? "released" : "pay", text: outcome.text };
    requestAnimationFrame(() => document.getElementById("pay-fault")?.focus());
  }

  // A new phase is a new page in the person's eyes: it is told from its heading on.
  let told = phase.peek();
  const stopTelling = effect(() => {
    const next = phase.value;
    const news = next !== told && !(next === "paying" || (told === "paying" && next === "open"));
    told = next;
    if (news) requestAnimationFrame(() => document.querySelector(".checkout-part h2")?.scrollIntoView({ block: "center" }));
  });
  const stopHold = watchHold({
    expiresAt: () => (phase.value === "open" ? booking.value.holdExpiresAt : null),
    // The server has the last word: only it knows whether the seats are gone.
    onOver: async () => {
      await change("released", async () => ({ ...(await gql(Booking, { id: first.id })), userErrors: [] }));
      if (isOver(booking.value)) phase.value = "released";
    },
    onJump: () => reload(),
  });
  const cardEntry = createCardEntry({ options, open: computed(() => phase.value === "open"), total: computed(() => booking.value.total) });
  const attempt = openAttempt(first.id);
  if (attempt || first.status === "PAYING") {
    phase.value = "waiting";
    queueMicrotask(() => (attempt ? startPaying(attempt) : watchElsewhere(left.signal)));
  }

  return {
    title: t("checkout.title"),
    template: () => html`
      <div class="page checkout">
        <div>
          <h1 class="small">${t("checkout.title")}</h1>
          ${phase.value === "open"
            ? html`${holdLine({ expiresAt: booking.value.holdExpiresAt, timeZone: booking.value.showtime.timeZone, extensionsLeft: booking.value.extensionsLeft, onExtend: extend })}`
            : nothing}
          ${phase.value === "released" ? releasedPart({ fault: faultOf("released"), busy: busy.value, again: sameSeatsAgain, showtimeId: first.showtime.id }) : nothing}
          ${phase.value === "waiting" || phase.value === "action" ? waitingPart(phase.value === "action" ? actionUrl.value : null) : nothing}
          ${phase.value === "open" || phase.value === "paying" ? openParts() : nothing}
        </div>
        <aside class="card-plain checkout-summary" aria-label=${t("checkout.summary")}>
          ${whatLine(booking.value)} ${priceLines(booking.value)}
          ${phase.value === "open" ? html`<a class="btn btn-quiet btn-sm mt-3" href="/showtimes/${first.showtime.id}">${t("checkout.changeSeats")}</a>` : nothing}
        </aside>
      </div>
    `,
    dispose() {
      left.abort();
      stopTelling();
      stopHold();
      cardEntry.dispose();
    },
  };

  /** @param {"types" | "coupon" | "pay" | "released"} part */
  function faultOf(part) {
    return fault.value?.part === part ? fault.value.text : null;
  }

  function openParts() {
    return html`
      ${ticketTypesPart({ booking: booking.value, busy: busy.value, fault: faultOf("types"), onChange: setTypes })}
      ${couponPart({ booking: booking.value, coupons, form: coupon, fault: faultOf("coupon"), onRemove: removeCoupon })}
      <section class="checkout-part">
        <h2>${t("checkout.contact")}</h2>
        <p class="mb-0">${t("checkout.contactText", { email: booking.value.contactEmail ?? "" })}</p>
      </section>
      ${payPart({ options, total: booking.value.total, fault: faultOf("pay"), paying: phase.value === "paying", busy: busy.value, stripeForm: cardEntry.form, onPay: readCardAndPay })}
      <p><button class="btn btn-quiet" type="button" @click=${release}>${t("checkout.release")}</button></p>
    `;
  }
}

/** A payment begun on another device: look until the booking has settled. @param {AbortSignal} signal */
function watchElsewhere(signal) {
  const timer = setInterval(() => reload(), 3000);
  signal.addEventListener("abort", () => clearInterval(timer));
}

/** @param {any} booking */
const isOver = (booking) => booking.status === "EXPIRED" || (booking.status === "HELD" && Date.parse(booking.holdExpiresAt) <= serverNow());
