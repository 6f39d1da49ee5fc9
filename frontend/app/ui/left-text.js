// @ts-check
import { now } from "../core/clock.js";
import { t } from "../core/i18n.js";
import { holdLeft } from "../domain/holds.js";

/** How long seats are still held, in words. @param {string} expiresAt */
export function leftText(expiresAt) {
  const left = holdLeft(expiresAt, now.value);
  if (left.kind === "over") return t("hold.over");
  if (left.kind === "minutes") return t("hold.minutes", { count: left.minutes });
  return t("hold.seconds", { minutes: left.minutes, seconds: String(left.seconds).padStart(2, "0") });
}
