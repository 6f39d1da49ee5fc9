// @ts-check
/** What guests were told, on which way, and whether it arrived; a failed one is sent again. */
import { failureText, refusalText } from "../../core/forms.js";
import { gql } from "../../core/gql.js";
import { has, t } from "../../core/i18n.js";
import { moment } from "../../ui/format.js";
import { html, nothing } from "../../ui/html.js";
import { toast } from "../../ui/toast.js";
import { dayBegins, dayIsOver } from "../days.js";
import { staffView } from "../frame.js";
import { ResendMessage, StaffMessages } from "../operations/messages.js";
import { listOf, listView } from "../ui/list.js";
import { saved } from "../ui/saved.js";

const PATH = "/admin/notifications";
const KINDS = [
  "booking.confirmed", "booking.cancelled", "booking.expired", "payment.refunded", "showtime.cancelled",
  "showtime.rescheduled", "waiting_list.seats_free", "coupon.granted", "movie.showings_announced",
];
const CHANNELS = ["EMAIL", "SMS", "PUSH", "IN_APP"];
const STATUSES = ["QUEUED", "SENT", "FAILED", "READ"];
const TAGS = /** @type {Record<string, string>} */ ({ QUEUED: "warn", SENT: "ok", FAILED: "bad", READ: "ok" });

/** @param {import("../../core/router.js").Request} request */
export async function load({ query, signal }) {
  const one = (/** @type {string} */ name, /** @type {string[]} */ known) => known.find((each) => each === query.get(name)) ?? null;
  const filter = {
    kind: one("kind", KINDS), channel: one("channel", CHANNELS), status: one("status", STATUSES),
    from: dayBegins(query.get("from")), to: dayIsOver(query.get("to")), bookingId: query.get("booking"),
  };
  const list = await listOf(async (after) => (await gql(StaffMessages, { filter, after }, { signal })).notifications, signal);
  const title = t("staff.nav.notifications");
  return staffView({
    path: PATH,
    title,
    content: () =>
      listView({
        list,
        filters: filters(),
        query,
        label: title,
        columns: columns(list),
        count: (total) => t("staff.messages.found", { count: total }),
        empty: { heading: t("staff.messages.none"), text: t("staff.messages.noneText"), action: { href: PATH, label: t("staff.list.clear") } },
      }),
  });
}

/** @param {string} kind */
export const kindText = (kind) => (has(`kind.${kind}`) ? t(`kind.${kind}`) : kind);
const any = () => ({ value: "", label: t("staff.word.any") });

/** @returns {import("../ui/list.js").Filter[]} */
const filters = () => [
  { name: "status", kind: "choice", label: t("staff.word.status"), options: [any(), ...STATUSES.map((value) => ({ value, label: t(`staff.messageStatus.${value}`) }))] },
  { name: "kind", kind: "choice", label: t("staff.messages.kind"), options: [any(), ...KINDS.map((value) => ({ value, label: kindText(value) }))] },
  { name: "channel", kind: "choice", label: t("staff.messages.channel"), options: [any(), ...CHANNELS.map((value) => ({ value, label: t(`staff.channel.${value}`) }))] },
  { name: "from", kind: "date", label: t("staff.word.from") },
  { name: "to", kind: "date", label: t("staff.word.to") },
];

/** @param {import("../ui/list.js").List} list @returns {import("../ui/table.js").Column[]} */
const columns = (list) => [
  { label: t("staff.word.when"), nowrap: true, cell: ({ createdAt }) => html`<span class="figures">${moment(createdAt)}</span>` },
  { label: t("staff.messages.message"), heading: true, cell: message },
  { label: t("staff.messages.recipient"), cell: ({ channel, recipient }) => html`<div>${recipient}<div class="muted small-text">${t(`staff.channel.${channel}`)}</div></div>` },
  { label: t("ticket.booking"), nowrap: true, cell: ({ booking }) => (booking ? html`<a class="figures" href="/admin/bookings/${booking.id}">${booking.reference}</a>` : "–") },
  { label: t("staff.word.status"), cell: messageState },
  { label: t("staff.word.actions"), quiet: true, cell: (row) => (row.channel === "IN_APP" || row.status === "QUEUED" ? nothing : resendButton(row, list.replace)) },
];

/** What was said stays folded until somebody wants to read it. @param {any} row */
const message = ({ kind, subject, body }) => html`<details class="message">
  <summary>${subject} <span class="muted small-text">${kindText(kind)}</span></summary>
  <p class="message-body">${body}</p>
</details>`;

/** Where a message stands: sent, failed and why. @param {any} row */
export const messageState = ({ status, attempts, lastError, sentAt }) => html`<div>
  <span class="tag ${TAGS[status]}">${t(`staff.messageStatus.${status}`)}</span>
  <div class="muted small-text">${t("staff.messages.attempts", { count: attempts })}${sentAt ? ` · ${moment(sentAt)}` : ""}</div>
  ${status === "FAILED" && lastError ? html`<div class="small-text">${lastError}</div>` : nothing}
</div>`;

/** Asks for one more try of the same message. @param {any} row @param {(row: any) => void} done given the message as it stands then */
export function resendButton(row, done) {
  const send = async (/** @type {MouseEvent} */ event) => {
    const button = /** @type {HTMLButtonElement} */ (event.currentTarget);
    button.disabled = true;
    try {
      const { notification, userErrors } = (await gql(ResendMessage, { id: row.id })).resendNotification;
      if (userErrors.length) return toast(refusalText(userErrors[0]));
      done(notification);
      saved(t("staff.messages.resent"), { object: { type: "Notification", id: row.id } });
    } catch (error) {
      toast(failureText(error));
    } finally {
      button.disabled = false;
    }
  };
  return html`<button class="btn btn-quiet btn-sm" type="button" @click=${send}>${t("staff.messages.resend")}<span class="visually-hidden-text">: ${row.subject}</span></button>`;
}
