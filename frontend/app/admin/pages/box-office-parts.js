// @ts-check
/** What the box office shows: tiles, the sale in hand, the sale just made, and the tickets for the printer. */
import { formatLocale, t } from "../../core/i18n.js";
import { minorDigits } from "../../domain/money.js";
import { showtimeText } from "../../domain/times.js";
import { stub } from "../../pages/ticket.js";
import { money, seatList } from "../../ui/format.js";
import { html, nothing } from "../../ui/html.js";
import { notice } from "../../ui/notice.js";
import { legend, seatMap } from "../../ui/seat-map.js";
import { fitted, likelyTendered, typesOf } from "../domain/desk.js";
import { icon } from "../ui/icon.js";

/** @typedef {import("../desk/sale.js").Sale} Sale @typedef {import("../desk/sale.js").Method} Method */
/** @typedef {{again: () => void, method: (method: Method) => void, pay: () => void, print: () => unknown}} Actions */
/** @template T @typedef {import("../../../vendor/signals-core/signals-core.js").Signal<T>} Signal */

const METHODS = /** @type {{method: Method, key: string, icon: string}[]} */ ([
  { method: "CASH", key: "F4", icon: "cash-coin" },
  { method: "CARD", key: "F6", icon: "credit-card" },
  { method: "COMP", key: "F7", icon: "tags" },
]);
const KEYS = [["F2", "party"], ["F3", "nextBest"], ["F4", "CASH"], ["F6", "CARD"], ["F7", "COMP"], ["F8", "print"], ["F9", "pay"], ["Esc", "again"]];
const FIELDS = { CASH: "tendered", CARD: "receipt", COMP: "reason" };

/** @param {any[]} showtimes @param {(id: string) => void} open */
export function tiles(showtimes, open) {
  if (!showtimes.length) return html`<p class="muted">${t("staff.boxOffice.none")}</p>`;
  return html`<ul class="desk-tiles" aria-label=${t("staff.boxOffice.next")}>
    ${showtimes.map((each) => html`<li><button class="desk-tile" type="button" @click=${() => open(each.id)}>
      <span class="desk-time figures">${showtimeText(each.startsAt, each.timeZone, formatLocale())}</span>
      <strong>${each.movieTitle}</strong>
      <span class="muted">${each.auditoriumName} · ${each.format}</span>
      <span class="figures ${each.seatsAvailable ? "" : "desk-full"}">${each.seatsAvailable ? t("staff.boxOffice.free", { count: each.seatsAvailable }) : t("seats.soldOut")}</span>
    </button></li>`)}
  </ul>`;
}

/** @param {Sale} sale @param {Actions} actions @param {{zoom: Signal<"comfortable" | "fit">, current: Signal<string>}} map */
export function salePart(sale, actions, { zoom, current }) {
  const show = sale.showtime.value;
  const choice = /** @type {import("../../pages/seat-choice.js").Choice} */ (sale.choice.value);
  const lost = sale.problem.value ?? (choice.selling.value ? null : choice.problem.value);
  return html`
    <div class="desk">
      <section class="desk-side card-plain" aria-label=${t("staff.boxOffice.sale")}>
        ${partyField(sale, choice)}
        <p class="mb-1" id="desk-seats"><strong>${sale.lines.value.map(({ seatId }) => seatId).join(", ") || t("seats.choose")}</strong></p>
        <div role="alert" id="desk-problem">${lost ? notice("bad", html`<p class="mb-0">${lost}</p>`) : nothing}</div>
        ${sale.missing.value ? html`<button class="btn btn-quiet btn-sm" type="button" @click=${sale.nextBest}>${t("staff.boxOffice.nextBest", { count: sale.missing.value })} <kbd>F3</kbd></button>` : nothing}
        ${counters(sale)}
        <p class="desk-total"><span>${t("price.total")}</span> <strong class="figures" id="desk-total">${money(sale.method.value === "COMP" ? { ...sale.total.value, amount: 0 } : sale.total.value)}</strong></p>
        ${payment(sale, actions)}
      </section>
      <section class="desk-room" aria-labelledby="desk-show">
        <div class="desk-head">
          <h2 id="desk-show">${show.movieTitle}</h2>
          <p class="muted mb-0">${show.auditoriumName} · ${showtimeText(show.startsAt, show.timeZone, formatLocale())} · ${t("staff.boxOffice.free", { count: choice.available.value })}</p>
          <button class="btn btn-quiet btn-sm" type="button" @click=${actions.again}>${t("staff.boxOffice.again")} <kbd>Esc</kbd></button>
        </div>
        <div class="room-card">${seatMap({ choice, current, zoom, label: t("seats.map", { auditorium: show.auditoriumName }) })} ${legend(choice)}</div>
      </section>
    </div>
  `;
}

/** @param {Sale} sale @param {import("../../pages/seat-choice.js").Choice} choice */
const partyField = (sale, choice) => html`
  <div class="desk-party">
    <label for="desk-party">${t("seats.people")} <kbd>F2</kbd></label>
    <input class="form-control" id="desk-party" type="number" inputmode="numeric" min="1" max=${choice.maximum} .value=${String(sale.party.value)}
      @input=${(/** @type {Event} */ event) => sale.setParty(Number(/** @type {HTMLInputElement} */ (event.target).value))} />
  </div>
`;

