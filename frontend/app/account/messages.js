// @ts-check
/** What the person wants to be told, and on which ways: a table of kinds and channels, and this browser as one of them. */
import { failureText, refusalText } from "../core/forms.js";
import { gql } from "../core/gql.js";
import { has, t } from "../core/i18n.js";
import { state } from "../core/state.js";
import { html, nothing } from "../ui/html.js";
import { notice } from "../ui/notice.js";
import { toast } from "../ui/toast.js";
import { RegisterPushDevice, SetPreferences } from "./operations.js";

const CHANNELS = ["EMAIL", "SMS", "PUSH", "IN_APP"];

/** @typedef {{kind: string, channels: string[], offered: string[]}} Preference */

/** @param {Preference[] | null} preferences null: the messages do not answer now @param {string | null} pushKey */
export function messagesPart(preferences, pushKey) {
  const rows = state(preferences ?? []);
  const problem = state("");
  const choose = async (/** @type {Preference} */ row, /** @type {string} */ channel, /** @type {Event} */ event) => {
    const box = /** @type {HTMLInputElement} */ (event.target);
    const channels = CHANNELS.filter((name) => (name === channel ? box.checked : row.channels.includes(name)));
    problem.value = "";
    try {
      const { setNotificationPreferences: answer } = await gql(SetPreferences, { input: [{ kind: row.kind, channels }] });
      if (answer.userErrors.length) problem.value = refusalText(answer.userErrors[0]);
      else rows.value = answer.preferences;
    } catch (error) {
      problem.value = failureText(error);
    }
    if (problem.value) box.checked = !box.checked;
    else toast(t("profile.saved"));
  };
  const device = pushPart(pushKey);
  return {
    template: () => html`
      <section class="card-plain">
        <h2 class="mb-1">${t("messages.title")}</h2>
        <p class="muted mb-3">${t("messages.text")}</p>
        ${preferences ? nothing : notice("warn", html`<p>${t("failure.SERVICE_UNAVAILABLE")}</p>`)}
        ${problem.value ? notice("bad", html`<p>${problem.value}</p>`, { role: "alert" }) : nothing}
        ${rows.value.map((row) => kindPart(row, choose))} ${device.template()}
      </section>
    `,
  };
}

/** @param {Preference} row @param {(row: Preference, channel: string, event: Event) => void} choose */
const kindPart = (row, choose) => html`
  <fieldset class="message-kind">
    <legend class="label">${has(`kind.${row.kind}`) ? t(`kind.${row.kind}`) : row.kind}</legend>
    <div class="ticks">
      ${CHANNELS.filter((channel) => row.offered.includes(channel)).map(
        (channel) => html`<label class="tick">
          <input class="form-check-input" type="checkbox" .checked=${row.channels.includes(channel)} @change=${(/** @type {Event} */ event) => choose(row, channel, event)} />
          ${t(`channel.${channel}`)}
        </label>`,
      )}
    </div>
  </fieldset>
`;

/** This browser as a way to be told. Asked for by a press alone: a question at the first visit is refused for ever. @param {string | null} key */
function pushPart(key) {
  const isAble = key !== null && "serviceWorker" in navigator && "PushManager" in window;
  const said = state("");
  const subscribe = async () => {
    try {
      said.value = (await Notification.requestPermission()) === "granted" ? await register(/** @type {string} */ (key)) : t("messages.pushDenied");
    } catch (error) {
      said.value = error instanceof DOMException ? t("messages.pushFailed") : failureText(error);
    }
  };
  return {
    template: () =>
      isAble
        ? html`<div class="mt-3">
            <button class="btn btn-quiet" type="button" @click=${subscribe}>${t("messages.pushHere")}</button>
            <p class="mt-2 mb-0" role="status">${said.value}</p>
          </div>`
        : nothing,
  };
}

/** @param {string} key @returns {Promise<string>} what to tell */
async function register(key) {
  const worker = await navigator.serviceWorker.ready;
  const subscription = (await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key })).toJSON();
  const { p256dh = "", auth = "" } = subscription.keys ?? {};
  const { registerPushDevice } = await gql(RegisterPushDevice, { endpoint: subscription.endpoint, p256dh, auth });
  return registerPushDevice.done ? t("messages.pushOn") : refusalText(registerPushDevice.userErrors[0]);
}
