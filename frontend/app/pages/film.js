// @ts-check
/** A film: what it is, who made it, and every showing by day and cinema. */
import { serverNow } from "../core/clock.js";
import { AppError, isUnanswered } from "../core/errors.js";
import { gqlPartial, gql } from "../core/gql.js";
import { addWords, formatLocale, listOf, numberOf, t } from "../core/i18n.js";
import { rememberInAddress, shown, withQuery } from "../core/router.js";
import { signedIn } from "../core/session.js";
import { state } from "../core/state.js";
import { addDays, cinemaDay, clockText, dayText, daysFrom, rfc3339 } from "../domain/times.js";
import { Film, FilmShowtimes } from "./operations.js";
import { duration, genreText, moment } from "../ui/format.js";
import { html, nothing } from "../ui/html.js";
import { icon } from "../ui/icon.js";
import { notice } from "../ui/notice.js";
import { poster } from "../ui/poster.js";
import { describe, trailerPart, wishPart } from "./film-parts.js";
import { dayStrip, isOver, languageName, timeLink, versionText } from "../ui/showtimes.js";

const DAYS = 14;

/** @typedef {import("../ui/showtimes.js").Showtime & {cinema: {id: string, city: string} | null}} Showtime */

/** @param {import("../core/router.js").Request} request */
export async function load({ params, query, signal }) {
  const asked = gql(Film, { id: params.id }, { signal });
  // On a device whose clock is far off the days would be wrong: the first answer of a visit sets it right.
  if (!shown.peek()) await asked.catch(() => undefined);
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const today = cinemaDay(serverNow(), here);
  const [{ movie }, all] = await Promise.all([asked.catch(noFilm), showtimesOf(params.id, today, signal)]);
  if (movie === undefined && !all?.length) await asked;
  if (movie === null) throw new AppError("NOT_FOUND", "No such film");
  const days = daysFrom(today, DAYS);
  const open = all && new Set(all.map((showtime) => cinemaDay(showtime.startsAt, showtime.timeZone)));
  const wanted = query.get("date");
  const day = state(days.find((each) => each === wanted) ?? days.find((each) => open?.has(each)) ?? today);
  if (!movie) return withoutFilm(all ?? [], { day, days, today, open });

  const [{ ratingPart } = { ratingPart: null }] = signedIn.value ? await Promise.all([import("../account/rating.js"), addWords("account")]) : [];
  const rating = ratingPart?.(movie.id) ?? null;
  const trailer = trailerPart(movie);
  const wish = wishPart(movie);

  return {
    title: movie.title,
    dispose: describe(movie, all ?? []),
    template: () => html`
      <article class="page film">
        <div class="film-poster">${poster(movie)}</div>
        <div class="film-text stack">
          <h1 class="small">${movie.title}</h1>
          ${movie.originalTitle && movie.originalTitle !== movie.title ? html`<p class="muted" lang=${movie.originalLanguage}>${movie.originalTitle}</p>` : nothing}
          <p class="row-wrap film-facts">
            <span class="tag"><span class="visually-hidden-text">${t("film.age")}: </span>${movie.ageRating}</span>
            <span>${duration(movie.durationMinutes)}</span>
            <span>${movie.genres.map(genreText).join(", ")}</span>
            <span>${movie.releaseDate.slice(0, 4)}</span>
            ${movie.rating
              ? html`<span>${icon("star-fill")} ${t("film.rating", { stars: numberOf(movie.rating, { minimumFractionDigits: 1 }), count: movie.ratingCount })}</span>`
              : nothing}
          </p>
          <p class="synopsis">${movie.synopsis}</p>
          <dl class="facts">
            ${movie.directors.length ? html`<dt>${t("film.directors", { count: movie.directors.length })}</dt><dd>${listOf(movie.directors)}</dd>` : nothing}
            ${movie.cast.length ? html`<dt>${t("film.cast")}</dt><dd>${movie.cast.map(castLine).join(", ")}</dd>` : nothing}
            <dt>${t("film.language")}</dt><dd>${languageName(movie.originalLanguage)}</dd>
          </dl>
          ${trailer.template()}
        </div>
        <section class="film-times stack" aria-labelledby="times-heading">
          <h2 id="times-heading">${t("film.showtimes")}</h2>
          ${all === null ? notice("warn", html`<p>${t("film.timesFailed")}</p>`) : nothing} ${all?.length === 0 ? wish.template() : nothing}
          ${all?.length ? timesOf(all, { day, days, today, open, minutes: movie.durationMinutes }) : nothing}
        </section>
        ${reviews(movie.reviews)} ${rating?.template() ?? nothing}
      </article>
    `,
  };
}

/** Nobody knows the film just now, which says nothing of its showings. @param {unknown} error @returns {{movie: any}} */
function noFilm(error) {
  if (!isUnanswered(error)) throw error;
  return { movie: undefined };
}

/** What the showings know of their film, and where they lead. @param {Showtime[]} all @param {Omit<Parameters<typeof timesOf>[1], "minutes">} how */
function withoutFilm(all, how) {
  const [{ movieTitle: title }] = all;
  return {
    title,
    template: () => html`
      <article class="page film">
        <div class="film-poster">${poster({ title, genres: [] })}</div>
        <div class="film-text stack">
          <h1 class="small">${title}</h1>
          ${notice("warn", html`<p>${t("film.textFailed")}</p>`)}
        </div>
        <section class="film-times stack" aria-labelledby="times-heading">
          <h2 id="times-heading">${t("film.showtimes")}</h2>
          ${timesOf(all, { ...how, minutes: 0 })}
        </section>
      </article>
    `,
  };
}

