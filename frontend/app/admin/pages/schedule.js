// @ts-check
/** Scheduling one showtime by form; the server refuses what overlaps. */
import { serverNow } from "../../core/clock.js";
import { createForm, missing } from "../../core/forms.js";
import { gql } from "../../core/gql.js";
import { formatLocale, t } from "../../core/i18n.js";
import { state } from "../../core/state.js";
import { minorUnits } from "../../domain/money.js";
import { addDays, calendarDay, instantOf, rfc3339, showtimeText } from "../../domain/times.js";
import { choice, errorSummary, field, submitButton } from "../../ui/field.js";
import { duration } from "../../ui/format.js";
import { html, nothing } from "../../ui/html.js";
import { emptyState, notice } from "../../ui/notice.js";
import { languageName } from "../../ui/showtimes.js";
import { staffPage, staffScope } from "../frame.js";
import { AuditoriumSeats, ScheduleChoices, ScheduleShowtime } from "../operations.js";

const PATH = "/admin/showtimes/new";
const LANGUAGES = ["en", "de", "fr", "it", "es", "ja", "sv", "ru", "da", "zh", "zxx"];
/** Parts of the adult price that reduced tickets cost, in percent: what the form proposes. */
const REDUCED = /** @type {Record<string, number>} */ ({ ADULT: 100, CHILD: 60, STUDENT: 80, SENIOR: 80 });

/** @param {import("../../core/router.js").Request} request */
export async function load({ query, signal }) {
  const scope = await staffScope(query, signal, "MANAGER");
  const title = t("staff.schedule");
  if (!scope.cinema) return { title, template: () => staffPage({ path: PATH, title, content: emptyState(t("staff.noCinema"), t("staff.noCinemaText")) }) };
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
  return {
    title,
    template: () =>
      staffPage({
        path: PATH,
        title,
        scope,
        content: !auditorium.value
          ? emptyState(t("schedule.noAuditorium"), t("schedule.noAuditoriumText"))
          : html`
              ${done.value ? notice("ok", html`<p>${t("schedule.done", { film: done.value.movieTitle, when: showtimeText(done.value.startsAt, done.value.timeZone, formatLocale()), auditorium: done.value.auditoriumName })}</p>
                <p><a href="/admin/showtimes?date=${calendarDay(done.value.startsAt, cinema.timeZone)}">${t("schedule.see")}</a></p>`, { role: "status" }) : nothing}
              <form class="card-plain mt-3" id="schedule" novalidate @submit=${form.submit}>
                ${errorSummary(form)}
                ${choice(form, { name: "movieId", label: t("staff.film"), options: [{ value: "", label: t("schedule.choose") }, ...movies.nodes.filter((/** @type {any} */ movie) => movie.status !== "ARCHIVED").map((/** @type {any} */ movie) => ({ value: movie.id, label: `${movie.title} · ${duration(movie.durationMinutes)}` }))] })}
                ${choice(form, { name: "auditoriumId", label: t("staff.auditorium"), options: cinema.auditoriums.map((/** @type {any} */ each) => ({ value: each.id, label: `${each.name} · ${t("schedule.capacity", { count: each.capacity })}` })), onChange: chooseAuditorium })}
                <div class="price-grid">
                  ${field(form, { name: "day", label: t("schedule.day"), type: "date", value: day })}
                  ${field(form, { name: "time", label: t("schedule.time"), type: "time", value: "20:00", hint: t("schedule.zone", { zone: cinema.timeZone }) })}
                  ${choice(form, { name: "format", label: t("schedule.format"), options: auditorium.value.formats.map((/** @type {string} */ format) => ({ value: format, label: format })) })}
                  ${choice(form, { name: "audioLanguage", label: t("schedule.audio"), options: LANGUAGES.map(language) })}
                  ${choice(form, { name: "subtitleLanguage", label: t("schedule.subtitles"), options: [{ value: "", label: t("schedule.noSubtitles") }, ...LANGUAGES.map(language)] })}
                </div>
                <fieldset>
                  <legend class="label">${t("schedule.prices", { currency: cinema.currency })}</legend>
                  <p class="muted small-text">${t("schedule.pricesHint")}</p>
                  <div class="price-grid">${categories.value.map((category) => field(form, { name: `price-${category}`, label: t(`category.${category}`), value: "12", inputmode: "decimal" }))}</div>
                </fieldset>
                <label class="method mb-3"><input class="form-check-input" type="checkbox" name="publish" value="yes" checked /> ${t("schedule.publish")}</label>
                ${submitButton(form, t("schedule.submit"))}
              </form>
            `,
      }),
  };
}

/**
 * @param {{timeZone: string, currency: string}} cinema @param {{value: string[]}} categories @param {{value: any}} done
 */
function scheduleForm(cinema, categories, done) {
  return createForm(
    "schedule",
    (values) => [
      ...missing(values, { movieId: t("staff.film"), day: t("schedule.day"), time: t("schedule.time") }),
      ...categories.value
        .filter((category) => minorUnits(values[`price-${category}`] ?? "", cinema.currency) === null)
        .map((category) => ({ name: `price-${category}`, message: t("schedule.badPrice", { category: t(`category.${category}`) }) })),
    ],
    async (values) => {
      done.value = null;
      const input = {
        movieId: values.movieId,
        auditoriumId: values.auditoriumId,
        startsAt: rfc3339(instantOf(values.day, values.time, cinema.timeZone)),
        format: values.format,
        audioLanguage: values.audioLanguage,
        subtitleLanguage: values.subtitleLanguage || null,
        prices: categories.value.flatMap((category) => pricesOf(category, minorUnits(values[`price-${category}`], cinema.currency) ?? 0, cinema.currency)),
        publish: values.publish === "yes",
      };
      const { scheduleShowtime } = await gql(ScheduleShowtime, { input });
      done.value = scheduleShowtime.showtime;
      return scheduleShowtime.userErrors;
    },
  );
}

/** @param {string} category @param {number} adult minor units @param {string} currency */
const pricesOf = (category, adult, currency) =>
  Object.entries(REDUCED).map(([ticketType, percent]) => ({ category, ticketType, price: { amount: Math.round((adult * percent) / 100), currency } }));

/** @param {string} auditoriumId @returns {Promise<string[]>} */
async function categoriesOf(auditoriumId) {
  const { auditorium } = await gql(AuditoriumSeats, { id: auditoriumId });
  return [...new Set(auditorium.seats.map((/** @type {{category: string}} */ seat) => seat.category))].map(String);
}

/** @param {string} tag */
const language = (tag) => ({ value: tag, label: languageName(tag) });
