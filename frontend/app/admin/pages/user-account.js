// @ts-check
/** What somebody sees in their own account, to read: bookings and messages. Nothing can be done in their name. */
import { gql, gqlPartial, whyMissing } from "../../core/gql.js";
import { formatLocale, t } from "../../core/i18n.js";
import { showtimeText } from "../../domain/times.js";
import { money, moment, seatList } from "../../ui/format.js";
import { html, nothing } from "../../ui/html.js";
import { notice } from "../../ui/notice.js";
import { staffView } from "../frame.js";
import { StaffUser, UserBookings, UserMessages } from "../operations/people.js";
import { section } from "../ui/detail.js";
import { listOf, listView } from "../ui/list.js";
import { bookingTag } from "./bookings.js";
import { kindText } from "./notifications.js";

/** @param {string} id @param {AbortSignal} signal */
export const bookingsOf = (id, signal) => listOf(async (after) => (await gql(UserBookings, { id, after }, { signal })).user.bookings, signal);

/** @param {import("../../core/router.js").Request} request */
export async function load({ params, signal }) {
  const { data, errors } = await gqlPartial(StaffUser, { id: params.id }, { signal });
  if (!data.user) throw whyMissing(errors, "user");
  const [bookings, messages] = await Promise.all([
    bookingsOf(params.id, signal),
    listOf(async (after) => (await gql(UserMessages, { id: params.id, after }, { signal })).user.notifications, signal),
  ]);
  const { name } = data.user;
  return staffView({
    path: "/admin/users",
    title: t("staff.user.account", { name }),
    back: { href: `/admin/users/${params.id}`, label: name },
    content: () => html`
      ${notice("info", html`<p>${t("staff.user.readOnly", { name })}</p>`)}
      ${section("their-bookings", t("staff.nav.bookings"), personBookings(bookings))}
      ${section("their-messages", t("staff.nav.notifications"), personMessages(messages))}
    `,
  });
}

/** @param {import("../ui/list.js").List} list @param {(id: string) => string} [href] of a booking for staff; to read it is only named */
export const personBookings = (list, href) =>
  listView({
    list,
    label: t("staff.nav.bookings"),
    count: (total) => t("staff.bookings.found", { count: total }),
    empty: { heading: t("staff.user.noBookings"), text: t("staff.user.noBookingsText") },
    columns: [
      { label: t("ticket.booking"), heading: true, nowrap: true, cell: ({ id, reference }) => (href ? html`<a class="figures" href=${href(id)}>${reference}</a>` : html`<span class="figures">${reference}</span>`) },
      { label: t("staff.word.film"), cell: ({ showtime }) => html`<div>${showtime.movieTitle}<div class="muted small-text">${showtimeText(showtime.startsAt, showtime.timeZone, formatLocale())} · ${showtime.cinemaName}</div></div>` },
      { label: t("staff.word.seats"), cell: ({ tickets }) => seatList(tickets) || "–" },
      { label: t("price.total"), num: true, cell: ({ total }) => money(total) },
      { label: t("staff.word.status"), cell: ({ status }) => html`<span class="tag ${bookingTag(status).kind}">${bookingTag(status).text}</span>` },
    ],
  });

/** @param {import("../ui/list.js").List} list */
const personMessages = (list) =>
  listView({
    list,
    label: t("staff.nav.notifications"),
    count: (total) => t("staff.messages.found", { count: total }),
    empty: { heading: t("staff.messages.none"), text: t("staff.user.noMessagesText") },
    columns: [
      { label: t("staff.word.when"), nowrap: true, cell: ({ createdAt }) => html`<span class="figures">${moment(createdAt)}</span>` },
      {
        label: t("staff.messages.message"), heading: true,
        cell: ({ subject, body, kind }) => html`<details class="message"><summary>${subject} <span class="muted small-text">${kindText(kind)}</span></summary><p class="message-body">${body}</p></details>`,
      },
      { label: t("staff.messages.channel"), cell: ({ channel }) => t(`staff.channel.${channel}`) },
      { label: t("staff.word.status"), cell: ({ status, readAt }) => html`<div>${t(`staff.messageStatus.${status}`)}${readAt ? html`<div class="muted small-text">${moment(readAt)}</div>` : nothing}</div>` },
    ],
  });
