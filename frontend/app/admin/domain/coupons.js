// @ts-check
/** A coupon's form as the API takes it, and what it promises as words are made of. */
import { minorDigits, minorUnits } from "../../domain/money.js";
import { rfc3339 } from "../../domain/times.js";

/** @typedef {import("../../domain/money.js").Money} Money */

/** The currency of a coupon's amounts, null where it has none. @param {any} coupon @returns {string | null} */
export const currencyOf = ({ amountOff, minimumSubtotal, maximumDiscount }) => (amountOff ?? minimumSubtotal ?? maximumDiscount)?.currency ?? null;

/** As it is typed: 1.50. @param {Money | null | undefined} money */
export const typedMoney = (money) => (money ? (money.amount / 10 ** minorDigits(money.currency)).toFixed(minorDigits(money.currency)) : "");

/** What an input of day and time shows for an instant, in the zone of who looks. @param {string | null | undefined} instant */
export function localMinute(instant) {
  if (!instant) return "";
  const at = new Date(instant);
  return new Date(at.valueOf() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/**
 * CouponInput of what was typed; `films` and `cinemas`: ids that were ticked.
 * @param {Record<string, string>} values @param {{films: string[], cinemas: string[]}} places
 */
export function couponInput(values, { films, cinemas }) {
  const money = (/** @type {string} */ typed) => (typed?.trim() ? { amount: minorUnits(typed, values.currency), currency: values.currency } : null);
  const instant = (/** @type {string} */ typed) => (typed ? rfc3339(new Date(typed)) : null);
  const isPercent = values.kind === "PERCENT";
  return {
    code: values.code ?? values.prefix ?? "", description: values.description?.trim() || null, kind: values.kind,
    percent: isPercent ? whole(values.percent) : null, amountOff: isPercent ? null : money(values.amountOff),
    minimumSubtotal: money(values.minimumSubtotal), maximumDiscount: isPercent ? money(values.maximumDiscount) : null,
    startsAt: instant(values.startsAt), expiresAt: instant(values.expiresAt),
    usageLimit: whole(values.usageLimit), usageLimitPerUser: whole(values.usageLimitPerUser),
    active: values.active === "yes", movieIds: films, cinemaIds: cinemas,
  };
}

/** Fields that hold no number or no amount: they can't even be asked about. @param {Record<string, string>} values @returns {string[]} */
export function unreadable(values) {
  const isPercent = values.kind === "PERCENT";
  const numbers = [...(isPercent ? ["percent"] : []), "usageLimit", "usageLimitPerUser"].filter((name) => values[name]?.trim() && whole(values[name]) === null);
  const amounts = [isPercent ? "maximumDiscount" : "amountOff", "minimumSubtotal"].filter((name) => values[name]?.trim() && minorUnits(values[name], values.currency) === null);
  return [...numbers, ...amounts];
}

/** @param {string | undefined} typed @returns {number | null} */
const whole = (typed) => (/^\s*\d{1,9}\s*$/.test(typed ?? "") ? Number(typed) : null);
