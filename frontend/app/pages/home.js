// @ts-check
/** What is on: one day of one cinema (or all), by film; or what a search found. */
import { allCinemas, ALL, chosenCinema, rememberCinema } from "../core/cinemas.js";
import { serverNow } from "../core/clock.js";
import { isUnanswered } from "../core/errors.js";
import { gql, gqlPartial } from "../core/gql.js";
import { formatLocale, numberOf, t } from "../core/i18n.js";
import { keepProgramme, keptProgramme } from "../core/kept-programme.js";
import { navigate, reload, withQuery } from "../core/router.js";
import { lasting } from "../core/storage.js";
import { addDays, cinemaDay, dayText, daysFrom, rfc3339, showtimeText, spanOfDay } from "../domain/times.js";
import { Home, SearchMovies } from "../operations.js";
import { duration, genreText, moment } from "../ui/format.js";
import { html, nothing, repeat } from "../ui/html.js";
import { icon } from "../ui/icon.js";
import { emptyState, notice } from "../ui/notice.js";
import { poster } from "../ui/poster.js";
import { dayStrip, isOver, timeLink } from "../ui/showtimes.js";
import { announce } from "../ui/toast.js";

const DAYS = 14;
const TYPING_MS = 250;
const MOST_TIMES = 6;

/**
 * @typedef {{id: string, title: string, genres: string[], durationMinutes: number, ageRating: string, posterUrl: string | null, rating: number | null}} Movie
 * @typedef {import("../ui/showtimes.js").Showtime} Showtime
 * @typedef {{movie: Movie | null, movieTitle: string, showtimes: Showtime[]}} Showing
 */

/** @param {import("../core/router.js").Request} request */
export async function load(request) {
  try {
    return await told(request);
  } catch (error) {
    const kept = isUnanswered(error) && !request.query.get("q") ? keptProgramme() : null;
    if (!kept) throw error;
    return keptView(kept);
  }
}

/** The cinemas as they were told last: films and times don't wait for those who know the houses. @param {unknown} error */
function lastKnown(error) {
  if (!isUnanswered(error)) throw error;
  return keptProgramme()?.cinemas ?? [];
}

/** @param {import("../core/router.js").Request} request */
async function told({ query, signal }) {
  const cinemas = await allCinemas().catch(lastKnown);
  const cinema = chosenCinema(cinemas, query.get("cinema"));
  const timeZone = cinema?.timeZone ?? cinemas[0]?.timeZone ?? "UTC";
  const today = cinemaDay(serverNow(), timeZone);
  const days = daysFrom(today, DAYS);
  const day = days.find((each) => each === query.get("date")) ?? today;
  const genre = query.get("genre");
  const search = query.get("q")?.trim() ?? "";
  const asked = { cinemaId: cinema?.id, genres: genre ? [genre] : undefined };
  const found = search ? await find(search, asked, signal) : await programme(day, today, timeZone, asked, signal);
  if (search) announce(t("home.found", { count: found.showings.length }));
  else if (!genre) keepProgramme({ day, today, cinemaId: cinema?.id ?? null, cinemas, ...found, open: found.open && [...found.open] });

  const controls = { cinemas, cinema, genres: found.genres, genre, search };
  return {
    title: t("home.title"),
    template: () => html`
      <div class="page">
        <h1>${heading(day, today, search)}</h1>
        ${filterBar(controls)}
        ${search
          ? html`<p class="muted" id="result-count">${t("home.found", { count: found.showings.length })}</p>`
          : dayStrip({ days, chosen: day, today, open: found.open, hrefOf: (each) => withQuery({ date: each === today ? null : each }), label: t("day.choose") })}
        ${found.showings.length
          ? html`<ul class="programme" id="programme">
              ${repeat(found.showings, (showing) => showing.movie?.id ?? showing.movieTitle, (showing) => card(showing, { withCinema: !cinema, withDay: Boolean(search) }))}
            </ul>`
          : nothingOn({ day, days, open: found.open, search, filtered: Boolean(genre) })}
      </div>
    `,
  };
}

