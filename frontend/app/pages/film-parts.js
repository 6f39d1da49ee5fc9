// @ts-check
/** What stands beside a film's text: its trailer, the wish to be told of showings, and its facts for search engines. */
import { failureText, refusalText } from "../core/forms.js";
import { gql } from "../core/gql.js";
import { t } from "../core/i18n.js";
import { navigate } from "../core/router.js";
import { signedIn } from "../core/session.js";
import { state } from "../core/state.js";
import { unsafeHTML } from "../../vendor/lit-html/directives/unsafe-html.js";
import { html, nothing, render } from "../ui/html.js";
import { icon } from "../ui/icon.js";
import { announce } from "../ui/toast.js";
import { DropMovieWish, WishForMovie } from "./operations.js";

const VIDEO_FILE = /\.(mp4|m4v|webm|ogv)$/i;

/**
 * A trailer costs no request before it is asked for. A video file plays here, with its captions; everything else is
 * another site's page, opened by a press that says so.
 * @param {{title: string, trailerUrl: string | null, trailerCaptionsUrl: string | null, originalLanguage: string}} movie
 */
export function trailerPart(movie) {
  const playing = state(false);
  const address = movie.trailerUrl ? new URL(movie.trailerUrl) : null;
  const play = () => {
    playing.value = true;
    requestAnimationFrame(() => document.getElementById("trailer")?.focus());
  };
  return {
    template() {
      if (!address) return nothing;
      if (!VIDEO_FILE.test(address.pathname))
        return html`<p><a href=${address.href} rel="noreferrer" target="_blank">${t("film.trailerElsewhere", { host: address.host })}</a></p>`;
      if (playing.value) return player(movie, address);
      return html`<p>
        <button class="btn btn-quiet" type="button" id="play-trailer" aria-describedby="trailer-hint" @click=${play}>${icon("film")} ${t("film.trailer")}</button>
        <span class="muted small-text" id="trailer-hint">${t("film.trailerFrom", { host: address.host })}</span>
      </p>`;
    },
  };
}

/** @param {{title: string, trailerCaptionsUrl: string | null, originalLanguage: string}} movie @param {URL} address */
const player = ({ title, trailerCaptionsUrl, originalLanguage }, { href }) => html`
  <video class="trailer" id="trailer" controls autoplay playsinline tabindex="-1" crossorigin="anonymous" src=${href} aria-label=${t("film.trailerOf", { title })}>
    ${trailerCaptionsUrl ? html`<track kind="captions" default src=${trailerCaptionsUrl} srclang=${originalLanguage} label=${t("film.captions")} />` : nothing}
  </video>
`;

/** A film without showings: be told of the first one. @param {{id: string, wished: boolean | null}} movie */
export function wishPart(movie) {
  const wished = state(Boolean(movie.wished));
  const problem = state("");
  const busy = state(false);
  /** @param {string} operation @param {"wishForMovie" | "dropMovieWish"} field */
  async function send(operation, field) {
    if (busy.value) return;
    busy.value = true;
    problem.value = "";
    try {
      const { [field]: answer } = await gql(operation, { movieId: movie.id });
      if (answer.done) wished.value = field === "wishForMovie";
      else problem.value = refusalText(answer.userErrors[0]);
    } catch (error) {
      problem.value = failureText(error);
    } finally {
      busy.value = false;
    }
    announce(problem.value || t(wished.value ? "film.wished" : "film.tellMeText"));
  }
  const wish = () => (signedIn.value ? send(WishForMovie, "wishForMovie") : navigate(`/sign-in?next=${encodeURIComponent(`/films/${movie.id}`)}`));
  return {
    template: () => html`
      <div class="empty-state" id="wish">
        <p>${wished.value ? t("film.wished") : t("film.tellMeText")}</p>
        ${problem.value ? html`<p class="field-fault">${problem.value}</p>` : nothing}
        ${wished.value
          ? html`<button class="btn btn-quiet btn-sm" type="button" @click=${() => send(DropMovieWish, "dropMovieWish")}>${t("film.unwish")}</button>`
          : html`<button class="btn btn-primary" type="button" @click=${wish}>${icon("bell")} ${t("film.tellMe")}</button>`}
      </div>
    `,
  };
}

/**
 * The film and its showings in schema.org's words, in the head while the page is shown.
 * @param {any} movie @param {import("../ui/showtimes.js").Showtime[]} showtimes @returns {() => void} takes it away
 */
export function describe(movie, showtimes) {
  const words = JSON.stringify([movieData(movie), ...showtimes.map((showtime) => screeningData(showtime, movie))]).replaceAll("<", "\\u003c");
  // As markup that the templates' policy has approved: a script made by hand is refused, though nothing in it would run.
  const place = document.createElement("div");
  render(html`${unsafeHTML(`<script type="application/ld+json">${words}</script>`)}`, place);
  const script = /** @type {HTMLScriptElement} */ (place.querySelector("script"));
  document.head.append(script);
  return () => script.remove();
}

/** @param {any} movie as Film gives it */
function movieData(movie) {
  const people = (/** @type {string[]} */ names) => names.map((name) => ({ "@type": "Person", name }));
  return {
    "@context": "https://schema.org",
    "@type": "Movie",
    "@id": new URL(`/films/${movie.id}`, window.location.origin).href,
    name: movie.title,
    description: movie.synopsis,
    duration: `PT${movie.durationMinutes}M`,
    datePublished: movie.releaseDate,
    contentRating: movie.ageRating,
    inLanguage: movie.originalLanguage,
    genre: movie.genres,
    image: movie.posterUrl ?? undefined,
    director: people(movie.directors),
    actor: people(movie.cast.map((/** @type {{name: string}} */ member) => member.name)),
    aggregateRating: movie.rating
      ? { "@type": "AggregateRating", ratingValue: movie.rating, bestRating: 5, worstRating: 1, ratingCount: movie.ratingCount }
      : undefined,
  };
}

/** @param {import("../ui/showtimes.js").Showtime} showtime @param {any} movie */
const screeningData = (showtime, movie) => ({
  "@context": "https://schema.org",
  "@type": "ScreeningEvent",
  name: movie.title,
  workPresented: { "@id": new URL(`/films/${movie.id}`, window.location.origin).href },
  startDate: showtime.startsAt,
  endDate: showtime.endsAt ?? undefined,
  videoFormat: showtime.format,
  inLanguage: showtime.audioLanguage,
  subtitleLanguage: showtime.subtitleLanguage ?? undefined,
  location: { "@type": "MovieTheater", name: showtime.cinemaName },
  url: new URL(`/showtimes/${showtime.id}`, window.location.origin).href,
});
