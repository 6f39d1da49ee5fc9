// @ts-check
import { numberFormat } from "./formats.js";

/** @typedef {{amount: number, currency: string}} Money integer minor units */

/**
 * Money for people: the count of minor units comes from Intl (100 cents, but 1 yen).
 * @param {Money} money @param {string} locale
 */
export function moneyText({ amount, currency }, locale) {
  return numberFormat(locale, { style: "currency", currency }).format(amount / 10 ** minorDigits(currency));
}

/** @type {Map<string, number>} */
const known = new Map();

/** @param {string} currency @returns {number} */
export function minorDigits(currency) {
  const digits = known.get(currency) ?? numberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
  known.set(currency, digits);
  return digits;
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