/** What was told last, by somebody whom nobody answers now; comes back by itself. @param {import("../core/kept-programme.js").KeptProgramme} kept */
function keptView({ at, day, today, cinemaId, cinemas, showings }) {
  const left = showings.map((showing) => ({ ...showing, showtimes: showing.showtimes.filter((/** @type {Showtime} */ showtime) => !isOver(showtime)) }));
  const shown = left.filter((showing) => showing.showtimes.length);
  const cinema = cinemas.find(({ id }) => id === cinemaId);
  window.addEventListener("online", reload);
  return {
    title: t("home.title"),
    dispose: () => window.removeEventListener("online", reload),
    template: () => html`
      <div class="page">
        <h1>${heading(day, today, "")}</h1>
        ${cinema ? html`<p class="kicker">${cinema.city} – ${cinema.name}</p>` : nothing}
        ${notice("warn", html`<p>${t("home.keptProgramme", { when: moment(at) })}</p>
          <div class="actions">
            <button class="btn btn-primary" type="button" @click=${reload}>${t("action.retry")}</button>
            ${lasting.get("ticketsKept") ? html`<a class="btn btn-quiet" href="/bookings">${t("kept.show")}</a>` : nothing}
          </div>`, { role: "status" })}
        <ul class="programme" id="programme">
          ${repeat(shown, (showing) => showing.movie?.id ?? showing.movieTitle, (showing) => card(showing, { withCinema: !cinema, withDay: false }))}
        </ul>
      </div>
    `,
  };
}

/**
 * @param {string} day @param {string} today @param {string} timeZone @param {{cinemaId?: string, genres?: string[]}} asked @param {AbortSignal} signal
 */
async function programme(day, today, timeZone, asked, signal) {
  const span = spanOfDay(day, timeZone);
  const { data } = await gqlPartial(Home, { ...asked, ...span, firstDay: today, lastDay: addDays(today, DAYS - 1) }, { signal });
  if (!data.programme) await gql(Home, { ...asked, ...span, firstDay: today, lastDay: today }, { signal });
  const showings = /** @type {Showing[]} */ (data.programme)
    .map((showing) => ({ ...showing, showtimes: showing.showtimes.filter((showtime) => !isOver(showtime)) }))
    .filter((showing) => showing.showtimes.length);
  return { showings, genres: /** @type {string[]} */ (data.genres ?? []), open: data.showtimeDays ? new Set(/** @type {string[]} */ (data.showtimeDays)) : null };
}

/** @param {string} search @param {{cinemaId?: string, genres?: string[]}} asked @param {AbortSignal} signal */
async function find(search, asked, signal) {
  const from = rfc3339(new Date(serverNow()));
  const to = rfc3339(new Date(serverNow() + DAYS * 86_400_000));
  const { data } = await gqlPartial(SearchMovies, { filter: { search, genres: asked.genres }, cinemaId: asked.cinemaId, from, to }, { signal });
  if (!data.movies) await gql(SearchMovies, { filter: { search }, from, to }, { signal });
  /** @type {Showing[]} */
  const showings = data.movies.nodes.map((/** @type {Movie & {showtimes: Showtime[] | null}} */ movie) => ({
    movie,
    movieTitle: movie.title,
    showtimes: (movie.showtimes ?? []).filter((showtime) => !isOver(showtime)),
  }));
  return { showings, genres: /** @type {string[]} */ (data.genres ?? []), open: null };
}

/** @param {string} day @param {string} today @param {string} search */
function heading(day, today, search) {
  if (search) return t("home.headingSearch", { search });
  if (day === today) return t("home.headingToday");
  return t("home.headingDay", { day: dayText(day, formatLocale(), { weekday: "long", day: "numeric", month: "long" }) });
}

/** @param {{cinemas: import("../core/cinemas.js").Cinema[], cinema: {id: string} | null, genres: string[], genre: string | null, search: string}} controls */
const filterBar = ({ cinemas, cinema, genres, genre, search }) => html`
  <form class="filter-bar" role="search" @submit=${(/** @type {Event} */ event) => event.preventDefault()}>
    <div>
      <label for="home-cinema">${t("home.cinema")}</label>
      <select class="form-select" id="home-cinema" @change=${chooseCinema}>
        <option value=${ALL} ?selected=${!cinema}>${t("home.allCinemas")}</option>
        ${cinemas.map(({ id, name, city }) => html`<option value=${id} ?selected=${cinema?.id === id}>${city} – ${name}</option>`)}
      </select>
    </div>
    <div>
      <label for="home-genre">${t("home.genre")}</label>
      <select class="form-select" id="home-genre" @change=${(/** @type {Event} */ event) => refine({ genre: valueOf(event) })}>
        <option value="" ?selected=${!genre}>${t("home.allGenres")}</option>
        ${genres.map((each) => html`<option value=${each} ?selected=${each === genre}>${genreText(each)}</option>`)}
      </select>
    </div>
    <div class="filter-search">
      <label for="home-search">${t("home.search")}</label>
      <div class="search-box">
        ${icon("search")}
        <input class="form-control" id="home-search" type="search" autocomplete="off" placeholder=${t("home.searchHint")}
          .value=${typed(search)} @input=${searchSoon} />
      </div>
    </div>
  </form>
`;