/** @param {Sale} sale */
function counters(sale) {
  const types = typesOf(sale.showtime.value.prices);
  const counts = fitted(sale.counts.value, sale.lines.value.length);
  if (types.length < 2) return nothing;
  return html`<ul class="desk-types" aria-label=${t("staff.boxOffice.types")}>
    ${types.map((type) => {
      const name = t(`ticketType.${type}`);
      const count = counts[type] ?? 0;
      return html`<li>
        <span>${name}</span>
        ${type === "ADULT" ? nothing : html`<button class="btn btn-quiet btn-sm" type="button" aria-label=${t("staff.boxOffice.less", { type: name })} ?disabled=${!count} @click=${() => sale.count(type, -1)}>${icon("dash-lg")}</button>`}
        <strong class="figures" data-count=${type}>${count}</strong>
        ${type === "ADULT" ? nothing : html`<button class="btn btn-quiet btn-sm" type="button" aria-label=${t("staff.boxOffice.more", { type: name })} ?disabled=${!counts.ADULT} @click=${() => sale.count(type, 1)}>${icon("plus-lg")}</button>`}
      </li>`;
    })}
  </ul>`;
}

/** @param {Sale} sale @param {Actions} actions */
function payment(sale, actions) {
  const chosen = sale.method.value;
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (!chosen) return;
    const given = /** @type {HTMLInputElement} */ (document.getElementById("desk-given")).value;
    void sale.pay(chosen, { tendered: given, reason: given, receipt: given });
  };
  return html`
    <div class="desk-methods" role="group" aria-label=${t("staff.boxOffice.method")}>
      ${METHODS.map(({ method, key, icon: name }) => html`<button class="btn btn-quiet" type="button" aria-pressed=${chosen === method ? "true" : "false"} @click=${() => actions.method(method)}>
        ${icon(name)} ${t(`staff.deskKey.${method}`)} <kbd>${key}</kbd></button>`)}
    </div>
    ${chosen
      ? html`<form id="desk-pay" @submit=${submit} novalidate>
          <label for="desk-given">${t(`staff.boxOffice.${FIELDS[chosen]}`)}</label>
          <input class="form-control form-control-lg figures" id="desk-given" name=${chosen} autocomplete="off" maxlength=${chosen === "COMP" ? 200 : 64} inputmode=${chosen === "CASH" ? "decimal" : "text"} />
          ${chosen === "CASH" ? likely(sale) : nothing}
          <button class="btn btn-primary btn-lg w-100" type="submit" aria-disabled=${sale.busy.value ? "true" : nothing}>${sale.busy.value ? t("form.busy") : t("staff.boxOffice.pay")} <kbd>F9</kbd></button>
        </form>`
      : nothing}
  `;
}

/** What guests usually hand over: one press, and it is sold. @param {Sale} sale */
function likely(sale) {
  const { amount: total, currency } = sale.total.value;
  const digits = minorDigits(currency);
  const sell = (/** @type {number} */ amount) => sale.pay("CASH", { tendered: (amount / 10 ** digits).toFixed(digits), reason: "", receipt: "" });
  return html`<div class="desk-likely" role="group" aria-label=${t("staff.boxOffice.likely")}>
    ${likelyTendered(total, currency).map((amount) => html`<button class="btn btn-quiet btn-sm figures" type="button" @click=${() => sell(amount)}>${money({ amount, currency })}</button>`)}
  </div>`;
}

/** The sale just made: what to hand back, and its tickets. @param {Sale} sale @param {Actions} actions */
export function soldPart(sale, actions) {
  const sold = sale.sold.value;
  return html`<div role="status" id="desk-sold">${sold
    ? html`<div class="desk-sold">
        <div>
          <p class="mb-0"><strong>${t("staff.boxOffice.sold", { seats: seatList(sold.booking.tickets) })}</strong> <a href="/admin/bookings/${sold.booking.id}">${sold.booking.reference}</a></p>
          <p class="mb-0 muted">${sold.booking.showtime.movieTitle} · ${money(sold.booking.total)} · ${t(`staff.deskKey.${sold.method}`)}</p>
        </div>
        ${sold.change ? html`<p class="desk-change mb-0">${t("staff.boxOffice.change")} <strong class="figures" id="desk-change">${money(sold.change)}</strong></p>` : nothing}
        <div class="detail-actions">
          <button class="btn btn-primary" type="button" @click=${actions.print}>${icon("printer")} ${t("staff.deskKey.print")} <kbd>F8</kbd></button>
          ${sold.booking.ticketsPdfUrl ? html`<a class="btn btn-quiet" href=${sold.booking.ticketsPdfUrl} data-external>${t("staff.boxOffice.pdf")}</a>` : nothing}
        </div>
      </div>`
    : nothing}</div>`;
}

/** For the printer alone: the guests' tickets. @param {Sale} sale */
export const paper = (sale) =>
  html`<div class="desk-paper">${sale.sold.value ? sale.sold.value.booking.tickets.map((/** @type {any} */ ticket) => stub(ticket, sale.sold.value?.booking)) : nothing}</div>`;

export const keyList = () => html`
  <ul class="desk-keys" aria-label=${t("staff.boxOffice.keys")}>${KEYS.map(([key, what]) => html`<li><kbd>${key}</kbd> ${t(`staff.deskKey.${what}`)}</li>`)}</ul>
`;