/**
 * The days and one day's times: another day is shown without asking again, and nothing else of the page moves.
 * @param {Showtime[]} all
 * @param {{day: import("../../vendor/signals-core/signals-core.js").Signal<string>, days: string[], today: string, open: Set<string> | null, minutes: number}} how
 */
function timesOf(all, { day, days, today, open, minutes }) {
  const ofDay = all.filter((showtime) => cinemaDay(showtime.startsAt, showtime.timeZone) === day.value);
  const onChoose = (/** @type {string} */ chosen) => {
    day.value = chosen;
    rememberInAddress({ date: chosen });
  };
  return html`
    ${dayStrip({ days, chosen: day.value, today, open, hrefOf: (each) => withQuery({ date: each }), label: t("day.choose"), onChoose })}
    <p class="visually-hidden-text" role="status" id="times-count">${t("film.count", { count: ofDay.length })}</p>
    ${ofDay.length ? byCinema(ofDay, minutes) : html`<p class="muted">${nextText(day.value, days, open)}</p>`}
  `;
}

/** Null when the times can't be had: the film's text stands without them. @param {string} movieId @param {string} today @param {AbortSignal} signal @returns {Promise<Showtime[] | null>} */
async function showtimesOf(movieId, today, signal) {
  const lastDay = addDays(today, DAYS - 1);
  const from = rfc3339(new Date(serverNow()));
  const to = rfc3339(new Date(serverNow() + (DAYS + 1) * 86_400_000));
  try {
    const { data } = await gqlPartial(FilmShowtimes, { movieId, from, to, firstDay: today, lastDay }, { signal });
    return data.showtimes && /** @type {Showtime[]} */ (data.showtimes.nodes).filter((showtime) => !isOver(showtime));
  } catch (error) {
    if (signal.aborted) throw error;
    return null;
  }
}

/** @param {Showtime[]} showtimes @param {number} minutes */
function byCinema(showtimes, minutes) {
  /** @type {Map<string, Showtime[]>} */
  const cinemas = new Map();
  for (const showtime of showtimes) cinemas.set(showtime.cinemaName, [...(cinemas.get(showtime.cinemaName) ?? []), showtime]);
  return [...cinemas].sort(([a], [b]) => a.localeCompare(b, formatLocale())).map(
    ([name, list]) => html`
      <div class="cinema-times card-plain">
        <h3>${name} ${list[0].cinema ? html`<span class="muted">${list[0].cinema.city}</span>` : nothing}</h3>
        ${byVersion(list).map(
          ([version, times]) => html`<p class="muted small-text mb-1">${version}</p>
            <ul class="times mb-3">
              ${times.map(
                (showtime) => html`<li class="time-with-end">
                  ${timeLink(showtime)}
                  <span class="muted small-text">${t("film.ends", { time: clockText(endOf(showtime, minutes), showtime.timeZone, formatLocale()) })}</span>
                </li>`,
              )}
            </ul>`,
        )}
      </div>
    `,
  );
}

/** @param {Showtime[]} showtimes @returns {[string, Showtime[]][]} */
function byVersion(showtimes) {
  /** @type {Map<string, Showtime[]>} */
  const versions = new Map();
  for (const showtime of showtimes) {
    const key = `${showtime.auditoriumName} · ${versionText(showtime)}`;
    versions.set(key, [...(versions.get(key) ?? []), showtime]);
  }
  return [...versions];
}

/** @param {Showtime} showtime @param {number} minutes */
const endOf = (showtime, minutes) => showtime.endsAt ?? new Date(Date.parse(showtime.startsAt) + minutes * 60_000).toISOString();

/** @param {{name: string, character: string | null}} member */
const castLine = ({ name, character }) => (character ? t("film.as", { name, character }) : name);

/** @param {string} day @param {string[]} days @param {Set<string> | null} open */
function nextText(day, days, open) {
  const next = days.find((each) => each > day && open?.has(each));
  return next ? t("film.nextDay", { day: dayText(next, formatLocale(), { weekday: "long", day: "numeric", month: "long" }) }) : t("film.noTimes");
}

/** @param {{totalCount: number, nodes: {id: string, stars: number, comment: string | null, createdAt: string, author: {name: string} | null}[]} | null} page */
const reviews = (page) =>
  page?.nodes.length
    ? html`<section class="film-reviews stack" aria-labelledby="reviews-heading">
        <h2 id="reviews-heading">${t("film.reviews")}</h2>
        ${page.nodes.map(
          ({ stars, comment, author, createdAt }) => html`<div class="card-plain">
            <p class="mb-1"><strong>${t("film.stars", { count: stars })}</strong> <span class="muted small-text">${author?.name ?? t("film.viewer")} · ${moment(createdAt)}</span></p>
            ${comment ? html`<p class="mb-0">${comment}</p>` : nothing}
          </div>`,
        )}
      </section>`
    : nothing;
