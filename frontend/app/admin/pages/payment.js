// @ts-check
/** One payment: what it was for, what went back, giving back all or a part of it, and the second person's word. */
import { failureText, refusalText } from "../../core/forms.js";
import { gql } from "../../core/gql.js";
import { t } from "../../core/i18n.js";
import { AppError } from "../../core/errors.js";
import { person } from "../../core/session.js";
import { state } from "../../core/state.js";
import { minorDigits, minorUnits } from "../../domain/money.js";
import { closeDialog, dialog, openDialog } from "../../ui/dialog.js";
import { money, moment } from "../../ui/format.js";
import { html, nothing } from "../../ui/html.js";
import { notice } from "../../ui/notice.js";
import { toast } from "../../ui/toast.js";
import { staffScope, staffView } from "../frame.js";
import { ApproveRefund, RefundPayment, RejectRefund, StaffPayment } from "../operations/money.js";
import { withCinema } from "../rail.js";
import { detailView, section } from "../ui/detail.js";
import { icon } from "../ui/icon.js";
import { saved } from "../ui/saved.js";
import { dataTable } from "../ui/table.js";
import { paymentTag, refundText } from "./payments.js";

const REFUND = "refund-payment";
const REJECT = "reject-refund";
const TAGS = /** @type {Record<string, string>} */ ({ AWAITING_APPROVAL: "warn", PENDING: "warn", SUCCEEDED: "ok", FAILED: "bad" });

/**
 * @typedef {{
 *   payment: import("../../../vendor/signals-core/signals-core.js").Signal<any>,
 *   fault: import("../../../vendor/signals-core/signals-core.js").Signal<string | null>,
 *   busy: import("../../../vendor/signals-core/signals-core.js").Signal<boolean>,
 *   rejected: import("../../../vendor/signals-core/signals-core.js").Signal<string | null>, keys: Map<string, string>
 * }} Shown rejected: id of the refund that the dialog is about; keys: by what was asked for, so that asking again is the same wish
 */

/** @param {import("../../core/router.js").Request} request */
export async function load({ params, query, signal }) {
  await staffScope(query);
  const { payment } = await gql(StaffPayment, { id: params.id }, { signal });
  if (!payment) throw new AppError("NOT_FOUND", "No such payment");
  /** @type {Shown} */
  const view = { payment: state(payment), fault: state(/** @type {string | null} */ (null)), busy: state(false), rejected: state(/** @type {string | null} */ (null)), keys: new Map() };
  return staffView({
    path: "/admin/payments",
    title: t("staff.payment.title", { amount: money(payment.amount) }),
    back: { href: withCinema("/admin/payments"), label: t("staff.nav.payments") },
    content: () => content(view),
  });
}

/** @param {Shown} view */
function content(view) {
  const { booking, method, provider, providerReference, status, failureCode, createdAt, settledAt, amount, refunded, refundable, refunds } = view.payment.value;
  return html`
    ${detailView({
      tag: paymentTag(status),
      actions: refundable.amount > 0 ? [html`<button class="btn btn-danger-quiet" type="button" @click=${() => openDialog(REFUND)}>${icon("arrow-counterclockwise")} ${t("staff.payment.refund")}</button>`] : [],
      facts: [
        [t("ticket.booking"), booking ? html`<a class="figures" href=${withCinema(`/admin/bookings/${booking.id}`)}>${booking.reference}</a>` : null],
        [t("staff.payments.method"), `${t(`pay.${method}`)} · ${provider}`],
        [t("staff.payment.reference"), providerReference ? html`<span class="figures audit-id">${providerReference}</span>` : null],
        [t("staff.payment.created"), moment(createdAt)],
        [t("staff.payment.settled"), settledAt ? moment(settledAt) : null],
        [t("staff.payment.failure"), failureCode ? html`<code>${failureCode}</code>` : null],
        [t("staff.payments.amount"), html`<span class="figures">${money(amount)}</span>`],
        [t("staff.word.refunded"), html`<span class="figures">${money(refunded)}</span>`],
        [t("staff.payment.refundable"), html`<span class="figures">${money(refundable)}</span>`],
      ],
      sections: [section("refunds", t("staff.payment.refunds"), refunds.length ? refundTable(view, refunds) : html`<p class="muted">${t("staff.payment.noRefunds")}</p>`)],
    })}
    ${refundDialog(view)} ${rejectDialog(view)}
  `;
}

/** @param {Shown} view @param {any[]} refunds */
const refundTable = (view, refunds) =>
  dataTable({
    label: t("staff.payment.refunds"),
    rows: refunds,
    columns: [
      { label: t("staff.word.when"), nowrap: true, cell: ({ createdAt }) => html`<span class="figures">${moment(createdAt)}</span>` },
      { label: t("staff.payments.amount"), heading: true, num: true, cell: ({ amount }) => money(amount) },
      { label: t("staff.payment.reason"), cell: ({ reason }) => reason ?? "–" },
      { label: t("staff.payment.askedBy"), cell: ({ requestedBy, decidedBy }) => html`<div>${requestedBy?.name ?? t("staff.payment.rules")}${decidedBy ? html`<div class="muted small-text">${t("staff.payment.decidedBy", { name: decidedBy.name })}</div>` : nothing}</div>` },
      { label: t("staff.word.status"), cell: (refund) => html`<div><span class="tag ${refund.attention ? "warn" : TAGS[refund.status]}">${refundText(refund)}</span></div>` },
      { label: t("staff.word.actions"), quiet: true, cell: (refund) => decision(view, refund) },
    ],
  });