/** @param {Showing} showing @param {{withCinema: boolean, withDay: boolean}} how */
function card({ movie, movieTitle, showtimes }, { withCinema, withDay }) {
  const href = movie ? `/films/${movie.id}` : `/showtimes/${showtimes[0].id}`;
  const facts = movie ? [genreText(movie.genres[0] ?? ""), duration(movie.durationMinutes), movie.ageRating].filter(Boolean).join(" · ") : "";
  const times = showtimes.slice(0, MOST_TIMES);
  return html`
    <li class="poster-card">
      <a class="poster-link" href=${href} tabindex="-1" aria-hidden="true">${poster(movie ?? { title: movieTitle })}</a>
      <h2><a href=${href}>${movieTitle}</a></h2>
      <p class="muted small-text">
        ${facts}${movie?.rating ? html` · <span class="nowrap">${icon("star-fill")} ${numberOf(movie.rating, { minimumFractionDigits: 1 })}</span>` : nothing}
      </p>
      ${withDay && times.length ? html`<p class="small-text mb-1">${t("home.next", { when: showtimeText(times[0].startsAt, times[0].timeZone, formatLocale()) })}</p>` : nothing}
      ${times.length
        ? html`<ul class="times">
            ${times.map((showtime) => html`<li>${timeLink(showtime, { withCinema })}</li>`)}
            ${showtimes.length > MOST_TIMES
              ? html`<li><a class="time" href=${href}>${t("home.more", { count: showtimes.length - MOST_TIMES })}</a></li>`
              : nothing}
          </ul>`
        : html`<p class="muted small-text">${t("home.noTimes")}</p>`}
    </li>
  `;
}

/** @param {{day: string, days: string[], open: Set<string> | null, search: string, filtered: boolean}} what */
function nothingOn({ day, days, open, search, filtered }) {
  if (search) return emptyState(t("home.notFound"), t("home.notFoundText"), { href: withQuery({ q: null, genre: null }), label: t("home.clearSearch") });
  if (filtered) return emptyState(t("home.nothing"), t("home.nothingOfGenre"), { href: withQuery({ genre: null }), label: t("home.clearGenre") });
  const next = days.find((each) => each > day && open?.has(each));
  if (!next) return emptyState(t("home.nothing"), t("home.nothingText"), { href: "/cinemas", label: t("home.otherCinemas") });
  const when = dayText(next, formatLocale(), { weekday: "long", day: "numeric", month: "long" });
  return emptyState(t("home.nothing"), t("home.nextDay", { day: when }), { href: withQuery({ date: next }), label: t("home.goTo", { day: when }) });
}

/** @param {Event} event */
function chooseCinema(event) {
  rememberCinema(valueOf(event));
  refine({ cinema: valueOf(event) });
}

/** @param {Record<string, string | null>} changes */
const refine = (changes) => navigate(withQuery(changes), { replace: true });

/** @type {ReturnType<typeof setTimeout> | undefined} */
let pending;

/** @param {Event} event */
function searchSoon(event) {
  const value = valueOf(event);
  clearTimeout(pending);
  pending = setTimeout(() => refine({ q: value.trim() }), TYPING_MS);
}

/** An answer that comes late must not overwrite what is being typed. @param {string} search */
function typed(search) {
  const input = document.getElementById("home-search");
  return input instanceof HTMLInputElement && document.activeElement === input ? input.value : search;
}

/** @param {Event} event */
const valueOf = (event) => /** @type {HTMLInputElement | HTMLSelectElement} */ (event.target).value;
