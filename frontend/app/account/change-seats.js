// @ts-check
/** Other seats of the same showtime for a paid booking: as many as before, the difference charged or given back. */
import { AppError } from "../core/errors.js";
import { failureText, refusalText } from "../core/forms.js";
import { gql, gqlPartial, whyMissing } from "../core/gql.js";
import { t } from "../core/i18n.js";
import { navigate } from "../core/router.js";
import { requirePerson } from "../core/session.js";
import { computed, state } from "../core/state.js";
import { Checkout, SeatMap } from "../pages/operations.js";
import { arriveForPayment, createCardEntry } from "../pages/card-entry.js";
import { cardForm, GUEST_METHODS, methodChoice } from "../pages/checkout-parts.js";
import { createChoice } from "../pages/seat-choice.js";
import { money, seatList } from "../ui/format.js";
import { html, nothing } from "../ui/html.js";
import { notice } from "../ui/notice.js";
import { centre, firstZoom, legend, seatMap } from "../ui/seat-map.js";
import { toast } from "../ui/toast.js";
import { ChangeSeats } from "./operations.js";

const ASK_AGAIN_MS = 2000;

/** @param {import("../core/router.js").Request} request */
export async function load(request) {
  const { booking, content, dispose } = await seatsPage(request, { home: `/bookings/${request.params.id}` });
  return {
    title: t("swap.title"),
    template: () => html`
      <div class="page seats-page">
        <p class="kicker">${booking.showtime.movieTitle} · ${booking.showtime.auditoriumName}</p>
        <h1 class="small">${t("swap.title")}</h1>
        ${content()}
      </div>
    `,
    dispose,
  };
}

/**
 * The room with the booking's seats, to choose others: for the guest and for staff.
 * @param {import("../core/router.js").Request} request
 * @param {{home: string, unpayable?: string}} options home: where the booking stands; unpayable: told to who can't pay a difference
 */
export async function seatsPage({ params, signal }, { home, unpayable }) {
  requirePerson();
  const { data, errors } = await gqlPartial(Checkout, { id: params.id }, { signal });
  if (!data.booking) throw whyMissing(errors, "booking");
  const booking = data.booking;
  const options = unpayable ? [] : data.paymentOptions ?? [];
  await arriveForPayment(options);
  if (booking.status !== "CONFIRMED") queueMicrotask(() => navigate(home, { replace: true }));
  const { showtime } = await gql(SeatMap, { id: booking.showtime.id }, { signal });
  if (!showtime) throw new AppError("NOT_FOUND", "No such showtime");
  const before = booking.tickets.map((/** @type {any} */ ticket) => ticket.seat.id);
  const choice = createChoice(showtime, [], null, before);
  const current = state(before[0]);
  const zoom = state(/** @type {"comfortable" | "fit"} */ (firstZoom(choice.seats)));
  const change = createChange(booking, choice, { home, unpayable, options, signal });
  requestAnimationFrame(() => requestAnimationFrame(() => centre(before[0])));
  return {
    booking,
    content: () => html`
      <p>${t("swap.text", { count: before.length, seats: seatList(booking.tickets) })}</p>
      <div class="room-card">
        ${seatMap({ choice, current, zoom, label: t("seats.map", { auditorium: showtime.auditoriumName }) })} ${legend(choice)}
      </div>
      ${change.template()}
    `,
    dispose() {
      change.dispose();
      choice.close();
    },
  };
}

