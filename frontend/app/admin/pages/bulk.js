// @ts-check
/** A film in several rooms, on several days, at several times: tried first, then made all or not at all. */
import { serverNow } from "../../core/clock.js";
import { missing } from "../../core/forms.js";
import { gql } from "../../core/gql.js";
import { formatLocale, t } from "../../core/i18n.js";
import { state } from "../../core/state.js";
import { minorUnits } from "../../domain/money.js";
import { addDays, calendarDay, dayText, daysFrom, instantOf, rfc3339 } from "../../domain/times.js";
import { choice, field } from "../../ui/field.js";
import { duration } from "../../ui/format.js";
import { html, nothing } from "../../ui/html.js";
import { emptyState } from "../../ui/notice.js";
import { startsOn, timesIn } from "../domain/timeline.js";
import { staffScope, staffView } from "../frame.js";
import { ScheduleChoices, ScheduleShowtimes } from "../operations/programme.js";
import { withCinema } from "../rail.js";
import { editForm, formView } from "../ui/form.js";
import { dryRun, dryRunView } from "./dry-run.js";
import { categoriesOf, LANGUAGES, language, pricesOf } from "./schedule.js";

const DAY = /^\d{4}-\d\d-\d\d$/;
const MOST_DAYS = 92;
/** A Monday: names of the weekdays come from here. */
const MONDAY = "2026-11-23";

/** @param {import("../../core/router.js").Request} request */
export async function load({ query, signal }) {
  const scope = await staffScope(query);
  const title = t("staff.bulk.title");
  const frame = { path: "/admin/showtimes", title, scope, back: { href: withCinema("/admin/showtimes"), label: t("staff.nav.showtimes") } };
  if (!scope.cinema) return staffView({ ...frame, content: () => nothing });
  const { cinema, movies } = await gql(ScheduleChoices, { cinemaId: scope.cinema.id }, { signal });
  const rooms = cinema.auditoriums;
  const all = await Promise.all(rooms.map((/** @type {{id: string}} */ { id }) => categoriesOf(id)));
  const categories = [...new Set(all.flat())];
  const chosen = state(new Set(rooms.slice(0, 1).map((/** @type {{id: string}} */ { id }) => id)));
  const run = dryRun(ScheduleShowtimes);
  const form = bulkForm(cinema, run, () => categories.filter((category) => rooms.some((/** @type {{id: string}} */ { id }, /** @type {number} */ index) => chosen.value.has(id) && all[index].includes(category))), chosen);
  const asked = query.get("date") ?? "";
  const first = DAY.test(asked) ? asked : addDays(calendarDay(serverNow(), cinema.timeZone), 1);
  const flip = (/** @type {string} */ id) => {
    const next = new Set(chosen.value);
    if (!next.delete(id)) next.add(id);
    chosen.value = next;
  };
  const fields = () => html`
    ${choice(form, { name: "movieId", label: t("staff.word.film"), options: [{ value: "", label: t("staff.schedule.choose") }, ...movies.nodes.filter((/** @type {any} */ movie) => movie.status !== "ARCHIVED").map((/** @type {any} */ movie) => ({ value: movie.id, label: `${movie.title} · ${duration(movie.durationMinutes)}` }))] })}
    <fieldset class="field"><legend class="label">${t("staff.bulk.rooms")}</legend><div class="row-wrap">
      ${rooms.map((/** @type {{id: string, name: string}} */ { id, name }) => html`<label class="bulk-choice"><input class="form-check-input" type="checkbox" name="room-${id}" value="yes" .checked=${chosen.value.has(id)} @change=${() => flip(id)} /> ${name}</label>`)}
    </div></fieldset>
    <div class="field-grid">
      ${field(form, { name: "from", label: t("staff.bulk.first"), type: "date", value: first })}
      ${field(form, { name: "to", label: t("staff.bulk.last"), type: "date", value: addDays(first, 6) })}
      ${field(form, { name: "times", label: t("staff.bulk.times"), value: "", hint: t("staff.bulk.timesHint") })}
    </div>
    <fieldset class="field"><legend class="label">${t("staff.bulk.weekdays")}</legend><div class="row-wrap">
      ${daysFrom(MONDAY, 7).map((day, index) => html`<label class="bulk-choice"><input class="form-check-input" type="checkbox" name="weekday-${index + 1}" value="yes" checked /> ${dayText(day, formatLocale(), { weekday: "short" })}</label>`)}
    </div></fieldset>
    <div class="field-grid">
      ${choice(form, { name: "format", label: t("staff.schedule.format"), options: [...new Set(rooms.flatMap((/** @type {{formats: string[]}} */ { formats }) => formats))].map((format) => ({ value: String(format), label: String(format) })) })}
      ${choice(form, { name: "audioLanguage", label: t("staff.schedule.audio"), options: LANGUAGES.map(language) })}
      ${choice(form, { name: "subtitleLanguage", label: t("staff.schedule.subtitles"), options: [{ value: "", label: t("staff.schedule.noSubtitles") }, ...LANGUAGES.map(language)] })}
    </div>
    <fieldset><legend class="label">${t("staff.schedule.prices", { currency: cinema.currency })}</legend>
      <p class="muted small-text">${t("staff.schedule.pricesHint")}</p>
      <div class="field-grid">${categories.map((category) => field(form, { name: `price-${category}`, label: t(`category.${category}`), value: "12", inputmode: "decimal" }))}</div>
    </fieldset>
    <label class="method mb-3"><input class="form-check-input" type="checkbox" name="publish" value="yes" /> ${t("staff.schedule.publish")}</label>
  `;
  return staffView({
    ...frame,
    content: () =>
      rooms.length
        ? html`${formView(form, fields(), { submit: t("staff.dryRun.try") })} ${dryRunView(run)}`
        : emptyState(t("staff.schedule.noAuditorium"), t("staff.schedule.noAuditoriumText")),
  });
}

