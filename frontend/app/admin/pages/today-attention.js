// @ts-check
/** What does not settle by itself, each kind asked for alone: one that fails hides none of the others. */
import { serverNow } from "../../core/clock.js";
import { gql } from "../../core/gql.js";
import { t } from "../../core/i18n.js";
import { atLeast } from "../../core/session.js";
import { money, moment } from "../../ui/format.js";
import { html, nothing } from "../../ui/html.js";
import { WaitingRefunds } from "../operations/money.js";
import { Attention, FailedMessages } from "../operations/sales.js";
import { DeadLetterCount } from "../operations/system.js";
import { withCinema } from "../rail.js";
import { icon } from "../ui/icon.js";
import { partOf, partView } from "../ui/part.js";

const DAYS = 7;
const DAY_MS = 86_400_000;

/** @typedef {{href: string, text: string, more: string | null}} Line */

/** @param {string} cinemaId @param {AbortSignal} signal @returns {Promise<import("../ui/part.js").Part<Line[]>[]>} */
export async function attentionOf(cinemaId, signal) {
  const asked = [() => bookings(cinemaId, signal), () => messages(signal)];
  if (atLeast("MANAGER")) asked.push(() => refunds(cinemaId, signal));
  if (atLeast("ADMIN")) asked.push(() => letters(signal));
  return Promise.all(asked.map((ask) => partOf(ask, signal)));
}

/** @param {import("../ui/part.js").Part<Line[]>[]} parts */
export function attentionView(parts) {
  const isCalm = parts.every(({ value, fault }) => value.value?.length === 0 && !fault.value);
  return html`<section class="card-plain today-attention">
    <h2 id="attention">${t("staff.attention.heading")}</h2>
    ${isCalm ? html`<p class="muted mb-0">${t("staff.attention.none")}</p>` : nothing}
    ${parts.map((part) => partView(part, (lines) => (lines.length ? html`<ul>${lines.map(entry)}</ul>` : nothing), { lines: 1 }))}
  </section>`;
}

/** @param {Line} line */
const entry = ({ href, text, more }) =>
  html`<li>${icon("exclamation-triangle")} <div><a href=${href}>${text}</a>${more ? html` <span class="muted small-text">${more}</span>` : nothing}</div></li>`;

/** @param {string} cinemaId @param {AbortSignal} signal @returns {Promise<Line[]>} */
async function bookings(cinemaId, signal) {
  const { attention } = await gql(Attention, { cinemaId }, { signal });
  return attention.map((/** @type {any} */ { kind, booking, amount, since, detail }) => ({
    href: withCinema(`/admin/bookings/${booking.id}`),
    text: t(`staff.attentionKind.${kind}`, { reference: booking.reference }),
    // STAFF see no sums on this page.
    more: [atLeast("MANAGER") && money(amount), t("staff.attention.since", { when: moment(since) }), detail].filter(Boolean).join(" · "),
  }));
}

/** @param {AbortSignal} signal @returns {Promise<Line[]>} */
async function messages(signal) {
  const from = new Date(serverNow() - DAYS * DAY_MS).toISOString();
  const { totalCount } = (await gql(FailedMessages, { from }, { signal })).notifications;
  return totalCount ? [{ href: "/admin/notifications?status=FAILED", text: t("staff.attention.messages", { count: totalCount }), more: t("staff.attention.week") }] : [];
}

/** @param {string} cinemaId @param {AbortSignal} signal @returns {Promise<Line[]>} */
async function refunds(cinemaId, signal) {
  const { nodes } = (await gql(WaitingRefunds, { cinemaId }, { signal })).payments;
  return nodes.flatMap((/** @type {any} */ payment) =>
    payment.refunds
      .filter((/** @type {any} */ { status }) => status === "AWAITING_APPROVAL")
      .map((/** @type {any} */ { amount, createdAt }) => ({
        href: withCinema(`/admin/payments/${payment.id}`),
        text: t("staff.attention.refund", { amount: money(amount), reference: payment.booking?.reference ?? "–" }),
        more: t("staff.attention.since", { when: moment(createdAt) }),
      })),
  );
}

/** @param {AbortSignal} signal @returns {Promise<Line[]>} */
async function letters(signal) {
  const { deadLetters } = (await gql(DeadLetterCount, {}, { signal })).systemStatus;
  return deadLetters ? [{ href: "/admin/system", text: t("staff.attention.letters", { count: deadLetters }), more: null }] : [];
}
