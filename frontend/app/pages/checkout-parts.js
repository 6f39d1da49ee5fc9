// @ts-check
/** The sections of the checkout page; what they do is told by checkout.js. */
import { t } from "../core/i18n.js";
import { passing } from "../core/storage.js";
import { errorSummary } from "../ui/field.js";
import { money } from "../ui/format.js";
import { html, nothing } from "../ui/html.js";
import { icon } from "../ui/icon.js";
import { notice } from "../ui/notice.js";

export const STRIPE_PLACE = "stripe-form";
export const GUEST_METHODS = ["CARD", "WALLET", "BANK_TRANSFER"];
/** What the simulated provider can be told to do. */
const TEST_CHOICES = [
  "pm_success", "pm_declined", "pm_insufficient_funds", "pm_3ds", "pm_slow",
  "pm_answer_lost", "pm_webhook_late", "pm_webhook_twice", "pm_webhook_out_of_order",
];

/** @param {{booking: any, busy: boolean, fault: string | null, onChange: (seats: {seatId: string, ticketType: string}[]) => void}} part */
export function ticketTypesPart({ booking, busy, fault, onChange }) {
  const changed = (/** @type {string} */ seatId, /** @type {Event} */ event) => {
    const ticketType = /** @type {HTMLSelectElement} */ (event.target).value;
    onChange(booking.tickets.map((/** @type {any} */ ticket) => ({ seatId: ticket.seat.id, ticketType: ticket.seat.id === seatId ? ticketType : ticket.ticketType })));
  };
  return html`
    <section class="checkout-part">
      <h2>${t("checkout.tickets")}</h2>
      ${fault ? notice("bad", html`<p>${fault}</p>`, { role: "alert" }) : nothing}
      <ul class="plain-list">
        ${booking.tickets.map((/** @type {any} */ ticket) => {
          const id = `type-${ticket.seat.id}`;
          const offers = booking.showtime.prices.filter((/** @type {any} */ price) => price.category === ticket.seat.category);
          return html`<li class="ticket-type">
            <label for=${id}><strong>${ticket.seat.id}</strong> <span class="muted">${t(`category.${ticket.seat.category}`)}</span></label>
            <select class="form-select" id=${id} ?disabled=${busy} @change=${(/** @type {Event} */ event) => changed(ticket.seat.id, event)}>
              ${offers.map(
                (/** @type {any} */ offer) => html`<option value=${offer.ticketType} ?selected=${offer.ticketType === ticket.ticketType}>
                  ${t(`ticketType.${offer.ticketType}`)} · ${money(offer.price)}
                </option>`,
              )}
            </select>
          </li>`;
        })}
      </ul>
      <p class="muted small-text mb-0">${t("checkout.proof")}</p>
    </section>
  `;
}

/**
 * @param {{booking: any, coupons: {code: string, percent: number | null}[], form: import("../core/forms.js").Form, fault: string | null, onRemove: () => void}} part
 */
export function couponPart({ booking, coupons, form, fault, onRemove }) {
  const refused = form.faultOf("code");
  const useOwn = (/** @type {string} */ code) => {
    const input = /** @type {HTMLInputElement} */ (document.getElementById("coupon-code"));
    input.value = code;
    input.form?.requestSubmit();
  };
  return html`
    <section class="checkout-part">
      <h2>${t("coupon.title")}</h2>
      ${fault ? notice("bad", html`<p>${fault}</p>`, { role: "alert" }) : nothing}
      ${booking.couponCode
        ? html`<p class="row-wrap mb-0">
            <span class="tag ok">${booking.couponCode}</span> ${t("coupon.saves", { amount: money(booking.discount) })}
            <button class="btn btn-quiet btn-sm" type="button" @click=${onRemove}>${t("coupon.remove")}</button>
          </p>`
        : html`<form id="coupon" @submit=${form.submit} novalidate>
            ${errorSummary(form)}
            <label class="fw-semibold mb-1" for="coupon-code">${t("coupon.code")}</label>
            <div class="with-button">
              <input class="form-control" id="coupon-code" name="code" autocomplete="off" autocapitalize="characters" spellcheck="false"
                aria-invalid=${refused ? "true" : nothing} aria-describedby=${refused ? "coupon-code-fault" : nothing} />
              <button class="btn btn-quiet" type="submit" aria-disabled=${form.busy.value ? "true" : nothing}>${t("coupon.apply")}</button>
            </div>
            ${refused ? html`<p class="field-fault" id="coupon-code-fault">${refused}</p>` : nothing}
            ${coupons.length
              ? html`<p class="row-wrap mt-2 mb-0">
                  <span class="muted">${t("coupon.yours")}</span>
                  ${coupons.map(({ code, percent }) => html`<button class="btn btn-quiet btn-sm" type="button" @click=${() => useOwn(code)}>${code}${percent ? ` · ${percent} %` : ""}</button>`)}
                </p>`
              : nothing}
          </form>`}
    </section>
  `;
}

/**
 * @param {{options: {method: string, provider: string}[], total: {amount: number, currency: string}, fault: string | null, paying: boolean,
 *   busy: boolean, stripeForm: import("../ui/stripe-form.js").StripeForm | null, onPay: (how: {method: string, token: string | null}) => void}} part
 */
