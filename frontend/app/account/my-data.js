// @ts-check
/** One's own data: a file with all of it, and the end of the account. */
import { createForm, failureText, missing, refusalText } from "../core/forms.js";
import { gql } from "../core/gql.js";
import { t } from "../core/i18n.js";
import { navigate } from "../core/router.js";
import { forget } from "../core/session.js";
import { state } from "../core/state.js";
import { closeDialog, dialog, openDialog } from "../ui/dialog.js";
import { errorSummary, field } from "../ui/field.js";
import { html, nothing } from "../ui/html.js";
import { notice } from "../ui/notice.js";
import { toast } from "../ui/toast.js";
import { DeleteMyAccount, ExportMyData, UpcomingCount } from "./operations.js";

const DIALOG = "delete-account";

/** @param {{email: string}} me */
export function dataPart(me) {
  const file = state(/** @type {string | null} */ (null));
  const problem = state("");
  /** Tickets still to be used; null until asked. */
  const upcoming = state(/** @type {number | null} */ (null));
  const ask = async () => {
    problem.value = "";
    try {
      const { exportMyData } = await gql(ExportMyData);
      file.value = exportMyData.url;
      if (!exportMyData.url) problem.value = refusalText(exportMyData.userErrors[0]);
    } catch (error) {
      problem.value = failureText(error);
    }
  };
  const begin = async () => {
    problem.value = "";
    try {
      const { myBookings } = await gql(UpcomingCount);
      upcoming.value = myBookings.nodes.filter((/** @type {{status: string}} */ { status }) => status !== "CANCELLED" && status !== "EXPIRED").length;
      openDialog(DIALOG);
    } catch (error) {
      problem.value = failureText(error);
    }
  };
  const form = deletionForm();
  return {
    template: () => html`
      <section class="card-plain">
        <h2 class="mb-3">${t("myData.title")}</h2>
        ${problem.value ? notice("bad", html`<p>${problem.value}</p>`, { role: "alert" }) : nothing}
        <p>${t("myData.exportText")}</p>
        <p role="status">${
          file.value
            ? html`<a class="btn btn-quiet" href=${file.value} download data-external>${t("myData.download")}</a>`
            : html`<button class="btn btn-quiet" type="button" @click=${ask}>${t("myData.export")}</button>`
        }</p>
        <hr />
        <p>${t("myData.deleteText")}</p>
        <button class="btn btn-danger-quiet" type="button" @click=${begin}>${t("myData.delete")}</button>
        ${dialog({ id: DIALOG, heading: t("myData.deleteHeading"), content: upcoming.value ? stillToCome(upcoming.value) : question(form, me.email) })}
      </section>
    `,
  };
}

/** @param {number} count */
const stillToCome = (count) => html`
  <p>${t("myData.upcoming", { count })}</p>
  <div class="actions">
    <a class="btn btn-primary" href="/bookings">${t("nav.bookings")}</a>
    <button class="btn btn-quiet" type="button" @click=${() => closeDialog(DIALOG)}>${t("myData.keep")}</button>
  </div>
`;

/** @param {import("../core/forms.js").Form} form @param {string} email */
const question = (form, email) => html`
  <p>${t("myData.deleteWarning")}</p>
  <form id="deletion" novalidate @submit=${form.submit}>
    ${errorSummary(form)}
    <input type="text" name="username" autocomplete="username" value=${email} hidden />
    ${field(form, { name: "password", label: t("account.currentPassword"), type: "password", autocomplete: "current-password" })}
    <div class="actions">
      <button class="btn btn-danger-quiet" type="submit" aria-disabled=${form.busy.value ? "true" : nothing}>${form.busy.value ? t("form.busy") : t("myData.deleteNow")}</button>
      <button class="btn btn-quiet" type="button" @click=${() => closeDialog(DIALOG)}>${t("myData.keep")}</button>
    </div>
  </form>
`;

const deletionForm = () =>
  createForm(
    "deletion",
    (values) => missing(values, { password: t("account.currentPassword") }),
    async ({ password }) => {
      const { deleteMyAccount } = await gql(DeleteMyAccount, { password });
      if (!deleteMyAccount.done) return deleteMyAccount.userErrors;
      forget();
      toast(t("myData.deleted"));
      await navigate("/");
    },
  );
