// @ts-check
/** A booking: its tickets with their codes once paid, honest words about it in every other state. */
import { AppError, isUnanswered } from "../core/errors.js";
import { gqlPartial } from "../core/gql.js";
import { noteBooking } from "../core/hold.js";
import { formatLocale, t } from "../core/i18n.js";
import { keepBooking, keptBooking } from "../core/kept-tickets.js";
import { reload } from "../core/router.js";
import { requirePerson } from "../core/session.js";
import { install, installing } from "../core/worker.js";
import { clockText, dayText, cinemaDay, showtimeText } from "../domain/times.js";
import { Booking } from "./operations.js";
import { addressOf, money } from "../ui/format.js";
import { html, nothing } from "../ui/html.js";
import { icon } from "../ui/icon.js";
import { notice } from "../ui/notice.js";
import { qr } from "../ui/qr.js";
import { priceLines } from "../ui/summary.js";
import { versionText } from "../ui/showtimes.js";
import { toast } from "../ui/toast.js";
import { cancelPart } from "./cancel-part.js";

const LOOK_AGAIN_MS = 3000;

/** @param {import("../core/router.js").Request} request */
export async function load({ params, query, signal }) {
  const { booking, savedAt } = await askedOrKept(params.id, signal);
  const cancel = savedAt ? { template: () => nothing } : cancelPart(booking, reload);
  const isMoving = booking.status === "PAYING" || refundsOf(booking).some(({ status }) => status === "PENDING");
  const timer = isMoving ? setInterval(reload, LOOK_AGAIN_MS) : undefined;
  const letSleep = booking.status === "CONFIRMED" ? stayAwake() : () => {};
  return {
    title: t("ticket.title", { film: booking.showtime.movieTitle }),
    template: () =>
      booking.status === "CONFIRMED"
        ? confirmed(booking, { justPaid: query.has("paid"), savedAt }, cancel)
        : html`<div class="page narrow stack">${otherwise(booking)}</div>`,
    dispose: () => {
      clearInterval(timer);
      letSleep();
    },
  };
}

/**
 * The booking as the server tells it; where no answer comes, as this device kept it.
 * @param {string} id @param {AbortSignal} signal @returns {Promise<{booking: any, savedAt?: string}>}
 */
async function askedOrKept(id, signal) {
  try {
    const { id: owner } = requirePerson();
    const { data, errors } = await gqlPartial(Booking, { id }, { signal });
    if (!data.booking) throw new AppError(errors[0]?.extensions?.code ?? "NOT_FOUND", "No such booking");
    noteBooking(data.booking);
    void keepBooking(data.booking, owner);
    return { booking: data.booking };
  } catch (error) {
    const kept = isUnanswered(error) ? await keptBooking(id) : undefined;
    if (!kept) throw error;
    return kept;
  }
}

/** A phone that shows a ticket at the door stays lit, also when it comes back from another tab. @returns {() => void} lets it sleep again */
function stayAwake() {
  /** @type {Promise<WakeLockSentinel | undefined> | undefined} */
  let lock;
  const hold = () => {
    if (document.visibilityState === "visible") lock = navigator.wakeLock?.request("screen").catch(() => undefined);
  };
  hold();
  document.addEventListener("visibilitychange", hold);
  return () => {
    document.removeEventListener("visibilitychange", hold);
    void lock?.then((held) => held?.release());
  };
}

/** @param {any} booking @returns {{status: string, amount: import("../domain/money.js").Money}[]} */
const refundsOf = (booking) => (booking.status === "CANCELLED" ? (booking.payment?.refunds ?? []) : []);

