// @ts-check
/** Cancelling a confirmed booking: what comes back is shown before, and sent along as what the person agreed to. */
import { failureText, refusalText } from "../core/forms.js";
import { gql } from "../core/gql.js";
import { t } from "../core/i18n.js";
import { state } from "../core/state.js";
import { Booking, CancelBooking } from "./operations.js";
import { closeDialog, dialog, openDialog } from "../ui/dialog.js";
import { money, moment, percent } from "../ui/format.js";
import { html, nothing } from "../ui/html.js";
import { notice } from "../ui/notice.js";
import { toast } from "../ui/toast.js";

/** @param {any} booking with its refundQuote @param {() => void} onDone */
export function cancelPart(booking, onDone) {
  const id = `cancel-${booking.id}`;
  const quote = state(booking.refundQuote);
  const fault = state(/** @type {string | null} */ (null));
  const busy = state(false);

  const cancel = async () => {
    if (busy.value) return;
    busy.value = true;
    fault.value = null;
    try {
      const { amount, currency } = quote.value.amount;
      const { cancelBooking } = await gql(CancelBooking, { bookingId: booking.id, expectedRefund: { amount, currency } });
      const [refusal] = cancelBooking.userErrors;
      if (!refusal) {
        closeDialog(id);
        toast(t("cancel.done"));
        onDone();
        return;
      }
      fault.value = refusalText(refusal);
      if (refusal.code === "QUOTE_CHANGED") quote.value = (await gql(Booking, { id: booking.id })).booking.refundQuote;
    } catch (error) {
      fault.value = failureText(error);
    } finally {
      busy.value = false;
    }
  };

  return {
    template() {
      if (booking.status !== "CONFIRMED" || !quote.value) return nothing;
      const { amount, percent: share, untilNextStep } = quote.value;
      const fee = booking.total.amount - amount.amount;
      return html`
        <section class="no-print mt-3">
          <button class="btn btn-danger-quiet btn-sm" type="button" @click=${() => openDialog(id)}>${t("cancel.open")}</button>
          ${dialog({
            id,
            heading: t("cancel.heading"),
            content: html`
              <p><strong>${amount.amount ? t("cancel.quote", { amount: money(amount), percent: percent(share / 100) }) : t("cancel.nothingBack")}</strong></p>
              ${fee > 0 && amount.amount ? html`<p>${t("cancel.kept", { fee: money({ ...amount, amount: fee }) })}</p>` : nothing}
              ${untilNextStep && amount.amount ? html`<p class="muted">${t("cancel.until", { when: moment(untilNextStep) })}</p>` : nothing}
              <p>${t("cancel.final")}</p>
              ${fault.value ? notice("bad", html`<p>${fault.value}</p>`, { role: "alert" }) : nothing}
              <div class="actions">
                <button class="btn btn-danger-quiet" type="button" aria-disabled=${busy.value ? "true" : nothing} @click=${cancel}>${t("cancel.confirm")}</button>
                <button class="btn btn-quiet" type="button" @click=${() => closeDialog(id)}>${t("cancel.keep")}</button>
              </div>
            `,
          })}
        </section>
      `;
    },
  };
}