/** @param {Shown} view @param {any} refund */
function decision(view, { id, status, requestedBy }) {
  if (status !== "AWAITING_APPROVAL") return nothing;
  if (requestedBy?.id === person.value?.id) return html`<span class="small-text">${t("staff.payment.waits")}</span>`;
  const reject = () => {
    view.rejected.value = id;
    openDialog(REJECT);
  };
  return html`<div class="row-wrap">
    <button class="btn btn-primary btn-sm" type="button" aria-disabled=${view.busy.value ? "true" : nothing}
      @click=${() => decide(view, ApproveRefund, "approveRefund", { refundId: id }, (text) => toast(text))}>${t("staff.payment.approve")}</button>
    <button class="btn btn-danger-quiet btn-sm" type="button" @click=${reject}>${t("staff.payment.reject")}</button>
  </div>`;
}

/**
 * Carries a mutation out and shows the payment as it is then.
 * @param {Shown} view @param {string} operation @param {string} field @param {Record<string, unknown>} variables @param {(text: string) => void} refuse
 * @returns {Promise<boolean>} whether it was done
 */
async function decide(view, operation, field, variables, refuse) {
  if (view.busy.value) return false;
  view.busy.value = true;
  try {
    const { payment, userErrors } = (await gql(operation, variables))[field];
    if (userErrors.length) return refuse(refusalText(userErrors[0])), false;
    view.payment.value = payment;
    saved(doneText(payment, field), { object: { type: "Payment", id: payment.id } });
    return true;
  } catch (error) {
    return refuse(failureText(error)), false;
  } finally {
    view.busy.value = false;
  }
}

/** @param {any} payment @param {string} field */
function doneText(payment, field) {
  if (field === "rejectRefund") return t("staff.payment.rejected");
  const waits = field === "refundPayment" && payment.refunds.some((/** @type {any} */ refund) => refund.status === "AWAITING_APPROVAL");
  return waits ? t("staff.payment.waits") : t("staff.payment.done");
}

/** @param {Shown} view */
function refundDialog(view) {
  const { id, refundable } = view.payment.value;
  const { currency } = refundable;
  const refuse = (/** @type {string} */ text) => (view.fault.value = text);
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const values = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    const reason = String(values.get("reason")).trim();
    const amount = minorUnits(String(values.get("amount")), currency);
    if (!amount || amount > refundable.amount) return refuse(t("staff.payment.badAmount", { amount: money(refundable) }));
    if (!reason) return refuse(t("form.missing", { label: t("staff.payment.reason") }));
    const wish = `${amount} ${reason}`;
    const idempotencyKey = view.keys.get(wish) ?? crypto.randomUUID();
    view.keys.set(wish, idempotencyKey);
    const expectedRefundable = { amount: refundable.amount, currency };
    if (await decide(view, RefundPayment, "refundPayment", { input: { paymentId: id, amount: { amount, currency }, expectedRefundable, reason, idempotencyKey } }, refuse)) {
      view.keys.clear();
      closeDialog(REFUND);
    }
  };
  return dialog({
    id: REFUND,
    heading: t("staff.payment.refund"),
    onClose: () => (view.fault.value = null),
    content: html`<form @submit=${submit} novalidate>
      <p>${t("staff.payment.left", { amount: money(refundable) })}</p>
      <div class="field"><label for="refund-amount">${t("staff.payment.amountIn", { currency })}</label>
        <input class="form-control" id="refund-amount" name="amount" inputmode="decimal" autocomplete="off" .value=${plain(refundable)} /></div>
      <div class="field"><label for="refund-reason">${t("staff.payment.reason")}</label>
        <input class="form-control" id="refund-reason" name="reason" maxlength="200" autocomplete="off" /></div>
      ${view.fault.value ? notice("bad", html`<p>${view.fault.value}</p>`, { role: "alert" }) : nothing}
      <div class="actions">
        <button class="btn btn-danger-quiet" type="submit" aria-disabled=${view.busy.value ? "true" : nothing}>${t("staff.payment.give")}</button>
        <button class="btn btn-quiet" type="button" @click=${() => closeDialog(REFUND)}>${t("action.close")}</button>
      </div>
    </form>`,
  });
}

/** @param {Shown} view */
function rejectDialog(view) {
  const refuse = (/** @type {string} */ text) => (view.fault.value = text);
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const reason = String(new FormData(/** @type {HTMLFormElement} */ (event.currentTarget)).get("reason")).trim();
    if (!reason) return refuse(t("form.missing", { label: t("staff.payment.reason") }));
    if (await decide(view, RejectRefund, "rejectRefund", { refundId: view.rejected.value, reason }, refuse)) closeDialog(REJECT);
  };
  return dialog({
    id: REJECT,
    heading: t("staff.payment.rejectHeading"),
    onClose: () => (view.fault.value = null),
    content: html`<form @submit=${submit} novalidate>
      <div class="field"><label for="reject-reason">${t("staff.payment.reason")}</label><input class="form-control" id="reject-reason" name="reason" maxlength="200" autocomplete="off" /></div>
      ${view.fault.value ? notice("bad", html`<p>${view.fault.value}</p>`, { role: "alert" }) : nothing}
      <div class="actions">
        <button class="btn btn-danger-quiet" type="submit" aria-disabled=${view.busy.value ? "true" : nothing}>${t("staff.payment.reject")}</button>
        <button class="btn btn-quiet" type="button" @click=${() => closeDialog(REJECT)}>${t("action.close")}</button>
      </div>
    </form>`,
  });
}

/** As one types it. @param {import("../../domain/money.js").Money} money */
const plain = ({ amount, currency }) => (amount / 10 ** minorDigits(currency)).toFixed(minorDigits(currency));
