// @ts-check
/** Formatters of Intl, each made once: making one takes longer than formatting a hundred values with it. */

/** @type {Map<string, any>} */
const made = new Map();

/** @param {string} locale @param {Intl.NumberFormatOptions} [options] @returns {Intl.NumberFormat} */
export const numberFormat = (locale, options) => formatOf("number", locale, options, () => new Intl.NumberFormat(locale, options));

/** @param {string} locale @param {Intl.DateTimeFormatOptions} [options] @returns {Intl.DateTimeFormat} */
export const dateFormat = (locale, options) => formatOf("date", locale, options, () => new Intl.DateTimeFormat(locale, options));

/** @param {string} locale @returns {Intl.PluralRules} */
export const pluralRules = (locale) => formatOf("plural", locale, undefined, () => new Intl.PluralRules(locale));

/** @param {string} locale @returns {Intl.DisplayNames} */
export const languageNames = (locale) => formatOf("language", locale, undefined, () => new Intl.DisplayNames([locale], { type: "language" }));

/**
 * @template T
 * @param {string} kind @param {string} locale @param {object | undefined} options @param {() => T} make
 * @returns {T}
 */
function formatOf(kind, locale, options, make) {
  const key = `${kind} ${locale} ${JSON.stringify(options)}`;
  const known = made.get(key) ?? make();
  made.set(key, known);
  return known;
}
