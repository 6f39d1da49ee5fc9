// @ts-check
/** The close of a day: what we booked beside what the provider has, and what somebody has to see to. */
import { serverNow } from "../../core/clock.js";
import { gql } from "../../core/gql.js";
import { formatLocale, numberOf, t } from "../../core/i18n.js";
import { calendarDay, dayText } from "../../domain/times.js";
import { money } from "../../ui/format.js";
import { html, nothing } from "../../ui/html.js";
import { notice } from "../../ui/notice.js";
import { staffScope, staffView } from "../frame.js";
import { DailyClose } from "../operations/money.js";
import { withCinema } from "../rail.js";
import { section } from "../ui/detail.js";
import { icon } from "../ui/icon.js";
import { filterForm } from "../ui/list.js";
import { partOf, partView } from "../ui/part.js";
import { dataTable } from "../ui/table.js";
import { refundText } from "./payments.js";

/** @typedef {import("../../domain/money.js").Money} Money */

/** @param {import("../../core/router.js").Request} request */
export async function load({ query, signal }) {
  const scope = await staffScope(query);
  const title = t("staff.close.title");
  const frame = { path: "/admin/payments", title, scope, back: { href: withCinema("/admin/payments"), label: t("staff.nav.payments") } };
  const { cinema } = scope;
  if (!cinema) return staffView({ ...frame, content: () => nothing });
  const today = calendarDay(serverNow(), cinema.timeZone);
  const asked = query.get("date");
  const day = asked && /^\d{4}-\d\d-\d\d$/.test(asked) ? asked : today;
  const close = await partOf(async () => (await gql(DailyClose, { cinemaId: cinema.id, day }, { signal })).dailyClose, signal);
  return staffView({
    ...frame,
    lead: () => dayText(day, formatLocale(), { weekday: "long", day: "numeric", month: "long", year: "numeric" }),
    actions: () => html`<a class="btn btn-quiet" href=${withCinema(`/admin/exports?report=PAYMENTS&from=${day}&to=${day}`)}>${icon("download")} ${t("staff.close.export")}</a>`,
    content: () => html`
      ${filterForm([{ name: "date", kind: "date", label: t("staff.close.day"), value: today }], query)}
      ${partView(close, (found) => closeView(found, day === today), { lines: 5 })}
    `,
  });
}

/** @param {any} close @param {boolean} isOpen whether the day goes on */
function closeView({ byMethod, differences, mismatches, attention }, isOpen) {
  const payments = [...new Map([...attention, ...mismatches].map((payment) => [payment.id, payment])).values()];
  const refunds = payments.flatMap((payment) => payment.refunds.filter((/** @type {any} */ refund) => refund.attention).map((/** @type {any} */ refund) => ({ ...refund, payment })));
  return html`
    ${isOpen ? notice("info", html`<p>${t("staff.close.open")}</p>`) : nothing}
    ${section("by-method", t("staff.close.byMethod"), byMethod.length ? methods(byMethod) : html`<p class="muted">${t("staff.close.nothing")}</p>`)}
    ${section("differences", t("staff.close.differences"), differences.length ? differenceTable(differences) : html`<p class="muted">${t("staff.close.agree")}</p>`)}
    ${section("to-see-to", t("staff.close.attention"), refunds.length ? attentionTable(refunds) : html`<p class="muted">${t("staff.close.nothingToDo")}</p>`)}
  `;
}

/** Booked net of a line: what the provider should have. @param {{captured: Money, refunded: Money}} line @returns {Money} */
const expected = ({ captured, refunded }) => ({ amount: captured.amount - refunded.amount, currency: captured.currency });

/** @param {any[]} lines @returns {any[]} the lines, and behind them their sum in each currency */
function withTotals(lines) {
  const currencies = [...new Set(lines.map(({ captured }) => captured.currency))];
  return [
    ...lines.map((line) => ({ ...line, name: t(`pay.${line.method}`) })),
    ...currencies.map((currency) => {
      const own = lines.filter(({ captured }) => captured.currency === currency);
      const sum = (/** @type {(line: any) => Money} */ of) => ({ amount: own.reduce((total, line) => total + of(line).amount, 0), currency });
      return {
        name: currencies.length > 1 ? t("staff.close.totalIn", { currency }) : t("price.total"),
        isTotal: true,
        count: own.reduce((total, line) => total + line.count, 0),
        captured: sum(({ captured }) => captured),
        refunded: sum(({ refunded }) => refunded),
        providerNet: sum(({ providerNet }) => providerNet),
      };
    }),
  ];
}

/** @param {any[]} lines */
const methods = (lines) =>
  dataTable({
    label: t("staff.close.byMethod"),
    cards: false,
    rows: withTotals(lines),
    rowClass: ({ isTotal }) => (isTotal ? "close-total" : ""),
    columns: [
      { label: t("staff.payments.method"), heading: true, cell: ({ name }) => name },
      { label: t("staff.close.count"), num: true, cell: ({ count }) => numberOf(count) },
      { label: t("staff.close.captured"), num: true, cell: ({ captured }) => money(captured) },
      { label: t("staff.word.refunded"), num: true, cell: ({ refunded }) => money(refunded) },
      { label: t("staff.close.expected"), num: true, cell: (line) => money(expected(line)) },
      { label: t("staff.close.provider"), num: true, cell: ({ providerNet }) => money(providerNet) },
      { label: t("staff.close.difference"), num: true, cell: (line) => gap(line.providerNet, expected(line)) },
    ],
  });

/** @param {Money} theirs @param {Money} ours */
const gap = (theirs, ours) => {
  const amount = theirs.amount - ours.amount;
  return amount ? html`<span class="tag bad figures">${money({ amount, currency: ours.currency })}</span>` : money({ amount, currency: ours.currency });
};

/** @param {any[]} differences */
const differenceTable = (differences) =>
  dataTable({
    label: t("staff.close.differences"),
    rows: differences.map((difference) => ({ ...difference, id: `${difference.key} ${difference.booked.currency}` })),
    columns: [
      { label: t("pay.title"), heading: true, cell: ({ payment, key }) => (payment ? paymentLink(payment) : html`<span>${t("staff.close.unknown")} <span class="muted figures audit-id">${key}</span></span>`) },
      { label: t("staff.close.booked"), num: true, cell: ({ booked }) => money(booked) },
      { label: t("staff.close.provider"), num: true, cell: ({ provider }) => money(provider) },
      { label: t("staff.close.difference"), num: true, cell: ({ booked, provider }) => gap(provider, booked) },
    ],
  });

/** @param {any[]} refunds */
const attentionTable = (refunds) =>
  dataTable({
    label: t("staff.close.attention"),
    rows: refunds,
    columns: [
      { label: t("pay.title"), heading: true, cell: ({ payment }) => paymentLink(payment) },
      { label: t("staff.payments.amount"), num: true, cell: ({ amount }) => money(amount) },
      { label: t("staff.close.what"), cell: (refund) => html`<div><span class="tag warn">${refundText(refund)}</span><div class="muted small-text">${refund.reason ?? ""}</div></div>` },
    ],
  });

/** @param {any} payment */
const paymentLink = ({ id, method, booking }) => html`<div><a href=${withCinema(`/admin/payments/${id}`)}>${booking?.reference ?? id}</a> <span class="muted small-text">${t(`pay.${method}`)}</span></div>`;
