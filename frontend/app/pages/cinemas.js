// @ts-check
/** The cinemas, nearest first if the person says where they are. The place never leaves the browser. */
import { allCinemas, rememberCinema } from "../core/cinemas.js";
import { has, numberOf, t } from "../core/i18n.js";
import { rememberInAddress } from "../core/router.js";
import { state } from "../core/state.js";
import { distanceKm } from "../domain/distance.js";
import { addressOf } from "../ui/format.js";
import { html, nothing, repeat } from "../ui/html.js";
import { icon } from "../ui/icon.js";
import { emptyState, notice } from "../ui/notice.js";
import { announce } from "../ui/toast.js";

/** @typedef {import("../core/cinemas.js").Cinema} Cinema */

/** @param {import("../core/router.js").Request} request */
export async function load({ query }) {
  const cinemas = await allCinemas();
  const search = state(query.get("q") ?? "");
  const place = state(/** @type {import("../domain/distance.js").Point | null} */ (null));
  const denied = state(false);

  const locate = () =>
    navigator.geolocation?.getCurrentPosition(
      ({ coords: { latitude, longitude } }) => {
        place.value = { latitude, longitude };
        denied.value = false;
        announce(t("cinemas.sorted"));
      },
      () => (denied.value = true),
      { maximumAge: 600_000, timeout: 10_000 },
    ) ?? (navigator.geolocation ? undefined : (denied.value = true));
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
          ${list.length
            ? html`<ul class="cinema-list">${repeat(list, ({ cinema }) => cinema.id, ({ cinema, km }) => card(cinema, km))}</ul>`
            : emptyState(t("cinemas.none"), t("cinemas.noneText"))}
        </div>
      `;
    },
  };
}

/** @param {Cinema[]} cinemas @param {string} search @param {import("../domain/distance.js").Point | null} place */
function sorted(cinemas, search, place) {
  const words = search.trim().toLocaleLowerCase();
  return cinemas
    .filter(({ name, city, address }) => `${name} ${city} ${address}`.toLocaleLowerCase().includes(words))
    .map((cinema) => ({ cinema, km: place ? distanceKm(place, cinema.location) : null }))
    .sort((a, b) => (a.km !== null && b.km !== null ? a.km - b.km : a.cinema.city.localeCompare(b.cinema.city) || a.cinema.name.localeCompare(b.cinema.name)));
}

/** @param {Cinema} cinema @param {number | null} km */
const card = (cinema, km) => html`
  <li class="card-plain cinema-card">
    <h2>${cinema.name}</h2>
    <p class="muted">${addressOf(cinema)}</p>
    ${km !== null ? html`<p><strong>${t("cinemas.distance", { km: numberOf(km, { maximumFractionDigits: km < 10 ? 1 : 0 }) })}</strong></p>` : nothing}
    ${cinema.facilities.length ? html`<p class="tags">${cinema.facilities.map((facility) => html`<span class="tag">${facilityText(facility)}</span>`)}</p>` : nothing}
    <div class="row-wrap">
      <a class="btn btn-primary" href="/?cinema=${cinema.id}" aria-label=${`${t("cinemas.programme")}: ${cinema.name}`} @click=${() => rememberCinema(cinema.id)}>${t("cinemas.programme")}</a>
      <a class="btn btn-quiet" aria-label=${`${t("cinemas.map")}: ${cinema.name}`} href="geo:${cinema.location.latitude},${cinema.location.longitude}?q=${encodeURIComponent(`${cinema.name}, ${addressOf(cinema)}`)}">
        ${icon("geo-alt")} ${t("cinemas.map")}</a>
      ${cinema.phone ? html`<a class="btn btn-quiet" href="tel:${cinema.phone.replace(/[^+\d]/g, "")}">${icon("telephone")} ${cinema.phone}</a>` : nothing}
    </div>
  </li>
`;

/** @param {string} facility */
const facilityText = (facility) => (has(`facility.${facility}`) ? t(`facility.${facility}`) : facility);
