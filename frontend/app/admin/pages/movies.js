// @ts-check
/** The catalogue: what is coming, what is on, what is over; several put on or taken off at once. */
import { gql } from "../../core/gql.js";
import { formatLocale, t } from "../../core/i18n.js";
import { state } from "../../core/state.js";
import { dayText } from "../../domain/times.js";
import { duration, genreText } from "../../ui/format.js";
import { html, nothing } from "../../ui/html.js";
import { poster } from "../../ui/poster.js";
import { staffView } from "../frame.js";
import { FindMovies } from "../operations/movies.js";
import { icon } from "../ui/icon.js";
import { listOf, listView } from "../ui/list.js";
import { saved } from "../ui/saved.js";
import { setStatus, unpublishing } from "./movie-status.js";

const PATH = "/admin/movies";
export const STATUSES = ["COMING_SOON", "NOW_SHOWING", "ARCHIVED"];
const SORTS = ["TITLE", "RELEASE_DATE_DESC", "RATING_DESC", "POPULARITY_DESC"];
const TAGS = /** @type {Record<string, string>} */ ({ NOW_SHOWING: "ok", COMING_SOON: "warn", ARCHIVED: "" });

/** @param {string} status @returns {{kind: string, text: string}} */
export const movieTag = (status) => ({ kind: TAGS[status] ?? "", text: t(`staff.movieStatus.${status}`) });

/** "5 Mar 1922" @param {string} day */
export const dateText = (day) => dayText(day, formatLocale(), { day: "numeric", month: "short", year: "numeric" });

/** @param {import("../../core/router.js").Request} request */
export async function load({ query, signal }) {
  const status = STATUSES.find((each) => each === query.get("status")) ?? null;
  const sort = SORTS.find((each) => each === query.get("sort")) ?? "TITLE";
  const filter = { search: query.get("q")?.trim() || null, status };
  const list = await listOf(async (after) => (await gql(FindMovies, { filter, sort, after }, { signal })).movies, signal);
  const chosen = state(/** @type {Set<string>} */ (new Set()));
  const rows = () => (list.part.value.value?.nodes ?? []).filter(({ id }) => chosen.value.has(id));
  const changed = (/** @type {any[]} */ movies) => {
    movies.forEach(list.replace);
    chosen.value = new Set();
  };
  const off = unpublishing({ id: "movies-off", movies: rows, done: changed });
  const title = t("staff.nav.movies");
  return staffView({
    path: PATH,
    title,
    actions: () => html`
      <a class="btn btn-quiet" href="${PATH}/import">${icon("upload")} ${t("staff.movies.import")}</a>
      <a class="btn btn-primary" href="${PATH}/new">${icon("plus-lg")} ${t("staff.movies.new")}</a>
    `,
    content: () => html`
      ${listView({
        list,
        filters: filters(),
        query,
        label: title,
        columns: columns(),
        count: (total) => t("staff.movies.found", { count: total }),
        empty: { heading: t("staff.movies.none"), text: t("staff.movies.noneText"), action: { href: PATH, label: t("staff.list.clear") } },
        selection: {
          chosen,
          name: (movie) => t("staff.movies.choose", { film: movie.title }),
          actions: (ids) => html`
            <button class="btn btn-quiet btn-sm" type="button" @click=${() => publish(ids, changed)}>${t("staff.movie.publish")}</button>
            <button class="btn btn-quiet btn-sm" type="button" @click=${off.open}>${t("staff.movie.unpublish")}</button>
          `,
        },
      })}
      ${off.question()}
    `,
  });
}

/** @param {string[]} ids @param {(movies: any[]) => void} changed */
async function publish(ids, changed) {
  const movies = await setStatus(ids, "NOW_SHOWING");
  if (!movies.length) return;
  changed(movies);
  saved(t("staff.movie.published", { count: movies.length }));
}

/** @returns {import("../ui/list.js").Filter[]} */
const filters = () => [
  { name: "q", kind: "search", label: t("staff.movies.search") },
  { name: "status", kind: "choice", label: t("staff.word.status"), options: [{ value: "", label: t("staff.word.any") }, ...STATUSES.map((value) => ({ value, label: t(`staff.movieStatus.${value}`) }))] },
];

/** @returns {import("../ui/table.js").Column[]} */
const columns = () => [
  { label: t("staff.word.film"), heading: true, sort: { up: "TITLE" }, cell: (movie) => html`<div class="movie-line"><span class="movie-thumb">${poster(movie)}</span><a href="${PATH}/${movie.id}">${movie.title}</a></div>` },
  { label: t("staff.movie.releaseDate"), nowrap: true, sort: { down: "RELEASE_DATE_DESC" }, cell: ({ releaseDate }) => dateText(releaseDate) },
  { label: t("staff.movie.length"), nowrap: true, cell: ({ durationMinutes }) => duration(durationMinutes) },
  { label: t("staff.movie.genres"), cell: ({ genres }) => genres.map(genreText).join(", ") },
  { label: t("film.age"), cell: ({ ageRating }) => ageRating },
  { label: t("staff.movie.rating"), sort: { down: "RATING_DESC" }, cell: ({ rating, ratingCount }) => (rating ? t("film.rating", { stars: String(rating), count: ratingCount }) : nothing) },
  { label: t("staff.word.status"), cell: ({ status }) => html`<span class="tag ${movieTag(status).kind}">${movieTag(status).text}</span>` },
];
