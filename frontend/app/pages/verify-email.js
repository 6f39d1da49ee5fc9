// @ts-check
import { refusalText } from "../core/forms.js";
import { gql } from "../core/gql.js";
import { t } from "../core/i18n.js";
import { loadPerson, signedIn } from "../core/session.js";
import { VerifyEmail } from "./operations.js";
import { html } from "../ui/html.js";
import { notice } from "../ui/notice.js";

/** @param {import("../core/router.js").Request} request */
export async function load({ query, signal }) {
  const { verifyEmail } = await gql(VerifyEmail, { token: query.get("token") ?? "" }, { signal });
  const [refusal] = verifyEmail.userErrors;
  if (!refusal && signedIn.value) await loadPerson();
  return {
    title: t("verify.title"),
    template: () => html`
      <div class="page form-page stack">
        <h1 class="small">${t("verify.title")}</h1>
        ${refusal ? notice("bad", html`<p>${refusalText(refusal)}</p><p>${t("verify.again")}</p>`) : notice("ok", html`<p>${t("verify.done")}</p>`)}
        <div class="actions"><a class="btn btn-primary" href=${refusal ? "/profile" : "/"}>${refusal ? t("nav.profile") : t("action.home")}</a></div>
      </div>
    `,
  };
}
