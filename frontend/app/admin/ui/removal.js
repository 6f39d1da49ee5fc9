// @ts-check
/** A button that takes something away for good, after a question; what the service refuses is told in the question. */
import { failureText, refusalText } from "../../core/forms.js";
import { t } from "../../core/i18n.js";
import { state } from "../../core/state.js";
import { closeDialog, dialog, openDialog } from "../../ui/dialog.js";
import { html, nothing } from "../../ui/html.js";
import { notice } from "../../ui/notice.js";
import { icon } from "./icon.js";

const fault = state(/** @type {{id: string, text: string} | null} */ (null));

/**
 * @param {{id: string, label: string, sign?: string, heading: string, text: string, remove: () => Promise<import("../../core/forms.js").UserError[]>, done: () => unknown}} options
 * id: of the dialog, one a page; sign: icon of the button; remove: the refusals, none when it is gone
 */
export function removal({ id, label, sign = "trash", heading, text, remove, done }) {
  const confirm = async () => {
    try {
      const [refusal] = await remove();
      fault.value = refusal ? { id, text: refusalText(refusal) } : null;
      if (refusal) return;
    } catch (error) {
      fault.value = { id, text: failureText(error) };
      return;
    }
    closeDialog(id);
    await done();
  };
  return html`
    <button class="btn btn-danger-quiet" type="button" @click=${() => openDialog(id)}>${icon(sign)} ${label}</button>
    ${dialog({
      id,
      heading,
      onClose: () => (fault.value = null),
      content: html`
        <p>${text}</p>
        ${fault.value?.id === id ? notice("bad", html`<p>${fault.value.text}</p>`, { role: "alert" }) : nothing}
        <div class="actions">
          <button class="btn btn-danger-quiet" type="button" @click=${confirm}>${label}</button>
          <button class="btn btn-quiet" type="button" @click=${() => closeDialog(id)}>${t("staff.form.keep")}</button>
        </div>
      `,
    })}
  `;
}
