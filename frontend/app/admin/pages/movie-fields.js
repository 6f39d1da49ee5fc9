// @ts-check
/** The form of a film. */
import { missing } from "../../core/forms.js";
import { t } from "../../core/i18n.js";
import { choice, field } from "../../ui/field.js";
import { html, nothing } from "../../ui/html.js";
import { languageName } from "../../ui/showtimes.js";
import { castText } from "../domain/films.js";
import { STATUSES } from "./movies.js";

const LANGUAGES = ["en", "de", "fr", "it", "es", "pt", "ja", "ko", "zh", "hi", "sv", "da", "ru", "zxx"];
const REQUIRED = ["title", "synopsis", "durationMinutes", "genres", "releaseDate", "originalLanguage", "ageRating"];

/** @param {import("../../core/forms.js").Values} values @returns {import("../../core/forms.js").Fault[]} */
export function movieFaults(values) {
  const minutes = Number(values.durationMinutes);
  const isLength = !values.durationMinutes.trim() || (Number.isInteger(minutes) && minutes > 0);
  return [
    ...missing(values, Object.fromEntries(REQUIRED.map((name) => [name, t(`staff.movie.${name}`)]))),
    ...(isLength ? [] : [{ name: "durationMinutes", message: t("staff.movie.badLength") }]),
  ];
}

/** @param {import("../ui/form.js").EditForm} form @param {any} movie {} for a new one @param {string[]} genres known ones, to choose from */
export function movieFields(form, movie, genres) {
  const text = (/** @type {string} */ name, /** @type {Partial<import("../../ui/field.js").Input>} */ more = {}) =>
    field(form, { name, label: t(`staff.movie.${name}`), value: String(movie[name] ?? ""), autocomplete: "off", ...more });
  const several = (/** @type {string} */ name) => text(name, { value: (movie[name] ?? []).join(", "), hint: t("staff.movie.commas") });
  const languages = [...new Set([...LANGUAGES, ...(movie.originalLanguage ? [movie.originalLanguage] : [])])];
  return html`
    <div class="field-grid">
      ${text("title", { maxlength: 200 })}
      ${text("originalTitle", { maxlength: 200 })}
    </div>
    ${area(form, "synopsis", movie.synopsis ?? "")}
    <div class="field-grid">
      ${text("durationMinutes", { inputmode: "numeric" })}
      ${text("releaseDate", { type: "date" })}
      ${choice(form, { name: "originalLanguage", label: t("staff.movie.originalLanguage"), value: movie.originalLanguage ?? "", options: [{ value: "", label: t("staff.movie.choose") }, ...languages.map((value) => ({ value, label: languageName(value) }))] })}
      ${text("ageRating", { maxlength: 12, hint: t("staff.movie.ageHint") })}
      ${choice(form, { name: "status", label: t("staff.word.status"), value: movie.status ?? "COMING_SOON", options: STATUSES.map((value) => ({ value, label: t(`staff.movieStatus.${value}`) })) })}
    </div>
    ${text("genres", { value: (movie.genres ?? []).join(", "), hint: `${t("staff.movie.commas")}${genres.length ? ` ${t("staff.movie.known", { genres: genres.join(", ") })}` : ""}` })}
    <div class="field-grid">${several("directors")} ${several("countries")}</div>
    ${area(form, "cast", castText(movie.cast ?? []), t("staff.movie.castHint"))}
    <div class="field-grid">${text("trailerUrl", { type: "url", hint: t("staff.movie.trailerHint") })} ${text("trailerCaptionsUrl", { type: "url", hint: t("staff.movie.captionsHint") })}</div>
  `;
}

/** Text of several lines. @param {import("../ui/form.js").EditForm} form @param {string} name @param {string} value @param {string} [hint] */
function area(form, name, value, hint) {
  const id = `${form.id}-${name}`;
  const fault = form.faultOf(name);
  const described = [hint && `${id}-hint`, fault && `${id}-fault`].filter(Boolean).join(" ");
  return html`<div class="field">
    <label for=${id}>${t(`staff.movie.${name}`)}</label>
    ${hint ? html`<p class="hint" id="${id}-hint">${hint}</p>` : nothing}
    <textarea class="form-control" id=${id} name=${name} rows="5" .defaultValue=${value} aria-describedby=${described || nothing} aria-invalid=${fault ? "true" : nothing}></textarea>
    ${fault ? html`<p class="fault" id="${id}-fault">${fault}</p>` : nothing}
  </div>`;
}
