// @ts-check
import { badEmail, createForm, missing } from "../core/forms.js";
import { t } from "../core/i18n.js";
import { signIn } from "../core/session.js";
import { state } from "../core/state.js";
import { errorSummary, field, submitButton } from "../ui/field.js";
import { html, nothing } from "../ui/html.js";
import { notice } from "../ui/notice.js";
import { goOn, withNext } from "./next.js";

/** @param {import("../core/router.js").Request} request */
export async function load({ query }) {
  const needsCode = state(false);
  const form = createForm(
    "sign-in",
    (values) => [...missing(values, { email: t("account.email"), password: t("account.password") }), ...badEmail(values, "email")],
    async ({ email, password, totpCode }) => {
      const refusals = await signIn(email.trim(), password, totpCode?.trim() || undefined);
      if (refusals.some(({ code }) => code === "TOTP_REQUIRED") && !needsCode.value) {
        needsCode.value = true;
        requestAnimationFrame(() => document.getElementById("sign-in-totpCode")?.focus());
        return [];
      }
      if (!refusals.length) await goOn(query);
      return refusals;
    },
  );
  return {
    title: t("signIn.title"),
    template: () => html`
      <div class="page form-page">
        <h1 class="small mb-4">${t("signIn.title")}</h1>
        ${query.get("next")?.startsWith("/showtimes/") ? html`<div class="mb-3">${notice("info", html`<p>${t("signIn.forSeats")}</p>`)}</div>` : nothing}
        <form id="sign-in" novalidate @submit=${form.submit}>
          ${errorSummary(form)}
          ${field(form, { name: "email", label: t("account.email"), type: "email", autocomplete: "username" })}
          ${field(form, { name: "password", label: t("account.password"), type: "password", autocomplete: "current-password" })}
          ${needsCode.value ? field(form, { name: "totpCode", label: t("account.totp"), hint: t("account.totpHint"), autocomplete: "one-time-code", inputmode: "numeric" }) : nothing}
          ${submitButton(form, t("signIn.submit"))}
        </form>
        <p class="mt-4"><a href="/forgot-password">${t("signIn.forgot")}</a></p>
        <p>${t("signIn.new")} <a href=${withNext("/register", query)}>${t("signIn.register")}</a></p>
      </div>
    `,
  };
}
