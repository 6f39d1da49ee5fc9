// @ts-check
/** The account: contact, password, second factor, where one is signed in, messages, look, one's data. */
import { badEmail, createForm, failureText, missing, refusalText } from "../core/forms.js";
import { AppError } from "../core/errors.js";
import { gql, gqlPartial } from "../core/gql.js";
import { LOCALES, loadLocale, locale, t } from "../core/i18n.js";
import { navigate, reload } from "../core/router.js";
import { atLeast, forget, person, requirePerson } from "../core/session.js";
import { state } from "../core/state.js";
import { setTheme, theme, THEMES } from "../core/theme.js";
import { LogoutEverywhere } from "../pages/operations.js";
import { errorSummary, field, submitButton } from "../ui/field.js";
import { moment } from "../ui/format.js";
import { html, nothing } from "../ui/html.js";
import { notice } from "../ui/notice.js";
import { toast } from "../ui/toast.js";
import { weakPassword } from "../pages/passwords.js";
import { messagesPart } from "./messages.js";
import { dataPart } from "./my-data.js";
import { ChangePassword, Profile, RequestEmailVerification, RevokeSession, UpdateProfile } from "./operations.js";
import { secondFactorPart } from "./second-factor.js";

/** @param {import("../core/router.js").Request} request */
export async function load({ signal }) {
  requirePerson();
  const { data } = await gqlPartial(Profile, {}, { signal });
  if (!data.me) throw new AppError("SERVICE_UNAVAILABLE", "The account does not answer");
  const { me, mySessions, myNotificationPreferences, pushKey } = data;
  const parts = [messagesPart(myNotificationPreferences, pushKey?.publicKey ?? null), dataPart(me)];
  const secondFactor = atLeast("STAFF") ? secondFactorPart(me) : null;
  const verification = state(/** @type {string | null} */ (null));
  const contact = contactForm();
  const password = passwordForm();
  const verify = async () => {
    try {
      const { requestEmailVerification } = await gql(RequestEmailVerification);
      verification.value = requestEmailVerification.done ? t("profile.verifySent") : refusalText(requestEmailVerification.userErrors[0]);
    } catch (error) {
      verification.value = failureText(error);
    }
  };
  return {
    title: t("profile.title"),
    template: () => html`
      <div class="page narrow stack-loose">
        <h1 class="small">${t("profile.title")}</h1>
        ${me.emailVerified === false
          ? notice("warn", html`<p>${t("profile.unverified", { email: me.email })}</p>
              <p>${verification.value ? html`<strong role="status">${verification.value}</strong>` : html`<button class="btn btn-quiet btn-sm" type="button" @click=${verify}>${t("profile.verify")}</button>`}</p>`)
          : nothing}
        <section class="card-plain">
          <h2 class="mb-3">${t("profile.contact")}</h2>
          <form id="contact" novalidate @submit=${contact.submit}>
            ${errorSummary(contact)}
            ${field(contact, { name: "name", label: t("account.name"), autocomplete: "name", value: me.name })}
            ${field(contact, { name: "phone", label: t("account.phoneOptional"), type: "tel", autocomplete: "tel", value: me.phone ?? "", hint: t("register.phoneHint") })}
            ${field(contact, { name: "email", label: t("account.email"), type: "email", autocomplete: "email", value: me.email, hint: t("profile.emailHint") })}
            ${submitButton(contact, t("action.save"))}
          </form>
        </section>
        <section class="card-plain">
          <h2 class="mb-3">${t("profile.password")}</h2>
          <form id="password" novalidate @submit=${password.submit}>
            ${errorSummary(password)}
            <input type="text" name="username" autocomplete="username" value=${me.email} hidden />
            ${field(password, { name: "currentPassword", label: t("account.currentPassword"), type: "password", autocomplete: "current-password" })}
            ${field(password, { name: "newPassword", label: t("account.newPassword"), type: "password", autocomplete: "new-password", hint: t("profile.passwordHint") })}
            ${submitButton(password, t("profile.changePassword"))}
          </form>
        </section>
        ${secondFactor?.template() ?? nothing} ${sessions(mySessions ?? [])} ${parts[0].template()} ${appearance()} ${parts[1].template()}
      </div>
    `,
  };
}

