// @ts-check
/** What happened to a booking: its steps in words, what the guest was told, and notes of the staff. */
import { missing } from "../../core/forms.js";
import { gql } from "../../core/gql.js";
import { has, t } from "../../core/i18n.js";
import { field } from "../../ui/field.js";
import { moment } from "../../ui/format.js";
import { html, nothing } from "../../ui/html.js";
import { AddBookingNote } from "../operations/bookings.js";
import { StaffMessages } from "../operations/messages.js";
import { section } from "../ui/detail.js";
import { editForm, formView } from "../ui/form.js";
import { partOf, partView } from "../ui/part.js";
import { saved } from "../ui/saved.js";
import { dataTable } from "../ui/table.js";
import { kindText, messageState, resendButton } from "./notifications.js";

/** @typedef {{step: string, attempt: number, outcome: string, detail: string | null, at: string, actor: {id: string, name: string} | null}} Step */

const LONGEST_NOTE = 500;

/** @param {Step} step */
export function stepText({ step, outcome }) {
  const what = `${step}_${outcome}`;
  const key = `staff.step.${what}`;
  return has(key) ? t(key) : `${step} ${outcome}`;
}

/** How it was paid stands there by its code. @param {Step} step */
const detailText = ({ step, detail }) => (step === "pay" && detail && has(`pay.${detail}`) ? t(`pay.${detail}`) : detail);

/** The steps of the booking and the messages that left, in the order of time. @param {Step[]} steps @param {any[]} messages */
export const storyOf = (steps, messages) =>
  [
    ...steps.map((step) => ({ at: step.at, text: stepText(step), detail: detailText(step), attempt: step.attempt, who: step.actor?.name ?? null })),
    ...messages
      .filter(({ sentAt }) => sentAt)
      .map(({ sentAt, kind, channel }) => ({ at: sentAt, text: t("staff.booking.told", { kind: kindText(kind), channel: t(`staff.channel.${channel}`) }), detail: null, attempt: 1, who: null })),
  ].sort((one, other) => Date.parse(one.at) - Date.parse(other.at));

/** Messages on their way out of the house: what stands in the account is there. @param {string} bookingId @param {AbortSignal} signal */
export const messagesOf = (bookingId, signal) =>
  partOf(async () => {
    const { notifications } = await gql(StaffMessages, { filter: { bookingId } }, { signal });
    return notifications.nodes.filter((/** @type {any} */ message) => message.channel !== "IN_APP");
  }, signal);

/** @param {Step[] | null} steps @param {any[]} messages */
export const timeline = (steps, messages) =>
  section("timeline", t("staff.booking.timeline"), dataTable({
    label: t("staff.booking.timeline"),
    rows: storyOf(steps ?? [], messages),
    columns: [
      { label: t("staff.word.when"), nowrap: true, cell: ({ at }) => html`<span class="figures">${moment(at)}</span>` },
      { label: t("staff.booking.step"), heading: true, cell: ({ text, attempt }) => `${text}${attempt > 1 ? ` (${t("staff.booking.attempt", { number: String(attempt) })})` : ""}` },
      { label: t("staff.booking.more"), cell: ({ detail }) => detail ?? "–" },
      { label: t("staff.booking.who"), cell: ({ who }) => who ?? "–" },
    ],
  }));

/** @param {import("../ui/part.js").Part<any[]>} part of messagesOf */
export const messages = (part) =>
  section("messages", t("staff.booking.messages"), partView(part, (rows) =>
    rows.length
      ? dataTable({
          label: t("staff.booking.messages"),
          rows,
          columns: [
            { label: t("staff.messages.message"), heading: true, cell: ({ subject, kind }) => html`<div>${subject}<div class="muted small-text">${kindText(kind)}</div></div>` },
            { label: t("staff.messages.recipient"), cell: ({ channel, recipient }) => html`<div>${recipient}<div class="muted small-text">${t(`staff.channel.${channel}`)}</div></div>` },
            { label: t("staff.word.status"), cell: messageState },
            { label: t("staff.word.actions"), quiet: true, cell: (row) => (row.status === "QUEUED" ? nothing : resendButton(row, (changed) => replace(part, changed))) },
          ],
        })
      : html`<p class="muted">${t("staff.booking.noMessages")}</p>`));

/** @param {import("../ui/part.js").Part<any[]>} part @param {any} message */
function replace(part, message) {
  part.value.value = (part.value.value ?? []).map((each) => (each.id === message.id ? message : each));
}

/**
 * A line for whoever picks up the telephone next.
 * @param {string} bookingId @param {(steps: Step[]) => void} noted
 */
export function notePart(bookingId, noted) {
  const label = t("staff.booking.note");
  const form = editForm(
    "note",
    (values) => missing(values, { text: label }),
    async (values) => {
      const { booking, userErrors } = (await gql(AddBookingNote, { bookingId, text: values.text })).addBookingNote;
      if (booking) noted(booking.timeline);
      return userErrors;
    },
    () => {
      /** @type {HTMLFormElement} */ (document.getElementById("note")).reset();
      saved(t("staff.booking.noted"), { object: { type: "Booking", id: bookingId } });
    },
  );
  return () => formView(form, field(form, { name: "text", label, maxlength: LONGEST_NOTE, autocomplete: "off" }), { submit: t("staff.booking.addNote"), plain: true });
}
