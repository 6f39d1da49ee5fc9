// @ts-check
/** Values in the person's language. */
import { formatLocale, has, t } from "../core/i18n.js";
import { dateFormat, numberFormat } from "../domain/formats.js";
import { moneyText } from "../domain/money.js";

/** @param {import("../domain/money.js").Money} value */
export const money = (value) => moneyText(value, formatLocale());

/** "1 h 32 min" @param {number} minutes */
export const duration = (minutes) =>
  minutes < 60 ? t("duration.minutes", { minutes }) : t("duration.hours", { hours: Math.floor(minutes / 60), minutes: minutes % 60 });

/** An instant where no cinema is concerned, in the person's own zone. @param {string} instant */
export const moment = (instant) => dateFormat(formatLocale(), { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" }).format(new Date(instant));

/** @param {number} share 0 to 1 */
export const percent = (share) => numberFormat(formatLocale(), { style: "percent", maximumFractionDigits: 0 }).format(share);

/** @param {{seat: {id: string}}[]} tickets */
export const seatList = (tickets) => tickets.map(({ seat }) => seat.id).join(", ");

/** An address that names its city, once. @param {{address: string, city: string}} place */
export const addressOf = ({ address, city }) => (address.includes(city) ? address : `${address}, ${city}`);

/** Genres come from the catalogue in English. @param {string} genre */
export const genreText = (genre) => (has(`genre.${genre}`) ? t(`genre.${genre}`) : genre);
