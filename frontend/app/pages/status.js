// @ts-check
/** Is it them or me? Three plain lines for everybody. */
import { askHealth } from "../core/health.js";
import { formatLocale, t } from "../core/i18n.js";
import { state } from "../core/state.js";
import { dateFormat } from "../domain/formats.js";
import { html } from "../ui/html.js";
import { icon } from "../ui/icon.js";

const REFRESH_MS = 15_000;
/** What guests call it, and the services that it takes. */
const LINES = /** @type {[string, string[]][]} */ ([
  ["programme", ["movie_service", "cinema_service", "booking_service"]],
  ["payment", ["payment_service", "coupon_service"]],
  ["account", ["user_service", "notification_service"]],
]);

/** @param {import("../core/router.js").Request} request */
export async function load({ signal }) {
  const parts = state(await askHealth(signal));
  const at = state(new Date());
  const timer = setInterval(async () => {
    parts.value = await askHealth(signal).catch(() => ({})); // nobody answers: nothing is well
    at.value = new Date();
  }, REFRESH_MS);
  return {
    title: t("status.title"),
    dispose: () => clearInterval(timer),
    template: () => html`
      <div class="page narrow stack">
        <h1 class="small">${t("status.title")}</h1>
        <ul class="plain-list stack" id="status-lines">${LINES.map(([key, services]) => line(key, services.every((name) => parts.value[name]?.status === "ok")))}</ul>
        <p class="muted small-text">${t("status.at", { time: dateFormat(formatLocale(), { timeStyle: "medium", hourCycle: "h23" }).format(at.value) })}</p>
        <p><a class="btn btn-primary" href="/">${t("action.home")}</a></p>
      </div>
    `,
  };
}

/** @param {string} key @param {boolean} isWell */
const line = (key, isWell) => html`<li class="notice ${isWell ? "ok" : "warn"}">
  ${icon(isWell ? "check-lg" : "exclamation-triangle")}<div><strong>${t(`status.${key}`)}</strong>: ${t(isWell ? "status.well" : "status.resting")}</div>
</li>`;
