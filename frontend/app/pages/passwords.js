// @ts-check
import { t } from "../core/i18n.js";

/** As the server asks at least; the server has the last word. */
const SHORTEST = 8;

/** @param {Record<string, string>} values @param {string} name @returns {import("../core/forms.js").Fault[]} */
export function weakPassword(values, name) {
  const value = values[name] ?? "";
  return value && value.length < SHORTEST ? [{ name, message: t("form.shortPassword", { count: SHORTEST }) }] : [];
}
