// @ts-check
/** What is shown instead of a page: not found, not yours, signed out, offline, failed. Each says the way on. */
import { has, t } from "../core/i18n.js";
import { navigate } from "../core/router.js";
import { lasting } from "../core/storage.js";
import { html, nothing } from "./html.js";

/**
 * @param {import("../core/errors.js").AppError} error @param {() => void} retry
 * @returns {import("../core/router.js").View}
 */
export function failureView(error, retry) {
  if (error.code === "UNAUTHENTICATED") return signInFirst();
  const kind = has(`failed.${error.code}.heading`) ? error.code : "INTERNAL";
  const canRetry = !["NOT_FOUND", "FORBIDDEN"].includes(kind);
  let stop = () => {};
  if (kind === "OFFLINE") {
    window.addEventListener("online", retry);
    stop = () => window.removeEventListener("online", retry);
  }
  return {
    title: t(`failed.${kind}.heading`),
    dispose: stop,
    template: () => html`
      <div class="page narrow stack">
        <h1 class="small">${t(`failed.${kind}.heading`)}</h1>
        <p>${t(`failed.${kind}.text`)}</p>
        <div class="actions">
          ${canRetry ? html`<button class="btn btn-primary" type="button" @click=${retry}>${t("action.retry")}</button>` : nothing}
          ${kind === "SERVICE_UNAVAILABLE" ? html`<a class="btn btn-quiet" href="/status">${t("status.see")}</a>` : nothing}
          ${kind === "OFFLINE" && lasting.get("ticketsKept") ? html`<a class="btn btn-quiet" href="/bookings">${t("kept.show")}</a>` : nothing}
          <a class="btn ${canRetry ? "btn-quiet" : "btn-primary"}" href="/">${t("action.home")}</a>
        </div>
        ${error.requestId ? html`<p class="muted small-text">${t("failed.requestId", { id: error.requestId })}</p>` : nothing}
      </div>
    `,
  };
}

/** @returns {import("../core/router.js").View} leads to the sign-in page, and from there back here */
function signInFirst() {
  const next = window.location.pathname + window.location.search;
  queueMicrotask(() => navigate(`/sign-in?next=${encodeURIComponent(next)}`, { replace: true }));
  return { title: t("signIn.title"), template: () => nothing };
}