function contactForm() {
  return createForm(
    "contact",
    (values) => [...missing(values, { name: t("account.name"), email: t("account.email") }), ...badEmail(values, "email")],
    async ({ name, phone, email }) => {
      const { updateProfile } = await gql(UpdateProfile, { input: { name: name.trim(), phone: phone.trim(), email: email.trim() } });
      if (updateProfile.user) person.value = { .../** @type {any} */ (person.value), ...updateProfile.user };
      const isMoved = email.trim().toLowerCase() !== updateProfile.user?.email.toLowerCase();
      if (!updateProfile.userErrors.length) toast(t(isMoved ? "profile.emailToConfirm" : "profile.saved"));
      return updateProfile.userErrors;
    },
  );
}

function passwordForm() {
  return createForm(
    "password",
    (values) => [
      ...missing(values, { currentPassword: t("account.currentPassword"), newPassword: t("account.newPassword") }),
      ...weakPassword(values, "newPassword"),
    ],
    async ({ currentPassword, newPassword }) => {
      const { changePassword } = await gql(ChangePassword, { input: { currentPassword, newPassword } });
      if (changePassword.userErrors.length) return changePassword.userErrors;
      toast(t("profile.passwordChanged"));
      /** @type {HTMLFormElement} */ (document.getElementById("password")).reset();
      await reload();
    },
  );
}

/** @param {{id: string, userAgent: string | null, ipAddress: string | null, lastSeenAt: string, current: boolean}[]} list */
function sessions(list) {
  const revoke = async (/** @type {string} */ id) => {
    const { revokeSession } = await gql(RevokeSession, { id });
    toast(revokeSession.done ? t("profile.revoked") : refusalText(revokeSession.userErrors[0]));
    await reload();
  };
  const everywhere = async () => {
    await gql(LogoutEverywhere);
    forget();
    await navigate("/sign-in");
  };
  return html`
    <section class="card-plain">
      <h2 class="mb-3">${t("profile.sessions")}</h2>
      <ul class="plain-list">
        ${list.map(
          ({ id, userAgent, ipAddress, lastSeenAt, current }) => html`<li class="session">
            <div>
              <strong>${deviceText(userAgent)}</strong> ${current ? html`<span class="tag ok">${t("profile.thisDevice")}</span>` : nothing}
              <div class="muted small-text">${t("profile.lastSeen", { when: moment(lastSeenAt), address: ipAddress ?? "" })}</div>
            </div>
            ${current ? nothing : html`<button class="btn btn-quiet btn-sm" type="button" aria-label=${`${t("profile.revoke")}: ${deviceText(userAgent)}`} @click=${() => revoke(id)}>${t("profile.revoke")}</button>`}
          </li>`,
        )}
      </ul>
      <button class="btn btn-danger-quiet" type="button" @click=${everywhere}>${t("profile.signOutEverywhere")}</button>
    </section>
  `;
}

const appearance = () => html`
  <section class="card-plain">
    <h2 class="mb-3">${t("profile.appearance")}</h2>
    <div class="field">
      <label for="profile-locale">${t("footer.language")}</label>
      <select class="form-select" id="profile-locale" @change=${changeLocale}>
        ${Object.entries(LOCALES).map(([tag, name]) => html`<option value=${tag} lang=${tag} ?selected=${tag === locale.value}>${name}</option>`)}
      </select>
    </div>
    <fieldset>
      <legend class="fs-6 fw-semibold">${t("profile.theme")}</legend>
      ${THEMES.map(
        (choice) => html`<label class="method"><input class="form-check-input" type="radio" name="theme" value=${choice} .checked=${theme.value === choice} @change=${() => setTheme(choice)} /> ${t(`theme.${choice}`)}</label>`,
      )}
    </fieldset>
  </section>
`;

/** The language of pages and of messages. @param {Event} event */
async function changeLocale(event) {
  const tag = /** @type {HTMLSelectElement} */ (event.target).value;
  await loadLocale(tag);
  await gql(UpdateProfile, { input: { locale: tag } }).catch(() => undefined);
  await reload();
}

/** "Firefox on Linux" out of a user agent. @param {string | null} userAgent */
function deviceText(userAgent) {
  const text = userAgent ?? "";
  const browser = /Edg\//.test(text) ? "Edge" : /(Firefox|Chrome|Safari)\//.exec(text)?.[1];
  const system = /(Android|iPhone|iPad|Windows|Mac OS X|Linux)/.exec(text)?.[1];
  return browser && system ? t("profile.device", { browser, system: system.replace("Mac OS X", "macOS") }) : text.slice(0, 60) || t("profile.unknownDevice");
}