/** @param {any} booking @param {{justPaid: boolean, savedAt?: string}} how @param {{template: () => unknown}} cancel */
function confirmed(booking, { justPaid, savedAt }, cancel) {
  const { showtime } = booking;
  const over = Date.parse(showtime.endsAt) < Date.parse(booking.serverTime);
  return html`
    <div class="page narrow">
      ${justPaid ? html`<div class="no-print mb-3">${notice("ok", html`<p><strong>${t("ticket.paid")}</strong></p><p>${t("ticket.mailed", { email: booking.contactEmail ?? "" })}</p>`)}</div>` : nothing}
      ${savedAt ? html`<div class="no-print mb-3">${notice("info", html`<p>${t("kept.ticket", { when: showtimeText(savedAt, Intl.DateTimeFormat().resolvedOptions().timeZone, formatLocale()) })}</p>`)}</div>` : nothing}
      <h1 class="small">${over ? t("ticket.past") : seeYou(booking)}</h1>
      <div class="actions no-print mt-3 mb-3">
        ${booking.ticketsPdfUrl && !savedAt ? html`<a class="btn btn-quiet" href=${booking.ticketsPdfUrl} data-external>${icon("file-earmark-pdf")} ${t("ticket.pdf")}</a>` : nothing}
        ${booking.calendarUrl && !savedAt ? html`<a class="btn btn-quiet" href=${booking.calendarUrl} data-external>${icon("calendar-plus")} ${t("ticket.calendar")}</a>` : nothing}
        ${over || savedAt ? nothing : html`<a class="btn btn-quiet" href="/bookings/${booking.id}/seats">${icon("arrow-left-right")} ${t("swap.title")}</a>`}
        <button class="btn btn-quiet" type="button" @click=${() => window.print()}>${icon("printer")} ${t("ticket.print")}</button>
        ${installing.value ? html`<button class="btn btn-quiet" type="button" @click=${install}>${icon("film")} ${t("ticket.install")}</button>` : nothing}
      </div>
      ${booking.tickets.map((/** @type {any} */ ticket) => stub(ticket, booking))}
      <section class="card-plain no-print mt-4">
        <h2 class="mb-3">${t("ticket.receipt")}</h2>
        ${priceLines(booking)}
        ${booking.payment?.receiptUrl ? html`<p class="mt-2 mb-0"><a href=${booking.payment.receiptUrl} data-external>${t("ticket.receiptPdf")}</a></p>` : nothing}
      </section>
      ${cancel.template()}
    </div>
  `;
}

/** @param {any} booking */
function seeYou({ showtime: { startsAt, timeZone }, serverTime }) {
  const time = clockText(startsAt, timeZone, formatLocale());
  const day = cinemaDay(startsAt, timeZone);
  return day === cinemaDay(serverTime, timeZone) ? t("ticket.seeYou", { time }) : t("ticket.seeYouOn", { time, day: dayText(day, formatLocale()) });
}

/** One ticket as it is shown and printed. @param {any} ticket @param {any} booking with its showtime */
export function stub(ticket, { showtime, reference }) {
  const day = dayText(cinemaDay(showtime.startsAt, showtime.timeZone), formatLocale(), { weekday: "short", day: "numeric", month: "short", year: "numeric" });
  return html`
    <article class="ticket ${ticket.status === "VALID" ? "" : "spent"}" aria-label=${t("ticket.of", { seat: ticket.seat.id })}>
      <div class="ticket-text">
        <p class="muted mb-1">${showtime.cinemaName} · ${showtime.auditoriumName}</p>
        <h2>${showtime.movieTitle}</h2>
        <dl class="ticket-facts">
          <div><dt>${t("ticket.date")}</dt><dd>${day}</dd></div>
          <div><dt>${t("ticket.time")}</dt><dd class="figures">${clockText(showtime.startsAt, showtime.timeZone, formatLocale())}</dd></div>
          <div><dt>${t("ticket.seat")}</dt><dd class="big">${ticket.seat.id}</dd></div>
          <div><dt>${t("ticket.type")}</dt><dd>${t(`ticketType.${ticket.ticketType}`)}, ${t(`category.${ticket.seat.category}`)}</dd></div>
          <div><dt>${t("ticket.booking")}</dt><dd class="figures">${spelled(reference)}</dd></div>
          <div><dt>${t("ticket.version")}</dt><dd>${versionText(showtime)}</dd></div>
        </dl>
        ${showtime.cinema ? html`<p class="muted small-text mb-0">${addressOf(showtime.cinema)}</p>` : nothing}
      </div>
      <div class="ticket-code">
        ${ticket.status === "VALID" && ticket.qrPayload ? qr(ticket.qrPayload, t("ticket.qr", { seat: ticket.seat.id })) : html`<p class="tag ${ticket.status === "USED" ? "ok" : "bad"}">${t(`ticketStatus.${ticket.status}`)}</p>`}
        <p class="code">${spelled(ticket.code)}</p>
        ${ticket.status === "VALID" && ticket.qrPayload
          ? html`<button class="btn btn-quiet btn-sm no-print on-white" type="button" aria-label=${`${t("ticket.share")}: ${ticket.seat.id}`} @click=${() => share(ticket, showtime)}>${icon("qr-code")} ${t("ticket.share")}</button>`
          : nothing}
      </div>
    </article>
  `;
}

