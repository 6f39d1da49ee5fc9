// @ts-check
/** Forms of the staff's pages: summary and field faults, a word about what is not saved, and a question before it is lost. */
import { createForm } from "../../core/forms.js";
import { t } from "../../core/i18n.js";
import { guardLeaving } from "../../core/router.js";
import { state } from "../../core/state.js";
import { closeDialog, dialog, openDialog } from "../../ui/dialog.js";
import { errorSummary, submitButton } from "../../ui/field.js";
import { html, nothing } from "../../ui/html.js";

/** @typedef {import("../../core/forms.js").Form & {changed: import("../../../vendor/signals-core/signals-core.js").Signal<boolean>}} EditForm */

const LEAVING = "staff-unsaved";
/** By id, those of this page and of pages before, which no longer stand in the document. @type {Map<string, EditForm>} */
const guarded = new Map();
/** @type {((leave: boolean) => void) | null} */
let answer = null;

/**
 * A form as core/forms.js makes it, that also knows whether something in it was changed and not saved. Call it in `load`:
 * it guards that page. Two of them on one page guard it together.
 * @param {string} id
 * @param {(values: import("../../core/forms.js").Values) => import("../../core/forms.js").Fault[]} check
 * @param {(values: import("../../core/forms.js").Values) => Promise<import("../../core/forms.js").UserError[] | void>} send
 * the refusals, none when it was saved
 * @param {() => unknown} [after] once saved: go on, or `reload()`
 * @returns {EditForm}
 */
export function editForm(id, check, send, after) {
  // A page that is loaded anew keeps what stands in its inputs.
  const changed = state(Boolean(document.getElementById(id) && guarded.get(id)?.changed.value));
  let saved = false;
  const form = createForm(id, check, async (values) => {
    const refusals = await send(values);
    saved = !refusals?.length;
    if (saved) changed.value = false;
    return refusals;
  });
  const own = {
    ...form,
    changed,
    async submit(/** @type {SubmitEvent} */ event) {
      saved = false;
      await form.submit(event);
      if (saved) await after?.();
    },
  };
  guarded.set(id, own);
  guardLeaving({ dirty: () => [...guarded.values()].some((each) => each.changed.value && document.getElementById(each.id)), ask });
  return own;
}

/**
 * @param {EditForm} form @param {unknown} fields @param {{submit: string, cancel?: {href: string, label: string}, plain?: boolean}} options
 * plain: without the card around it
 */
export const formView = (form, fields, { submit, cancel, plain = false }) => html`
  <form class="edit-form ${plain ? "" : "card-plain"}" id=${form.id} novalidate @submit=${form.submit} @input=${() => (form.changed.value = true)}>
    ${errorSummary(form)} ${fields}
    <div class="form-end">
      ${submitButton(form, submit)}
      ${cancel ? html`<a class="btn btn-quiet" href=${cancel.href}>${cancel.label}</a>` : nothing}
      <span class="muted small-text" role="status">${form.changed.value ? t("staff.form.unsaved") : nothing}</span>
    </div>
  </form>
`;

/** The question before unsaved things are left; stands once in the frame. */
export const leavingDialog = () =>
  dialog({
    id: LEAVING,
    heading: t("staff.form.leaveHeading"),
    onClose: () => settle(false),
    content: html`
      <p>${t("staff.form.leaveText")}</p>
      <div class="actions">
        <button class="btn btn-primary" type="button" @click=${() => closeDialog(LEAVING)}>${t("staff.form.stay")}</button>
        <button class="btn btn-danger-quiet" type="button" @click=${leave}>${t("staff.form.leave")}</button>
      </div>
    `,
  });

/** @returns {Promise<boolean>} whether to leave */
function ask() {
  settle(false);
  if (!openDialog(LEAVING)) return Promise.resolve(true);
  return new Promise((resolve) => (answer = resolve));
}

function leave() {
  settle(true);
  closeDialog(LEAVING);
}

/** @param {boolean} whether to leave */
function settle(whether) {
  if (whether) guarded.clear();
  answer?.(whether);
  answer = null;
}
