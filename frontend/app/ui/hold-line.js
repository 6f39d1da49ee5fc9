// @ts-check
/** How long the seats are held, on every step of a purchase; asks before the time is over. */
import { now, watchClock } from "../core/clock.js";
import { formatLocale, t } from "../core/i18n.js";
import { effect } from "../core/state.js";
import { holdLeft, isRunningOut } from "../domain/holds.js";
import { clockText } from "../domain/times.js";
import { closeDialog, dialog, openDialog } from "./dialog.js";
import { html, nothing } from "./html.js";
import { icon } from "./icon.js";
import { leftText } from "./left-text.js";

const DIALOG = "more-time";

/**
 * @param {{expiresAt: string, timeZone: string, extensionsLeft: number, onExtend: () => void}} hold
 */
export function holdLine({ expiresAt, extensionsLeft, onExtend }) {
  const left = holdLeft(expiresAt, now.value);
  if (left.kind === "over") return nothing;
  const soon = left.kind === "seconds";
  return html`
    <div class="hold-line ${soon ? "soon" : ""}">
      ${icon("clock")} <span class="figures" id="hold-left">${leftText(expiresAt)}</span>
      ${extensionsLeft > 0 ? html`<button class="btn btn-quiet btn-sm" type="button" @click=${onExtend}>${t("hold.extend")}</button>` : nothing}
    </div>
    ${dialog({
      id: DIALOG,
      heading: t("hold.needMore"),
      content: html`<p class="figures">${leftText(expiresAt)}</p>
        <div class="actions">
          ${extensionsLeft > 0 ? html`<button class="btn btn-primary" type="button" @click=${() => (closeDialog(DIALOG), onExtend())}>${t("hold.extend")}</button>` : nothing}
          <button class="btn btn-quiet" type="button" @click=${() => closeDialog(DIALOG)}>${t("hold.carryOn")}</button>
        </div>`,
    })}
  `;
}

/**
 * Watches a hold: opens the question under a minute, once a deadline; tells when it is over.
 * @param {{expiresAt: () => string | null, onOver: () => void, onJump: () => void}} watch @returns {() => void} stops
 */
export function watchHold({ expiresAt, onOver, onJump }) {
  const stopClock = watchClock(onJump);
  /** @type {string | null} */
  let asked = null;
  let over = false;
  const stopEffect = effect(() => {
    const deadline = expiresAt();
    if (!deadline) return;
    if (isRunningOut(deadline, now.value) && asked !== deadline) {
      queueMicrotask(() => {
        if (openDialog(DIALOG)) asked = deadline;
      });
    }
    const gone = holdLeft(deadline, now.value).kind === "over";
    if (gone && !over) queueMicrotask(onOver);
    over = gone;
  });
  return () => {
    stopClock();
    stopEffect();
  };
}

/** @param {string} expiresAt @param {string} timeZone */
export const untilText = (expiresAt, timeZone) => clockText(expiresAt, timeZone, formatLocale());
