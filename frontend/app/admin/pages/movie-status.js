// @ts-check
/** A film is put on or taken off; not off while tickets of showtimes to come are sold, and the question says which. */
import { serverNow } from "../../core/clock.js";
import { failureText, refusalText } from "../../core/forms.js";
import { gql } from "../../core/gql.js";
import { formatLocale, t } from "../../core/i18n.js";
import { state } from "../../core/state.js";
import { rfc3339, showtimeText } from "../../domain/times.js";
import { closeDialog, dialog, openDialog } from "../../ui/dialog.js";
import { html, nothing } from "../../ui/html.js";
import { notice } from "../../ui/notice.js";
import { toast } from "../../ui/toast.js";
import { MovieShowtimes, SetMovieStatus } from "../operations/movies.js";
import { saved } from "../ui/saved.js";

/** @typedef {{id: string, cinemaName: string, auditoriumName: string, timeZone: string, startsAt: string, status: string, ticketsSold: number | null}} Showtime */

/** Showtimes of a film from now on. @param {string} id @param {AbortSignal} [signal] @returns {Promise<Showtime[]>} */
export const showtimesOf = async (id, signal) => (await gql(MovieShowtimes, { id, from: rfc3339(new Date(serverNow())) }, { signal })).movie?.showtimes ?? [];

/** @param {Showtime} showtime */
export const showtimeLine = ({ startsAt, timeZone, cinemaName, auditoriumName }) => `${showtimeText(startsAt, timeZone, formatLocale())} · ${cinemaName} · ${auditoriumName}`;

/** Those that a film can't go away from. @param {Showtime[]} showtimes */
export const sold = (showtimes) => showtimes.filter(({ status, ticketsSold }) => status !== "CANCELLED" && (ticketsSold ?? 0) > 0);

/** @param {string[]} ids @param {string} status @returns {Promise<any[]>} the changed ones; none when it was refused, which is told */
export async function setStatus(ids, status) {
  try {
    const { movies, userErrors } = (await gql(SetMovieStatus, { ids, status })).setMovieStatus;
    if (userErrors.length) toast(refusalText(userErrors[0]));
    return userErrors.length ? [] : movies;
  } catch (error) {
    toast(failureText(error));
    return [];
  }
}

/**
 * The question before films are taken off. `open` looks for what is in the way first.
 * @param {{id: string, movies: () => {id: string, title: string}[], done: (movies: any[]) => void}} options
 */
export function unpublishing({ id, movies, done }) {
  const inTheWay = state(/** @type {{title: string, showtimes: Showtime[]}[] | null} */ (null));
  const fault = state(/** @type {string | null} */ (null));
  const open = async () => {
    inTheWay.value = fault.value = null;
    openDialog(id);
    try {
      const found = await Promise.all(movies().map(async (movie) => ({ title: movie.title, showtimes: sold(await showtimesOf(movie.id)) })));
      inTheWay.value = found.filter(({ showtimes }) => showtimes.length);
    } catch (error) {
      fault.value = failureText(error);
    }
  };
  const confirm = async () => {
    try {
      const { movies: changed, userErrors } = (await gql(SetMovieStatus, { ids: movies().map((movie) => movie.id), status: "ARCHIVED" })).setMovieStatus;
      fault.value = userErrors.length ? refusalText(userErrors[0]) : null;
      if (userErrors.length) return;
      closeDialog(id);
      done(changed);
      saved(t("staff.movie.unpublished", { count: changed.length }), { object: changed.length === 1 ? { type: "Movie", id: changed[0].id } : undefined });
    } catch (error) {
      fault.value = failureText(error);
    }
  };
  const question = () => dialog({ id, heading: t("staff.movie.unpublishHeading"), content: asked(id, inTheWay.value, fault.value, confirm) });
  return { open, question };
}

/** @param {string} id @param {{title: string, showtimes: Showtime[]}[] | null} inTheWay @param {string | null} fault @param {() => unknown} confirm */
const asked = (id, inTheWay, fault, confirm) => html`
  ${fault ? notice("bad", html`<p>${fault}</p>`, { role: "alert" }) : nothing}
  ${inTheWay === null && !fault ? html`<p role="status">${t("form.busy")}</p>` : nothing}
  ${inTheWay?.length
    ? notice("warn", html`
        <p>${t("staff.movie.inTheWay")}</p>
        ${inTheWay.map(({ title, showtimes }) => html`<p class="mb-1"><strong>${title}</strong></p>
          <ul>${showtimes.map((showtime) => html`<li>${showtimeLine(showtime)} · ${t("staff.movie.sold", { count: showtime.ticketsSold ?? 0 })}</li>`)}</ul>`)}
      `, { role: "alert" })
    : inTheWay ? html`<p>${t("staff.movie.unpublishText")}</p>` : nothing}
  <div class="actions">
    ${inTheWay && !inTheWay.length ? html`<button class="btn btn-primary" type="button" @click=${confirm}>${t("staff.movie.unpublish")}</button>` : nothing}
    <button class="btn btn-quiet" type="button" @click=${() => closeDialog(id)}>${t("action.close")}</button>
  </div>
`;
