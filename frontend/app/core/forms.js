// @ts-check
/**
 * A form's life: checked on submit, the server has the last word, faults come back to their fields and to a summary
 * that takes the focus. Inputs keep their own values, so nothing typed is lost and password managers work.
 */
import { AppError } from "./errors.js";
import { has, t } from "./i18n.js";
import { state } from "./state.js";

/**
 * @typedef {{code: string, message: string, field?: string[] | null}} UserError
 * @typedef {{name: string | null, message: string}} Fault name null: about the whole form
 * @typedef {Record<string, string>} Values
 * @typedef {{
 *   id: string, faults: import("../../vendor/signals-core/signals-core.js").Signal<Fault[]>,
 *   busy: import("../../vendor/signals-core/signals-core.js").Signal<boolean>, submit: (event: SubmitEvent) => Promise<void>,
 *   faultOf: (name: string) => string | undefined
 * }} Form
 */

/**
 * @param {string} id element id, prefix of its fields' ids
 * @param {(values: Values) => Fault[]} check
 * @param {(values: Values) => Promise<UserError[] | void>} send refusals, or nothing when done
 * @returns {Form}
 */
export function createForm(id, check, send) {
  const faults = state(/** @type {Fault[]} */ ([]));
  const busy = state(false);
  const refuse = (/** @type {Fault[]} */ found) => {
    faults.value = found;
    if (!document.title.startsWith(t("form.errorPrefix"))) document.title = `${t("form.errorPrefix")} ${document.title}`;
    requestAnimationFrame(() => document.getElementById(`${id}-summary`)?.focus());
  };
  return {
    id,
    faults,
    busy,
    faultOf: (name) => faults.value.find((fault) => fault.name === name)?.message,
    async submit(event) {
      event.preventDefault();
      if (busy.value) return;
      const target = /** @type {HTMLFormElement} */ (event.currentTarget);
      const values = /** @type {Values} */ (Object.fromEntries(new FormData(target)));
      const found = check(values);
      if (found.length) return refuse(found);
      busy.value = true;
      try {
        const refusals = (await send(values)) ?? [];
        if (refusals.length) refuse(refusals.map((refusal) => faultFrom(refusal, target)));
        else faults.value = [];
      } catch (error) {
        refuse([{ name: null, message: failureText(error) }]);
      } finally {
        busy.value = false;
      }
    },
  };
}

/** Words for a refusal: ours if the catalogue knows the code, else the server's. @param {UserError} refusal */
export const refusalText = ({ code, message }) => (has(`refusal.${code}`) ? t(`refusal.${code}`) : message);

/** Words for a failure of the whole request. @param {unknown} error */
export function failureText(error) {
  const code = error instanceof AppError ? error.code : "INTERNAL";
  if (error instanceof AppError && code === "RATE_LIMITED" && error.retryAfter) return waitText(error.retryAfter);
  const key = has(`failure.${code}`) ? `failure.${code}` : "failure.INTERNAL";
  return t(key);
}

/** How long to wait, in words: seconds up to a minute and a half, then whole minutes. @param {number} seconds */
const waitText = (seconds) =>
  seconds <= 90 ? t("failure.RATE_LIMITED_SECONDS", { count: seconds }) : t("failure.RATE_LIMITED_FOR", { count: Math.ceil(seconds / 60) });

/** @param {Values} values @param {Record<string, string>} labels field → label, all of them needed @returns {Fault[]} */
export function missing(values, labels) {
  return Object.entries(labels)
    .filter(([name]) => !values[name]?.trim())
    .map(([name, label]) => ({ name, message: t("form.missing", { label }) }));
}

/** @param {Values} values @param {string} name @returns {Fault[]} */
export function badEmail(values, name) {
  const value = values[name]?.trim() ?? "";
  return !value || /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(value) ? [] : [{ name, message: t("form.badEmail") }];
}

/** @param {UserError} refusal @param {HTMLFormElement} target @returns {Fault} */
function faultFrom(refusal, target) {
  const name = refusal.field?.at(-1) ?? null;
  return { name: name && target.elements.namedItem(name) ? name : null, message: refusalText(refusal) };
}
