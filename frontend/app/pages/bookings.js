// @ts-check
/** The person's bookings: upcoming first, past ones behind a second address. */
import { noteBooking } from "../core/hold.js";
import { isUnanswered } from "../core/errors.js";
import { gql, gqlPartial } from "../core/gql.js";
import { formatLocale, t } from "../core/i18n.js";
import { keepBooking, keptBooking, keptBookings } from "../core/kept-tickets.js";
import { reload } from "../core/router.js";
import { requirePerson } from "../core/session.js";
import { state } from "../core/state.js";
import { showtimeText } from "../domain/times.js";
import { Booking, MyBookings } from "./operations.js";
import { money, seatList } from "../ui/format.js";
import { html, nothing, repeat } from "../ui/html.js";
import { emptyState, notice } from "../ui/notice.js";
import { poster } from "../ui/poster.js";
import { cancelPart } from "./cancel-part.js";

/** So many of the next bookings are kept on the device for a door without a connection. */
const KEPT_AHEAD = 5;
const TAGS = /** @type {Record<string, string>} */ ({ CONFIRMED: "ok", HELD: "warn", PAYING: "warn", CANCELLED: "bad", EXPIRED: "" });

/** @param {import("../core/router.js").Request} request */
export async function load({ query, signal }) {
  const when = query.get("when") === "past" ? "PAST" : "UPCOMING";
  const ask = async (/** @type {string | null} */ after) => (await gql(MyBookings, { when, after }, { signal })).myBookings;
  let first;
  try {
    const { id: owner } = requirePerson();
    first = await ask(null);
    if (when === "UPCOMING") void keepNext(first.nodes, owner);
  } catch (error) {
    const kept = isUnanswered(error) ? await keptBookings() : [];
    if (!kept.length) throw error;
    return keptView(kept);
  }
  const nodes = state(/** @type {any[]} */ (first.nodes.map(withCancel)));
  const next = state(first.pageInfo);
  for (const booking of first.nodes) if (booking.status === "HELD") noteBooking(booking);
  const more = async () => {
    const page = await ask(next.value.endCursor);
    nodes.value = [...nodes.value, ...page.nodes.map(withCancel)];
    next.value = page.pageInfo;
  };
  return {
    title: t("bookings.title"),
    template: () => html`
      <div class="page">
        <h1 class="small">${t("bookings.title")}</h1>
        <nav class="tabs" aria-label=${t("bookings.which")}>
          <a href="/bookings" aria-current=${when === "UPCOMING" ? "page" : nothing}>${t("bookings.upcoming")}</a>
          <a href="/bookings?when=past" aria-current=${when === "PAST" ? "page" : nothing}>${t("bookings.past")}</a>
        </nav>
        ${nodes.value.length
          ? html`<ul class="booking-list">${repeat(nodes.value, ({ booking }) => booking.id, (entry, index) => row(entry, when === "UPCOMING" && index === 0))}</ul>`
          : emptyState(t(`bookings.none${when}`), t("bookings.noneText"), { href: "/", label: t("bookings.seeProgramme") })}
        ${next.value.hasNextPage ? html`<p class="mt-3"><button class="btn btn-quiet" type="button" @click=${more}>${t("action.more")}</button></p>` : nothing}
      </div>
    `,
  };
}

/** Puts the tickets of the next visits on this device. @param {any[]} bookings @param {string} owner */
async function keepNext(bookings, owner) {
  for (const { id } of bookings.filter(({ status }) => status === "CONFIRMED").slice(0, KEPT_AHEAD)) {
    if (await keptBooking(id)) continue;
    const { data } = await gqlPartial(Booking, { id });
    if (data.booking) await keepBooking(data.booking, owner);
  }
}

/** @param {import("../core/kept-tickets.js").Kept[]} kept @returns {import("../core/router.js").View} */
function keptView(kept) {
  return {
    title: t("bookings.title"),
    template: () => html`
      <div class="page">
        <h1 class="small">${t("bookings.title")}</h1>
        ${notice("info", html`<p>${t("kept.list")}</p>`)}
        <ul class="booking-list mt-3">${repeat(kept, ({ id }) => id, ({ booking }) => row({ booking, cancel: { template: () => nothing } }, kept[0].booking === booking))}</ul>
      </div>
    `,
  };
}

/** @param {any} booking */
const withCancel = (booking) => ({ booking, cancel: cancelPart(booking, reload) });

/** @param {{booking: any, cancel: {template: () => unknown}}} entry @param {boolean} isNext drawn large */
const row = ({ booking, cancel }, isNext) => html`
  <li class="card-plain booking-row ${isNext ? "next" : ""}">
    <div class="what-poster">${poster(booking.showtime.movie ?? { title: booking.showtime.movieTitle })}</div>
    <div>
      <h2><a href="/bookings/${booking.id}">${booking.showtime.movieTitle}</a></h2>
      <p class="mb-1">${showtimeText(booking.showtime.startsAt, booking.showtime.timeZone, formatLocale())}</p>
      <p class="muted mb-2">${booking.showtime.cinemaName} · ${booking.showtime.auditoriumName} · ${seatList(booking.tickets)} · ${money(booking.total)}</p>
      <p class="row-wrap mb-0">
        <span class="tag ${TAGS[booking.status]}">${t(`bookingStatus.${booking.status}`)}</span>
        <span class="muted figures">${booking.reference}</span>
      </p>
      ${cancel.template()}
    </div>
    <div class="booking-go">
      ${booking.status === "CONFIRMED" ? html`<a class="btn btn-primary" href="/bookings/${booking.id}">${t("bookings.open")}</a>` : nothing}
      ${booking.status === "HELD" ? html`<a class="btn btn-primary" href="/bookings/${booking.id}/pay">${t("hold.resume")}</a>` : nothing}
    </div>
  </li>
`;
