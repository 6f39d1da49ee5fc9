// @ts-check
/** The cinemas with tonight's next shows, nearest first if the person says where they are. The place never leaves the browser. */
import { allCinemas, rememberCinema } from "../core/cinemas.js";
import { serverNow } from "../core/clock.js";
import { gqlPartial } from "../core/gql.js";
import { has, numberOf, t } from "../core/i18n.js";
import { rememberInAddress } from "../core/router.js";
import { state } from "../core/state.js";
import { directionOf, distanceKm } from "../domain/distance.js";
import { cinemaDay, rfc3339 } from "../domain/times.js";
import { NextShows } from "./operations.js";
import { addressOf } from "../ui/format.js";
import { html, nothing, repeat } from "../ui/html.js";
import { icon } from "../ui/icon.js";
import { emptyState, notice } from "../ui/notice.js";
import { pins } from "../ui/pins.js";
import { isOver, timeLink } from "../ui/showtimes.js";
import { announce } from "../ui/toast.js";

const NEXT = 3;
/** Of a hundred showtimes each: more than seven cinemas show in one evening. */
const MOST_PAGES = 4;
const EVENING_MS = 18 * 3_600_000;
/** What decides for some whether they can come at all stands first. */
const ACCESS = ["Wheelchair access", "Hearing loop", "Assistive listening", "Audio description", "Open captions"];
/** So near that a direction says nothing. */
const HERE_KM = 0.3;

/**
 * @typedef {import("../core/cinemas.js").Cinema} Cinema
 * @typedef {import("../ui/showtimes.js").Showtime & {cinema: {id: string} | null}} Showtime
 */

/** @param {import("../core/router.js").Request} request */
export async function load({ query, signal }) {
  const [cinemas, shows] = await Promise.all([allCinemas(), tonight(signal)]);
  const search = state(query.get("q") ?? "");
  const place = state(/** @type {import("../domain/distance.js").Point | null} */ (null));
  const denied = state(false);

  const deny = () => {
    denied.value = true;
    document.getElementById("cinema-search")?.focus();
  };
  const locate = () =>
    navigator.geolocation?.getCurrentPosition(
      ({ coords: { latitude, longitude } }) => {
        place.value = { latitude, longitude };
        denied.value = false;
        announce(t("cinemas.sorted"));
      },
      deny,
      { maximumAge: 600_000, timeout: 10_000 },
    ) ?? (navigator.geolocation ? undefined : deny());
  const onSearch = (/** @type {Event} */ event) => {
    search.value = /** @type {HTMLInputElement} */ (event.target).value;
    rememberInAddress({ q: search.value.trim() });
  };

  return {
    title: t("cinemas.title"),
    template: () => {
      const list = sorted(cinemas, search.value, place.value);
      return html`
        <div class="page">
          <h1>${t("cinemas.title")}</h1>
          <div class="filter-bar">
            <div class="filter-search">
              <label for="cinema-search">${t("cinemas.search")}</label>
              <div class="search-box">${icon("search")}<input class="form-control" id="cinema-search" type="search" value=${search.value} @input=${onSearch} /></div>
            </div>
            <div><button class="btn btn-quiet" type="button" @click=${locate}>${icon("geo-alt")} ${t("cinemas.locate")}</button></div>
          </div>
          ${denied.value ? notice("info", html`<p>${t("cinemas.denied")}</p>`, { role: "status" }) : nothing}
          ${pins(list.map(({ cinema }) => cinema), place.value)}
          ${list.length
            ? html`<ul class="cinema-list">${repeat(list, ({ cinema }) => cinema.id, ({ cinema, km }) => card(cinema, { km, place: place.value, shows }))}</ul>`
            : emptyState(t("cinemas.none"), t("cinemas.noneText"))}
        </div>
      `;
    },
  };
}

