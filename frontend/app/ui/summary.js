// @ts-check
import { t } from "../core/i18n.js";
import { showtimeText } from "../domain/times.js";
import { formatLocale } from "../core/i18n.js";
import { money } from "./format.js";
import { html, nothing } from "./html.js";
import { poster } from "./poster.js";
import { versionText } from "./showtimes.js";

/** What is being bought: film, place and time. @param {any} booking */
export const whatLine = ({ showtime }) => html`
  <div class="what">
    <div class="what-poster">${poster(showtime.movie ?? { title: showtime.movieTitle })}</div>
    <div>
      <h2>${showtime.movieTitle}</h2>
      <p class="mb-1">${showtimeText(showtime.startsAt, showtime.timeZone, formatLocale())}</p>
      <p class="muted mb-0">${showtime.cinemaName} · ${showtime.auditoriumName}<br />${versionText(showtime)}</p>
    </div>
  </div>
`;

/** The sum, line by line; fees from the start, so that the total never jumps. @param {any} booking */
export const priceLines = ({ tickets, discount, fee, total, couponCode }) => html`
  <table class="price-lines">
    <caption class="visually-hidden-text">${t("price.caption")}</caption>
    <tbody>
      ${tickets.map(
        (/** @type {any} */ ticket) => html`<tr><th scope="row">${ticket.seat.id} <span class="muted">${t(`ticketType.${ticket.ticketType}`)}</span></th><td>${money(ticket.price)}</td></tr>`,
      )}
      ${discount.amount
        ? html`<tr><th scope="row">${t("price.discount")} <span class="muted">${couponCode}</span></th><td>−${money(discount)}</td></tr>`
        : nothing}
      ${fee.amount ? html`<tr><th scope="row">${t("price.fee")}</th><td>${money(fee)}</td></tr>` : nothing}
      <tr class="total"><th scope="row">${t("price.total")}</th><td id="total">${money(total)}</td></tr>
    </tbody>
  </table>
`;