/** One seat for a friend: a picture with its code, by the device's own way of sharing, else as a file. @param {any} ticket @param {any} showtime */
async function share(ticket, showtime) {
  const when = showtimeText(showtime.startsAt, showtime.timeZone, formatLocale());
  const facts = { film: showtime.movieTitle, when, cinema: showtime.cinemaName, seat: ticket.seat.id, code: ticket.code };
  const { handOver } = await import("../ui/ticket-picture.js");
  const done = await handOver({ payload: ticket.qrPayload, lines: [facts.film, when, `${facts.cinema} · ${showtime.auditoriumName}`, `${t("ticket.seat")} ${facts.seat}`, facts.code], text: t("ticket.shareText", facts), name: `ticket-${facts.seat}.png` });
  if (!done) toast(t("ticket.shareFailed"));
}

/** A code to be read out: letter by letter for those who hear the page. @param {string} code */
const spelled = (code) => html`<span aria-hidden="true">${code}</span><span class="visually-hidden-text">${code.split("-").map((part) => [...part].join(" ")).join(", ")}</span>`;

/** @param {{status: string, amount: import("../domain/money.js").Money}} refund */
function refundLine({ status, amount }) {
  const key = { SUCCEEDED: "ticket.refundDone", FAILED: "ticket.refundFailed" }[status] ?? "ticket.refundPending";
  return html`<p><strong>${t(key, { amount: money(amount) })}</strong></p>`;
}

/** @param {any} booking */
function otherwise(booking) {
  const { status, showtime } = booking;
  const text = { HELD: "ticket.held", PAYING: "ticket.paying", CANCELLED: "ticket.cancelled", EXPIRED: "ticket.expired" }[/** @type {string} */ (status)] ?? "ticket.expired";
  return html`
    <p class="kicker">${t("ticket.bookingReference", { reference: booking.reference })}</p>
    <h1 class="small">${showtime.movieTitle}</h1>
    ${notice(status === "CANCELLED" || status === "EXPIRED" ? "info" : "warn", html`<h2>${t(`${text}.heading`)}</h2><p>${t(`${text}.text`, { total: money(booking.total) })}</p>${refundsOf(booking).map(refundLine)}`, { role: "status" })}
    <div class="actions">
      ${status === "HELD" || status === "PAYING" ? html`<a class="btn btn-primary" href="/bookings/${booking.id}/pay">${t("ticket.toCheckout")}</a>` : nothing}
      ${status === "CANCELLED" || status === "EXPIRED" ? html`<a class="btn btn-primary" href="/showtimes/${showtime.id}">${t("ticket.bookAgain")}</a>` : nothing}
      <a class="btn btn-quiet" href="/bookings">${t("nav.bookings")}</a>
    </div>
  `;
}