/** What still runs tonight, soonest first; null when that can't be had: the list stands without it. @param {AbortSignal} signal @returns {Promise<Showtime[] | null>} */
async function tonight(signal) {
  const from = rfc3339(new Date(serverNow()));
  const to = rfc3339(new Date(serverNow() + EVENING_MS));
  /** @type {Showtime[]} */
  const found = [];
  try {
    for (let after = null, page = 0; page < MOST_PAGES; page += 1) {
      const { data } = await gqlPartial(NextShows, { from, to, after }, { signal });
      if (!data.showtimes) return null;
      found.push(...data.showtimes.nodes);
      if (!data.showtimes.pageInfo.hasNextPage) break;
      after = data.showtimes.pageInfo.endCursor;
    }
    const isTonight = (/** @type {Showtime} */ show) => cinemaDay(show.startsAt, show.timeZone) === cinemaDay(serverNow(), show.timeZone);
    return found.filter((show) => !isOver(show) && isTonight(show));
  } catch (error) {
    if (signal.aborted) throw error;
    return null;
  }
}

/** @param {Cinema[]} cinemas @param {string} search @param {import("../domain/distance.js").Point | null} place */
function sorted(cinemas, search, place) {
  const words = search.trim().toLocaleLowerCase();
  return cinemas
    .filter(({ name, city, address }) => `${name} ${city} ${address}`.toLocaleLowerCase().includes(words))
    .map((cinema) => ({ cinema, km: place ? distanceKm(place, cinema.location) : null }))
    .sort((a, b) => (a.km !== null && b.km !== null ? a.km - b.km : a.cinema.city.localeCompare(b.cinema.city) || a.cinema.name.localeCompare(b.cinema.name)));
}

/** @param {Cinema} cinema @param {{km: number | null, place: import("../domain/distance.js").Point | null, shows: Showtime[] | null}} around */
const card = (cinema, { km, place, shows }) => html`
  <li class="card-plain cinema-card">
    <h2>${cinema.name}</h2>
    <p class="muted">${addressOf(cinema)}</p>
    ${km !== null && place ? html`<p><strong>${distanceText(km, directionOf(place, cinema.location))}</strong></p>` : nothing}
    ${cinema.facilities.length ? html`<p class="tags">${byAccess(cinema.facilities).map((facility) => html`<span class="tag ${ACCESS.includes(facility) ? "ok" : ""}">${facilityText(facility)}</span>`)}</p>` : nothing}
    ${shows ? nextShows(shows.filter((show) => show.cinema?.id === cinema.id).slice(0, NEXT)) : nothing}
    <div class="row-wrap">
      <a class="btn btn-primary" href="/?cinema=${cinema.id}" aria-label=${`${t("cinemas.programme")}: ${cinema.name}`} @click=${() => rememberCinema(cinema.id)}>${t("cinemas.programme")}</a>
      <a class="btn btn-quiet" aria-label=${`${t("cinemas.map")}: ${cinema.name}`} href="geo:${cinema.location.latitude},${cinema.location.longitude}?q=${encodeURIComponent(`${cinema.name}, ${addressOf(cinema)}`)}">
        ${icon("geo-alt")} ${t("cinemas.map")}</a>
      ${cinema.phone ? html`<a class="btn btn-quiet" href="tel:${cinema.phone.replace(/[^+\d]/g, "")}">${icon("telephone")} ${cinema.phone}</a>` : nothing}
    </div>
  </li>
`;

/** @param {Showtime[]} shows */
const nextShows = (shows) => html`
  <h3>${t("cinemas.next")}</h3>
  ${shows.length
    ? html`<ul class="next-shows">${shows.map((show) => html`<li>${timeLink(show)} <span>${show.movieTitle}</span></li>`)}</ul>`
    : html`<p class="muted">${t("cinemas.noNext")}</p>`}
`;

/** @param {number} km @param {string} direction */
function distanceText(km, direction) {
  const far = numberOf(km, { maximumFractionDigits: km < 10 ? 1 : 0 });
  return km < HERE_KM ? t("cinemas.here", { km: far }) : t("cinemas.distance", { km: far, direction: t(`direction.${direction}`) });
}

/** @param {string[]} facilities */
const byAccess = (facilities) => [...ACCESS.filter((each) => facilities.includes(each)), ...facilities.filter((each) => !ACCESS.includes(each))];

/** @param {string} facility */
const facilityText = (facility) => (has(`facility.${facility}`) ? t(`facility.${facility}`) : facility);
