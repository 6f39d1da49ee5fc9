// @ts-check
/** A second factor for staff: a code of an authenticator app at each sign-in. */
import { createForm, failureText, missing, refusalText } from "../core/forms.js";
import { gql } from "../core/gql.js";
import { t } from "../core/i18n.js";
import { reload } from "../core/router.js";
import { state } from "../core/state.js";
import { errorSummary, field, submitButton } from "../ui/field.js";
import { html, nothing } from "../ui/html.js";
import { notice } from "../ui/notice.js";
import { qr } from "../ui/qr.js";
import { toast } from "../ui/toast.js";
import { ConfirmTotp, DisableTotp, EnrolTotp } from "./operations.js";

/** @param {{totpEnabled: boolean}} me */
export function secondFactorPart(me) {
  const enrolment = state(/** @type {{secret: string, otpauthUrl: string} | null} */ (null));
  const problem = state("");
  const begin = async () => {
    problem.value = "";
    try {
      const { enrolTotp } = await gql(EnrolTotp);
      if (enrolTotp.secret) enrolment.value = enrolTotp;
      else problem.value = refusalText(enrolTotp.userErrors[0]);
    } catch (error) {
      problem.value = failureText(error);
    }
  };
  const confirm = confirmForm();
  const disable = disableForm();
  return {
    template: () => html`
      <section class="card-plain">
        <h2 class="mb-3">${t("totp.title")} ${me.totpEnabled ? html`<span class="tag ok">${t("totp.on")}</span>` : nothing}</h2>
        ${problem.value ? notice("bad", html`<p>${problem.value}</p>`, { role: "alert" }) : nothing}
        ${me.totpEnabled ? switchedOn(disable) : enrolment.value ? scanning(enrolment.value, confirm) : html`
          <p>${t("totp.text")}</p>
          <button class="btn btn-quiet" type="button" @click=${begin}>${t("totp.begin")}</button>`}
      </section>
    `,
  };
}

/** @param {{secret: string, otpauthUrl: string}} enrolment @param {import("../core/forms.js").Form} form */
const scanning = ({ secret, otpauthUrl }, form) => html`
  <p>${t("totp.scan")}</p>
  <div class="totp-code">${qr(otpauthUrl, t("totp.qr"))}</div>
  <p>${t("totp.byHand")} <code class="figures">${secret.replace(/(.{4})/g, "$1 ").trim()}</code></p>
  <form id="totp" novalidate @submit=${form.submit}>
    ${errorSummary(form)}
    ${field(form, { name: "code", label: t("account.totp"), hint: t("account.totpHint"), autocomplete: "one-time-code", inputmode: "numeric", maxlength: 6 })}
    ${submitButton(form, t("totp.confirm"))}
  </form>
`;

/** @param {import("../core/forms.js").Form} form */
const switchedOn = (form) => html`
  <p>${t("totp.onText")}</p>
  <form id="totp-off" novalidate @submit=${form.submit}>
    ${errorSummary(form)}
    ${field(form, { name: "password", label: t("account.currentPassword"), type: "password", autocomplete: "current-password" })}
    <button class="btn btn-danger-quiet" type="submit">${t("totp.off")}</button>
  </form>
`;

const confirmForm = () =>
  createForm(
    "totp",
    (values) => missing(values, { code: t("account.totp") }),
    async ({ code }) => {
      const { confirmTotp } = await gql(ConfirmTotp, { code: code.replace(/\s/g, "") });
      if (!confirmTotp.done) return confirmTotp.userErrors;
      toast(t("totp.nowOn"));
      await reload();
    },
  );

const disableForm = () =>
  createForm(
    "totp-off",
    (values) => missing(values, { password: t("account.currentPassword") }),
    async ({ password }) => {
      const { disableTotp } = await gql(DisableTotp, { password });
      if (!disableTotp.done) return disableTotp.userErrors;
      toast(t("totp.nowOff"));
      await reload();
    },
  );
