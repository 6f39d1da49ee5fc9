// @ts-check
/** @typedef {{amount: number, currency: string}} Money integer minor units */

/**
 * Money for people: the count of minor units comes from Intl (100 cents, but 1 yen).
 * @param {Money} money @param {string} locale
 */
export function moneyText({ amount, currency }, locale) {
  const format = new Intl.NumberFormat(locale, { style: "currency", currency });
  return format.format(amount / 10 ** minorDigits(currency));
}

/** @param {string} currency @returns {number} */
export function minorDigits(currency) {
  const { maximumFractionDigits } = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions();
  return maximumFractionDigits ?? 2;
}

/**
 * Minor units of what somebody typed, or null if it is no amount.
 * @param {string} typed @param {string} currency
 */
export function minorUnits(typed, currency) {
  const match = /^\s*(\d{1,7})(?:[.,](\d{1,3}))?\s*$/.exec(typed);
  const digits = minorDigits(currency);
  if (!match || (match[2] ?? "").length > digits) return null;
  return Number(match[1]) * 10 ** digits + Number((match[2] ?? "").padEnd(digits, "0") || 0);
}

/** @param {Money[]} parts @param {string} currency @returns {Money} */
export const sumOf = (parts, currency) => ({ amount: parts.reduce((sum, part) => sum + part.amount, 0), currency });
