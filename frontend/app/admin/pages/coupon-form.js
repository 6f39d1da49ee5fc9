// @ts-check
/** The fields of a coupon, and beside them what it would take off a price: asked of the service while one types. */
import { failureText, missing, refusalText } from "../../core/forms.js";
import { gql } from "../../core/gql.js";
import { t } from "../../core/i18n.js";
import { state } from "../../core/state.js";
import { minorUnits } from "../../domain/money.js";
import { choice, field } from "../../ui/field.js";
import { money } from "../../ui/format.js";
import { html, nothing, repeat } from "../../ui/html.js";
import { couponInput, currencyOf, localMinute, typedMoney, unreadable } from "../domain/coupons.js";
import { StaffCinemas } from "../operations/house.js";
import { CouponFilms, PreviewCoupon } from "../operations/people.js";
import { allOf } from "../ui/connection.js";
import { choices, ticked } from "../ui/choices.js";

const PAUSE_MS = 300;

/** @typedef {{films: {id: string, title: string}[], cinemas: {id: string, name: string, city: string, currency: string}[], currencies: string[]}} Places */

/** What a coupon can be for. @param {AbortSignal} signal @returns {Promise<Places>} */
export async function placesOf(signal) {
  const [films, cinemas] = await Promise.all([allOf(CouponFilms, "movies", {}, signal), allOf(StaffCinemas, "cinemas", {}, signal)]);
  return { films, cinemas, currencies: [...new Set(["EUR", ...cinemas.map(({ currency }) => currency)])] };
}

/** @param {import("../../core/forms.js").Values} values */
export const inputOf = (values) => couponInput(values, { films: ticked(values, "film"), cinemas: ticked(values, "cinema") });

/** @param {import("../../core/forms.js").Values} values @param {Record<string, string>} needed @returns {import("../../core/forms.js").Fault[]} */
export function couponFaults(values, needed) {
  /** @type {Record<string, string>} */
  const sum = values.kind === "PERCENT" ? { percent: t("staff.coupon.percent") } : { amountOff: t("staff.coupon.amountOff") };
  return [...missing(values, { ...needed, ...sum }), ...unreadable(values).map((name) => ({ name, message: t("staff.coupon.unreadable", { label: t(`staff.coupon.${name}`) }) }))];
}

/**
 * @param {import("../ui/form.js").EditForm} form
 * @param {{coupon: any, kind: import("../../../vendor/signals-core/signals-core.js").Signal<string>, places: Places, first: unknown}} what
 * coupon: {} for a new one; first: the fields of its code
 */
export function couponFields(form, { coupon, kind, places, first }) {
  const amount = (/** @type {string} */ name) => field(form, { name, label: t(`staff.coupon.${name}`), value: typedMoney(coupon[name]), inputmode: "decimal", autocomplete: "off" });
  const limit = (/** @type {string} */ name) => field(form, { name, label: t(`staff.coupon.${name}`), value: coupon[name] ? String(coupon[name]) : "", inputmode: "numeric", autocomplete: "off", hint: t("staff.coupon.noLimit") });
  return html`
    ${first}
    ${field(form, { name: "description", label: t("staff.coupon.description"), value: coupon.description ?? "", maxlength: 500, autocomplete: "off" })}
    <div class="field-grid">
      ${choice(form, { name: "kind", label: t("staff.coupon.kind"), value: kind.value, options: ["PERCENT", "FIXED_AMOUNT"].map((value) => ({ value, label: t(`staff.couponKind.${value}`) })), onChange: (value) => (kind.value = value) })}
      ${repeat([kind.value], (each) => each, (each) =>
        each === "PERCENT"
          ? field(form, { name: "percent", label: t("staff.coupon.percent"), value: coupon.percent ? String(coupon.percent) : "", inputmode: "numeric", autocomplete: "off" })
          : amount("amountOff"))}
      ${choice(form, { name: "currency", label: t("staff.coupon.currency"), value: currencyOf(coupon) ?? places.currencies[0], options: places.currencies.map((value) => ({ value, label: value })) })}
      ${kind.value === "PERCENT" ? amount("maximumDiscount") : nothing}
      ${amount("minimumSubtotal")}
      ${limit("usageLimit")} ${limit("usageLimitPerUser")}
      ${field(form, { name: "startsAt", label: t("staff.coupon.startsAt"), type: "datetime-local", value: localMinute(coupon.startsAt), hint: t("staff.coupon.yourTime") })}
      ${field(form, { name: "expiresAt", label: t("staff.coupon.expiresAt"), type: "datetime-local", value: localMinute(coupon.expiresAt), hint: t("staff.coupon.yourTime") })}
    </div>
    <div class="coupon-places">
      ${choices({ id: `${form.id}-movieIds`, prefix: "film", legend: t("staff.coupon.films"), hint: t("staff.coupon.filmsHint"), chosen: idsOf(coupon.movies), options: places.films.map(({ id, title }) => ({ value: id, label: title })) })}
      ${choices({ id: `${form.id}-cinemaIds`, prefix: "cinema", legend: t("staff.coupon.cinemas"), hint: t("staff.coupon.cinemasHint"), chosen: idsOf(coupon.cinemas), options: places.cinemas.map(({ id, name, city }) => ({ value: id, label: `${city} – ${name}` })) })}
    </div>
    <label class="method mb-3"><input class="form-check-input" type="checkbox" name="active" value="yes" ?checked=${coupon.active ?? true} /> ${t("staff.coupon.usable")}</label>
  `;
}

