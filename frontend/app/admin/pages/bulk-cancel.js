// @ts-check
/** Several bookings cancelled at once: each by its own refund policy, each with its own outcome. */
import { failureText, refusalText } from "../../core/forms.js";
import { gql } from "../../core/gql.js";
import { t } from "../../core/i18n.js";
import { state } from "../../core/state.js";
import { closeDialog, dialog, openDialog } from "../../ui/dialog.js";
import { html, nothing } from "../../ui/html.js";
import { notice } from "../../ui/notice.js";
import { StaffCancelBookings } from "../operations/bookings.js";
import { saved } from "../ui/saved.js";

const ID = "bulk-cancel";

/** @typedef {{reference: string, refusal: string | null}} Outcome refusal: why not, in words */

/** @param {import("../ui/list.js").List} list of bookings */
export function bulkCancel(list) {
  const chosen = state(/** @type {Set<string>} */ (new Set()));
  const fault = state(/** @type {string | null} */ (null));
  const outcomes = state(/** @type {Outcome[] | null} */ (null));
  const busy = state(false);
  const rows = () => (list.part.value.value?.nodes ?? []).filter(({ id }) => chosen.value.has(id));
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (busy.value) return;
    const reason = String(new FormData(/** @type {HTMLFormElement} */ (event.currentTarget)).get("reason")).trim();
    fault.value = reason ? null : t("form.missing", { label: t("staff.booking.reason") });
    if (!reason) return;
    busy.value = true;
    try {
      const asked = rows();
      const answer = (await gql(StaffCancelBookings, { ids: asked.map(({ id }) => id), reason })).cancelBookings;
      outcomes.value = outcomesOf(asked, answer);
      if (outcomes.value) saved(t("staff.bookings.cancelled", { count: answer.bookings.length }));
      else fault.value = refusalText(answer.userErrors[0]);
    } catch (error) {
      fault.value = failureText(error);
    } finally {
      busy.value = false;
    }
  };
  const closed = () => {
    fault.value = null;
    if (!outcomes.value) return;
    outcomes.value = null;
    chosen.value = new Set();
    void list.reload();
  };
  return {
    selection: {
      chosen,
      name: (/** @type {any} */ { reference }) => t("staff.bookings.choose", { reference }),
      actions: () => html`<button class="btn btn-danger-quiet btn-sm" type="button" @click=${() => openDialog(ID)}>${t("staff.bookings.cancelChosen")}</button>`,
    },
    question: () =>
      dialog({
        id: ID,
        heading: t("staff.bookings.cancelHeading", { count: outcomes.value?.length ?? rows().length }),
        onClose: closed,
        content: outcomes.value ? report(outcomes.value) : ask(rows(), fault.value, busy.value, submit),
      }),
  };
}

/**
 * A refusal names the place of its booking; without one the whole request was refused.
 * @param {{id: string, reference: string}[]} asked @param {{userErrors: import("../../core/forms.js").UserError[]}} answer @returns {Outcome[] | null}
 */
export function outcomesOf(asked, { userErrors }) {
  if (userErrors.some(({ field }) => field?.[0] !== "ids" || field.length < 2)) return null;
  const refusals = new Map(userErrors.map((refusal) => [Number(refusal.field?.[1]), refusal]));
  return asked.map(({ reference }, index) => {
    const refusal = refusals.get(index);
    return { reference, refusal: refusal ? refusalText(refusal) : null };
  });
}

/** @param {any[]} rows @param {string | null} fault @param {boolean} busy @param {(event: SubmitEvent) => unknown} submit */
const ask = (rows, fault, busy, submit) => html`
  <form novalidate @submit=${submit}>
    <p class="figures">${rows.map(({ reference }) => reference).join(", ")}</p>
    <p>${t("staff.bookings.cancelText")}</p>
    <div class="field"><label for="bulk-reason">${t("staff.booking.reason")}</label><input class="form-control" id="bulk-reason" name="reason" maxlength="200" autocomplete="off" /></div>
    ${fault ? notice("bad", html`<p>${fault}</p>`, { role: "alert" }) : nothing}
    <div class="actions">
      <button class="btn btn-danger-quiet" type="submit" aria-disabled=${busy ? "true" : nothing}>${busy ? t("form.busy") : t("staff.bookings.cancelNow")}</button>
      <button class="btn btn-quiet" type="button" @click=${() => closeDialog(ID)}>${t("staff.form.keep")}</button>
    </div>
  </form>
`;

/** @param {Outcome[]} outcomes */
const report = (outcomes) => html`
  <ul class="outcomes" role="status">${outcomes.map(({ reference, refusal }) => html`<li>
    <span class="figures">${reference}</span> <span class="tag ${refusal ? "bad" : "ok"}">${t(refusal ? "staff.bookings.notCancelled" : "bookingStatus.CANCELLED")}</span>
    ${refusal ? html`<span class="small-text">${refusal}</span>` : nothing}
  </li>`)}</ul>
  <div class="actions"><button class="btn btn-primary" type="button" @click=${() => closeDialog(ID)}>${t("action.close")}</button></div>
`;
