// @ts-check
/** Money that came in, attempt by attempt, and what went back of it. */
import { gql } from "../../core/gql.js";
import { t } from "../../core/i18n.js";
import { rfc3339, spanOfCalendarDay } from "../../domain/times.js";
import { money, moment } from "../../ui/format.js";
import { html, nothing } from "../../ui/html.js";
import { staffScope, staffView } from "../frame.js";
import { StaffPayments } from "../operations/money.js";
import { withCinema } from "../rail.js";
import { icon } from "../ui/icon.js";
import { listOf, listView } from "../ui/list.js";

const PATH = "/admin/payments";
const STATUSES = ["SUCCEEDED", "PENDING", "FAILED", "PARTIALLY_REFUNDED", "REFUNDED"];
const METHODS = ["CARD", "WALLET", "BANK_TRANSFER", "CASH", "COMP"];
const REFUNDS = ["AWAITING_APPROVAL", "PENDING", "SUCCEEDED", "FAILED"];
const TAGS = /** @type {Record<string, string>} */ ({ SUCCEEDED: "ok", PENDING: "warn", FAILED: "bad", PARTIALLY_REFUNDED: "warn", REFUNDED: "" });

/** @param {string} status of a payment */
export const paymentTag = (status) => ({ kind: TAGS[status] ?? "", text: t(`paymentStatus.${status}`) });

/** @param {import("../../core/router.js").Request} request */
export async function load({ query, signal }) {
  const scope = await staffScope(query);
  const title = t("staff.nav.payments");
  const { cinema } = scope;
  if (!cinema) return staffView({ path: PATH, title, scope, content: () => nothing });
  const one = (/** @type {string} */ name, /** @type {string[]} */ known) => known.find((each) => each === query.get(name)) ?? null;
  const edge = (/** @type {string} */ name, /** @type {"from" | "to"} */ end) => {
    const day = query.get(name);
    return day && /^\d{4}-\d\d-\d\d$/.test(day) ? rfc3339(spanOfCalendarDay(day, cinema.timeZone)[end]) : null;
  };
  const filter = {
    cinemaId: cinema.id, status: one("status", STATUSES), method: one("method", METHODS), refundStatus: one("refund", REFUNDS),
    from: edge("from", "from"), to: edge("to", "to"), bookingId: query.get("booking"),
  };
  const list = await listOf(async (after) => (await gql(StaffPayments, { filter, after }, { signal })).payments, signal);
  return staffView({
    path: PATH,
    title,
    scope,
    actions: () => html`<a class="btn btn-primary" href=${withCinema(`${PATH}/close`)}>${icon("clipboard-check")} ${t("staff.close.title")}</a>`,
    content: () =>
      listView({
        list,
        filters: filters(),
        query,
        label: title,
        columns: columns(),
        count: (total) => t("staff.payments.found", { count: total }),
        empty: { heading: t("staff.payments.none"), text: t("staff.payments.noneText"), action: { href: withCinema(PATH), label: t("staff.list.clear") } },
      }),
  });
}

const any = () => ({ value: "", label: t("staff.word.any") });

/** @returns {import("../ui/list.js").Filter[]} */
const filters = () => [
  { name: "status", kind: "choice", label: t("staff.word.status"), options: [any(), ...STATUSES.map((value) => ({ value, label: t(`paymentStatus.${value}`) }))] },
  { name: "method", kind: "choice", label: t("staff.payments.method"), options: [any(), ...METHODS.map((value) => ({ value, label: t(`pay.${value}`) }))] },
  { name: "refund", kind: "choice", label: t("staff.payments.refund"), options: [any(), ...REFUNDS.map((value) => ({ value, label: t(`staff.refundStatus.${value}`) }))] },
  { name: "from", kind: "date", label: t("staff.word.from") },
  { name: "to", kind: "date", label: t("staff.word.to") },
];

/** @returns {import("../ui/table.js").Column[]} */
const columns = () => [
  { label: t("staff.word.when"), heading: true, nowrap: true, cell: ({ id, createdAt }) => html`<div><a class="figures" href=${withCinema(`${PATH}/${id}`)}>${moment(createdAt)}</a></div>` },
  { label: t("ticket.booking"), nowrap: true, cell: ({ booking }) => (booking ? html`<div><a class="figures" href=${withCinema(`/admin/bookings/${booking.id}`)}>${booking.reference}</a></div>` : "–") },
  { label: t("staff.payments.method"), cell: ({ method, provider }) => html`<div>${t(`pay.${method}`)} <span class="muted small-text">${provider}</span></div>` },
  { label: t("staff.payments.amount"), num: true, cell: ({ amount }) => money(amount) },
  { label: t("staff.word.refunded"), num: true, cell: ({ refunded }) => (refunded.amount ? money(refunded) : "–") },
  { label: t("staff.word.status"), cell: state },
];

/** @param {any} payment */
const state = ({ status, failureCode, refunds }) => html`<div>
  <span class="tag ${paymentTag(status).kind}">${paymentTag(status).text}</span>
  ${failureCode ? html`<div class="small-text"><code>${failureCode}</code></div>` : nothing}
  ${refunds.filter((/** @type {any} */ refund) => refund.status !== "SUCCEEDED" || refund.attention).map((/** @type {any} */ refund) => html`<div class="small-text">${refundText(refund)}</div>`)}
</div>`;

/** What is to be said of a refund, the more urgent first. @param {{status: string, attention: string | null}} refund */
export const refundText = ({ status, attention }) => (attention ? t(`staff.refundAttention.${attention}`) : t(`staff.refundStatus.${status}`));
