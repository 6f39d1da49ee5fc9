// @ts-check
/** Help a caller in twenty seconds: find a booking by code, mail or phone. */
import { gql } from "../../core/gql.js";
import { formatLocale, t } from "../../core/i18n.js";
import { navigate, withQuery } from "../../core/router.js";
import { state } from "../../core/state.js";
import { showtimeText } from "../../domain/times.js";
import { money, seatList } from "../../ui/format.js";
import { html, nothing } from "../../ui/html.js";
import { icon } from "../../ui/icon.js";
import { emptyState } from "../../ui/notice.js";
import { staffPage, staffScope } from "../frame.js";
import { FindBookings } from "../operations.js";

const PATH = "/admin/bookings";
const STATUSES = ["CONFIRMED", "HELD", "PAYING", "CANCELLED", "EXPIRED"];

/** @param {import("../../core/router.js").Request} request */
export async function load({ query, signal }) {
  const scope = await staffScope(query, signal);
  const title = t("staff.bookings");
  const search = query.get("q") ?? "";
  const status = query.get("status");
  const filter = { search: search.trim() || null, status: STATUSES.includes(status ?? "") ? status : null, cinemaId: scope.cinema?.id };
  const ask = async (/** @type {string | null} */ after) => (await gql(FindBookings, { filter, after }, { signal })).bookings;
  const first = await ask(null);
  const nodes = state(/** @type {any[]} */ (first.nodes));
  const next = state(first.pageInfo);
  const more = async () => {
    const page = await ask(next.value.endCursor);
    nodes.value = [...nodes.value, ...page.nodes];
    next.value = page.pageInfo;
  };
  return {
    title,
    template: () =>
      staffPage({
        path: PATH,
        title,
        scope,
        content: html`
          ${searchForm(search, status)}
          <p class="muted" role="status">${t("staff.found", { count: first.totalCount })}</p>
          ${nodes.value.length ? table(nodes.value) : emptyState(t("staff.noBookings"), t("staff.noBookingsText"))}
          ${next.value.hasNextPage ? html`<p class="mt-3"><button class="btn btn-quiet" type="button" @click=${more}>${t("action.more")}</button></p>` : nothing}
        `,
      }),
  };
}

/** @param {string} search @param {string | null} status */
function searchForm(search, status) {
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const values = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    navigate(withQuery({ q: String(values.get("q")).trim(), status: String(values.get("status")) }), { replace: true });
  };
  return html`
    <form class="filter-bar" role="search" @submit=${submit}>
      <div class="filter-search">
        <label for="booking-search">${t("staff.searchBookings")}</label>
        <div class="search-box">${icon("search")}<input class="form-control" id="booking-search" name="q" type="search" value=${search} autocomplete="off" /></div>
      </div>
      <div>
        <label for="booking-status">${t("staff.status")}</label>
        <select class="form-select" id="booking-status" name="status">
          <option value="">${t("staff.anyStatus")}</option>
          ${STATUSES.map((each) => html`<option value=${each} ?selected=${each === status}>${t(`bookingStatus.${each}`)}</option>`)}
        </select>
      </div>
      <div><button class="btn btn-primary" type="submit">${t("staff.find")}</button></div>
    </form>
  `;
}

/** @param {any[]} bookings */
const table = (bookings) => html`
  <div class="table-wrap" tabindex="0" role="region" aria-label=${t("staff.bookings")}>
    <table class="table-plain">
      <thead>
        <tr>
          <th scope="col">${t("ticket.booking")}</th><th scope="col">${t("staff.film")}</th><th scope="col">${t("staff.seats")}</th>
          <th scope="col">${t("account.email")}</th><th scope="col" class="num">${t("price.total")}</th><th scope="col">${t("staff.status")}</th>
        </tr>
      </thead>
      <tbody>
        ${bookings.map(
          (booking) => html`<tr>
            <th scope="row" class="figures nowrap"><a href="/admin/bookings/${booking.id}">${booking.reference}</a></th>
            <td>${booking.showtime.movieTitle}<div class="muted small-text">${showtimeText(booking.showtime.startsAt, booking.showtime.timeZone, formatLocale())} · ${booking.showtime.auditoriumName}</div></td>
            <td>${seatList(booking.tickets)}</td>
            <td>${booking.contactEmail ?? "–"}</td>
            <td class="num">${money(booking.total)}</td>
            <td><span class="tag">${t(`bookingStatus.${booking.status}`)}</span></td>
          </tr>`,
        )}
      </tbody>
    </table>
  </div>
`;
