// @ts-check
import { numberFormat } from "./formats.js";

/** @typedef {{amount: number, currency: string}} Money integer minor units */

// ISO 4217: digits after the point where they are not two. Not from Intl, which tells how many people like to see: none
// for forints, rupiahs and Colombian pesos, though their amounts are counted in hundredths everywhere else.
/** @type {Readonly<Record<string, number>>} */
const MINOR_DIGITS = {
  BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3,
  BIF: 0, CLP: 0, DJF: 0, GNF: 0, ISK: 0, JPY: 0, KMF: 0, KRW: 0, PYG: 0,
  RWF: 0, UGX: 0, UYI: 0, VND: 0, VUV: 0, XAF: 0, XOF: 0, XPF: 0,
};

/**
 * Money for people, with as many digits as the currency has (100 cents, but 1 yen).
 * @param {Money} money @param {string} locale
 */
export function moneyText({ amount, currency }, locale) {
  const digits = minorDigits(currency);
  const shown = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return numberFormat(locale, { style: "currency", currency, ...shown }).format(amount / 10 ** digits);
}

/** As chassis/money.py has it. @param {string} currency @returns {number} */
export const minorDigits = (currency) => MINOR_DIGITS[currency] ?? 2;

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