/** @param {({id: string} | null)[] | undefined} things */
const idsOf = (things) => (things ?? []).flatMap((thing) => (thing ? [thing.id] : []));

/**
 * The live preview of the form with this id. Give `look` to the form's input events.
 * @param {string} formId @param {Places} places @param {AbortSignal} signal of the page
 */
export function couponPreview(formId, places, signal) {
  const shown = state(/** @type {{before: import("../../domain/money.js").Money, after: import("../../domain/money.js").Money} | {refusal: string} | null} */ (null));
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let pause;
  let latest = 0;
  const valueOf = (/** @type {string} */ id) => /** @type {HTMLInputElement | HTMLSelectElement | null} */ (document.getElementById(id))?.value ?? "";
  const ask = async () => {
    const form = document.getElementById(formId);
    if (!(form instanceof HTMLFormElement) || signal.aborted) return;
    const number = (latest += 1);
    const values = /** @type {Record<string, string>} */ (Object.fromEntries(new FormData(form)));
    const answer = await outcome(values, { price: valueOf("preview-price"), movieId: valueOf("preview-film") || null, cinemaId: valueOf("preview-cinema") || null });
    if (number === latest) shown.value = answer;
  };
  const look = () => {
    clearTimeout(pause);
    pause = setTimeout(ask, PAUSE_MS);
  };
  look();
  return { look, view: () => previewView(shown.value, places, look) };
}

/** @param {import("../../core/forms.js").Values} values @param {{price: string, movieId: string | null, cinemaId: string | null}} order */
async function outcome(values, { price, movieId, cinemaId }) {
  const amount = minorUnits(price, values.currency);
  const isTyped = (values.kind === "PERCENT" ? values.percent : values.amountOff)?.trim();
  if (amount === null || !isTyped || unreadable(values).length) return null;
  try {
    const before = { amount, currency: values.currency };
    const input = { ...inputOf(values), code: values.code?.trim() || values.prefix?.trim() || "PREVIEW" };
    const { discount, userErrors } = (await gql(PreviewCoupon, { input, subtotal: before, movieId, cinemaId })).previewCoupon;
    if (userErrors.length) return { refusal: refusalText(userErrors[0]) };
    return { before, after: { amount: amount - discount.amount, currency: values.currency } };
  } catch (error) {
    return { refusal: failureText(error) };
  }
}


/** @param {any} shown @param {Places} places @param {() => void} look */
const previewView = (shown, { films, cinemas }, look) => html`
  <aside class="card-plain coupon-preview" aria-labelledby="preview-heading" @input=${look}>
    <h2 id="preview-heading">${t("staff.coupon.preview")}</h2>
    <div role="status" id="preview-answer">
      ${shown === null
        ? html`<p class="muted">${t("staff.coupon.previewText")}</p>`
        : "refusal" in shown
          ? html`<p><span class="tag bad">${t("staff.coupon.refused")}</span></p><p>${shown.refusal}</p>`
          : html`<p class="coupon-sum figures"><s>${money(shown.before)}</s> <span aria-hidden="true">→</span> <strong>${money(shown.after)}</strong></p>`}
    </div>
    <div class="field"><label for="preview-price">${t("staff.coupon.price")}</label><input class="form-control" id="preview-price" inputmode="decimal" value="12.50" autocomplete="off" /></div>
    <div class="field"><label for="preview-film">${t("staff.coupon.forFilm")}</label>${pick("preview-film", films.map(({ id, title }) => ({ value: id, label: title })))}</div>
    <div class="field"><label for="preview-cinema">${t("staff.coupon.atCinema")}</label>${pick("preview-cinema", cinemas.map(({ id, name, city }) => ({ value: id, label: `${city} – ${name}` })))}</div>
  </aside>
`;

/** @param {string} id @param {{value: string, label: string}[]} options */
const pick = (id, options) => html`<select class="form-select" id=${id}><option value="">${t("staff.coupon.noneNamed")}</option>${options.map(({ value, label }) => html`<option value=${value}>${label}</option>`)}</select>`;
