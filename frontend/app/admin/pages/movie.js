// @ts-check
/** One film: what guests read, its poster, whether it is on, and its showtimes to come. */
import { gql, gqlPartial, whyMissing } from "../../core/gql.js";
import { t } from "../../core/i18n.js";
import { navigate, withQuery } from "../../core/router.js";
import { state } from "../../core/state.js";
import { duration, genreText } from "../../ui/format.js";
import { html, nothing } from "../../ui/html.js";
import { languageName } from "../../ui/showtimes.js";
import { movieInput } from "../domain/films.js";
import { staffView } from "../frame.js";
import { DeleteMovie, MovieGenres, StaffMovie, UpdateMovie } from "../operations/movies.js";
import { detailView, section } from "../ui/detail.js";
import { editForm, formView } from "../ui/form.js";
import { icon } from "../ui/icon.js";
import { partOf, partView } from "../ui/part.js";
import { removal } from "../ui/removal.js";
import { saved } from "../ui/saved.js";
import { dataTable } from "../ui/table.js";
import { movieFaults, movieFields } from "./movie-fields.js";
import { posterPart } from "./movie-poster.js";
import { setStatus, showtimeLine, showtimesOf, unpublishing } from "./movie-status.js";
import { dateText, movieTag } from "./movies.js";

const PATH = "/admin/movies";
const EDIT = "edit";

/** @typedef {import("../../../vendor/signals-core/signals-core.js").Signal<any>} MovieSignal */

/** @param {import("../../core/router.js").Request} request */
export async function load({ params, query, signal }) {
  const { data, errors } = await gqlPartial(StaffMovie, { id: params.id }, { signal });
  if (!data.movie) throw whyMissing(errors, "movie");
  const page = { path: PATH, title: data.movie.title, back: { href: PATH, label: t("staff.nav.movies") } };
  if (query.has(EDIT)) return staffView({ ...page, content: await editing(data.movie, signal) });
  const movie = state(data.movie);
  const showtimes = await partOf(() => showtimesOf(params.id, signal), signal);
  const picture = posterPart(movie);
  const off = unpublishing({ id: "movie-off", movies: () => [movie.value], done: ([changed]) => (movie.value = { ...movie.value, ...changed }) });
  return staffView({
    ...page,
    dispose: picture.dispose,
    content: () => html`
      ${detailView({ tag: movieTag(movie.value.status), facts: facts(movie.value), actions: actions(movie, off.open), aside: picture.view() })}
      ${section("showtimes", t("staff.movie.showtimes"), partView(showtimes, coming))}
      ${off.question()}
    `,
  });
}

/** @param {any} movie @returns {[string, unknown][]} */
const facts = (movie) => [
  [t("staff.movie.originalTitle"), movie.originalTitle],
  [t("staff.movie.synopsis"), movie.synopsis],
  [t("staff.movie.length"), duration(movie.durationMinutes)],
  [t("staff.movie.releaseDate"), dateText(movie.releaseDate)],
  [t("staff.movie.genres"), movie.genres.map(genreText).join(", ")],
  [t("staff.movie.originalLanguage"), languageName(movie.originalLanguage)],
  [t("staff.movie.ageRating"), movie.ageRating],
  [t("staff.movie.countries"), movie.countries.join(", ") || null],
  [t("staff.movie.directors"), movie.directors.join(", ") || null],
  [t("staff.movie.cast"), movie.cast.length ? movie.cast.map((/** @type {any} */ { name, character }) => html`<div>${character ? t("film.as", { name, character }) : name}</div>`) : null],
  [t("staff.movie.trailerUrl"), movie.trailerUrl],
  [t("staff.movie.trailerCaptionsUrl"), movie.trailerCaptionsUrl],
  [t("staff.movie.rating"), movie.rating ? t("film.rating", { stars: String(movie.rating), count: movie.ratingCount }) : null],
];

/** @param {MovieSignal} movie @param {() => unknown} takeOff */
function actions(movie, takeOff) {
  const { id, title, status } = movie.value;
  const publish = async () => {
    const [changed] = await setStatus([id], "NOW_SHOWING");
    if (!changed) return;
    movie.value = { ...movie.value, ...changed };
    saved(t("staff.movie.published", { count: 1 }), { object: { type: "Movie", id } });
  };
  return [
    html`<a class="btn btn-quiet" href=${withQuery({ [EDIT]: "1" })}>${icon("pencil")} ${t("staff.cinema.edit")}</a>`,
    status === "NOW_SHOWING" ? nothing : html`<button class="btn btn-primary" type="button" @click=${publish}>${t("staff.movie.publish")}</button>`,
    status === "ARCHIVED" ? nothing : html`<button class="btn btn-quiet" type="button" @click=${takeOff}>${t("staff.movie.unpublish")}</button>`,
    html`<a class="btn btn-quiet" href="/films/${id}">${icon("eye")} ${t("staff.movie.asGuests")}</a>`,
    removal({
      id: "movie-delete",
      label: t("staff.movie.delete"),
      heading: t("staff.plan.deleteHeading", { name: title }),
      text: t("staff.movie.deleteText"),
      remove: async () => (await gql(DeleteMovie, { id })).deleteMovie.userErrors,
      done: async () => {
        saved(t("staff.plan.deleted", { name: title }), { object: { type: "Movie", id } });
        await navigate(PATH);
      },
    }),
  ];
}

/** @param {import("./movie-status.js").Showtime[]} showtimes */
const coming = (showtimes) =>
  showtimes.length
    ? dataTable({
        label: t("staff.movie.showtimes"),
        rows: showtimes,
        columns: [
          { label: t("staff.word.when"), heading: true, cell: showtimeLine },
          { label: t("staff.word.tickets"), num: true, cell: ({ ticketsSold }) => (ticketsSold === null ? "–" : String(ticketsSold)) },
        ],
      })
    : html`<p class="muted">${t("staff.movie.noShowtimes")}</p>`;

/** @param {any} movie @param {AbortSignal} signal @returns {Promise<() => unknown>} */
async function editing(movie, signal) {
  const { genres } = await gql(MovieGenres, {}, { signal });
  const form = editForm(
    "movie",
    movieFaults,
    async (values) => (await gql(UpdateMovie, { id: movie.id, input: movieInput(values) })).updateMovie.userErrors,
    async () => {
      saved(t("staff.movie.saved"), { object: { type: "Movie", id: movie.id } });
      await navigate(`${PATH}/${movie.id}`, { replace: true });
    },
  );
  return () => formView(form, movieFields(form, movie, genres ?? []), { submit: t("staff.cinema.save"), cancel: { href: withQuery({ [EDIT]: null }), label: t("staff.cinema.cancel") } });
}
