// @ts-check
import { badEmail, createForm, missing } from "../core/forms.js";
import { locale, t } from "../core/i18n.js";
import { register, signedIn } from "../core/session.js";
import { state } from "../core/state.js";
import { errorSummary, field, submitButton } from "../ui/field.js";
import { html } from "../ui/html.js";
import { notice } from "../ui/notice.js";
import { toast } from "../ui/toast.js";
import { goOn, withNext } from "./next.js";
import { weakPassword } from "./passwords.js";

/** @param {import("../core/router.js").Request} request */
export async function load({ query }) {
  // Where nobody is told who has an account, the way on is in a mail.
  const mailed = state(false);
  const form = createForm(
    "register",
    (values) => [
      ...missing(values, { name: t("account.name"), email: t("account.email"), password: t("account.password") }),
      ...badEmail(values, "email"),
      ...weakPassword(values, "password"),
    ],
    async ({ name, email, password, phone }) => {
      const refusals = await register({ name: name.trim(), email: email.trim(), password, phone: phone.trim() || undefined, locale: locale.value });
      if (!refusals.length && !signedIn.value) mailed.value = true;
      else if (!refusals.length) {
        toast(t("register.done"));
        await goOn(query);
      }
      return refusals;
    },
  );
  const fields = () => html`
    <form id="register" novalidate @submit=${form.submit}>
      ${errorSummary(form)}
      ${field(form, { name: "name", label: t("account.name"), autocomplete: "name" })}
      ${field(form, { name: "email", label: t("account.email"), type: "email", autocomplete: "username", hint: t("register.emailHint") })}
      ${field(form, { name: "password", label: t("account.password"), type: "password", autocomplete: "new-password", hint: t("account.passwordHint") })}
      ${field(form, { name: "phone", label: t("account.phoneOptional"), type: "tel", autocomplete: "tel", hint: t("register.phoneHint") })}
      ${submitButton(form, t("register.submit"))}
    </form>
  `;
  return {
    title: t("register.title"),
    template: () => html`
      <div class="page form-page">
        <h1 class="small mb-4">${t("register.title")}</h1>
        ${mailed.value ? notice("ok", html`<p>${t("register.mailed")}</p>`, { role: "status" }) : fields()}
        <p class="mt-4">${t("register.known")} <a href=${withNext("/sign-in", query)}>${t("signIn.title")}</a></p>
      </div>
    `,
  };
}
