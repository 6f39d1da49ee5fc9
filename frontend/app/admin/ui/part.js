// @ts-check
/** A part of a page that loads, fails and is tried again alone. */
import { AppError, isAbort } from "../../core/errors.js";
import { failureText } from "../../core/forms.js";
import { t } from "../../core/i18n.js";
import { state } from "../../core/state.js";
import { html, nothing } from "../../ui/html.js";
import { notice } from "../../ui/notice.js";

/**
 * @template T
 * @typedef {{
 *   value: import("../../../vendor/signals-core/signals-core.js").Signal<T | null>,
 *   fault: import("../../../vendor/signals-core/signals-core.js").Signal<AppError | null>,
 *   busy: import("../../../vendor/signals-core/signals-core.js").Signal<boolean>,
 *   again: () => Promise<void>
 * }} Part value: null until the first answer, kept while it is asked for anew
 */

/** The page is shown by then, with a skeleton in the place of what has not come. */
const PATIENCE_MS = 400;

/**
 * @template T
 * @param {() => Promise<T>} ask @param {AbortSignal} signal of the page
 * @returns {Promise<Part<T>>} once it was answered, has failed, or takes long
 * @throws {AppError} UNAUTHENTICATED, which concerns the whole page
 */
export async function partOf(ask, signal) {
  const part = {
    value: state(/** @type {T | null} */ (null)),
    fault: state(/** @type {AppError | null} */ (null)),
    busy: state(false),
    again: () => load().catch(() => undefined),
  };
  const load = async () => {
    part.busy.value = true;
    try {
      part.value.value = await ask();
      part.fault.value = null;
    } catch (error) {
      if (signal.aborted || isAbort(error)) return;
      part.fault.value = known(error);
      if (part.fault.value.code === "UNAUTHENTICATED") throw error;
    } finally {
      part.busy.value = false;
    }
  };
  const first = load();
  first.catch(() => undefined);
  await Promise.race([first, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
  return part;
}

/**
 * The part in its state: skeleton, failure with a retry, or its content (with a note when asking anew failed).
 * @template T @param {Part<T>} part @param {(value: T) => unknown} content @param {{lines?: number}} [options] lines: height of the skeleton
 */
export function partView(part, content, { lines = 3 } = {}) {
  const { value, fault } = part;
  return html`
    ${fault.value ? failure(part) : nothing}
    ${value.value !== null ? content(value.value) : fault.value ? nothing : skeleton(lines)}
  `;
}

/** @param {number} lines */
const skeleton = (lines) => html`
  <div class="waiting" role="status"><span class="visually-hidden-text">${t("layout.loading")}</span>
    ${Array.from({ length: lines }, () => html`<div class="skeleton skeleton-line"></div>`)}
  </div>
`;

/** @param {Part<any>} part */
const failure = ({ fault, busy, again }) =>
  notice("bad", html`
    <p>${failureText(fault.value)}</p>
    ${fault.value?.requestId ? html`<p class="small-text muted">${t("failed.requestId", { id: fault.value.requestId })}</p>` : nothing}
    <p><button class="btn btn-quiet btn-sm" type="button" aria-disabled=${busy.value ? "true" : nothing} @click=${again}>${t("action.retry")}</button></p>
  `, { role: "alert" });

/** @param {unknown} error */
function known(error) {
  if (error instanceof AppError) return error;
  console.error(error);
  return new AppError("INTERNAL", String(error));
}
