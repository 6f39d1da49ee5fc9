// @ts-check
import { badEmail, createForm, missing } from "../core/forms.js";
import { gql } from "../core/gql.js";
import { t } from "../core/i18n.js";
import { state } from "../core/state.js";
import { RequestPasswordReset } from "./operations.js";
import { errorSummary, field, submitButton } from "../ui/field.js";
import { html } from "../ui/html.js";
import { notice } from "../ui/notice.js";

export async function load() {
  const sent = state(false);
  const form = createForm(
    "forgot",
    (values) => [...missing(values, { email: t("account.email") }), ...badEmail(values, "email")],
    async ({ email }) => {
      const { requestPasswordReset } = await gql(RequestPasswordReset, { email: email.trim() }, { anonymous: true });
      sent.value = requestPasswordReset.done;
      return requestPasswordReset.userErrors;
    },
  );
  return {
    title: t("forgot.title"),
    template: () => html`
      <div class="page form-page">
        <h1 class="small mb-4">${t("forgot.title")}</h1>
        ${sent.value
          ? notice("ok", html`<p>${t("forgot.sent")}</p>`, { role: "status" })
          : html`<form id="forgot" novalidate @submit=${form.submit}>
              ${errorSummary(form)} ${field(form, { name: "email", label: t("account.email"), type: "email", autocomplete: "username", hint: t("forgot.hint") })}
              ${submitButton(form, t("forgot.submit"))}
            </form>`}
        <p class="mt-4"><a href="/sign-in">${t("signIn.title")}</a></p>
      </div>
    `,
  };
}
