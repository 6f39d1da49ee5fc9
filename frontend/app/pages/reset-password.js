// @ts-check
import { createForm, missing } from "../core/forms.js";
import { t } from "../core/i18n.js";
import { navigate } from "../core/router.js";
import { resetPassword } from "../core/session.js";
import { errorSummary, field, submitButton } from "../ui/field.js";
import { html } from "../ui/html.js";
import { notice } from "../ui/notice.js";
import { toast } from "../ui/toast.js";
import { weakPassword } from "./passwords.js";

/** Serves reset links and invitations alike. @param {import("../core/router.js").Request} request */
export async function load({ query }) {
  const token = query.get("token") ?? "";
  const title = window.location.pathname === "/invitation" ? t("invitation.title") : t("reset.title");
  const form = createForm(
    "reset",
    (values) => [...missing(values, { newPassword: t("account.newPassword") }), ...weakPassword(values, "newPassword")],
    async ({ newPassword }) => {
      const refusals = await resetPassword(token, newPassword);
      if (!refusals.length) {
        toast(t("reset.done"));
        await navigate("/", { replace: true });
      }
      return refusals;
    },
  );
  return {
    title,
    template: () => html`
      <div class="page form-page">
        <h1 class="small mb-4">${title}</h1>
        ${token
          ? html`<form id="reset" novalidate @submit=${form.submit}>
              ${errorSummary(form)}
              ${field(form, { name: "newPassword", label: t("account.newPassword"), type: "password", autocomplete: "new-password", hint: t("account.passwordHint") })}
              ${submitButton(form, t("reset.submit"))}
            </form>`
          : notice("warn", html`<p>${t("reset.noToken")} <a href="/forgot-password">${t("forgot.title")}</a></p>`)}
      </div>
    `,
  };
}
