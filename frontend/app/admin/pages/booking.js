// @ts-check
/** One booking as staff see it: what was bought, what happened to it, and cancelling it with the quote. */
import { AppError } from "../../core/errors.js";
import { failureText, refusalText } from "../../core/forms.js";
import { gqlPartial, gql } from "../../core/gql.js";
import { formatLocale, t } from "../../core/i18n.js";
import { reload } from "../../core/router.js";
import { requireRole } from "../../core/session.js";
import { state } from "../../core/state.js";
import { showtimeText } from "../../domain/times.js";
import { closeDialog, dialog, openDialog } from "../../ui/dialog.js";
import { money, moment } from "../../ui/format.js";
import { html, nothing } from "../../ui/html.js";
import { notice } from "../../ui/notice.js";
import { priceLines } from "../../ui/summary.js";
import { toast } from "../../ui/toast.js";
import { staffPage } from "../frame.js";
import { StaffBooking, StaffCancelBooking } from "../operations.js";

const DIALOG = "staff-cancel";

/** @param {import("../../core/router.js").Request} request */
export async function load({ params, signal }) {
  requireRole("STAFF");
  const { data, errors } = await gqlPartial(StaffBooking, { id: params.id }, { signal });
  if (!data.booking) throw new AppError(errors[0]?.extensions?.code ?? "NOT_FOUND", "No such booking");
  const booking = data.booking;
  const fault = state(/** @type {string | null} */ (null));
  const title = t("ticket.bookingReference", { reference: booking.reference });
  return { title, template: () => staffPage({ path: "/admin/bookings", title, content: detail(booking, fault) }) };
}

/** @param {any} booking @param {import("../../../vendor/signals-core/signals-core.js").Signal<string | null>} fault */
const detail = (booking, fault) => html`
  <p><span class="tag">${t(`bookingStatus.${booking.status}`)}</span></p>
  <div class="card-plain mb-3">
    <h2 class="mb-2">${booking.showtime.movieTitle}</h2>
    <p class="muted">${showtimeText(booking.showtime.startsAt, booking.showtime.timeZone, formatLocale())} · ${booking.showtime.cinemaName} · ${booking.showtime.auditoriumName}</p>
    <dl class="facts mb-3">
      <dt>${t("account.email")}</dt><dd>${booking.contactEmail ?? "–"}</dd>
      <dt>${t("staff.phone")}</dt><dd>${booking.contactPhone ?? "–"}</dd>
      <dt>${t("staff.created")}</dt><dd>${moment(booking.createdAt)}</dd>
      ${booking.payment ? html`<dt>${t("pay.title")}</dt><dd>${t(`pay.${booking.payment.method}`)} · ${t(`paymentStatus.${booking.payment.status}`)} · ${money(booking.payment.amount)}</dd>` : nothing}
      <dt>${t("checkout.tickets")}</dt>
      <dd>${booking.tickets.map((/** @type {any} */ ticket) => html`<div class="figures">${ticket.seat.id} · ${ticket.code} · ${t(`ticketStatus.${ticket.status}`)}${ticket.usedAt ? ` · ${moment(ticket.usedAt)}` : ""}</div>`)}</dd>
    </dl>
    ${priceLines(booking)}
  </div>
  ${booking.status === "CONFIRMED" && booking.refundQuote ? cancelling(booking, fault) : nothing}
  ${timeline(booking.timeline)}
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
      toast(t("cancel.done"));
      await reload();
    } catch (error) {
      fault.value = failureText(error);
    }
  };
  return html`
    <p><button class="btn btn-danger-quiet" type="button" @click=${() => openDialog(DIALOG)}>${t("cancel.open")}</button></p>
    ${dialog({
      id: DIALOG,
      heading: t("cancel.heading"),
      content: html`<form @submit=${submit}>
        <p><strong>${t("staff.guestGets", { amount: money(amount) })}</strong></p>
        <div class="field"><label for="cancel-reason">${t("staff.reason")}</label><input class="form-control" id="cancel-reason" name="reason" maxlength="200" /></div>
        ${fault.value ? notice("bad", html`<p>${fault.value}</p>`, { role: "alert" }) : nothing}
        <div class="actions">
          <button class="btn btn-danger-quiet" type="submit">${t("cancel.confirm")}</button>
          <button class="btn btn-quiet" type="button" @click=${() => closeDialog(DIALOG)}>${t("cancel.keep")}</button>
        </div>
      </form>`,
    })}
  `;
}

/** @param {{step: string, attempt: number, outcome: string, detail: string | null, at: string}[] | null} steps */
const timeline = (steps) =>
  steps?.length
    ? html`<h2 class="mt-4 mb-3">${t("staff.timeline")}</h2>
        <div class="table-wrap" tabindex="0" role="region" aria-label=${t("staff.timeline")}><table class="table-plain">
          <thead><tr><th scope="col">${t("staff.when")}</th><th scope="col">${t("staff.step")}</th><th scope="col">${t("staff.outcome")}</th></tr></thead>
          <tbody>${steps.map(({ step, attempt, outcome, detail: more, at }) => html`<tr><td class="figures nowrap">${moment(at)}</td><td>${step}${attempt > 1 ? ` (${attempt})` : ""}</td><td>${outcome} <span class="muted">${more ?? ""}</span></td></tr>`)}</tbody>
        </table></div>`
    : nothing;
