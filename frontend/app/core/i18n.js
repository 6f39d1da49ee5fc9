// @ts-check
/**
 * Words of the pages. A catalogue is a flat JSON object: key → text with {names}, or an object of plural
 * forms (Intl.PluralRules over `count`). Tests hold the languages together; a key that a catalogue lacks shows itself.
 */
import { numberFormat, pluralRules } from "../domain/formats.js";
import { state } from "./state.js";
import { lasting } from "./storage.js";

/** @typedef {Record<string, string | Record<string, string>>} Catalogue */

export const LOCALES = { en: "English", de: "Deutsch", fr: "Français" };
/** Formats follow a region with 24-hour times, as the programme does. */
const FORMATS = /** @type {Record<string, string>} */ ({ en: "en-GB", de: "de-DE", fr: "fr-FR" });

export const locale = state("en");
/** @type {Catalogue} */
let catalogue = {};
/** Catalogues beside the main one that pages have asked for so far. @type {Set<string>} */
const parts = new Set();

/** BCP 47 tag for Intl. */
export const formatLocale = () => FORMATS[locale.value] ?? locale.value;

/** @param {readonly string[]} wished @param {string | null} kept */
export function chooseLocale(wished, kept) {
  if (kept && kept in LOCALES) return kept;
  return wished.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag in LOCALES) ?? "en";
}

/** @param {Catalogue} words */
export function setCatalogue(words) {
  catalogue = words;
}

/** Loads the catalogue of the person's language. @param {string} [wanted] */
export async function loadLocale(wanted) {
  const tag = wanted ?? chooseLocale(navigator.languages, lasting.get("locale"));
  setCatalogue(await wholeCatalogue(tag));
  locale.value = tag;
  document.documentElement.lang = tag;
  if (wanted) lasting.set("locale", wanted);
}

/**
 * Adds the words that only some pages need, in this language and in each that is chosen later.
 * @param {string} part as in i18n/seats.en.json: "seats"
 */
export async function addWords(part) {
  if (parts.has(part)) return;
  const tag = locale.value;
  const words = await fetchCatalogue(`${part}.${tag}`);
  if (tag !== locale.value) return addWords(part);
  setCatalogue({ ...catalogue, ...words });
  parts.add(part);
}

/**
 * @param {string} key @param {Record<string, string | number>} [values] `count` chooses the plural form
 * @returns {string}
 */
export function t(key, values = {}) {
  const entry = catalogue[key];
  if (entry === undefined) return key;
  const text = typeof entry === "string" ? entry : pluralOf(entry, Number(values.count));
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? plain(values[name]) : whole));
}

/** @param {string} key */
export const has = (key) => key in catalogue;

/** @param {Iterable<string>} items */
export const listOf = (items) => new Intl.ListFormat(formatLocale(), { type: "conjunction" }).format(items);

/** @param {number} value @param {Intl.NumberFormatOptions} [options] */
export const numberOf = (value, options) => numberFormat(formatLocale(), options).format(value);

/** @param {Record<string, string>} forms @param {number} count */
function pluralOf(forms, count) {
  if (count === 0 && forms.zero) return forms.zero;
  return forms[pluralRules(formatLocale()).select(count)] ?? forms.other;
}

/** @param {string | number} value */
const plain = (value) => (typeof value === "number" ? numberOf(value) : value);

/** The main catalogue of a language with the parts in use. @param {string} tag @returns {Promise<Catalogue>} */
async function wholeCatalogue(tag) {
  return Object.assign({}, ...(await Promise.all([tag, ...[...parts].map((part) => `${part}.${tag}`)].map(fetchCatalogue))));
}

/** @param {string} name @returns {Promise<Catalogue>} */
async function fetchCatalogue(name) {
  const response = await fetch(new URL(`../i18n/${name}.json`, import.meta.url));
  if (!response.ok) throw new Error(`catalogue ${name}: HTTP ${response.status}`);
  return response.json();
}