/** @param {any} booking @param {import("../pages/seat-choice.js").Choice} choice @param {{home: string, unpayable?: string, options: {method: string, provider: string, publishableKey?: string | null}[], signal: AbortSignal}} page */
function createChange(booking, choice, { home, unpayable, options, signal }) {
  const busy = state(false);
  const fault = state("");
  const confirmUrl = state("");
  const before = booking.tickets.map((/** @type {any} */ ticket) => ticket.seat.id);
  /** The chosen seats take over the ticket types: a seat that stays keeps its own. */
  const wanted = () => {
    const kept = booking.tickets.filter((/** @type {any} */ ticket) => choice.chosen.value.includes(ticket.seat.id));
    const given = booking.tickets.filter((/** @type {any} */ ticket) => !kept.includes(ticket));
    const fresh = choice.chosen.value.filter((id) => !before.includes(id));
    return [
      ...kept.map((/** @type {any} */ ticket) => ({ seatId: ticket.seat.id, ticketType: ticket.ticketType, from: ticket })),
      ...fresh.map((seatId, index) => ({ seatId, ticketType: given[index]?.ticketType, from: given[index] })),
    ];
  };
  /** What it costs more, or less where negative; a seat that stays costs what was paid for it. */
  const difference = () =>
    wanted().reduce((sum, { seatId, ticketType, from }) => {
      if (!from || seatId === from.seat.id) return sum;
      const category = choice.byId.get(seatId)?.category;
      const offer = booking.showtime.prices.find((/** @type {any} */ price) => price.category === category && price.ticketType === ticketType);
      return sum + (offer?.price.amount ?? 0) - from.price.amount;
    }, 0);

  const isWhole = () => choice.chosen.value.length === before.length;
  const isOther = () => choice.chosen.value.some((id) => !before.includes(id));
  /** What is to be paid for the choice as it stands. */
  const due = computed(() => ({ amount: isWhole() && isOther() ? Math.max(0, difference()) : 0, currency: choice.total.value.currency }));
  const cardEntry = createCardEntry({ options, open: computed(() => due.value.amount > 0), total: due });

  /** @param {{method: string, token: string | null}} how */
  async function pay(how) {
    busy.value = true;
    fault.value = "";
    const complete = await cardEntry.tokenFor(how).catch(() => ({ fault: t("pay.formFailed") }));
    if (signal.aborted) return;
    if ("fault" in complete) {
      fault.value = complete.fault;
      busy.value = false;
    } else await send(complete.token);
  }

  /** @param {string | null} paymentToken */
  async function send(paymentToken) {
    const seats = wanted().map(({ seatId, ticketType }) => ({ seatId, ticketType }));
    const asked = { bookingId: booking.id, seats, paymentToken, idempotencyKey: crypto.randomUUID() };
    try {
      while (!signal.aborted && !(await settled(asked))) await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
    } catch (error) {
      fault.value = failureText(error);
    } finally {
      busy.value = false;
      confirmUrl.value = "";
    }
  }

  /** Whether the outcome is certain; the same key finds out, and never pays twice. @param {Record<string, unknown>} asked */
  async function settled(asked) {
    const { changeSeats } = await gql(ChangeSeats, asked);
    const [refusal] = changeSeats.userErrors;
    confirmUrl.value = changeSeats.action?.redirectUrl ?? "";
    cardEntry.confirm(changeSeats.action?.clientSecret ?? null);
    if (changeSeats.action || refusal?.code === "PAYMENT_PENDING") return false;
    if (refusal) fault.value = refusalText(refusal);
    else {
      toast(t("swap.done"));
      await navigate(home);
    }
    return true;
  }

  const isWaiting = () => busy.value || (cardEntry.form !== null && due.value.amount > 0 && cardEntry.form.status.value !== "ready");
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (isWaiting()) return;
    const values = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    void pay({ method: String(values.get("method") ?? "CARD"), token: /** @type {string | null} */ (values.get("token")) });
  };
  const changed = (/** @type {Event} */ event) => {
    const { name, value } = /** @type {HTMLInputElement} */ (event.target);
    if (name === "method") cardEntry.form?.update(due.value, value);
  };
  const methods = options.filter(({ method }) => GUEST_METHODS.includes(method));
  const payPart = () => html`
    ${methodChoice(methods, methods.some(({ provider }) => provider === "simulated"))} ${cardEntry.form ? cardForm(cardEntry.form) : nothing}
  `;
  return {
    dispose: cardEntry.dispose,
    template() {
      const unpaid = Boolean(unpayable) && due.value.amount > 0;
      return html`
        <form class="card-plain mt-4 mb-5" id="swap" novalidate @submit=${submit} @change=${changed}>
          <div role="alert">${fault.value || choice.problem.value ? notice("bad", html`<p>${fault.value || choice.problem.value}</p>`) : nothing}</div>
          <p role="status"><strong id="chosen-seats">${choice.chosen.value.join(", ")}</strong> ${isWhole() ? differenceText(difference(), choice.total.value.currency, isOther()) : t("swap.chooseAsMany", { count: before.length })}</p>
          ${unpaid ? notice("info", html`<p>${unpayable}</p>`) : nothing}
          ${due.value.amount > 0 && !unpaid ? payPart() : nothing}
          ${confirmUrl.value ? html`<p><a class="btn btn-primary" href=${confirmUrl.value} target="_blank" rel="noopener">${t("pay.confirm")}</a></p>` : nothing}
          <div class="actions">
            <button class="btn btn-primary" type="submit" ?disabled=${!isWhole() || !isOther() || unpaid} aria-disabled=${isWaiting() ? "true" : nothing}>${busy.value ? t("form.busy") : t("swap.confirm")}</button>
            <a class="btn btn-quiet" href=${home}>${t("swap.keep")}</a>
          </div>
        </form>
      `;
    },
  };
}

/** @param {number} amount @param {string} currency @param {boolean} isOther */
function differenceText(amount, currency, isOther) {
  if (!isOther) return t("swap.same");
  if (amount > 0) return t("swap.more", { amount: money({ amount, currency }) });
  if (amount < 0) return t("swap.less", { amount: money({ amount: -amount, currency }) });
  return t("swap.equal");
}
