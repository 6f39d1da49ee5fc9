// @ts-check
/** One booking as staff see it: what was bought, what happened to it, and cancelling it with the quote. */
import { AppError } from "../../core/errors.js";
import { failureText, refusalText } from "../../core/forms.js";
import { gqlPartial, gql } from "../../core/gql.js";
import { formatLocale, t } from "../../core/i18n.js";
import { reload } from "../../core/router.js";
import { atLeast } from "../../core/session.js";
import { state } from "../../core/state.js";
import { showtimeText } from "../../domain/times.js";
import { closeDialog, dialog, openDialog } from "../../ui/dialog.js";
import { money, moment } from "../../ui/format.js";
import { html, nothing } from "../../ui/html.js";
import { notice } from "../../ui/notice.js";
import { priceLines } from "../../ui/summary.js";
import { staffView } from "../frame.js";
import { StaffBooking, StaffCancelBooking } from "../operations/bookings.js";
import { mayOpen } from "../rail.js";
import { detailView } from "../ui/detail.js";
import { saved } from "../ui/saved.js";
import { messages, messagesOf, notePart, timeline } from "./booking-story.js";
import { bookingTag } from "./bookings.js";

const DIALOG = "staff-cancel";

/** @param {import("../../core/router.js").Request} request */
export async function load({ params, signal }) {
  const { data, errors } = await gqlPartial(StaffBooking, { id: params.id }, { signal });
  if (!data.booking) throw new AppError(errors[0]?.extensions?.code ?? "NOT_FOUND", "No such booking");
  const booking = data.booking;
  const fault = state(/** @type {string | null} */ (null));
  const steps = state(booking.timeline);
  const told = await messagesOf(booking.id, signal);
  const note = notePart(booking.id, (now) => (steps.value = now));
  return staffView({
    path: "/admin/bookings",
    title: t("ticket.bookingReference", { reference: booking.reference }),
    back: { href: "/admin/bookings", label: t("staff.nav.bookings") },
    content: () => html`
      ${detail(booking, fault)}
      ${timeline(steps.value, told.value.value ?? [])}
      ${steps.value ? note() : nothing}
      ${messages(told)}
    `,
  });
}

/** @param {any} booking @param {import("../../../vendor/signals-core/signals-core.js").Signal<string | null>} fault */
const detail = (booking, fault) => {
  const { showtime, payment, tickets, status, refundQuote } = booking;
  return detailView({
    tag: bookingTag(status),
    actions: status === "CONFIRMED" && refundQuote
      ? [html`<a class="btn btn-quiet" href="/admin/bookings/${booking.id}/seats">${t("checkout.changeSeats")}</a>`, cancelling(booking, fault)]
      : [],
    facts: [
      [t("staff.word.film"), html`<strong>${showtime.movieTitle}</strong><br />${showtimeText(showtime.startsAt, showtime.timeZone, formatLocale())}<br /><span class="muted">${showtime.cinemaName} · ${showtime.auditoriumName}</span>`],
      [t("staff.booking.guest"), booking.user && atLeast("ADMIN") ? html`<a href="/admin/users/${booking.user.id}">${booking.user.name}</a>` : booking.user?.name ?? "–"],
      [t("account.email"), booking.contactEmail ?? "–"],
      [t("staff.word.phone"), booking.contactPhone ?? "–"],
      [t("staff.booking.created"), moment(booking.createdAt)],
      [t("pay.title"), payment ? paid(payment) : null],
      [t("checkout.tickets"), tickets.map((/** @type {any} */ ticket) => html`<div class="figures">${ticket.seat.id} · ${ticket.code} · ${t(`ticketStatus.${ticket.status}`)}${ticket.usedAt ? ` · ${moment(ticket.usedAt)}` : ""}</div>`)],
    ],
    aside: priceLines(booking),
  });
};

/** With the way to a refund of a part of it. @param {any} payment */
const paid = ({ id, method, status, amount, refunded }) => html`
  ${t(`pay.${method}`)} · ${t(`paymentStatus.${status}`)} · ${money(amount)}
  ${refunded.amount ? html`<br />${t("staff.word.refunded")}: ${money(refunded)}` : nothing}
  ${mayOpen("/admin/payments") ? html`<br /><a href="/admin/payments/${id}">${t("staff.booking.payment")}</a>` : nothing}
`;

/** @param {any} booking @param {import("../../../vendor/signals-core/signals-core.js").Signal<string | null>} fault */
function cancelling(booking, fault) {
  const { amount } = booking.refundQuote;
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const reason = String(new FormData(/** @type {HTMLFormElement} */ (event.currentTarget)).get("reason")).trim();
    try {
      const { cancelBooking } = await gql(StaffCancelBooking, { bookingId: booking.id, reason: reason || null, expectedRefund: { amount: amount.amount, currency: amount.currency } });
      const [refusal] = cancelBooking.userErrors;
      fault.value = refusal ? refusalText(refusal) : null;
      if (refusal) return;
      closeDialog(DIALOG);
      saved(t("cancel.done"), { object: { type: "Booking", id: booking.id } });
      await reload();
    } catch (error) {
      fault.value = failureText(error);
    }
  };
  return html`
    <button class="btn btn-danger-quiet" type="button" @click=${() => openDialog(DIALOG)}>${t("cancel.open")}</button>
    ${dialog({
      id: DIALOG,
      heading: t("cancel.heading"),
      content: html`<form @submit=${submit}>
        <p><strong>${t("staff.booking.guestGets", { amount: money(amount) })}</strong></p>
        <div class="field"><label for="cancel-reason">${t("staff.booking.reason")}</label><input class="form-control" id="cancel-reason" name="reason" maxlength="200" /></div>
        ${fault.value ? notice("bad", html`<p>${fault.value}</p>`, { role: "alert" }) : nothing}
        <div class="actions">
          <button class="btn btn-danger-quiet" type="submit">${t("cancel.confirm")}</button>
          <button class="btn btn-quiet" type="button" @click=${() => closeDialog(DIALOG)}>${t("cancel.keep")}</button>
        </div>
      </form>`,
    })}
  `;
}
