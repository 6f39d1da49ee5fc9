// @ts-check
/** What is known of a cinema: as facts, and as the form that changes them. */
import { missing } from "../../core/forms.js";
import { t } from "../../core/i18n.js";
import { atLeast, person } from "../../core/session.js";
import { field } from "../../ui/field.js";
import { addressOf } from "../../ui/format.js";
import { html } from "../../ui/html.js";

/** Whether the signed-in person may change this cinema; the services decide again. @param {string} cinemaId */
export const mayManage = (cinemaId) => atLeast("ADMIN") || (atLeast("MANAGER") && Boolean(person.value?.cinemaIds?.includes(cinemaId)));

/** @param {any} cinema @returns {[string, unknown][]} */
export const cinemaFacts = (cinema) => [
  [t("staff.cinema.address"), addressOf(cinema)],
  [t("staff.cinema.countryCode"), cinema.countryCode],
  [t("staff.cinema.timeZone"), cinema.timeZone],
  [t("staff.cinema.currency"), cinema.currency],
  [t("staff.word.phone"), cinema.phone],
  [t("staff.cinema.location"), html`<span class="figures">${cinema.location.latitude}, ${cinema.location.longitude}</span>`],
  [t("staff.cinema.facilities"), cinema.facilities.length ? cinema.facilities.join(", ") : null],
  [t("staff.word.seats"), t("staff.plan.seats", { count: cinema.capacity })],
];

/** @param {import("../ui/form.js").EditForm} form @param {any} cinema {} for a new one */
export const cinemaFields = (form, cinema) => html`
  ${field(form, { name: "name", label: t("staff.cinema.name"), value: cinema.name ?? "", maxlength: 120, autocomplete: "off" })}
  ${field(form, { name: "address", label: t("staff.cinema.address"), value: cinema.address ?? "", maxlength: 300, autocomplete: "off" })}
  <div class="field-grid">
    ${field(form, { name: "city", label: t("staff.cinema.city"), value: cinema.city ?? "", maxlength: 120, autocomplete: "off" })}
    ${field(form, { name: "countryCode", label: t("staff.cinema.countryCode"), value: cinema.countryCode ?? "", maxlength: 2, hint: t("staff.cinema.countryHint"), autocomplete: "off" })}
    ${field(form, { name: "timeZone", label: t("staff.cinema.timeZone"), value: cinema.timeZone ?? "", hint: t("staff.cinema.timeZoneHint"), autocomplete: "off" })}
    ${field(form, { name: "currency", label: t("staff.cinema.currency"), value: cinema.currency ?? "", maxlength: 3, hint: t("staff.cinema.currencyHint"), autocomplete: "off" })}
    ${field(form, { name: "latitude", label: t("staff.cinema.latitude"), value: String(cinema.location?.latitude ?? ""), inputmode: "decimal", autocomplete: "off" })}
    ${field(form, { name: "longitude", label: t("staff.cinema.longitude"), value: String(cinema.location?.longitude ?? ""), inputmode: "decimal", autocomplete: "off" })}
    ${field(form, { name: "phone", label: t("staff.word.phone"), type: "tel", value: cinema.phone ?? "", autocomplete: "off" })}
  </div>
  ${field(form, { name: "facilities", label: t("staff.cinema.facilities"), value: (cinema.facilities ?? []).join(", "), hint: t("staff.cinema.facilitiesHint"), autocomplete: "off" })}
`;

/** @param {import("../../core/forms.js").Values} values @returns {import("../../core/forms.js").Fault[]} */
export const cinemaFaults = (values) => [
  ...missing(values, {
    name: t("staff.cinema.name"), address: t("staff.cinema.address"), city: t("staff.cinema.city"), countryCode: t("staff.cinema.countryCode"),
    timeZone: t("staff.cinema.timeZone"), currency: t("staff.cinema.currency"), latitude: t("staff.cinema.latitude"), longitude: t("staff.cinema.longitude"),
  }),
  ...["latitude", "longitude"].filter((name) => values[name]?.trim() && degrees(values[name]) === null).map((name) => ({ name, message: t("staff.cinema.badDegrees") })),
];

/** CinemaInput of what was typed. @param {import("../../core/forms.js").Values} values */
export const cinemaInput = (values) => ({
  name: values.name, address: values.address, city: values.city, countryCode: values.countryCode, timeZone: values.timeZone, currency: values.currency,
  phone: values.phone.trim() || null,
  location: { latitude: degrees(values.latitude), longitude: degrees(values.longitude) },
  facilities: values.facilities.split(",").map((each) => each.trim()).filter(Boolean),
});

/** Degrees as people write them, with a point or a comma; null if it is no number. @param {string} typed */
function degrees(typed) {
  const text = typed.trim().replace(",", ".");
  return /^-?\d{1,3}(\.\d+)?$/.test(text) ? Number(text) : null;
}