/** @typedef {import("../../core/forms.js").Values} Values */

/** @param {any} cinema @param {import("./dry-run.js").DryRun} run @param {() => string[]} categories of the chosen rooms @param {{value: Set<string>}} chosen */
function bulkForm(cinema, run, categories, chosen) {
  return editForm(
    "bulk",
    (values) => {
      const lacking = missing(values, { movieId: t("staff.word.film"), from: t("staff.bulk.first"), to: t("staff.bulk.last"), times: t("staff.bulk.times") });
      if (lacking.length) return lacking;
      const faults = [];
      if (!timesIn(values.times)) faults.push({ name: "times", message: t("staff.bulk.badTimes") });
      if (values.from > values.to || values.to > addDays(values.from, MOST_DAYS)) faults.push({ name: "to", message: t("staff.bulk.badDays", { most: MOST_DAYS }) });
      else if (!starts(values).length) faults.push({ name: null, message: t("staff.bulk.noDay") });
      if (!chosen.value.size) faults.push({ name: null, message: t("staff.bulk.noRoom") });
      for (const category of categories()) {
        if (minorUnits(values[`price-${category}`] ?? "", cinema.currency) === null) faults.push({ name: `price-${category}`, message: t("staff.schedule.badPrice", { category: t(`category.${category}`) }) });
      }
      return faults;
    },
    (values) => run.attempt({ input: inputOf(values, cinema, categories(), [...chosen.value]) }),
  );
}

/** @param {Values} values */
function starts(values) {
  const days = [];
  for (let day = values.from; day <= values.to; day = addDays(day, 1)) days.push(day);
  const weekdays = new Set([1, 2, 3, 4, 5, 6, 7].filter((weekday) => values[`weekday-${weekday}`]));
  return startsOn(days, weekdays, timesIn(values.times) ?? []);
}

/** @param {Values} values @param {any} cinema @param {string[]} categories @param {string[]} auditoriumIds */
const inputOf = (values, cinema, categories, auditoriumIds) => ({
  movieId: values.movieId,
  auditoriumIds,
  startsAt: starts(values).map(({ day, time }) => rfc3339(instantOf(day, time, cinema.timeZone))),
  format: values.format,
  audioLanguage: values.audioLanguage,
  subtitleLanguage: values.subtitleLanguage || null,
  prices: categories.flatMap((category) => pricesOf(category, minorUnits(values[`price-${category}`], cinema.currency) ?? 0, cinema.currency)),
  publish: values.publish === "yes",
});