export function payPart({ options, total, fault, paying, busy, stripeForm, onPay }) {
  const methods = options.filter(({ method }) => GUEST_METHODS.includes(method));
  const simulated = methods.some(({ provider }) => provider === "simulated");
  const isWaiting = busy || (stripeForm !== null && total.amount > 0 && stripeForm.status.value !== "ready");
  const changed = (/** @type {Event} */ event) => {
    const { name, value } = /** @type {HTMLInputElement} */ (event.target);
    if (name === "method") stripeForm?.update(total, value);
  };
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (paying || isWaiting) return;
    const values = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    onPay({ method: String(values.get("method") ?? "CARD"), token: /** @type {string | null} */ (values.get("token")) });
  };
  return html`
    <section class="checkout-part">
      <h2>${t("pay.title")}</h2>
      <div id="pay-fault" tabindex="-1">${fault ? notice("bad", html`<p><strong>${fault}</strong></p><p>${t("pay.seatsKept")}</p>`, { role: "alert" }) : nothing}</div>
      <form @submit=${submit} @change=${changed} novalidate>
        ${total.amount > 0 ? html`${methodChoice(methods, simulated)} ${stripeForm ? cardForm(stripeForm) : nothing}` : html`<p>${t("pay.nothing")}</p>`}
        <button class="btn btn-primary btn-lg w-100" id="pay" type="submit" aria-disabled=${paying || isWaiting ? "true" : nothing}>
          ${icon("shield-check")} ${paying ? t("pay.paying") : t("pay.button", { amount: money(total) })}
        </button>
        <p class="muted small-text mt-2 mb-0">${t("pay.terms")}</p>
      </form>
    </section>
  `;
}

/** Stripe draws into its own element, which this template leaves alone. @param {import("../ui/stripe-form.js").StripeForm} form */
export const cardForm = (form) => html`
  <div class="field" role="group" aria-label=${t("pay.title")}>
    ${form.status.value === "loading" ? html`<p class="muted" role="status">${t("pay.formLoading")}</p>` : nothing}
    ${form.status.value === "failed"
      ? notice("bad", html`<p>${t("pay.formFailed")}</p><p><button class="btn btn-quiet" type="button" @click=${() => window.location.reload()}>${t("pay.formAgain")}</button></p>`, { role: "alert" })
      : nothing}
    <div id=${STRIPE_PLACE}></div>
  </div>
`;

/** @param {{method: string, provider: string}[]} methods @param {boolean} simulated */
export function methodChoice(methods, simulated) {
  if (!methods.length) return notice("warn", html`<p>${t("pay.noMethods")}</p>`);
  const chosen = passing.get("method");
  return html`
    <fieldset class="field">
      <legend class="label">${t("pay.method")}</legend>
      <div class="method-list">
        ${methods.map(
          ({ method }, index) => html`<label class="method"><input class="form-check-input" type="radio" name="method" value=${method} ?checked=${method === chosen || (index === 0 && !methods.some((each) => each.method === chosen))}
            @change=${() => passing.set("method", method)} /> ${t(`pay.${method}`)}</label>`,
        )}
      </div>
    </fieldset>
    ${simulated
      ? html`<div class="field">
          <label for="pay-token">${t("pay.test")}</label>
          <p class="hint" id="pay-token-hint">${t("pay.testHint")}</p>
          <select class="form-select" id="pay-token" name="token" aria-describedby="pay-token-hint">
            ${TEST_CHOICES.map((token) => html`<option value=${token}>${t(`pay.${token}`)}</option>`)}
          </select>
        </div>`
      : nothing}
  `;
}

/** @param {string | null} actionUrl where the payer has to confirm, if that is what is waited for */
export const waitingPart = (actionUrl) => html`
  <section class="checkout-part" aria-live="polite">
    ${actionUrl
      ? html`<h2>${t("pay.confirmHeading")}</h2>
          <p>${t("pay.confirmText")}</p>
          <p><a class="btn btn-primary btn-lg" id="confirm-payment" href=${actionUrl} data-external>${t("pay.confirm")}</a></p>
          <p class="muted mb-0">${t("pay.confirmBack")}</p>`
      : html`<h2>${t("pay.checkingHeading")}</h2>
          <p class="mb-0">${t("pay.checkingText")}</p>
          <div class="progress-line" aria-hidden="true"></div>`}
  </section>
`;

/** @param {{fault: string | null, busy: boolean, again: () => void, showtimeId: string}} part */
export const releasedPart = ({ fault, busy, again, showtimeId }) => html`
  <section class="checkout-part" id="released">
    <h2>${t("released.heading")}</h2>
    <p>${t("released.text")}</p>
    ${fault ? notice("bad", html`<p>${fault}</p>`, { role: "alert" }) : nothing}
    <div class="actions">
      <button class="btn btn-primary" type="button" id="same-seats" aria-disabled=${busy ? "true" : nothing} @click=${again}>${t("released.again")}</button>
      <a class="btn btn-quiet" href="/showtimes/${showtimeId}">${t("released.other")}</a>
    </div>
  </section>
`;
