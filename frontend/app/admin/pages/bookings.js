// @ts-check
/** Help a caller in twenty seconds: find a booking by code, mail, phone, name or seat; cancel several at once. */
import { gql } from "../../core/gql.js";
import { formatLocale, t } from "../../core/i18n.js";
import { atLeast } from "../../core/session.js";
import { showtimeText } from "../../domain/times.js";
import { money, seatList } from "../../ui/format.js";
import { html, nothing } from "../../ui/html.js";
import { staffScope, staffView } from "../frame.js";
import { FindBookings } from "../operations/bookings.js";
import { listOf, listView } from "../ui/list.js";
import { bulkCancel } from "./bulk-cancel.js";

const PATH = "/admin/bookings";
const STATUSES = ["CONFIRMED", "HELD", "PAYING", "CANCELLED", "EXPIRED"];
const TAGS = /** @type {Record<string, string>} */ ({ CONFIRMED: "ok", HELD: "warn", PAYING: "warn", CANCELLED: "bad", EXPIRED: "" });

/** @param {string} status @returns {{kind: string, text: string}} */
export const bookingTag = (status) => ({ kind: TAGS[status] ?? "", text: t(`bookingStatus.${status}`) });

/** @param {import("../../core/router.js").Request} request */
export async function load({ query, signal }) {
  const scope = await staffScope(query);
  const status = STATUSES.find((each) => each === query.get("status")) ?? null;
  const filter = { search: query.get("q")?.trim() || null, status, cinemaId: scope.cinema?.id };
  const list = await listOf(async (after) => (await gql(FindBookings, { filter, after }, { signal })).bookings, signal);
  const filters = /** @type {import("../ui/list.js").Filter[]} */ ([
    { name: "q", kind: "search", label: t("staff.bookings.search") },
    { name: "status", kind: "choice", label: t("staff.word.status"), options: [{ value: "", label: t("staff.word.any") }, ...STATUSES.map((value) => ({ value, label: t(`bookingStatus.${value}`) }))] },
  ]);
  const several = atLeast("MANAGER") ? bulkCancel(list) : null;
  return staffView({
    path: PATH,
    title: t("staff.nav.bookings"),
    scope,
    content: () => html`
      ${listView({
        list,
        filters,
        query,
        label: t("staff.nav.bookings"),
        columns: columns(),
        count: (total) => t("staff.bookings.found", { count: total }),
        empty: { heading: t("staff.bookings.none"), text: t("staff.bookings.noneText"), action: { href: PATH, label: t("staff.list.clear") } },
        selection: several?.selection,
      })}
      ${several ? several.question() : nothing}
    `,
  });
}

/** @returns {import("../ui/table.js").Column[]} */
const columns = () => [
  { label: t("ticket.booking"), heading: true, nowrap: true, cell: ({ id, reference }) => html`<a class="figures" href="/admin/bookings/${id}">${reference}</a>` },
  { label: t("staff.word.film"), cell: ({ showtime }) => html`<div>${showtime.movieTitle}<div class="muted small-text">${showtimeText(showtime.startsAt, showtime.timeZone, formatLocale())} · ${showtime.auditoriumName}</div></div>` },
  { label: t("staff.word.seats"), cell: ({ tickets }) => seatList(tickets) || "–" },
  { label: t("account.email"), cell: ({ contactEmail, contactPhone }) => html`<div>${contactEmail ?? "–"}${contactPhone ? html`<div class="muted small-text figures">${contactPhone}</div>` : nothing}</div>` },
  { label: t("price.total"), num: true, cell: ({ total }) => money(total) },
  { label: t("staff.word.status"), cell: ({ status }) => html`<span class="tag ${bookingTag(status).kind}">${bookingTag(status).text}</span>` },
];
