// @ts-check
/** Scheduling one showtime by form; the server refuses what overlaps. */
import { serverNow } from "../../core/clock.js";
import { missing } from "../../core/forms.js";
import { gql } from "../../core/gql.js";
import { formatLocale, t } from "../../core/i18n.js";
import { state } from "../../core/state.js";
import { minorUnits } from "../../domain/money.js";
import { addDays, calendarDay, instantOf, rfc3339, showtimeText } from "../../domain/times.js";
import { choice, field } from "../../ui/field.js";
import { duration } from "../../ui/format.js";
import { html, nothing } from "../../ui/html.js";
import { emptyState, notice } from "../../ui/notice.js";
import { languageName } from "../../ui/showtimes.js";
import { staffScope, staffView } from "../frame.js";
import { AuditoriumSeats, ScheduleChoices, ScheduleShowtime } from "../operations/programme.js";
import { withCinema } from "../rail.js";
import { editForm, formView } from "../ui/form.js";

export const LANGUAGES = ["en", "de", "fr", "it", "es", "ja", "sv", "ru", "da", "zh", "zxx"];
/** Parts of the adult price that reduced tickets cost, in percent: what the form proposes. */
const REDUCED = /** @type {Record<string, number>} */ ({ ADULT: 100, CHILD: 60, STUDENT: 80, SENIOR: 80 });

/** @param {import("../../core/router.js").Request} request */
export async function load({ query, signal }) {
  const scope = await staffScope(query);
  const title = t("staff.schedule.title");
  const frame = { path: "/admin/showtimes", title, scope, back: { href: withCinema("/admin/showtimes"), label: t("staff.nav.showtimes") } };
  if (!scope.cinema) return staffView({ ...frame, content: () => nothing });
  const { cinema, movies } = await gql(ScheduleChoices, { cinemaId: scope.cinema.id }, { signal });
  const auditorium = state(cinema.auditoriums[0]);
  const categories = state(/** @type {string[]} */ (auditorium.value ? await categoriesOf(auditorium.value.id) : []));
  const done = state(/** @type {any} */ (null));
  const form = scheduleForm(cinema, categories, done);
  const chooseAuditorium = async (/** @type {string} */ id) => {
    auditorium.value = cinema.auditoriums.find((/** @type {any} */ each) => each.id === id);
    categories.value = await categoriesOf(id);
  };
  const day = query.get("date") ?? addDays(calendarDay(serverNow(), cinema.timeZone), 1);
  const fields = () => html`
    ${choice(form, { name: "movieId", label: t("staff.word.film"), options: [{ value: "", label: t("staff.schedule.choose") }, ...movies.nodes.filter((/** @type {any} */ movie) => movie.status !== "ARCHIVED").map((/** @type {any} */ movie) => ({ value: movie.id, label: `${movie.title} · ${duration(movie.durationMinutes)}` }))] })}
    ${choice(form, { name: "auditoriumId", label: t("staff.word.auditorium"), options: cinema.auditoriums.map((/** @type {any} */ each) => ({ value: each.id, label: `${each.name} · ${t("staff.schedule.capacity", { count: each.capacity })}` })), onChange: chooseAuditorium })}
    <div class="field-grid">
      ${field(form, { name: "day", label: t("staff.schedule.day"), type: "date", value: day })}
      ${field(form, { name: "time", label: t("staff.schedule.time"), type: "time", value: "20:00", hint: t("staff.schedule.zone", { zone: cinema.timeZone }) })}
      ${choice(form, { name: "format", label: t("staff.schedule.format"), options: auditorium.value.formats.map((/** @type {string} */ format) => ({ value: format, label: format })) })}
      ${choice(form, { name: "audioLanguage", label: t("staff.schedule.audio"), options: LANGUAGES.map(language) })}
      ${choice(form, { name: "subtitleLanguage", label: t("staff.schedule.subtitles"), options: [{ value: "", label: t("staff.schedule.noSubtitles") }, ...LANGUAGES.map(language)] })}
    </div>
    <fieldset>
      <legend class="label">${t("staff.schedule.prices", { currency: cinema.currency })}</legend>
      <p class="muted small-text">${t("staff.schedule.pricesHint")}</p>
      <div class="field-grid">${categories.value.map((category) => field(form, { name: `price-${category}`, label: t(`category.${category}`), value: "12", inputmode: "decimal" }))}</div>
    </fieldset>
    <label class="method mb-3"><input class="form-check-input" type="checkbox" name="publish" value="yes" checked /> ${t("staff.schedule.publish")}</label>
  `;
  return staffView({
    ...frame,
    content: () =>
      auditorium.value
        ? html`${done.value ? scheduled(done.value, cinema) : nothing} ${formView(form, fields(), { submit: t("staff.schedule.submit") })}`
        : emptyState(t("staff.schedule.noAuditorium"), t("staff.schedule.noAuditoriumText")),
  });
}

/** @param {any} showtime @param {{timeZone: string}} cinema */
const scheduled = ({ movieTitle, startsAt, timeZone, auditoriumName }, cinema) =>
  notice("ok", html`
    <p>${t("staff.schedule.done", { film: movieTitle, when: showtimeText(startsAt, timeZone, formatLocale()), auditorium: auditoriumName })}</p>
    <p><a href=${withCinema(`/admin/showtimes?date=${calendarDay(startsAt, cinema.timeZone)}`)}>${t("staff.schedule.see")}</a></p>
  `, { role: "status" });

/**
 * @param {{timeZone: string, currency: string}} cinema @param {{value: string[]}} categories @param {{value: any}} done
 */
function scheduleForm(cinema, categories, done) {
  return editForm(
    "schedule",
    (values) => [
      ...missing(values, { movieId: t("staff.word.film"), day: t("staff.schedule.day"), time: t("staff.schedule.time") }),
      ...categories.value
        .filter((category) => minorUnits(values[`price-${category}`] ?? "", cinema.currency) === null)
        .map((category) => ({ name: `price-${category}`, message: t("staff.schedule.badPrice", { category: t(`category.${category}`) }) })),
    ],
    async (values) => {
      done.value = null;
      const { scheduleShowtime } = await gql(ScheduleShowtime, { input: inputOf(values, cinema, categories.value) });
      done.value = scheduleShowtime.showtime;
      return scheduleShowtime.userErrors;
    },
  );
}

/** @param {import("../../core/forms.js").Values} values @param {{timeZone: string, currency: string}} cinema @param {string[]} categories */
const inputOf = (values, cinema, categories) => ({
  movieId: values.movieId,
  auditoriumId: values.auditoriumId,
  startsAt: rfc3339(instantOf(values.day, values.time, cinema.timeZone)),
  format: values.format,
  audioLanguage: values.audioLanguage,
  subtitleLanguage: values.subtitleLanguage || null,
  prices: categories.flatMap((category) => pricesOf(category, minorUnits(values[`price-${category}`], cinema.currency) ?? 0, cinema.currency)),
  publish: values.publish === "yes",
});

/** @param {string} category @param {number} adult minor units @param {string} currency */
export const pricesOf = (category, adult, currency) =>
  Object.entries(REDUCED).map(([ticketType, percent]) => ({ category, ticketType, price: { amount: Math.round((adult * percent) / 100), currency } }));

/** @param {string} auditoriumId @returns {Promise<string[]>} */
export async function categoriesOf(auditoriumId) {
  const { auditorium } = await gql(AuditoriumSeats, { id: auditoriumId });
  return [...new Set(auditorium.seats.map((/** @type {{category: string}} */ seat) => seat.category))].map(String);
}

/** @param {string} tag */
export const language = (tag) => ({ value: tag, label: languageName(tag) });
